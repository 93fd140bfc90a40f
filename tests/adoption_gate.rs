//! The gate on plans that take an instance over: real ones, which `cargo xtask grades` records, and what could go wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use storage_valet_rds::review::adoption;

use crate::support::{
    command::{Ran, valet},
    folder::{MAIL, adoptable, minimal},
    plans::{change, recorded},
    snapshot,
};

const INSTANCE: &str = "module.rds.aws_db_instance.this";

/// The config that `adopt.json` is planned for.
const CONFIG: &str = "shortname: mail
username: postgres
engineVersion: \"15\"
instanceClass: db.m5.large
storageType: gp2
logExports: [postgresql]
authentication: iam
";

const ADOPT: &str = "adopt:
  identifier: mail-2019
  caCertificate: rds-ca-rsa4096-g1
  copyTagsToSnapshot: false
  iamAuthentication: true
  majorVersion: \"15\"
  minorUpgrades: false
  monitoringRoleArn: arn:aws:iam::111111111111:role/monitoring
  parameterGroup: tuned
  performanceInsightsDays: 731
  publiclyAccessible: true
  securityGroups: [sg-0a1b2c3d4e5f60718, sg-1a2b3c4d5e6f70819]
  subnetGroup: data-private
  tags: {backup-plan: daily}
";

fn workspace(name: &str, more: &str) -> PathBuf {
    let folder = minimal(name);
    adoptable(&folder, MAIL);
    let config = format!("{CONFIG}{more}");
    fs::write(folder.join("configs/dev/mail.yaml"), config).unwrap();
    folder
}

fn adopted(name: &str) -> PathBuf {
    workspace(name, ADOPT)
}

/// The change of the instance in a plan.
fn instance(plan: &mut Value) -> &mut Value {
    change(plan, INSTANCE)
}

fn say(folder: &Path, plan: &Value, more: &[&str]) -> Ran {
    fs::write(folder.join("plan.json"), plan.to_string()).unwrap();
    valet(
        folder,
        &[&["gate", "plan.json", "--unit", "dev/mail"], more].concat(),
    )
}

