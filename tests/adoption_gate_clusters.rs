//! The gate on plans that take a cluster over with its instances: real ones, which `cargo xtask grades` records, and what could
//! go wrong.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::support::{
    command::{Ran, valet},
    folder::{MAIL, adoptable, minimal},
    plans::{change, recorded},
    snapshot,
};

const CLUSTER: &str = "module.aurora.aws_rds_cluster.this";
const WRITER: &str = "module.aurora.aws_rds_cluster_instance.this[\"1\"]";
const READER: &str = "module.aurora.aws_rds_cluster_instance.this[\"2\"]";

/// The config that `adopt-cluster.json` is planned for.
const CONFIG: &str = "shortname: mail
username: postgres
engine: aurora-postgresql
engineVersion: \"15\"
instanceClass: db.r6g.large
logExports: [postgresql]
replicas: 1
authentication: iam
";

const ADOPT: &str = "adopt:
  identifier: mail-cluster-2019
  caCertificate: rds-ca-rsa4096-g1
  clusterParameterGroup: tuned-cluster
  copyTagsToSnapshot: false
  iamAuthentication: true
  instances:
    - {identifier: mail-writer, promotionTier: 1, tags: {Name: mail}}
    - {identifier: mail-reader, maintenanceWindow: \"fri:22:00-fri:22:30\"}
  majorVersion: \"15\"
  minorUpgrades: false
  monitoringRoleArn: arn:aws:iam::111111111111:role/monitoring
  parameterGroup: tuned-instances
  performanceInsightsDays: 731
  publiclyAccessible: true
  securityGroups: [sg-0a1b2c3d4e5f60718, sg-1a2b3c4d5e6f70819]
  subnetGroup: data-private
  tags: {backup-plan: daily}
";

const ALLOW: &str = "allow: [{change: data-loss, reason: all of it, expires: 2026-11-01}, {change: drift, reason: all of it, expires: 2026-11-01}, {change: connection, reason: all of it, expires: 2026-11-01}]\n";

fn workspace(name: &str, more: &str) -> PathBuf {
    let folder = minimal(&format!("adoption-clusters-{name}"));
    adoptable(&folder, MAIL);
    fs::write(
        folder.join("configs/dev/mail.yaml"),
        format!("{CONFIG}{more}"),
    )
    .unwrap();
    folder
}

fn say(folder: &Path, plan: &Value, more: &[&str]) -> Ran {
    fs::write(folder.join("plan.json"), plan.to_string()).unwrap();
    valet(
        folder,
        &[&["gate", "plan.json", "--unit", "dev/mail"], more].concat(),
    )
}

/// A plan that is changed in this way has to be refused, whatever is allowed, with these words.
fn refused(name: &str, other: impl FnOnce(&mut Value), words: &str) {
    let mut plan = recorded("adopt-cluster");
    other(&mut plan);
    let said = say(&workspace(name, &format!("{ADOPT}{ALLOW}")), &plan, &[]);
    assert_eq!(said.code, 1, "{name}: {said}");
    let mut refusals = said.out.lines().filter(|line| line.starts_with("REFUSED"));
    assert!(
        refusals.any(|line| line.contains(words)),
        "{name}: {words}: {said}"
    );
}

#[test]
fn a_cluster_that_stays_as_it_is_is_taken_over_with_its_instances() {
    let folder = workspace("passes", ADOPT);
    let said = say(&folder, &recorded("adopt-cluster"), &["--format", "json"]);
    assert_eq!(said.code, 0, "{said}");
    let document: Value = serde_json::from_str(&said.out).unwrap();
    let steps = document["steps"].as_array().unwrap();
    let of = |class: &str| -> BTreeSet<&str> {
        let of_class = steps
            .iter()
            .filter(|step| step["attribute"]["class"] == class);
        of_class
            .map(|step| step["attribute"]["address"].as_str().unwrap())
            .collect()
    };
    let tags = [CLUSTER, READER, WRITER].map(|one| format!("{one}.tags_all"));
    assert_eq!(of("harmless"), tags.iter().map(String::as_str).collect());
    assert!(
        of("decision").is_empty() && of("forbidden").is_empty(),
        "{said}"
    );
    let taken = steps.iter().filter(|step| {
        let reason = step["reason"].as_str().unwrap();
        reason.starts_with("takes over `mail-") && reason.contains("as it is")
    });
    assert_eq!(taken.count(), 3, "{said}");
}

#[test]
fn what_the_config_does_not_keep_is_named_with_its_key() {
    let adopt = "adopt: {identifier: mail-cluster-2019, instances: [{identifier: mail-writer}, {identifier: mail-reader}], majorVersion: \"15\", parameterGroup: tuned-instances, securityGroups: [sg-0a1b2c3d4e5f60718, sg-1a2b3c4d5e6f70819], subnetGroup: data-private}\n";
    let folder = workspace("standard", adopt);
    let said = say(&folder, &recorded("adopt-cluster-all-standard"), &[]);
    assert_eq!(said.code, 1, "{said}");
    let lines = said.out.lines().filter(|line| !line.starts_with("ok "));
    let shown: Vec<_> = lines.collect();
    let settings = snapshot::settings("adoption");
    settings.bind(|| insta::assert_snapshot!("gate-cluster-all-standard", shown.join("\n")));
}

#[test]
fn with_a_secret_the_groups_that_its_root_keeps_stay() {
    const SECRET: &str =
        "arn:aws:secretsmanager:eu-central-1:111111111111:secret:mail/master-AbCdEf";
    let folder = workspace(
        "path",
        &format!("{ADOPT}  credentials: {{secretArn: \"{SECRET}\"}}\n"),
    );
    let mut plan = recorded("adopt-cluster-path");
    assert_eq!(say(&folder, &plan, &[]).code, 0);
    let given = "/configuration/root_module/module_calls/aurora/expressions/security_group_ids/constant_value";
    *plan.pointer_mut(given).unwrap() = json!(["sg-0a1b2c3d4e5f60718"]);
    let said = say(&folder, &plan, &[]);
    assert!(
        said.code == 1 && said.out.contains("security groups go"),
        "{said}"
    );
}

#[test]
fn only_what_is_declared_is_taken_over() {
    let id = |address: &'static str, id: &'static str| {
        move |plan: &mut Value| change(plan, address)["change"]["importing"] = json!({"id": id})
    };
    refused(
        "another",
        id(CLUSTER, "mail-cluster-2020"),
        "`mail-cluster-2020` is taken over, but what is declared is `mail-cluster-2019`",
    );
    refused(
        "swapped",
        id(WRITER, "mail-reader"),
        "`mail-reader` is taken over, but what is declared is `mail-writer`",
    );
    let third = |plan: &mut Value| {
        let mut one = change(plan, READER).clone();
        one["address"] = json!("module.aurora.aws_rds_cluster_instance.this[\"3\"]");
        plan["resource_changes"].as_array_mut().unwrap().push(one);
    };
    refused("third", third, "`adopt` declares only the database itself");
    let tagged = |plan: &mut Value| {
        change(plan, READER)["change"]["before"]["tags_all"] =
            json!({"valet-rds:environment": "prod", "valet-rds:shortname": "ledger"});
    };
    refused(
        "anothers",
        tagged,
        "its tags say that it is of shortname `ledger` in `prod`",
    );
    let imported = workspace("imported", &format!("{ADOPT}  imported: true\n"));
    let said = say(&imported, &recorded("adopt-cluster"), &[]);
    assert!(
        said.code == 1 && said.out.contains("until it says `imported: true`"),
        "{said}"
    );
}

#[test]
fn an_attribute_that_must_stay_is_refused() {
    let set = |address: &'static str, name: &'static str, before: Value, after: Value| {
        move |plan: &mut Value| {
            let change = &mut change(plan, address)["change"];
            change["before"][name] = before;
            change["after"][name] = after;
            change["actions"] = json!(["update"]);
        }
    };
    for (name, address, attribute, before, after, words) in [
        (
            "global",
            CLUSTER,
            "global_cluster_identifier",
            json!("world"),
            json!(""),
            "it would leave the global cluster `world`",
        ),
        (
            "source",
            CLUSTER,
            "replication_source_identifier",
            json!("arn:x"),
            Value::Null,
            "it follows `arn:x`",
        ),
        (
            "backtrack",
            CLUSTER,
            "backtrack_window",
            json!(3600),
            json!(0),
            "backtracking would be turned off",
        ),
        (
            "data-api",
            CLUSTER,
            "enable_http_endpoint",
            json!(true),
            json!(false),
            "the Data API would be turned off",
        ),
        (
            "forwarding",
            CLUSTER,
            "enable_local_write_forwarding",
            json!(true),
            json!(false),
            "no longer hand writes on",
        ),
        (
            "version",
            CLUSTER,
            "engine_version",
            json!("15.10"),
            json!("16"),
            "the version would be sent to AWS",
        ),
        (
            "password",
            CLUSTER,
            "master_password",
            json!(null),
            json!("new"),
            "gets another password",
        ),
        (
            "managed",
            CLUSTER,
            "manage_master_user_password",
            json!(null),
            json!(true),
            "RDS would make a new password",
        ),
        (
            "port",
            CLUSTER,
            "port",
            json!(5432),
            json!(5433),
            "every instance restarts at once",
        ),
        (
            "class",
            READER,
            "instance_class",
            json!("db.r6g.large"),
            json!("db.r6g.xlarge"),
            "the instance restarts",
        ),
        (
            "group",
            WRITER,
            "db_parameter_group_name",
            json!("tuned-instances"),
            json!("other"),
            "other parameters count",
        ),
        (
            "public",
            WRITER,
            "publicly_accessible",
            json!(true),
            json!(false),
            "clients outside of the VPC are cut off",
        ),
        (
            "tags",
            READER,
            "tags_all",
            json!({"a": "1"}),
            json!({}),
            "tags go or become others",
        ),
        (
            "new",
            READER,
            "new_attribute",
            json!(1),
            json!(2),
            "nothing is known about this attribute",
        ),
    ] {
        refused(name, set(address, attribute, before, after), words);
    }
}

#[test]
fn an_adopted_cluster_is_never_made_replaced_given_up_renamed_or_regrouped() {
    let without_import = |plan: &mut Value, address: &str, actions: Value| {
        let change = &mut change(plan, address)["change"];
        change.as_object_mut().unwrap().remove("importing");
        change["actions"] = actions;
        change["before"]["skip_final_snapshot"] = json!(false);
        change["before"]["final_snapshot_identifier"] = json!("mail-final");
    };
    for (name, actions, words) in [
        ("made", json!(["create"]), "take `adopt.imported` out"),
        (
            "replaced",
            json!(["delete", "create"]),
            "only `lifecycle` ends it",
        ),
        ("deleted", json!(["delete"]), "only `lifecycle` ends it"),
        ("forgotten", json!(["forget"]), "only `lifecycle` ends it"),
    ] {
        let act = |plan: &mut Value| without_import(plan, CLUSTER, actions);
        refused(name, act, words);
    }
    let rename = |plan: &mut Value| {
        without_import(plan, CLUSTER, json!(["update"]));
        change(plan, CLUSTER)["change"]["after"]["cluster_identifier"] = json!("mail-2020");
    };
    refused("renamed", rename, "and this is `mail-2020`");
    let regroup = |upgrade: bool| {
        move |plan: &mut Value| {
            without_import(plan, CLUSTER, json!(["update"]));
            let change = &mut change(plan, CLUSTER)["change"];
            change["before"]["tags_all"] = change["after"]["tags_all"].clone();
            change["after"]["db_instance_parameter_group_name"] = json!("ours");
            if upgrade {
                change["before"]["engine_version"] = json!("15.10");
                change["after"]["engine_version"] = json!("16");
            }
        }
    };
    refused(
        "regrouped",
        regroup(false),
        "to another parameter group with a major upgrade only",
    );
    let mut plan = recorded("adopt-cluster");
    regroup(true)(&mut plan);
    let said = say(&workspace("upgraded", ADOPT), &plan, &[]);
    assert!(!said.out.contains("with a major upgrade only"), "{said}");
    // A reader holds no data, but clients know it.
    let mut plan = recorded("adopt-cluster");
    without_import(&mut plan, READER, json!(["delete"]));
    let said = say(&workspace("reader", ADOPT), &plan, &[]);
    assert!(
        said.code == 1 && said.out.contains("clients know it"),
        "{said}"
    );
    let allow = "allow: [{change: replace, reason: it is not needed, expires: 2026-11-01}]\n";
    let said = say(
        &workspace("reader-allowed", &format!("{ADOPT}{allow}")),
        &plan,
        &[],
    );
    assert_eq!(said.code, 0, "{said}");
}

/// After an apply that has imported all, and failed before it came to the tags of one.
#[test]
fn what_is_half_taken_over_is_held_against_the_same_table() {
    let mut plan = recorded("adopt-cluster");
    for address in [CLUSTER, WRITER, READER] {
        let change = &mut change(&mut plan, address)["change"];
        change.as_object_mut().unwrap().remove("importing");
        change["actions"] = json!(["update"]);
    }
    let folder = workspace("half", ADOPT);
    assert_eq!(say(&folder, &plan, &[]).code, 0);
    change(&mut plan, READER)["change"]["after"]["promotion_tier"] = json!(7);
    let said = say(&folder, &plan, &[]);
    assert!(
        said.code == 1
            && said
                .out
                .contains("write `adopt.instances.promotionTier: 1`"),
        "{said}"
    );
}
