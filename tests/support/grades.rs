//! What the real provider planned for each change of a key: `cargo xtask grades` records it.

use std::fs;

use serde_json::{Value, json};
use storage_valet_rds::{
    compile::{
        self, Compiled, ConfigFile,
        snapshot::{Content, Files},
    },
    model::world::World,
    terraform::{lower, print::print_root},
};

use super::workspace::today;

/// Every change of one key, with what was planned.
pub(crate) fn record() -> Vec<Value> {
    read("fixtures/grades.json")
}

/// The same, and changes of several keys at once.
pub(crate) fn all_records() -> Vec<Value> {
    let combined = read("fixtures/combined.json");
    assert!(combined.len() >= 30, "{}", combined.len());
    [record(), combined].concat()
}

fn read(path: &str) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// One side of a record, compiled. JSON is YAML, too.
fn compiled(entry: &Value, side: &str) -> Option<Compiled> {
    let environment = &entry["valet"][side];
    let valet = json!({"modules": {"source": "../modules"}, "environments": {"dev": environment}});
    let environments = compile::open(valet.to_string().into_bytes(), None).ok()?;
    let config = &entry["config"][side];
    let stem = config["namespace"].as_str().unwrap_or("orders");
    let file = ConfigFile {
        environment: "dev".to_owned(),
        path: format!("configs/dev/{stem}.yaml"),
        bytes: config.to_string().into_bytes(),
    };
    let world = World::on(today());
    Some(compile::compile(&environments, vec![file], world))
}

/// Whether one side of a record is a config without errors.
pub(crate) fn compiles(entry: &Value, side: &str) -> bool {
    compiled(entry, side).is_some_and(|compiled| !compiled.problems.has_errors())
}

/// The files of one side of a record.
pub(crate) fn files(entry: &Value, side: &str) -> Files {
    let compiled = compiled(entry, side).unwrap();
    assert_eq!(compiled.databases.len(), 1, "{:?}", compiled.problems);
    let tree = print_root(&lower::unit(&compiled.databases[0])).into_iter();
    tree.map(|(path, text)| {
        let name = path.rsplit('/').next().unwrap().to_owned();
        (name, Content::Text(text))
    })
    .collect()
}