fn shown(name: &str, text: &str) {
    let settings = snapshot::settings("adoption");
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The classes of the attributes that differ, and whether they may.
fn classes(folder: &Path, plan: &Value) -> BTreeMap<String, (String, String)> {
    let said = say(folder, plan, &["--format", "json"]);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    let steps = document["steps"].as_array().unwrap().iter();
    let attributes = steps.filter(|step| step["attribute"].is_object());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    attributes
        .map(|step| {
            let attribute = &step["attribute"];
            let outcome = (text(&attribute["class"]), text(&step["outcome"]));
            (text(&attribute["name"]), outcome)
        })
        .collect()
}

/// A plan that is changed in this way has to be refused, with these words.
fn refused(name: &str, change: impl FnOnce(&mut Value), words: &str) {
    let mut plan = recorded("adopt");
    change(&mut plan);
    let said = say(&adopted(&format!("adoption-{name}")), &plan, &[]);
    assert_eq!(said.code, 1, "{name}: {said}");
    let mut refusals = said.out.lines().filter(|line| line.starts_with("REFUSED"));
    assert!(
        refusals.any(|line| line.contains(words)),
        "{name}: {words}: {said}"
    );
}

#[test]
fn an_instance_that_stays_as_it_is_is_taken_over() {
    let folder = adopted("adoption-passes");
    let plan = recorded("adopt");
    let said = say(&folder, &plan, &[]);
    assert_eq!(said.code, 0, "{said}");
    shown("gate-as-it-is", &said.out);
    let markdown = say(&folder, &plan, &["--format", "markdown"]);
    assert!(
        markdown
            .out
            .contains("| ok | adopt | `module.rds.aws_db_instance.this.tags_all` | harmless: "),
        "{markdown}"
    );
    let found = classes(&folder, &plan);
    let of = |class: &str| -> Vec<&str> {
        let names = found.iter().filter(|(_, (one, _))| one == class);
        names.map(|(name, _)| name.as_str()).collect()
    };
    assert_eq!(of("harmless"), ["tags_all"]);
    assert_eq!(of("decision").len() + of("forbidden").len(), 0, "{found:?}");
}

#[test]
fn what_the_config_does_not_keep_is_named_with_its_key() {
    let said = say(
        &workspace(
            "adoption-standard",
            "adopt: {identifier: mail-2019, securityGroups: [sg-0a1b2c3d4e5f60718, sg-1a2b3c4d5e6f70819], subnetGroup: data-private}\n",
        ),
        &recorded("adopt-all-standard"),
        &[],
    );
    assert_eq!(said.code, 1, "{said}");
    shown("gate-all-standard", &said.out);
}

#[test]
fn a_decision_passes_when_it_is_taken() {
    let without = ADOPT.replace("  copyTagsToSnapshot: false\n", "");
    let allow = |of: &str, expires: &str| {
        format!(
            "{without}allow: [{{change: drift, of: {of}, reason: it is meant, expires: {expires}}}]\n"
        )
    };
    let plan = recorded("adopt-other-choice");
    for (name, more, code) in [
        ("none", without.clone(), 1),
        ("key", allow("adopt.copyTagsToSnapshot", "2026-11-01"), 0),
        ("instance", allow(INSTANCE, "2026-11-01"), 0),
        (
            "attribute",
            allow(&format!("{INSTANCE}.copy_tags_to_snapshot"), "2026-11-01"),
            0,
        ),
        ("another-key", allow("adopt.minorUpgrades", "2026-11-01"), 1),
        ("late", allow("adopt.copyTagsToSnapshot", "2026-10-31"), 1),
    ] {
        let said = say(
            &workspace(&format!("adoption-decision-{name}"), &more),
            &plan,
            &[],
        );
        assert_eq!(said.code, code, "{name}: {said}");
        if code == 0 {
            assert!(
                said.out.contains("; 1 let pass by `allow`; passes"),
                "{said}"
            );
        } else {
            assert!(
                said.out.contains("write `adopt.copyTagsToSnapshot: false`"),
                "{said}"
            );
        }
    }
}

#[test]
fn what_is_forbidden_no_allow_lets_pass() {
    let allow = "allow: [{change: data-loss, reason: all of it, expires: 2026-11-01}, {change: drift, reason: all of it, expires: 2026-11-01}, {change: connection, reason: all of it, expires: 2026-11-01}]\n";
    let fewer = ADOPT.replace(", sg-1a2b3c4d5e6f70819]", "]");
    let said = say(
        &workspace("adoption-forbidden", &format!("{fewer}{allow}")),
        &recorded("adopt-fewer-groups"),
        &[],
    );
    assert_eq!(said.code, 1, "{said}");
    let words = "write `adopt.securityGroups: [sg-1a2b3c4d5e6f70819, sg-0a1b2c3d4e5f60718]`";
    assert!(said.out.contains(words), "{said}");
    let managed = format!("{ADOPT}  credentials: {{managed: true}}\n{allow}");
    let said = say(
        &workspace("adoption-managed", &managed),
        &recorded("adopt-managed"),
        &[],
    );
    assert_eq!(said.code, 1, "{said}");
    assert!(said.out.contains("RDS would make a new password"), "{said}");
}

#[test]
fn security_groups_that_a_plan_does_not_show_are_those_that_its_root_keeps() {
    const SECRET: &str =
        "arn:aws:secretsmanager:eu-central-1:111111111111:secret:mail/master-AbCdEf";
    let folder = workspace(
        "adoption-path",
        &format!("{ADOPT}  credentials: {{secretArn: \"{SECRET}\"}}\n"),
    );
    let mut plan = recorded("adopt-path");
    let found = classes(&folder, &plan);
    let fine = ("harmless".to_owned(), "fine".to_owned());
    assert_eq!(found["vpc_security_group_ids"], fine);
    assert_eq!(say(&folder, &plan, &[]).code, 0);
    let given =
        "/configuration/root_module/module_calls/rds/expressions/security_group_ids/constant_value";
    *plan.pointer_mut(given).unwrap() = json!(["sg-0a1b2c3d4e5f60718"]);
    assert_eq!(say(&folder, &plan, &[]).code, 1);
    *plan.pointer_mut("/configuration/root_module").unwrap() = json!({});
    assert_eq!(say(&folder, &plan, &[]).code, 1, "nobody says which stay");
}

#[test]
fn only_the_instance_that_is_declared_is_taken_over() {
    let id = |id: Value| move |plan: &mut Value| instance(plan)["change"]["importing"] = id;
    refused(
        "another-id",
        id(json!({"id": "mail-2020"})),
        "`mail-2020` is taken over, but what is declared is `mail-2019`",
    );
    refused(
        "no-id",
        id(json!({"unknown": true})),
        "something without an id is taken over",
    );
    let second = |address: &'static str, kind: &'static str| {
        move |plan: &mut Value| {
            let mut one = instance(plan).clone();
            one["address"] = address.into();
            one["type"] = kind.into();
            plan["resource_changes"].as_array_mut().unwrap().push(one);
        }
    };
    let words = "`adopt` declares only the database itself";
    refused(
        "second",
        second("module.rds.aws_db_instance.other", "aws_db_instance"),
        words,
    );
    refused(
        "proxy",
        second("module.proxy.aws_db_proxy.this", "aws_db_proxy"),
        words,
    );
    let tagged =
        |tags: Value| move |plan: &mut Value| instance(plan)["change"]["before"]["tags_all"] = tags;
    refused(
        "anothers",
        tagged(json!({"valet-rds:environment": "prod", "valet-rds:shortname": "ledger"})),
        "its tags say that it is of shortname `ledger` in `prod`",
    );
    refused(
        "half",
        tagged(json!({"valet-rds:shortname": "orders"})),
        "its tags say that it is of another tool",
    );
    refused(
        "untold",
        tagged(Value::Null),
        "does not say which tags it has",
    );
    let without =
        |side: &'static str| move |plan: &mut Value| instance(plan)["change"][side] = Value::Null;
    refused(
        "no-before",
        without("before"),
        "does not say what it is now",
    );
    refused(
        "no-after",
        without("after"),
        "does not say what it is afterwards",
    );
}

#[test]
fn an_instance_with_the_tags_of_its_own_unit_is_taken_over_again() {
    let mut plan = recorded("adopt");
    let change = &mut instance(&mut plan)["change"];
    change["before"]["tags_all"] = change["after"]["tags_all"].clone();
    assert_eq!(say(&adopted("adoption-again"), &plan, &[]).code, 0);
}

#[test]
fn an_attribute_that_must_stay_is_refused() {
    let set = |name: &'static str, before: Value, after: Value| {
        move |plan: &mut Value| {
            let change = &mut instance(plan)["change"];
            change["before"][name] = before;
            change["after"][name] = after;
            if let Some(unknown) = change["after_unknown"].as_object_mut() {
                unknown.remove(name);
            }
        }
    };
    for (name, before, after, words) in [
        (
            "replicate_source_db",
            json!("orders-primary"),
            Value::Null,
            "the replica would be promoted",
        ),
        (
            "manage_master_user_password",
            Value::Null,
            json!(true),
            "RDS would make a new password",
        ),
        (
            "engine_version",
            json!("16.4"),
            json!("16"),
            "write `adopt.majorVersion: \"16\"`",
        ),
        (
            "vpc_security_group_ids",
            json!(["sg-a", "sg-b"]),
            json!(["sg-b", "sg-c"]),
            "write `adopt.securityGroups: [sg-a, sg-b]`",
        ),
        (
            "tags_all",
            json!({"Owner": "x", "backup": "daily"}),
            json!({"Owner": "x"}),
            "write `adopt.tags: {\"backup\": daily}`",
        ),
        (
            "an_attribute_of_tomorrow",
            Value::Null,
            json!(1),
            "nothing is known about this attribute",
        ),
        (
            "apply_immediately",
            Value::Null,
            json!(true),
            "take `applyImmediately` out",
        ),
        (
            "iam_database_authentication_enabled",
            json!(true),
            json!(false),
            "write `adopt.iamAuthentication: true`",
        ),
        (
            "domain",
            json!("d-1234567890"),
            Value::Null,
            "would leave its directory",
        ),
        (
            "backup_retention_period",
            json!(35),
            json!(7),
            "write `backupRetentionPeriod: 35`",
        ),
    ] {
        refused(
            &format!("attribute-{name}"),
            set(name, before, after),
            words,
        );
    }
}

