//! `plan` and `apply` of a unit that adopts, with a Terraform that says what a test has laid out.
#![cfg(unix)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::support::{
    command::{Ran, valet},
    folder::{MAIL, adoptable, minimal},
    plans::{change, recorded},
    snapshot,
    terraform::{Fake, hook},
};

const DATABASE: &str = "module.rds.aws_db_instance.this";
const GROUP: &str = "module.rds.aws_security_group.this";

const CONFIG: &str = "shortname: mail
username: postgres
engineVersion: \"15\"
instanceClass: db.m5.large
storageType: gp2
logExports: [postgresql]
authentication: iam
adopt:
  identifier: mail-2019
  majorVersion: \"15\"
  parameterGroup: tuned
  subnetGroup: data-private
";

fn world(name: &str) -> (PathBuf, Fake) {
    let folder = minimal(name);
    adoptable(&folder, MAIL);
    fs::write(folder.join("configs/dev/mail.yaml"), CONFIG).unwrap();
    let ran = valet(&folder, &["generate"]);
    assert_eq!(ran.code, 0, "{ran}");
    let fake = Fake::new(
        &folder.with_file_name(format!("{name}-terraform")),
        &["_environment", "mail"],
    );
    (folder, fake)
}

/// A state with these resources, each `module.rds.<type>.this`.
fn state(kinds: &[&str]) -> String {
    let resource = |kind: &&str| json!({"mode": "managed", "module": "module.rds", "type": kind, "name": "this", "instances": [{"attributes": {}}]});
    let resources: Vec<Value> = kinds.iter().map(resource).collect();
    json!({"version": 4, "lineage": "l", "serial": 1, "resources": resources}).to_string()
}

/// How the unit ends, and the causes that it names.
fn causes(folder: &Path, fake: &Fake) -> (String, Vec<String>) {
    let ran = fake.run(folder, "plan dev/mail --format json");
    let document: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran}"));
    let unit = &document["units"][0];
    let all = unit["causes"].as_array().cloned().unwrap_or_default();
    let mut all: Vec<_> = all
        .iter()
        .map(|one| one["cause"].as_str().unwrap().to_owned())
        .collect();
    all.sort();
    all.dedup();
    (unit["outcome"].as_str().unwrap().to_owned(), all)
}

