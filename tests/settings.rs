//! When a change happens, and whether it interrupts the database: the table of impacts against what AWS documents.

use std::{collections::BTreeSet, fs};

use serde_json::Value as Json;
use storage_valet_rds::{
    review::impact::{self, Happens, Impact},
    terraform::{diff::ArgumentDiff, read::Value},
};

/// What AWS documents: `fixtures/settings.json`, each fact with its source.
fn facts() -> Vec<Json> {
    let text = fs::read_to_string("fixtures/settings.json").unwrap();
    serde_json::from_str(&text).unwrap()
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Number(number.to_string()),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(map) => {
            let entries = map.iter().map(|(key, inner)| (key.clone(), value(inner)));
            Value::Map(entries.collect())
        }
    }
}

/// What a root says; null, when it says nothing.
fn stated(json: &Json) -> Option<Value> {
    (!json.is_null()).then(|| value(json))
}

fn row(fact: &Json) -> &'static impact::Row {
    let argument = fact["argument"].as_str().unwrap().to_owned();
    impact::find(&ArgumentDiff {
        address: format!("module.rds.{argument}"),
        block: "rds".to_owned(),
        argument,
        old: stated(&fact["from"]),
        new: stated(&fact["to"]),
    })
}

#[test]
fn every_change_happens_when_aws_documents_it() {
    for fact in facts() {
        let row = row(&fact);
        assert_eq!(fact["happens"], row.happens.as_str(), "{fact}");
        let interrupts = fact["interrupts"] == true;
        let is_told = row.grade >= Impact::Reboot;
        // Data can be lost without an interruption.
        let is_data = row.grade == Impact::DataLoss;
        assert!(is_told == interrupts || is_data, "{fact}: {:?}", row.grade);
        assert!(!fact["source"].as_str().unwrap().is_empty(), "{fact}");
    }
}

#[test]
fn every_change_of_an_instance_that_is_no_replacement_has_a_fact() {
    // What only Terraform knows, and what the provider ignores or AWS refuses.
    let others = [
        "apply_immediately",
        "final_snapshot_identifier",
        "kms_key_arn",
    ];
    let facts: BTreeSet<String> = facts()
        .iter()
        .map(|fact| fact["argument"].as_str().unwrap().to_owned())
        .collect();
    let rows = impact::rows().filter(|row| row.block == "rds");
    let missing: Vec<_> = rows
        .filter(|row| row.becomes.starts_with("aws_db_instance."))
        .filter(|row| (Impact::InPlace..=Impact::Downtime).contains(&row.grade))
        .filter(|row| !facts.contains(row.argument) && !others.contains(&row.argument))
        .map(|row| row.argument)
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn only_what_belongs_to_the_instance_waits_for_its_window() {
    for row in impact::rows().filter(|row| row.happens != Happens::Now) {
        assert!(["aurora", "rds"].contains(&row.block), "{}", row.argument);
        assert!(!row.why.contains("at once"), "{}", row.argument);
    }
}
