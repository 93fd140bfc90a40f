//! Every generated value has one origin, and both directions lead there.

use std::{collections::BTreeMap, fs};

use insta::assert_snapshot;
use serde_json::Value as Json;
use storage_valet_rds::{
    inspect::explain::{self, Value},
    terraform::{
        diff, lock,
        lower::{self, Owner},
        print::print_root,
        root_module::RootModule,
    },
};

use crate::support::{
    command::run,
    folder::city,
    repository::top,
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
            let root = lower::environment(environment);
            let values = explain::values(&root, Owner::Environment(environment));
            all.push((root, values));
        }
        for database in &workspace.databases {
            let root = lower::unit(database);
            let values = explain::values(&root, Owner::Unit(database));
            all.push((root, values));
        }
        for consumer in &workspace.consumers {
            let root = lower::consumer(consumer);
            let values = explain::values(&root, Owner::Consumer(consumer));
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
        for (path, text) in tree.iter().filter(|(path, _)| !path.ends_with(lock::FILE)) {
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

#[test]
fn a_value_leads_to_its_line_and_the_line_to_its_values() {
    let city = city("explain");
    top(&city);
    run(&city, "generate");
    let explain = |line: &str| run(&city, &format!("explain {line}"));
    let value = explain("dev3/test-dev module.rds.instance_class");
    assert_snapshot!(value, @r#"
    exit code 0
    --- stdout ---
    module.rds.instance_class = "db.t3.large"
      generated/dev3/test-dev/main.tf:13
      config `instanceClass` (configs/dev3/test-dev.yaml:6)
      becomes aws_db_instance.this.instance_class
    "#);
    assert_snapshot!(explain("dev3/test-dev module.rds.instance_class --format json"), @r#"
    exit code 0
    --- stdout ---
    {
      "formatVersion": "1.0",
      "values": [
        {
          "address": "module.rds.instance_class",
          "value": "\"db.t3.large\"",
          "origin": "config",
          "key": "instanceClass",
          "from": {
            "file": "configs/dev3/test-dev.yaml",
            "line": 6,
            "column": 1,
            "endLine": 6
          },
          "becomes": "aws_db_instance.this.instance_class",
          "file": "generated/dev3/test-dev/main.tf",
          "line": 13,
          "endLine": 13
        }
      ]
    }
    "#);
    // From both ends of what it says, and as seen from another folder.
    assert_eq!(explain("configs/dev3/test-dev.yaml:6").out, value.out);
    assert_eq!(explain("generated/dev3/test-dev/main.tf:13").out, value.out);
    let below = run(&city.join("configs"), "explain dev3/test-dev.yaml:6");
    assert_eq!(
        below.out,
        value.out.replace("  generated", "  ../generated")
    );
    assert_snapshot!(explain("configs/dev3/test-dev.yaml:11"), @r#"
    exit code 0
    --- stdout ---
    module.rds.username = "postgres"
      generated/dev3/test-dev/main.tf:30
      config `username` (configs/dev3/test-dev.yaml:11)
      becomes aws_db_instance.this.username
    module.irsa_role.username = "postgres"
      generated/dev3/test-dev/main.tf:101
      config `username` (configs/dev3/test-dev.yaml:11)
      becomes aws_iam_role_policy.this.policy
    "#);
}

#[test]
fn an_environments_default_leads_to_every_unit_that_takes_it() {
    let city = city("explain-default");
    let valet_yaml = fs::read_to_string(city.join("valet.yaml")).unwrap();
    let is_default = |line: &str| line.contains("instanceClass: db.t4g.medium");
    let line = 1 + valet_yaml.lines().position(is_default).unwrap();
    let ran = run(&city, &format!("explain --format json valet.yaml:{line}"));
    let document: Json = serde_json::from_str(&ran.out).unwrap();
    let values = document["values"].as_array().unwrap();
    assert!(values.len() > 1);
    for value in values {
        assert_eq!(value["address"], "module.rds.instance_class");
        assert_eq!(value["origin"], "environment default");
    }
}

#[test]
fn a_whole_unit_is_listed_and_unknown_things_are_errors_of_usage() {
    let city = city("explain-unit");
    let unit = run(&city, "explain dev3/agora");
    assert_eq!(unit.code, 0, "{unit}");
    let port = run(&city, "explain dev3/agora module.rds.port");
    assert_snapshot!(port, @r"
    exit code 0
    --- stdout ---
    module.rds.port = 5432
      generated/dev3/agora/main.tf:25
      built-in default
      becomes aws_db_instance.this.port
    ");
    assert!(unit.out.contains(&port.out), "{unit}");
    assert!(!run(&city, "explain dev3/_environment").out.is_empty());
    let refused = |line: &str| {
        let ran = run(&city, &format!("explain {line}"));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line}");
        ran.err
    };
    assert_snapshot!(refused("dev3/agroa"), @"error: `dev3/agroa`: there is no configs/dev3/agroa.yaml; did you mean `dev3/agora`?");
    assert_snapshot!(refused("dev3/agora module.rds.instance_clas"), @"error: dev3/agora has no `module.rds.instance_clas`; did you mean `module.rds.instance_class`?");
    assert_snapshot!(refused("configs/dev3/agora.yaml:99"), @"error: configs/dev3/agora.yaml:99: no value comes from there");
    assert_snapshot!(refused("/etc/passwd:1"), @"error: /etc/passwd:1: no file of this workspace");
    assert_snapshot!(refused("valet.yaml:1 module.rds"), @"error: an address goes with a unit, not with a line");
}