#[test]
fn an_adopted_instance_is_never_made_replaced_or_given_up() {
    let allow = "allow: [{change: data-loss, reason: all of it, expires: 2026-11-01}]\n";
    let act = |folder: &Path, actions: Value, is_imported: bool| {
        let mut plan = recorded("adopt");
        let one = instance(&mut plan);
        one["change"]["actions"] = actions;
        one["change"]["before"]["skip_final_snapshot"] = json!(false);
        one["change"]["before"]["final_snapshot_identifier"] = json!("mail-2019-final");
        one["change"]["before"]["tags_all"] = one["change"]["after"]["tags_all"].clone();
        if !is_imported {
            one["change"].as_object_mut().unwrap().remove("importing");
        }
        say(folder, &plan, &[])
    };
    let folder = workspace("adoption-never", &format!("{ADOPT}{allow}"));
    for actions in [
        json!(["create"]),
        json!(["delete", "create"]),
        json!(["create", "delete"]),
        json!(["delete"]),
        json!(["forget"]),
    ] {
        for is_imported in [true, false] {
            let said = act(&folder, actions.clone(), is_imported);
            assert_eq!(said.code, 1, "{actions}: {said}");
            let words = if actions == json!(["create"]) {
                "take `adopt.imported` out"
            } else {
                "only `lifecycle` ends it"
            };
            assert!(said.out.contains(words), "{actions}: {said}");
        }
    }
    let retired = "lifecycle: retired\nretirementRequested: 2026-11-01\n";
    let destroyed = workspace("adoption-retired", &format!("{ADOPT}{retired}"));
    assert_eq!(act(&destroyed, json!(["delete"]), false).code, 0);
    assert_eq!(act(&destroyed, json!(["delete", "create"]), false).code, 1);
    let kept = workspace(
        "adoption-retained",
        &format!("{ADOPT}{retired}retain: true\n"),
    );
    assert_eq!(act(&kept, json!(["forget"]), false).code, 0);
    assert_eq!(act(&kept, json!(["delete"]), false).code, 1);
}

