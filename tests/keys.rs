//! A key of a config stands in few places: its declaration, the lowering, the impact row, the module's variable.

use std::{collections::BTreeSet, fs};

use serde_json::Value;
use storage_valet_rds::{
    config::{Config, Proxy, Settings, schema},
    inspect::resolved,
    model::Origin,
};

use crate::support::workspace::Workspace;

/// A key that no rule and no example is about, by its names in Rust and in YAML.
const PLAIN: [&str; 2] = ["connection_borrow_timeout", "connectionBorrowTimeout"];

/// The files of a folder that hold one of these words, without tests and generated pages.
fn files_with(folder: &str, words: &[&str]) -> BTreeSet<String> {
    let files = walkdir::WalkDir::new(folder).into_iter();
    let files = files.map(Result::unwrap).filter(|entry| {
        let path = entry.path();
        let kind = path
            .extension()
            .is_some_and(|kind| kind == "rs" || kind == "tf");
        kind && !path.to_str().unwrap().contains("tests")
    });
    files
        .filter(|entry| {
            let text = fs::read_to_string(entry.path()).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            words.iter().any(|word| code.contains(word))
        })
        .map(|entry| entry.path().to_str().unwrap().replace('\\', "/"))
        .collect()
}

#[test]
fn a_plain_key_stands_in_its_declaration_its_lowering_its_row_and_its_module() {
    let places: Vec<_> = ["src", "modules"]
        .into_iter()
        .flat_map(|folder| files_with(folder, &PLAIN))
        .collect();
    assert_eq!(
        places,
        [
            "src/config/keys.rs",
            "src/review/impact/network.rs",
            "src/terraform/lower/modules.rs",
            "modules/proxy/main.tf",
            "modules/proxy/variables.tf",
        ]
    );
}

/// Every key of the schema, with `.` between keys inside each other; those of maps stand for their entries, and one that
/// is only written as a whole for what is in it.
fn keys(node: &Value, before: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (key, below) in node["properties"].as_object().unwrap() {
        let path = format!("{before}{key}");
        if below["properties"].is_object() && below["required"].is_null() {
            found.extend(keys(below, &format!("{path}.")));
        } else {
            found.insert(path);
        }
    }
    found
}

#[test]
fn every_key_of_the_schema_has_a_row_in_info() {
    let case = Workspace::open(std::path::Path::new("fixtures/city"));
    let maps = ["parameters", "tags"];
    let mut listed = BTreeSet::new();
    for database in &case.databases {
        let entries = resolved::entries(database);
        listed.extend(entries.iter().map(|entry| match entry.key.as_slice() {
            [map, _] if maps.contains(&map.as_str()) => map.clone(),
            key => key.join("."),
        }));
    }
    assert_eq!(keys(&schema::CONFIG.document, ""), listed);
}

#[test]
fn the_schema_says_the_defaults_that_hold() {
    let case = Workspace::open(std::path::Path::new("fixtures/ok/minimal"));
    let entries = resolved::decided(&case.databases[0]);
    let mut said = 0;
    for entry in entries {
        let name = entry.key.last().unwrap();
        let inside = match entry.key.as_slice() {
            [_] => Config::built_in(name).or_else(|| Settings::built_in(name)),
            [group, _] if group == "proxy" => Proxy::built_in(name),
            _ => None,
        };
        let Some(default) = inside else { continue };
        let pointer = format!("/properties/{}/description", entry.key.join("/properties/"));
        let text = schema::CONFIG.document.pointer(&pointer).unwrap();
        let shown = match &default {
            Value::String(word) => format!("Default: `{word}`."),
            other => format!("Default: {other}."),
        };
        assert!(text.as_str().unwrap().ends_with(&shown), "{name}: {text}");
        if entry.origin == Origin::BuiltIn {
            assert_eq!(entry.value, default, "{name}");
            said += 1;
        }
    }
    assert!(said > 10, "{said} defaults");
}
