//! What was changed in AWS and not by Terraform, in plans that the real Terraform made: `RECORD=1 cargo xtask drift` records
//! them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use insta::assert_snapshot;
use serde_json::{Value, json};
use storage_valet_rds::terraform::drift::table;

use crate::support::{
    command::{Ran, valet},
    folder::{copy, edit},
};
#[cfg(unix)]
use crate::support::{folder::minimal, terraform::Fake};

const UNIT: &str = "prod/ledger";
const INSTANCE: &str = "module.rds.aws_db_instance.this";
const GROUP: &str = "module.rds.aws_db_parameter_group.this[\"this\"]";
const PROXY: &str = "module.proxy.aws_db_proxy.this";
const ROLE: &str = "module.irsa_role.aws_iam_role.this";
const SERVICE: &str = "module.endpoint_service.aws_vpc_endpoint_service.this";
const CLIENT: &str = "module.nlb.aws_vpc_security_group_ingress_rule.client[\"10.64.0.0/16\"]";

/// Address, attribute and class of what was changed.
const CHANGED: &[(&str, &str, &str)] = &[
    (INSTANCE, "deletion_protection", "dangerous"),
    (INSTANCE, "publicly_accessible", "dangerous"),
    (INSTANCE, "backup_retention_period", "dangerous"),
    (INSTANCE, "iam_database_authentication_enabled", "dangerous"),
    (INSTANCE, "tags_all.valet-rds:shortname", "dangerous"),
    (INSTANCE, "allocated_storage", "benign"),
    (INSTANCE, "engine_version_actual", "benign"),
    (INSTANCE, "tags_all.finops:owner", "benign"),
    (INSTANCE, "tags_all.team", "to-decide"),
    (INSTANCE, "max_allocated_storage", "to-decide"),
    (INSTANCE, "instance_class", "to-decide"),
    (INSTANCE, "backup_window", "to-decide"),
    (INSTANCE, "enabled_cloudwatch_logs_exports", "to-decide"),
    (GROUP, "parameter.rds.force_ssl.value", "dangerous"),
    (
        GROUP,
        "parameter.log_min_duration_statement.value",
        "dangerous",
    ),
    (PROXY, "require_tls", "dangerous"),
    (PROXY, "debug_logging", "dangerous"),
    (PROXY, "idle_client_timeout", "to-decide"),
    (ROLE, "assume_role_policy.Statement", "dangerous"),
    (ROLE, "inline_policy", "dangerous"),
    (ROLE, "managed_policy_arns", "dangerous"),
    (ROLE, "max_session_duration", "to-decide"),
    (SERVICE, "allowed_principals", "dangerous"),
    (SERVICE, "acceptance_required", "to-decide"),
    ("module.rds.aws_security_group.this", "ingress", "dangerous"),
    (
        "module.irsa_role.aws_iam_role_policy.this",
        "policy.Statement",
        "dangerous",
    ),
    (CLIENT, "", "dangerous"),
    (
        "module.rds.aws_cloudwatch_metric_alarm.this[\"cpu\"]",
        "",
        "to-decide",
    ),
];

/// The workspace that the plans are of.
fn workspace(name: &str) -> PathBuf {
    copy("fixtures/drift/workspace", name)
}

fn recorded(name: &str) -> String {
    let path = fs::canonicalize(format!("fixtures/drift/{name}")).unwrap();
    path.to_str().unwrap().to_owned()
}

fn plan(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(recorded(name)).unwrap()).unwrap()
}

fn drift(folder: &Path, arguments: &[&str]) -> Ran {
    let mut all = vec!["drift"];
    all.extend(arguments);
    valet(folder, &all)
}

fn document(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    let ran = drift(folder, &all);
    let document = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran}"));
    (ran.code, document)
}

fn findings<'a>(document: &'a Value, unit: &str) -> Vec<&'a Value> {
    let units = document["units"].as_array().unwrap();
    let unit = units.iter().find(|one| one["unit"] == unit).unwrap();
    unit["findings"].as_array().unwrap().iter().collect()
}