#[test]
fn an_adopted_instance_is_not_renamed() {
    let folder = adopted("adoption-renamed");
    for side in ["before", "after"] {
        let mut plan = recorded("adopt");
        let change = &mut instance(&mut plan)["change"];
        change.as_object_mut().unwrap().remove("importing");
        assert_eq!(say(&folder, &plan, &[]).code, 0);
        instance(&mut plan)["change"][side]["identifier"] = json!("mail-2020");
        let said = say(&folder, &plan, &[]);
        assert_eq!(said.code, 1, "{said}");
        assert!(said.out.contains("and this is `mail-2020`"), "{said}");
    }
}

#[test]
fn a_replica_is_not_promoted_whoever_has_imported_it() {
    let allow = "allow: [{change: data-loss, reason: all of it, expires: 2026-11-01}, {change: drift, reason: all of it, expires: 2026-11-01}]\n";
    let folder = workspace("adoption-replica", &format!("{ADOPT}{allow}"));
    let mut plan = recorded("adopt");
    let change = &mut instance(&mut plan)["change"];
    change.as_object_mut().unwrap().remove("importing");
    change["before"]["replicate_source_db"] = json!("mail-primary");
    let said = say(&folder, &plan, &[]);
    assert_eq!(said.code, 1, "{said}");
    assert!(said.out.contains("it follows `mail-primary`"), "{said}");
    instance(&mut plan)["change"]["after"]["replicate_source_db"] = json!("mail-primary");
    assert_eq!(say(&folder, &plan, &[]).code, 0);
}