#[test]
fn what_is_taken_over_is_new_and_told_by_class() {
    let (folder, fake) = world("adoption-runs");
    fake.says("mail", "plan.json", &recorded("adopt").to_string());
    // Terraform has the instance in both states of its plan already.
    let imported = state(&["aws_db_instance"]);
    fake.states("mail", &imported, &imported);
    assert_eq!(
        causes(&folder, &fake),
        ("planned".to_owned(), vec!["new".to_owned()])
    );
    // Nothing that was there before is planned to explain it.
    assert_eq!(fake.commands("mail/base"), "");
    let ran = fake.run(&folder, "plan dev/mail");
    let settings = snapshot::settings("adoption");
    settings.bind(|| insta::assert_snapshot!("plan", ran.out));
    let markdown = fake.run(&folder, "plan dev/mail --format markdown");
    assert!(
        markdown.out.contains("  - takes over, harmless: `tags_all"),
        "{markdown}"
    );
    let json = fake.run(&folder, "plan dev/mail --format json");
    let document: Value = serde_json::from_str(&json.out).unwrap();
    let attributes = document["units"][0]["attributes"].as_array().unwrap();
    let tags = attributes
        .iter()
        .find(|one| one["name"] == "tags_all")
        .unwrap();
    assert_eq!(tags["class"], "harmless");
    let ran = fake.run(&folder, "apply --plans valet-plans");
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn what_a_failed_apply_has_not_taken_over_is_not_applied_yet() {
    let (folder, fake) = world("adoption-failed");
    fake.says("mail", "plan.json", &recorded("adopt").to_string());
    fake.says("mail/base", "plan.json", &recorded("adopt").to_string());
    let group = ["aws_security_group"];
    fake.states(
        "mail",
        &state(&group),
        &state(&["aws_security_group", "aws_db_instance"]),
    );
    let expected = ("planned".to_owned(), vec!["not-applied".to_owned()]);
    assert_eq!(causes(&folder, &fake), expected);
}

/// A plan after an apply that has imported the instance, and failed before it came to it; `other` is of what AWS says by now.
fn half_taken_over(name: &str, other: impl FnOnce(&mut Value)) -> (String, Vec<String>) {
    let (folder, fake) = world(name);
    let mut plan = recorded("adopt");
    let one = &mut change(&mut plan, DATABASE)["change"];
    one.as_object_mut().unwrap().remove("importing");
    other(one);
    for root in ["mail", "mail/base"] {
        fake.says(root, "plan.json", &plan.to_string());
    }
    let held = state(&["aws_db_instance"]);
    fake.states("mail", &held, &held);
    causes(&folder, &fake)
}

#[test]
fn what_a_failed_apply_has_imported_and_not_come_to_is_not_applied_yet() {
    assert_eq!(
        half_taken_over("adoption-half", |_| {}),
        ("planned".to_owned(), vec!["not-applied".to_owned()])
    );
}

#[test]
fn what_a_failed_apply_has_imported_is_held_against_the_same_table() {
    let (outcome, causes) = half_taken_over("adoption-half-public", |one| {
        one["before"]["publicly_accessible"] = json!(true);
        one["after"]["publicly_accessible"] = json!(false);
    });
    assert_eq!(outcome, "refused");
    assert_eq!(causes, ["not-applied", "unexplained"]);
    // It has the tags of this unit: an apply has come to it.
    let (outcome, _) = half_taken_over("adoption-half-tagged", |one| {
        one["before"]["tags_all"] = json!({"backup-plan": "daily", "valet-rds:environment": "dev", "valet-rds:namespace": "mail", "valet-rds:shortname": "mail"});
    });
    assert_eq!(outcome, "refused");
}

#[test]
fn each_attribute_that_is_refused_is_told() {
    let (folder, fake) = world("adoption-refused");
    let mut plan = recorded("adopt");
    let one = &mut change(&mut plan, DATABASE)["change"];
    for (name, value) in [
        ("copy_tags_to_snapshot", true),
        ("publicly_accessible", false),
    ] {
        one["after"][name] = json!(value);
    }
    fake.says("mail", "plan.json", &plan.to_string());
    fake.states("mail", "", &state(&["aws_db_instance"]));
    let json = fake.run(&folder, "plan dev/mail --format json");
    assert_eq!(json.code, 1, "{json}");
    let document: Value = serde_json::from_str(&json.out).unwrap();
    let refused = document["units"][0]["refused"].as_object().unwrap();
    let names: Vec<&String> = refused.keys().collect();
    assert_eq!(
        names,
        [
            &format!("{DATABASE}.copy_tags_to_snapshot"),
            &format!("{DATABASE}.publicly_accessible")
        ]
    );
}

/// Ends an apply that has made the security group, at once.
fn killed(folder: &Path, fake: &Fake) {
    let lines = [
        hook("apply_start", GROUP, "create", ""),
        hook("apply_complete", GROUP, "create", "sg-1"),
        hook("apply_start", DATABASE, "update", "mail-2019"),
    ];
    fake.says("mail", "apply.jsonl", &lines.concat());
    let child = fake.begun(folder, "mail");
    fake.kill("mail", child);
}

/// A plan and an apply of it that was killed; then the rest is planned as `after` says, with what was made imported, too.
fn resumed(name: &str, after: impl FnOnce(&mut Value)) -> Ran {
    let (folder, fake) = world(name);
    let plan = recorded("adopt");
    fake.says("mail", "plan.json", &plan.to_string());
    fake.states("mail", "", &state(&["aws_db_instance"]));
    assert_eq!(fake.run(&folder, "plan dev/mail").code, 0);
    killed(&folder, &fake);
    fake.plans("mail", &plan.to_string());
    let mut rest = recorded("adopt");
    let tags = json!({"valet-rds:environment": "dev", "valet-rds:shortname": "mail"});
    let group = &mut change(&mut rest, GROUP)["change"];
    group["actions"] = json!(["no-op"]);
    group["before"] = json!({"tags_all": tags});
    group["importing"] = json!({"id": "sg-1"});
    after(&mut rest);
    fake.plans("mail/import", &rest.to_string());
    fake.run(&folder, "apply --plans valet-plans")
}

#[test]
fn an_apply_that_was_killed_takes_over_what_is_declared_and_takes_up_what_it_has_made() {
    let ran = resumed("adoption-resumed", |_| {});
    assert!(
        ran.code == 0 && ran.out.contains("dev/mail: applied"),
        "{ran}"
    );
    // The state holds the instance already.
    let ran = resumed("adoption-resumed-held", |rest| {
        let one = change(rest, DATABASE)["change"].as_object_mut().unwrap();
        one.remove("importing");
    });
    assert!(
        ran.code == 0 && ran.out.contains("dev/mail: applied"),
        "{ran}"
    );
}

#[test]
fn an_apply_that_was_killed_takes_over_nothing_else() {
    let ran = resumed("adoption-resumed-another", |rest| {
        change(rest, DATABASE)["change"]["importing"] = json!({"id": "mail-2020"});
    });
    assert!(
        ran.code == 1 && !ran.out.contains("dev/mail: applied"),
        "{ran}"
    );
    let ran = resumed("adoption-resumed-foreign", |rest| {
        change(rest, GROUP)["change"]["before"] =
            json!({"tags_all": {"valet-rds:shortname": "ledger"}});
    });
    let said = format!("{GROUP}: an apply that was cut short was to make it");
    assert!(ran.code == 1 && ran.out.contains(&said), "{ran}");
    let ran = resumed("adoption-resumed-changed", |rest| {
        let change = &mut change(rest, DATABASE)["change"];
        change["before"]["publicly_accessible"] = json!(true);
        change["after"]["publicly_accessible"] = json!(false);
    });
    assert_eq!(ran.code, 1, "{ran}");
}