/// What was found of an attribute, or of a resource as a whole, without what only mirrors other resources.
fn find<'a>(document: &'a Value, address: &str, attribute: &str) -> &'a Value {
    let is_it = |one: &&Value| {
        one["address"] == address
            && one["attribute"].as_str().unwrap_or_default() == attribute
            && one["rule"] != "drift-mirror"
    };
    let found = findings(document, UNIT);
    found
        .into_iter()
        .find(is_it)
        .unwrap_or_else(|| panic!("{address} {attribute}: {document:#}"))
}

/// Lays a plan out beside a workspace, after it was changed.
fn changed(folder: &Path, name: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut plan = plan(name);
    change(&mut plan);
    let path = folder.join("changed.json");
    fs::write(&path, plan.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The drift of a resource in a plan.
fn of<'a>(plan: &'a mut Value, address: &str) -> &'a mut Value {
    let all = plan["resource_drift"].as_array_mut().unwrap();
    let one = all.iter_mut().find(|one| one["address"] == address);
    &mut one.unwrap()["change"]
}

#[test]
fn each_change_is_in_its_class() {
    let folder = workspace("drift-classes");
    let (code, kept) = document(&folder, &["--plans", &recorded("changed")]);
    let files = [recorded("unit.json"), recorded("environment.json")];
    let (code_of_files, shown) = document(&folder, &[&files[0], &files[1]]);
    let (_, refreshed) = document(&folder, &[&recorded("refreshed.json")]);
    assert_eq!((code, code_of_files), (1, 1));
    for (address, attribute, class) in CHANGED {
        for said in [&kept, &shown, &refreshed] {
            let found = find(said, address, attribute);
            assert_eq!(found["class"], *class, "{found:#}");
            for part in ["why", "source", "next", "rule"] {
                assert!(!found[part].as_str().unwrap().is_empty(), "{found:#}");
            }
        }
        let next = find(&kept, address, attribute)["next"].as_str().unwrap();
        let (planned, refreshed) = (
            find(&kept, address, attribute)["planned"] == true,
            find(&refreshed, address, attribute)["next"]
                .as_str()
                .unwrap(),
        );
        if *class != "benign" && planned {
            assert!(next.contains("an apply "), "{next}");
            assert!(refreshed.contains("`-refresh-only`"), "{refreshed}");
        }
    }
    let schedule = findings(&kept, "prod/_environment");
    let asleep = schedule.iter().find(|one| one["attribute"] == "state");
    assert_eq!(asleep.unwrap()["class"], "dangerous");
}

#[test]
fn what_nobody_has_changed_is_benign() {
    let folder = workspace("drift-quiet");
    let (code, said) = document(&folder, &["--plans", &recorded("quiet")]);
    assert_eq!(code, 0, "{said:#}");
    assert_eq!(said["benign"], true);
    assert_eq!(said["missing"], json!([]));
    let rules: BTreeSet<&str> = findings(&said, UNIT)
        .iter()
        .map(|one| one["rule"].as_str().unwrap())
        .collect();
    assert_eq!(rules, BTreeSet::from(["drift-mirror", "drift-told"]));
}

