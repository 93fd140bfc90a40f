//! `list`: the units at a glance, and which of them are asked for.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use storage_valet_rds::{
    inspect::{
        fleet::{Deviation, Fleet},
        resolved,
    },
    model::{Origin, resolve::left_out},
};

use crate::support::{
    command::{run, valet},
    folder::{city, edit, minimal},
    snapshot,
    workspace::{Workspace, cases},
};

fn units(folder: &Path, line: &str) -> Vec<String> {
    let ran = run(folder, format!("list --format json {line}").trim_end());
    assert_eq!(ran.code, 0, "{line}: {ran}");
    let documents = ran.out.lines().map(|line| -> Value {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
    });
    documents
        .map(|document| document["unit"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_example_workspace_is_listed_as_reviewed() {
    let city = Path::new("fixtures/city");
    for format in ["table", "csv", "json"] {
        let ran = valet(city, &["list", "--format", format]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        snapshot::settings("list").bind(|| insta::assert_snapshot!(format, ran.out));
    }
}

/// What holds without a key is what a config without it comes to.
#[test]
fn a_deviation_is_what_the_key_changes() {
    let folders = [cases("fixtures/ok"), vec!["fixtures/city".into()]].concat();
    let mut tried = 0;
    for folder in folders {
        let before = Workspace::open(&folder);
        for database in &before.databases {
            let without = left_out(database);
            for entry in resolved::decided(database) {
                let Origin::Config(top) = entry.origin else {
                    continue;
                };
                let text = &database.file.text;
                let Some(edited) = without_key(text, &entry.key) else {
                    continue;
                };
                let (found, problems) = storage_valet_rds::compile::unit(
                    &database.environment,
                    &database.file.path,
                    edited.into_bytes(),
                    storage_valet_rds::model::world::World::on("2026-11-01".parse().unwrap()),
                );
                let Some(found) = found else {
                    assert!(problems.has_errors());
                    continue;
                };
                let value = |database| -> Option<Value> {
                    let entries = resolved::decided(database);
                    let entry = entries.into_iter().find(|one| one.key == entry.key);
                    entry.map(|one| one.value)
                };
                if !OWN.contains(&top) {
                    assert_eq!(
                        value(&found),
                        value(&without),
                        "{}: {:?}",
                        database.file.path,
                        entry.key
                    );
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 60, "{tried}");
}

/// Keys that only a config has.
const OWN: [&str; 12] = [
    "adopt",
    "allow",
    "applyImmediately",
    "iamRoleName",
    "lifecycle",
    "namespace",
    "restoreFrom",
    "retain",
    "retirementRequested",
    "serviceAccountName",
    "shortname",
    "waivers",
];

/// A config without a key that stands on a line of its own.
fn without_key(text: &str, key: &[String]) -> Option<String> {
    let [key] = key else { return None };
    let start = format!("{key}:");
    let is_it = |line: &&str| line.starts_with(&start);
    let at = text.lines().position(|line| is_it(&line))?;
    let next = text.lines().nth(at + 1).unwrap_or("");
    if next.starts_with([' ', '-']) {
        return None;
    }
    let lines = text.lines().enumerate().filter(|(number, _)| *number != at);
    Some(lines.flat_map(|(_, line)| [line, "\n"]).collect())
}

#[test]
fn what_would_follow_from_other_keys_is_no_deviation() {
    let folder = minimal("list-follows");
    let config = folder.join("configs/dev/orders.yaml");
    let deviations = |config_text: &str| -> BTreeMap<String, (Value, Value)> {
        fs::write(&config, config_text).unwrap();
        let workspace = Workspace::open(&folder);
        let waiting = BTreeMap::new();
        let fleet = Fleet::of(
            &workspace.environments,
            &workspace.databases,
            &workspace.problems,
            &waiting,
        );
        let pair = |one: &Deviation| {
            let values = (one.value.clone(), one.instead_of.clone());
            (one.key.join("."), values)
        };
        fleet.units[0].deviations.iter().map(pair).collect()
    };
    let base = "shortname: orders\nusername: postgres\n";
    assert_eq!(deviations(base), BTreeMap::new());
    // Twice the volume, and half of the connections: what would hold anyway.
    let follows = format!(
        "{base}allocatedStorage: 80\nmaxAllocatedStorage: 160\nproxy: {{maxConnectionsPercent: 60, maxIdleConnectionsPercent: 30}}\ntags: {{team: agora}}\n"
    );
    let expected = [
        ("allocatedStorage", json!(80), json!(50)),
        ("proxy.maxConnectionsPercent", json!(60), json!(100)),
    ];
    let expected = expected.map(|(key, one, other)| (key.to_owned(), (one, other)));
    assert_eq!(deviations(&follows), expected.into_iter().collect());
    let parameter = format!("{base}parameters: {{work_mem: \"8192\"}}\n");
    let expected = [(
        "parameters.work_mem".to_owned(),
        (json!("8192"), Value::Null),
    )];
    assert_eq!(deviations(&parameter), expected.into_iter().collect());
}

/// The city without its databases of other engines.
fn of_one_engine(name: &str) -> PathBuf {
    let city = city(name);
    for other in ["dev3/shop", "dev3/stock", "dev3/wiki", "prod/analytics"] {
        fs::remove_file(city.join(format!("configs/{other}.yaml"))).unwrap();
    }
    city
}

#[test]
fn conditions_leave_the_units_that_are_asked_for() {
    let city = &of_one_engine("list-conditions");
    let all = units(city, "");
    assert_eq!(all.len(), 8);
    for (line, expected) in [
        ("--where engineVersion=16", &["prod/ledger"][..]),
        ("--where engineVersion=17.10", &["dev3/pinned"]),
        ("--where engineVersion=1", &[]),
        (
            "--where environment=prod --where multiAz=true --where storageType=io2",
            &["prod/search"],
        ),
        ("--where instanceClass=db.r7g.2*", &["prod/ledger"]),
        (
            "--where environment!=dev3 --where authentication!=iam",
            &["prod/agora", "prod/search"],
        ),
        ("--where iops= --where environment=prod", &["prod/agora"]),
        (
            "--where clusters=gc-1-batch-ap-northeast-1 --where namespace=agora",
            &["dev3/agora"],
        ),
        ("--where proxy.initQuery!=", &["prod/ledger"]),
        ("--where parameters.max_connections=800", &["prod/ledger"]),
        ("--where allocatedStorage=400", &["prod/search"]),
        ("--tag team", &["prod/ledger"]),
        (
            "--tag stage=prod*",
            &["prod/agora", "prod/ledger", "prod/search"],
        ),
        ("--tag stage=none", &[]),
        ("--deviates engineVersion", &["dev3/pinned", "prod/ledger"]),
        ("--deviates proxy", &["prod/ledger"]),
        ("--deviates parameters.max_connections", &["prod/ledger"]),
        ("--support-ends-before 2029-02-28", &[]),
        ("--support-ends-before 2029-03-01", &["prod/ledger"]),
        (
            "--where environment=prod --sort allocatedStorage",
            &["prod/agora", "prod/search", "prod/ledger"],
        ),
        (
            "--where environment=prod --sort allocatedStorage --reverse",
            &["prod/ledger", "prod/search", "prod/agora"],
        ),
        (
            "--where environment=prod --sort iops",
            &["prod/ledger", "prod/search", "prod/agora"],
        ),
        (
            "--where environment=prod --sort iops --reverse",
            &["prod/search", "prod/ledger", "prod/agora"],
        ),
        ("--tag team --sort supportEnds", &["prod/ledger"]),
    ] {
        assert_eq!(units(city, line), expected, "{line}");
    }
}

#[test]
fn what_no_unit_could_have_is_an_error_with_the_right_word() {
    let city = Path::new("fixtures/city");
    for (line, said) in [
        (
            "--where engineversion=16",
            "there is no key `engineversion`; did you mean `engineVersion`?",
        ),
        (
            "--where multiAz",
            "`multiAz` is not KEY=VALUE or KEY!=VALUE",
        ),
        (
            "--where multiAz=ture",
            "`multiAz` is never `ture`; did you mean `true`? The values are `true`, `false`",
        ),
        (
            "--where multiAz!=ture",
            "`multiAz` is never `ture`; did you mean `true`? The values are `true`, `false`",
        ),
        (
            "--where environment=prd",
            "`environment` is never `prd`; did you mean `prod`? The values are `dev3`, `prod`",
        ),
        (
            "--where storageType=gp5",
            "`storageType` is never `gp5`; did you mean `gp2`? The values are `aurora`, `aurora-iopt1`, `gp2`, `gp3`, `io1`, `io2`",
        ),
        (
            "--where lifecycle=retird",
            "`lifecycle` is never `retird`; did you mean `retired`? The values are `active`, `retiring`, `retired`",
        ),
        (
            "--where allocatedStorage=big",
            "`allocatedStorage` is never `big`; it is a whole number",
        ),
        (
            "--where engineVersion=new",
            "`engineVersion` is never `new`; ",
        ),
        ("--where instanceClass=db.r7g.larg", "did you mean `large`?"),
        (
            "--where tags.tem=x",
            "no unit has `tem` among its `tags`; did you mean `team`?",
        ),
        (
            "--where parameters.max_conections=1",
            "no unit has `max_conections` among its `parameters`; did you mean `max_connections`?",
        ),
        (
            "--tag tem=x",
            "no unit has `tem` among its `tags`; did you mean `team`?",
        ),
        (
            "--deviates namespace",
            "`namespace` has no default that a config could deviate from",
        ),
        ("--deviates instanceclass", "did you mean `instanceClass`?"),
        (
            "--sort suportEnds",
            "nothing is sorted by `suportEnds`; did you mean `supportEnds`?",
        ),
        ("--sort colour", "there is no key `colour`; the keys are"),
        ("--support-ends-before 2029-02-30", "2029-02-28"),
        ("--reverse", "--sort"),
    ] {
        let ran = run(city, &format!("list {line}"));
        assert_eq!(ran.code, 2, "{line}: {ran}");
        assert!(ran.err.contains(said), "{line}: {ran}");
        assert_eq!(ran.out, "", "{line}");
    }
    let near = run(city, "list --where namespace=ledgr");
    assert_eq!((near.code, near.out.as_str()), (0, "0 of 12 units\n"));
    assert_eq!(
        near.err,
        "no unit has `ledgr` as its `namespace`; did you mean `ledger`?\n"
    );
}

#[test]
fn what_compiles_is_listed_beside_what_does_not() {
    let city = city("list-broken");
    fs::write(city.join("configs/prod/search.yaml"), "shortname: [\n").unwrap();
    let ran = run(&city, "list --format json");
    assert_eq!(ran.code, 1);
    assert_eq!(ran.out.lines().count(), 11);
    assert!(
        ran.err
            .contains("what does not compile is not in this list")
    );
    assert!(ran.err.contains("configs/prod/search.yaml"));
}

#[test]
fn what_waits_for_a_window_is_told() {
    let city = city("list-waits");
    let root = city.join("generated/dev3/pinned");
    fs::create_dir_all(&root).unwrap();
    let record = json!({
        "formatVersion": "1.0", "commit": null,
        "inputs": {"root": "", "lock": "", "modules": ""},
        "state": {"lineage": "", "serial": 1},
        "waiting": {"module.rds.aws_db_instance.this": {"engine_version": [{"known": "17.9"}, {"known": "17.10"}]}},
    });
    fs::write(root.join("applied.json"), record.to_string()).unwrap();
    let ran = run(&city, "list --format json --where namespace=pinned");
    assert_eq!(ran.code, 0, "{ran}");
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(document["waiting"], json!(["engine_version"]));
    // What cannot be read is not nothing.
    fs::write(root.join("applied.json"), "{}").unwrap();
    assert_eq!(run(&city, "list").code, 2);
}

#[test]
fn waivers_and_problems_are_told_with_their_unit() {
    let city = city("list-waivers");
    let config = city.join("configs/dev3/pinned.yaml");
    edit(
        &config,
        "shortname:",
        "waivers: [{rule: version-ending, reason: moves next week, expires: 2027-01-31}]\nshortname:",
    );
    let table = run(&city, "list --where namespace=pinned").out;
    assert!(table.contains("version-ending until 2027-01-31"), "{table}");
    let csv = run(&city, "list --where namespace=pinned --format csv").out;
    assert!(
        csv.contains(",version-ending until 2027-01-31,2027-01-31,engineVersion,waiver-unused,"),
        "{csv}"
    );
    assert_eq!(
        units(&city, "--where waivers=version-ending"),
        ["dev3/pinned"]
    );
    assert_eq!(units(&city, "--sort waiverEnds")[0], "dev3/pinned");
}
