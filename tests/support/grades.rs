//! What the real provider planned for each change of a key: `cargo xtask grades` records it.

use std::fs;

use serde_json::{Value, json};
use storage_valet_rds::{
    compile::{
        self, ConfigFile,
        snapshot::{Content, Files},
    },
    model::world::World,
    terraform::{lower, print::print_root},
};

use super::workspace::today;

/// Every change, with what was planned.
pub(crate) fn record() -> Vec<Value> {
    let text = fs::read_to_string("fixtures/grades.json").unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The files of one side of a record. JSON is YAML, too.
pub(crate) fn files(entry: &Value, side: &str) -> Files {
    let environment = &entry["valet"][side];
    let valet = json!({"modules": {"source": "../modules"}, "environments": {"dev": environment}});
    let environments = compile::open(valet.to_string().into_bytes()).unwrap();
    let config = &entry["config"][side];
    let stem = config["namespace"].as_str().unwrap_or("orders");
    let file = ConfigFile {
        environment: "dev".to_owned(),
        path: format!("configs/dev/{stem}.yaml"),
        bytes: config.to_string().into_bytes(),
    };
    let compiled = compile::compile(&environments, vec![file], World::on(today()));
    assert_eq!(compiled.databases.len(), 1, "{:?}", compiled.problems);
    let tree = print_root(&lower::unit(&compiled.databases[0])).into_iter();
    tree.map(|(path, text)| {
        let name = path.rsplit('/').next().unwrap().to_owned();
        (name, Content::Text(text))
    })
    .collect()
}