#[test]
fn the_next_step_is_a_key_a_command_or_an_apply() {
    let folder = workspace("drift-next");
    let (_, said) = document(&folder, &["--plans", &recorded("changed")]);
    let next = |address, attribute| find(&said, address, attribute)["next"].as_str().unwrap();
    assert_eq!(
        next(INSTANCE, "backup_retention_period"),
        "an apply brings it back; to keep it, write `backupRetentionPeriod: 7` (configs/prod/ledger.yaml:3)"
    );
    assert_eq!(
        next(INSTANCE, "deletion_protection"),
        "an apply brings it back; to keep it, write `deletionProtection: false`"
    );
    assert!(next(INSTANCE, "instance_class").contains("once `allow` names `drift`"));
    assert!(next(INSTANCE, "allocated_storage").starts_with("nothing to do"));
    let group = next("module.rds.aws_security_group.this", "ingress");
    assert!(
        group.contains("run `aws ec2 revoke-security-group-ingress --group-id sg-"),
        "{group}"
    );
    assert!(
        group.contains("IpRanges=[{CidrIp=10.9.0.0/16}]'`"),
        "{group}"
    );
    let policy = next(ROLE, "managed_policy_arns");
    assert!(
        policy.contains("run `aws iam detach-role-policy --role-name"),
        "{policy}"
    );
    assert_eq!(next(CLIENT, ""), "an apply makes it anew");
}

#[test]
fn what_no_rule_knows_is_to_be_decided() {
    let folder = workspace("drift-unknown");
    let path = changed(&folder, "unit.json", |plan| {
        let change = of(plan, INSTANCE);
        *change = json!({"actions": ["update"], "before": {"of_tomorrow": 1}, "after": {"of_tomorrow": 2}});
    });
    let (code, said) = document(&folder, &[&path]);
    let found = find(&said, INSTANCE, "of_tomorrow");
    assert_eq!((code, &found["class"]), (1, &json!("to-decide")));
    assert_eq!(found["rule"], "drift-unknown");
    // So is an action that nobody knows.
    let path = changed(&folder, "unit.json", |plan| {
        of(plan, INSTANCE)["actions"] = json!(["explode"]);
    });
    let (_, said) = document(&folder, &[&path]);
    assert_eq!(find(&said, INSTANCE, "")["class"], "to-decide");
    let path = changed(&folder, "unit.json", |plan| {
        of(plan, INSTANCE)["actions"] = json!(["delete"]);
    });
    let (_, said) = document(&folder, &[&path]);
    let found = find(&said, INSTANCE, "");
    assert_eq!(
        (&found["rule"], &found["class"]),
        (&json!("drift-data-gone"), &json!("dangerous"))
    );
    assert!(found["next"].as_str().unwrap().starts_with("do not apply"));
}

