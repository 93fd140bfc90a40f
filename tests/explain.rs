//! Every generated value has one origin, and both directions lead there.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value as Json;
use storage_valet_rds::{
    inspect::explain::{self, Owner, Value},
    terraform::{diff, lower, print::print_root, root_module::RootModule},
};

use crate::support::{
    command::valet,
    folder::city,
    workspace::{Workspace, cases},
};

/// Every root of every ok case and of the example workspace, with its values.
fn explained() -> Vec<(RootModule, Vec<Value>)> {
    let mut all = Vec::new();
    let mut folders = cases("fixtures/ok");
    folders.push("fixtures/city".into());
    for folder in folders {
        let workspace = Workspace::open(&folder);
        for environment in &workspace.environments {
            if let Some(root) = lower::environment(environment) {
                let values = explain::values(&root, Owner::Environment(environment));
                all.push((root, values));
            }
        }
        for database in &workspace.databases {
            let root = lower::unit(database);
            let values = explain::values(&root, Owner::Unit(database));
            all.push((root, values));
        }
    }
    all
}

#[test]
fn every_argument_has_one_origin_and_its_own_lines() {
    for (root, values) in explained() {
        let expected: Vec<_> = diff::arguments(&root)
            .into_iter()
            .map(|(address, ..)| address)
            .collect();
        let whole: Vec<_> = values
            .iter()
            .filter(|value| expected.contains(&value.address))
            .collect();
        let addresses: Vec<_> = whole.iter().map(|value| value.address.clone()).collect();
        assert_eq!(addresses, expected, "{}", root.directory);
        let tree = print_root(&root);
        let mut taken: BTreeMap<(&str, usize), &str> = BTreeMap::new();
        for value in whole {
            let lines: Vec<_> = tree[&value.file].lines().collect();
            let first = lines[*value.lines.start() - 1].trim_start();
            let name = value.address.rsplit('.').next().unwrap();
            assert!(
                first.starts_with(&format!("{name} ")),
                "{}: {first}",
                value.address
            );
            for line in value.lines.clone() {
                let other = taken.insert((&value.file, line), &value.address);
                assert_eq!(other, None, "{}:{line}", value.file);
            }
            let must_be_written =
                ["config", "environment default"].contains(&value.provenance.origin);
            assert!(
                !must_be_written || value.provenance.span.is_some(),
                "{}: {}",
                value.address,
                value.provenance
            );
        }
        // What is left are headers, braces and blank lines.
        for (path, text) in &tree {
            for (index, line) in text.lines().enumerate() {
                let is_value = line.contains(" = ") || line.trim_start().starts_with('"');
                let known = taken.contains_key(&(path.as_str(), index + 1));
                assert_eq!(known, is_value || known, "{path}:{}: {line}", index + 1);
            }
        }
    }
}

#[test]
fn both_directions_agree() {
    for (_, values) in explained() {
        for value in &values {
            assert!(value.stands_at(&value.file, *value.lines.start()));
            if let Some(span) = &value.provenance.span {
                let (line, _) = span.file.position(span.range.start);
                assert!(value.comes_from(&span.file.path, line), "{}", value.address);
            }
        }
    }
}

fn json(folder: &Path, arguments: &[&str]) -> Vec<Json> {
    let mut all = vec!["explain", "--format", "json"];
    all.extend(arguments);
    let run = valet(folder, &all);
    assert_eq!(run.code, 0, "{arguments:?}: {}", run.err);
    let document: Json = serde_json::from_str(&run.out).unwrap();
    document["values"].as_array().unwrap().clone()
}

#[test]
fn a_value_leads_to_its_line_and_the_line_to_its_values() {
    let city = city("explain");
    valet(&city, &["generate"]);
    let values = json(&city, &["dev3/test-dev", "module.rds.instance_class"]);
    assert_eq!(values.len(), 1);
    let from = &values[0]["from"];
    assert_eq!(
        (&values[0]["origin"], &from["file"]),
        (&"config".into(), &"configs/dev3/test-dev.yaml".into())
    );
    let config = fs::read_to_string(city.join("configs/dev3/test-dev.yaml")).unwrap();
    let line = config
        .lines()
        .position(|line| line.starts_with("instanceClass"))
        .unwrap()
        + 1;
    assert_eq!(from["line"], line);
    let there = json(&city, &[&format!("configs/dev3/test-dev.yaml:{line}")]);
    assert_eq!(there, values);
    let hcl = format!("generated/dev3/test-dev/main.tf:{}", values[0]["line"]);
    assert_eq!(json(&city, &[&hcl]), values);
    assert_eq!(
        json(
            &city.join("configs"),
            &[&format!("dev3/test-dev.yaml:{line}")]
        )
        .len(),
        1
    );
    let user = config
        .lines()
        .position(|line| line.starts_with("username"))
        .unwrap()
        + 1;
    let addresses: Vec<_> = json(&city, &[&format!("configs/dev3/test-dev.yaml:{user}")])
        .into_iter()
        .map(|value| value["address"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        addresses,
        ["module.rds.username", "module.irsa_role.username"]
    );
}

#[test]
fn an_environments_default_leads_to_every_unit_that_takes_it() {
    let city = city("explain-default");
    let valet_yaml = fs::read_to_string(city.join("valet.yaml")).unwrap();
    let line = valet_yaml
        .lines()
        .position(|line| line.contains("instanceClass: db.t4g.medium"))
        .unwrap()
        + 1;
    let values = json(&city, &[&format!("valet.yaml:{line}")]);
    assert!(values.len() > 1);
    for value in values {
        assert_eq!(value["address"], "module.rds.instance_class");
        assert_eq!(value["origin"], "environment default");
    }
}

#[test]
fn a_whole_unit_is_listed_and_unknown_things_are_errors_of_usage() {
    let city = city("explain-unit");
    let run = valet(&city, &["explain", "dev3/agora"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        run.out
            .contains("module.rds.port = 5432\n  generated/dev3/agora/main.tf:"),
        "{}",
        run.out
    );
    assert!(run.out.contains("built-in default"));
    assert!(!json(&city, &["dev3/_environment"]).is_empty());
    for arguments in [
        &["explain", "dev3/agroa"][..],
        &["explain", "dev3/agora", "module.rds.instance_clas"],
        &["explain", "configs/dev3/agora.yaml:99"],
        &["explain", "/etc/passwd:1"],
        &["explain", "valet.yaml:1", "module.rds"],
    ] {
        assert_eq!(valet(&city, arguments).code, 2, "{arguments:?}");
    }
    let near = valet(
        &city,
        &["explain", "dev3/agora", "module.rds.instance_clas"],
    );
    assert!(
        near.err
            .contains("did you mean `module.rds.instance_class`?")
    );
}