#[test]
fn an_adopted_instance_that_is_gone_is_not_made_anew() {
    let allow = "allow: [{change: data-loss, reason: all of it, expires: 2026-11-01}]\n";
    let folder = workspace("adoption-gone", &format!("{ADOPT}{allow}"));
    let mut plan = recorded("adopt");
    let mut gone = instance(&mut plan).clone();
    gone["change"]["actions"] = json!(["delete"]);
    gone["change"].as_object_mut().unwrap().remove("importing");
    plan["resource_drift"] = json!([gone]);
    let said = say(&folder, &plan, &[]);
    assert_eq!(said.code, 1, "{said}");
    assert!(
        said.out.contains("nobody makes an adopted database anew"),
        "{said}"
    );
}

#[test]
fn nothing_is_taken_over_that_no_config_declares() {
    let plan = recorded("adopt");
    let said = say(&workspace("adoption-undeclared", ""), &plan, &[]);
    assert_eq!(said.code, 1, "{said}");
    assert!(said.out.contains("the config has no `adopt`"), "{said}");
    let imported = workspace("adoption-imported", &format!("{ADOPT}  imported: true\n"));
    let said = say(&imported, &plan, &[]);
    assert_eq!(said.code, 1, "{said}");
    assert!(
        said.out.contains("until it says `imported: true`"),
        "{said}"
    );
    // A plan of nobody.
    let nobody = minimal("adoption-nobody");
    fs::write(nobody.join("plan.json"), plan.to_string()).unwrap();
    let said = valet(&nobody, &["gate", "plan.json"]);
    assert_eq!(said.code, 1, "{said}");
}

#[test]
fn an_environment_takes_over_the_providers_that_it_says_exist() {
    let tags = json!({"valet-rds:environment": "dev"});
    let plan = |cluster: &str, id: &str| {
        json!({
            "format_version": "1.2",
            "planned_values": {"root_module": {}},
            "resource_changes": [{
                "address": format!("module.cluster_trust.aws_iam_openid_connect_provider.this[\"{cluster}\"]"),
                "mode": "managed", "type": "aws_iam_openid_connect_provider",
                "change": {"actions": ["no-op"], "before": {}, "after": {}, "importing": {"id": id}},
            }],
            "configuration": {"provider_config": {"aws": {"expressions": {"default_tags": [{"tags": {"constant_value": tags}}]}}}},
        })
    };
    let arn = |issuer: &str| format!("arn:aws:iam::111111111111:oidc-provider/{issuer}");
    let folder = minimal("adoption-providers");
    let text = fs::read_to_string(folder.join("valet.yaml")).unwrap();
    let issuer = text
        .split("oidcIssuer: https://")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .trim()
        .to_owned();
    let cluster = text
        .split("clusters:")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .trim_end_matches(':')
        .to_owned();
    let existing = text.replacen(
        "oidcIssuer:",
        "oidcProvider: import\n        oidcIssuer:",
        1,
    );
    for (name, text, id, code) in [
        ("declared", &existing, arn(&issuer), 0),
        ("another", &existing, arn("other.example.com"), 1),
        ("undeclared", &text, arn(&issuer), 1),
    ] {
        fs::write(folder.join("valet.yaml"), text).unwrap();
        fs::write(folder.join("plan.json"), plan(&cluster, &id).to_string()).unwrap();
        let said = valet(&folder, &["gate", "plan.json"]);
        assert_eq!(said.code, code, "{name}: {said}");
    }
}

/// The attributes and blocks of a resource that can be set, of every provider whose schema is here.
#[test]
fn every_attribute_that_can_be_set_has_a_row() {
    let mut seen = 0;
    for table in &adoption::TABLES {
        let known: BTreeSet<&str> = table.rows.iter().map(|row| row.attribute).collect();
        for schema in fs::read_dir("fixtures/provider-schema").unwrap() {
            let path = schema.unwrap().path();
            let schema: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            let all = schema["resource"][table.kind].as_object().unwrap();
            for name in all.keys() {
                let is_known = known.contains(name.as_str());
                assert!(is_known, "{}: {}.{name}", path.display(), table.kind);
                seen += 1;
            }
        }
    }
    assert!(seen > 350, "two providers, three types");
}