#[test]
fn what_cannot_be_used_is_an_error_and_never_no_drift() {
    let folder = workspace("drift-unusable");
    for (change, said) in [
        (json!({"errored": true}), "a plan that has failed"),
        (json!({"complete": false}), "put off a part"),
        (json!({"format_version": "2.0"}), "format version 2.0"),
        (
            json!({"format_version": null}),
            "a plan without `format_version`",
        ),
        (
            json!({"planned_values": null}),
            "it has no `planned_values`",
        ),
        (json!({"configuration": null}), "it has no `configuration`"),
        (json!({"prior_state": null}), "it has no `prior_state`"),
        (json!({"resource_drift": 1}), "cannot be read as a plan"),
    ] {
        let path = changed(&folder, "unit.json", |plan| {
            let (plan, change) = (plan.as_object_mut().unwrap(), change.as_object().unwrap());
            plan.extend(change.clone());
            plan.retain(|_, value| !value.is_null());
        });
        let ran = drift(&folder, &[&path, &recorded("environment.json")]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{said}: {ran}");
        assert!(
            ran.err.contains(said) && ran.err.contains("changed.json"),
            "{said}: {ran}"
        );
    }
    // All of them are named.
    fs::write(folder.join("empty.json"), "").unwrap();
    let ran = drift(&folder, &["empty.json", "valet.yaml"]);
    assert!(
        ran.err.contains("empty.json: empty") && ran.err.contains("valet.yaml: not JSON"),
        "{ran}"
    );
}

#[test]
fn a_unit_without_a_plan_is_an_error() {
    let folder = workspace("drift-left-out");
    let kept = folder.join("plans");
    let from = format!("{}/prod/ledger/plan.json", recorded("quiet"));
    for unit in ["prod/ledger", "prod/_environment"] {
        fs::create_dir_all(kept.join(unit)).unwrap();
    }
    fs::copy(&from, kept.join("prod/ledger/plan.json")).unwrap();
    let ran = drift(&folder, &["--plans", "plans"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
    assert!(
        ran.err
            .contains("prod/_environment was not planned to its end"),
        "{ran}"
    );
    // One that nobody has planned is named.
    fs::remove_dir_all(kept.join("prod/_environment")).unwrap();
    let ran = drift(&folder, &["--plans", "plans"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.out.contains("1 unit of the workspace without a plan here, of which nothing is known: prod/_environment"), "{ran}");
    // Another version of the tool may have meant another thing.
    let text = fs::read_to_string(&from).unwrap();
    for (text, said) in [
        (
            text.replace("\"formatVersion\": \"1.2\"", "\"formatVersion\": \"1.1\""),
            "in format 1.1, not 1.2",
        ),
        (
            text.replace("\"outside\"", "\"inside\""),
            "not what `plan` has written",
        ),
    ] {
        fs::write(kept.join("prod/ledger/plan.json"), text).unwrap();
        let ran = drift(&folder, &["--plans", "plans"]);
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.err.contains(said), "{ran}");
    }
    fs::remove_dir_all(kept.join("prod")).unwrap();
    let ran = drift(&folder, &["--plans", "plans"]);
    assert!(
        ran.code == 2 && ran.err.contains("nothing was planned there"),
        "{ran}"
    );
}

#[test]
fn a_waiver_sets_aside_until_its_day() {
    let folder = workspace("drift-waived");
    let config = folder.join("configs/prod/ledger.yaml");
    let before = fs::read_to_string(&config).unwrap();
    let waived = |lines: &str| {
        fs::write(&config, format!("{before}waivers:\n{lines}")).unwrap();
        document(&folder, &["--plans", &recorded("changed")]).1
    };
    let line = |rule: &str, of: &str, expires: &str| {
        format!("- {{rule: {rule}, {of}reason: known, expires: {expires}}}\n")
    };
    for (of, holds) in [
        ("", true),
        ("of: instanceClass, ", true),
        ("of: module.rds, ", true),
        ("of: module.rds.aws_db_instance.this.instance_class, ", true),
        ("of: module.proxy, ", false),
        ("of: maxAllocatedStorage, ", false),
    ] {
        let said = waived(&line("drift-size", of, "2099-01-01"));
        let found = find(&said, INSTANCE, "instance_class");
        assert_eq!(!found["waiver"].is_null(), holds, "{of}: {found:#}");
        let count = said["counts"]["waived"].as_u64().unwrap();
        assert_eq!(count > 0, holds || of.contains("max"), "{of}");
    }
    // The day has passed: it counts again, and says so.
    let said = waived(&line("drift-size", "", "2020-01-01"));
    let found = find(&said, INSTANCE, "instance_class");
    assert_eq!(found["waiver"]["holds"], false);
    assert_eq!(said["counts"]["waived"], 0);
    let checked = valet(&folder, &["check"]);
    assert!(
        checked
            .err
            .contains("the waiver of `drift-size` ended on 2020-01-01"),
        "{checked}"
    );
    // What is said of an environment holds for all of its units.
    let schedule = |said: &Value| {
        let found = findings(said, "prod/_environment");
        let found = found.into_iter().find(|one| one["attribute"] == "state");
        found.unwrap()["waiver"].clone()
    };
    assert!(schedule(&waived(&line("drift-schedule-off", "", "2099-01-01"))).is_null());
    edit(
        &folder.join("valet.yaml"),
        "    tags:\n",
        "    waivers: [{rule: drift-schedule-off, reason: known, expires: 2099-01-01}]\n    tags:\n",
    );
    let (_, said) = document(&folder, &["--plans", &recorded("changed")]);
    assert_eq!(schedule(&said)["holds"], true);
}

#[test]
fn a_waiver_of_drift_is_checked() {
    let folder = workspace("drift-waiver-checked");
    let config = folder.join("configs/prod/ledger.yaml");
    let before = fs::read_to_string(&config).unwrap();
    for (waiver, said) in [
        (
            "{rule: drift-sizes, reason: a, expires: 2099-01-01}",
            "did you mean `drift-size`?",
        ),
        (
            "{rule: policy-multi-az, of: module.rds, reason: a, expires: 2099-01-01}",
            "only a waiver of drift is about one resource",
        ),
        (
            "{rule: drift-size, of: '', reason: a, expires: 2099-01-01}",
            "of",
        ),
    ] {
        fs::write(&config, format!("{before}waivers: [{waiver}]\n")).unwrap();
        let ran = valet(&folder, &["check"]);
        assert_eq!(ran.code, 1, "{ran}");
        assert!(ran.err.contains(said), "{ran}");
    }
    fs::write(
        &config,
        format!("{before}waivers: [{{rule: drift-size, reason: a, expires: 2099-01-01}}]\n"),
    )
    .unwrap();
    let ran = valet(&folder, &["check"]);
    assert!(!ran.err.contains("drift-size"), "{ran}");
}

#[test]
fn a_secret_is_told_by_its_name_alone() {
    let folder = workspace("drift-secret");
    let path = changed(&folder, "unit.json", |plan| {
        let change = of(plan, INSTANCE);
        *change = json!({"actions": ["update"],
            "before": {"password": "swordfish", "domain_dns_ips": ["10.0.0.7"]},
            "after": {"password": "hunter2", "domain_dns_ips": ["10.0.0.8"]},
            "before_sensitive": {"password": true, "domain_dns_ips": [true]},
            "after_sensitive": {"password": true, "domain_dns_ips": [true]}});
    });
    for format in ["human", "markdown", "json"] {
        let ran = drift(&folder, &[&path, "--format", format]);
        assert!(ran.out.contains("password"), "{ran}");
        for secret in ["swordfish", "hunter2", "10.0.0.7", "10.0.0.8"] {
            assert!(!ran.out.contains(secret), "{ran}");
        }
    }
}

#[test]
fn what_is_planned_without_having_been_found_is_not_passed_over() {
    let folder = workspace("drift-planned");
    // Somebody has had the state written with what was changed, so no plan finds it; and no record says what was applied.
    let path = changed(&folder, "unit.json", |plan| {
        let all = plan["resource_drift"].as_array_mut().unwrap();
        all.retain(|one| one["address"] != PROXY && one["address"] != INSTANCE);
    });
    let (_, said) = document(&folder, &[&path]);
    let found = find(&said, PROXY, "require_tls");
    assert_eq!(
        (
            &found["class"],
            &found["before"]["value"],
            &found["after"]["value"]
        ),
        (&json!("dangerous"), &json!(true), &json!(false))
    );
    let found = find(&said, PROXY, "idle_client_timeout");
    assert_eq!(
        (&found["rule"], &found["class"]),
        (&json!("drift-unexplained"), &json!("to-decide"))
    );
    // What grew is told by the state.
    assert_eq!(
        find(&said, INSTANCE, "allocated_storage")["class"],
        "benign"
    );
}

#[test]
fn the_text_for_people() {
    let folder = workspace("drift-text");
    let path = changed(&folder, "unit.json", |plan| {
        plan["resource_drift"]
            .as_array_mut()
            .unwrap()
            .retain(|one| [INSTANCE, CLIENT].contains(&one["address"].as_str().unwrap()));
        let (instance, state) = (
            of(plan, INSTANCE),
            json!({"deletion_protection": true, "allocated_storage": 100}),
        );
        instance["before"] = state;
        instance["after"] = json!({"deletion_protection": false, "allocated_storage": 150});
        plan["prior_state"]["values"]["root_module"] = json!({});
        plan["resource_changes"]
            .as_array_mut()
            .unwrap()
            .retain(|one| [INSTANCE, CLIENT].contains(&one["address"].as_str().unwrap()));
    });
    let ran = drift(&folder, &[&path]);
    assert_snapshot!(ran);
    assert_snapshot!(
        "the_comment",
        drift(&folder, &[&path, "--format", "markdown"])
    );
}

#[test]
fn a_plan_of_somebody_else_is_judged_without_waivers_and_keys() {
    let folder = workspace("drift-foreign");
    let path = changed(&folder, "unit.json", |plan| {
        plan["configuration"]["provider_config"] = json!({});
    });
    let (code, said) = document(&folder, &[&path]);
    assert_eq!((code, &said["units"][0]["unit"]), (1, &Value::Null));
    let all = said["units"][0]["findings"].as_array().unwrap();
    assert!(
        all.iter()
            .all(|one| one["key"].is_null() && one["waiver"].is_null())
    );
}

/// A unit that has nothing to do may have drifted all the same.
#[cfg(unix)]
#[test]
fn a_unit_with_nothing_to_do_tells_what_was_found() {
    let folder = minimal("drift-idle");
    assert_eq!(valet(&folder, &["generate"]).code, 0);
    let fake = Fake::new(&folder.with_file_name("drift-idle-terraform"), &["orders"]);
    let state = |version: &str| {
        json!({"version": 4, "lineage": "l", "serial": 1, "resources": [{"mode": "managed", "type": "aws_db_instance",
            "name": "this", "module": "module.rds", "instances": [{"attributes": {"engine_version_actual": version}}]}]})
        .to_string()
    };
    fake.states("orders", &state("16.3"), &state("16.4"));
    let found = json!({"format_version": "1.2", "planned_values": {}, "resource_drift": [{"address": INSTANCE,
        "mode": "managed", "type": "aws_db_instance", "change": {"actions": ["update"],
        "before": {"engine_version_actual": "16.3"}, "after": {"engine_version_actual": "16.4"}}}]});
    fake.says("orders", "nothing.json", &found.to_string());
    let planned = fake.run(&folder, "plan dev/orders");
    assert_eq!(planned.code, 0, "{planned}");
    let (code, said) = document(&folder, &["--plans", "valet-plans"]);
    let found = said["units"][0]["findings"].as_array().unwrap();
    assert_eq!((code, found.len()), (0, 1), "{said:#}");
    assert_eq!(found[0]["rule"], "drift-minor-version");
}

#[test]
fn every_rule_is_of_attributes_that_the_providers_have() {
    let schemas = ["aws-5.100.0", "aws-6.62.0"].map(|name| {
        let text = fs::read_to_string(format!("fixtures/provider-schema/{name}.json")).unwrap();
        let schema: Value = serde_json::from_str(&text).unwrap();
        schema["resource"].clone()
    });
    let mut asked = 0;
    for rule in table::rules() {
        for target in rule
            .on
            .iter()
            .filter(|target| target.resource.starts_with("aws_"))
        {
            for attribute in target.attributes {
                let top = attribute.split('.').next().unwrap().trim_end_matches('*');
                let has = |schema: &Value| {
                    let known = schema[target.resource].as_object();
                    let known = known.unwrap_or_else(|| panic!("{}", target.resource));
                    top.is_empty() || known.keys().any(|name| name.starts_with(top))
                };
                assert!(
                    schemas.iter().any(has),
                    "{}: {}.{attribute}",
                    rule.code,
                    target.resource
                );
                asked += 1;
            }
        }
    }
    assert!(asked > 100, "{asked}");
    // What only AWS tells is known of each type.
    let mut unknown: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (resource, attributes) in schemas[0].as_object().unwrap() {
        for (attribute, words) in attributes.as_object().unwrap() {
            let rule = table::of_attribute(resource, attribute, None, Some(&json!("told")));
            if words == "computed" && rule.code == "drift-unknown" {
                unknown.entry(resource).or_default().push(attribute);
            }
        }
    }
    assert_eq!(unknown, BTreeMap::new());
}
