//! `info`: what is decided, where it comes from, and every name in AWS.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;
use storage_valet_rds::{inspect::resolved, yaml::Document};

use crate::support::{
    command::valet,
    folder::city,
    outputs::{applied, outputs_of},
    snapshot,
    workspace::Workspace,
};

#[test]
fn people_read_tables() {
    let city = city("info");
    let settings = snapshot::settings("info");
    for unit in ["dev3/test-dev", "prod/ledger"] {
        let ran = valet(&city, &["info", unit]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        settings.bind(|| insta::assert_snapshot!(unit.replace('/', "-"), ran.out));
    }
}

#[test]
fn what_apply_told_is_shown_with_the_rest() {
    let city = applied("info-applied");
    let human = valet(&city, &["info", "prod/ledger"]).out;
    let (_, known) = human.split_once("\nKnown after apply\n").unwrap();
    assert_eq!(
        known,
        "endpoint      ledger-prod-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com\n\
         port          5432\n\
         user          ledger_owner\n\
         secret        arn:aws:secretsmanager:ap-northeast-1:333333333333:secret:rds!db-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-AbCdEf\n\
         role          arn:aws:iam::333333333333:role/ledger-database\n\
         service name  com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0\n\
         database      ledger\n"
    );
    for database in Workspace::open(&city).databases {
        let json = valet(&city, &["info", &database.unit(), "--format", "json"]).out;
        let document: Value = serde_json::from_str(&json).unwrap();
        for (name, output) in outputs_of(&database).as_object().unwrap() {
            assert_eq!(document["outputs"][name], output["value"], "{name}");
        }
    }
    let file = city.join("generated/prod/ledger/outputs.json");
    let moved = city.join("elsewhere.json");
    fs::rename(&file, &moved).unwrap();
    let unknown = valet(&city, &["info", "prod/ledger", "--format", "yaml"]);
    assert!(
        unknown.out.ends_with("\noutputs: null\n"),
        "{}",
        unknown.out
    );
    let arguments = ["info", "prod/ledger", "--outputs", "elsewhere.json"];
    assert_eq!(valet(&city, &arguments).out, human);
    let yaml = valet(&city, &[&arguments[..], &["--format", "yaml"]].concat());
    let read = Document::parse("info.yaml", yaml.out.into_bytes()).unwrap();
    assert_eq!(
        read.value["outputs"]["secret_arn"],
        outputs_of(&ledger(&city))["secret_arn"]["value"]
    );
}

#[test]
fn outputs_of_another_unit_or_of_no_root_are_refused() {
    let city = applied("info-foreign");
    let own = city.join("generated/prod/ledger/outputs.json");
    let other = "generated/prod/search/outputs.json";
    let named = valet(&city, &["info", "prod/ledger", "--outputs", other]);
    fs::copy(city.join(other), &own).unwrap();
    let found = valet(&city, &["info", "prod/ledger"]);
    for (ran, span) in [
        (named, other),
        (found, "generated/prod/ledger/outputs.json"),
    ] {
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
        assert!(ran.err.contains("foreign-outputs"), "{}", ran.err);
        assert!(ran.err.contains(span), "{}", ran.err);
    }
    fs::write(&own, "{}").unwrap();
    let empty = valet(&city, &["info", "prod/ledger"]);
    assert_eq!(empty.code, 1);
    assert!(empty.err.contains("has not been applied"), "{}", empty.err);
    let missing = valet(&city, &["info", "prod/ledger", "--outputs", "no.json"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("no.json"), "{}", missing.err);
}

fn ledger(folder: &Path) -> storage_valet_rds::model::Database {
    let mut units = Workspace::open(folder).databases.into_iter();
    units.find(|unit| unit.unit() == "prod/ledger").unwrap()
}

#[test]
fn programs_read_one_document_in_yaml_or_json() {
    let city = city("info-documents");
    let json = valet(
        &city,
        &[
            "--environment",
            "prod",
            "--namespace",
            "ledger",
            "info",
            "--format",
            "json",
        ],
    );
    let document: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(document["config"]["proxy"]["idleClientTimeout"], 3600);
    assert_eq!(
        document["origins"]["proxy"]["idleClientTimeout"],
        "configs/prod/ledger.yaml:30"
    );
    assert_eq!(document["origins"]["tags"]["stage"], "valet.yaml:59");
    let yaml = valet(&city, &["info", "prod/ledger", "--format", "yaml"]);
    let read = Document::parse("info.yaml", yaml.out.into_bytes()).unwrap();
    assert_eq!(read.value, document);
}

#[test]
fn the_config_holds_every_key_that_a_config_can_have() {
    let schema = &storage_valet_rds::config::schema::CONFIG.document["properties"];
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>()
    };
    let city = Workspace::open(Path::new("fixtures/city"));
    let ledger = city
        .databases
        .iter()
        .find(|known| known.unit() == "prod/ledger")
        .unwrap();
    let document = resolved::document(ledger, None);
    assert_eq!(keys(&document["config"]), keys(schema));
    assert_eq!(
        keys(&document["config"]["proxy"]),
        keys(&schema["proxy"]["properties"])
    );
}

#[test]
fn every_name_in_the_terraform_is_listed() {
    for database in Workspace::open(Path::new("fixtures/city")).databases {
        let names: BTreeSet<_> = resolved::names(&database)
            .into_iter()
            .map(|(_, name)| name)
            .collect();
        let tree = storage_valet_rds::terraform::print::print_root(
            &storage_valet_rds::terraform::lower::unit(&database),
        );
        let main = tree
            .iter()
            .find(|(path, _)| path.ends_with("/main.tf"))
            .unwrap()
            .1;
        let mut seen = 0;
        for line in main.lines() {
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let key = key.trim();
            let is_name = key == "name" || key == "identifier" || key.ends_with("_name");
            let skipped = ["database_name", "service_account_name"].contains(&key);
            if !is_name || skipped || !value.contains('"') {
                continue;
            }
            seen += 1;
            let name = value.trim().trim_matches('"');
            assert!(names.contains(name), "{}: {key} = {name}", database.unit());
        }
        assert!(seen > 12, "{seen}");
    }
}

#[test]
fn every_alarm_and_log_group_that_is_listed_is_in_a_module() {
    let modules: String = ["rds/alarms", "proxy/alarms", "nlb/alarms"]
        .map(|file| fs::read_to_string(format!("modules/{file}.tf")).unwrap())
        .concat();
    let city = Workspace::open(Path::new("fixtures/city"));
    let ledger = city
        .databases
        .iter()
        .find(|known| known.unit() == "prod/ledger")
        .unwrap();
    let listed = resolved::names(ledger);
    let alarms: Vec<_> = listed.iter().filter(|(kind, _)| *kind == "alarm").collect();
    assert_eq!(alarms.len(), 9);
    for (_, name) in alarms {
        let name = name
            .trim_start_matches("ledger-prod-")
            .trim_start_matches("proxy-");
        assert!(
            modules.contains(&format!("{name} = {{")) || modules.contains(&format!("-{name}\"")),
            "{name}"
        );
    }
}
