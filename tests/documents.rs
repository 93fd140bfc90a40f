//! Each JSON document that a command prints is what its published schema says, no more and no less.

use std::{fs, path::Path};

use serde_json::{Value, json};

#[cfg(unix)]
use crate::support::terraform::Fake;
use crate::support::{
    command::{run, valet},
    described::{by_hand, document, in_state, merge},
    folder::{ANY, adoptable, case, city, copy, edit, minimal},
    outputs::applied,
    repository::repository,
    snapshot,
    workspace::cases,
};

/// The commands with a published schema.
const COMMANDS: [&str; 12] = [
    "adopt", "affected", "check", "diff", "drift", "explain", "gate", "info", "list", "plan",
    "rules", "upgrade",
];

fn schema(command: &str) -> String {
    let printed = valet(Path::new("."), &["schema", command]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    printed.out
}

/// Forbids every key that a schema does not name, so that it cannot lag behind what is printed.
fn closed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(object) => {
            let values = std::mem::take(object).into_iter();
            object.extend(values.map(|(key, value)| (key, closed(value))));
            if object.contains_key("properties") {
                object.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(items) => {
            let items_before = std::mem::take(items).into_iter();
            items.extend(items_before.map(closed));
        }
        _ => {}
    }
    schema
}

/// Runs a command for programs: one document of its schema, which is the result.
fn printed(folder: &Path, line: &str) -> Value {
    let command = line.split(' ').next().unwrap();
    let printed = run(folder, &format!("{line} --format json"));
    let document: Value = serde_json::from_str(&printed.out)
        .unwrap_or_else(|error| panic!("{line}: {error}\n{}{}", printed.out, printed.err));
    assert_is_of_schema(&document, command, line);
    document
}

fn assert_is_of_schema(document: &Value, command: &str, line: &str) {
    let schema = closed(serde_json::from_str(&schema(command)).unwrap());
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{line}: {errors:#?}");
    assert_eq!(document["formatVersion"], "1.0", "{line}");
    assert_eq!(
        document.as_object().unwrap().keys().next().unwrap(),
        "formatVersion"
    );
}

#[test]
fn the_published_schemas() {
    let settings = snapshot::settings("schema");
    for command in COMMANDS {
        settings.bind(|| insta::assert_snapshot!(command, schema(command)));
    }
}

#[test]
fn what_adopt_prints_is_of_its_schema() {
    let folder = minimal("documents-adopt");
    adoptable(&folder, ANY);
    let mut replica = by_hand("replica");
    let source = json!({"ReadReplicaSourceDBInstanceIdentifier": "a-2019"});
    merge(&mut replica, &source);
    let left_out = by_hand("b-2019");
    let described = document(&[by_hand("a-2019"), replica, left_out]);
    fs::write(folder.join("found.json"), described).unwrap();
    let names = "identifier,namespace\na-2019,a\nreplica,c\n";
    fs::write(folder.join("names.csv"), names).unwrap();
    let held = in_state(&by_hand("a-2019"), "this", &json!(0));
    let root = json!({"root_module": {"resources": [held]}});
    let state = json!({"format_version": "1.0", "values": root});
    fs::write(folder.join("old.json"), state.to_string()).unwrap();
    let line = "adopt --from found.json --mapping names.csv --old-root old.json";
    let refused = printed(&folder, line);
    assert_eq!(refused["written"], false);
    assert_eq!(refused["refused"][0]["identifier"], "replica");
    assert_eq!(refused["leftOut"], json!(["b-2019"]));
    let take_out = &refused["oldRoots"][0]["takeOut"];
    assert_eq!(
        take_out,
        "the block `resource \"aws_db_instance\" \"this\"`"
    );
    let written = printed(&folder, &format!("{line} --skip-refused"));
    assert_eq!(written["written"], true);
    let config = fs::read_to_string(folder.join("configs/dev/a.yaml")).unwrap();
    assert_eq!(written["adopted"][0]["config"], config);
    let again = printed(&folder, "adopt dev/d --from found.json --identifier a-2019");
    assert_eq!(again["adopted"], json!([]));
}

#[test]
fn what_upgrade_prints_is_of_its_schema() {
    let city = city("documents-upgrade");
    let line = "--engine postgres --to 18";
    let plan = printed(&city, &format!("upgrade plan {line}"));
    assert_eq!(plan["engine"], "postgres");
    let one = &plan["waves"][0]["units"][0];
    assert_eq!(one["steps"][0]["lines"][0]["grade"], "downtime");
    let status = printed(&city, &format!("upgrade status {line}"));
    assert_eq!(status["written"], json!([]));
    let written = printed(&city, &format!("upgrade apply {line}"));
    assert_ne!(written["written"], json!([]));
}

#[test]
fn what_check_prints_is_of_its_schema() {
    let clean = printed(&city("documents-check"), "check");
    assert_eq!(clean["problems"], Value::from(Vec::<Value>::new()));
    for path in cases("fixtures/bad") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let folder = format!("documents-check-{name}");
        let folder = if path.join("valet.yaml").is_file() {
            copy(path.to_str().unwrap(), &folder)
        } else {
            case(&format!("bad/{name}"), &folder)
        };
        printed(&folder, "check");
    }
}

#[test]
fn what_a_review_prints_is_of_its_schema() {
    let city = repository("documents-review");
    let config = city.join("configs/dev3/test-dev.yaml");
    assert_eq!(
        printed(&city, "diff --base HEAD")["summary"]["units"],
        Value::from(0)
    );
    edit(&config, "username: postgres", "username: postgras");
    fs::rename(
        city.join("configs/dev3/agora.yaml"),
        city.join("configs/dev3/agora-2.yaml"),
    )
    .unwrap();
    fs::write(
        city.join("configs/dev3/new.yaml"),
        "shortname: new\nusername: postgres\n",
    )
    .unwrap();
    let diff = printed(&city, "diff --base HEAD --deny replace");
    let units = diff["units"].as_array().unwrap().iter();
    let kinds: Vec<_> = units.map(|unit| unit["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["moved", "created", "changed"]);
    let affected = printed(&city, "affected --base HEAD");
    assert_eq!(affected["units"].as_array().unwrap().len(), 3);
    fs::remove_file(&config).unwrap();
    let left_behind = printed(&city, "diff --base HEAD");
    assert!(!left_behind["problems"].as_array().unwrap().is_empty());
}

#[test]
fn what_explain_and_rules_print_is_of_their_schemas() {
    let city = city("documents-explain");
    for what in ["dev3/test-dev", "prod/ledger", "dev3/_environment"] {
        let explained = printed(&city, &format!("explain {what}"));
        assert!(!explained["values"].as_array().unwrap().is_empty());
    }
    let all = printed(&city, "rules");
    assert!(all["rules"].as_array().unwrap().len() > 50);
    let one = printed(&city, "rules tag");
    assert_eq!(one["rules"][0]["code"], "tag");
    assert_eq!(one["rules"].as_array().unwrap().len(), 1);
}

#[test]
fn what_gate_prints_is_of_its_schema() {
    let folder = minimal("documents-gate");
    for plan in fs::read_dir("fixtures/plans").unwrap() {
        let plan = fs::canonicalize(plan.unwrap().path()).unwrap();
        if plan.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let gate = printed(&folder, &format!("gate {}", plan.display()));
        let steps = gate["steps"].as_array().unwrap();
        let refused = steps.iter().any(|step| step["outcome"] == "refused");
        assert_eq!(gate["passes"], !refused, "{}", plan.display());
    }
}

#[cfg(unix)]
#[test]
fn what_a_run_prints_is_of_its_schema() {
    let folder = minimal("documents-runs");
    assert_eq!(valet(&folder, &["generate"]).code, 0);
    let fake = Fake::new(
        &folder.with_file_name("documents-runs-terraform"),
        &["_environment", "orders"],
    );
    let plan = fs::read_to_string("fixtures/plans/replace-instance.json").unwrap();
    fake.says("orders", "plan.json", &plan);
    fake.says("_environment", "init.fails", "Error: ExpiredToken\n");
    let planned = printed(&folder, &format!("plan --all --terraform {}", fake.program));
    let outcomes: Vec<_> = planned["units"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unit| unit["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["failed", "refused"]);
    assert_eq!(planned["succeeded"], Value::from(false));
}

#[test]
fn what_info_prints_is_of_its_schema_with_and_without_outputs() {
    let before = printed(&city("documents-info"), "info dev3/test-dev");
    assert!(before["outputs"].is_null());
    let after = printed(&applied("documents-info-applied"), "info prod/ledger");
    assert_eq!(after["outputs"]["port"], 5432);
}

#[test]
fn each_line_of_what_list_prints_is_of_its_schema() {
    for folder in [city("documents-list"), applied("documents-list-applied")] {
        let listed = run(&folder, "list --format json");
        assert_eq!((listed.code, listed.err.as_str()), (0, ""));
        assert_eq!(listed.out.lines().count(), 12);
        for line in listed.out.lines() {
            assert_is_of_schema(&serde_json::from_str(line).unwrap(), "list", line);
        }
    }
}
