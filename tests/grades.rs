//! The grade table against what the real provider has planned, and against the modules.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::Path,
};

use serde_json::{Value, json};
use storage_valet_rds::{
    compile::snapshot::{Changes, Content, Heads, RootChange},
    config::schema,
    review::{
        self, Line, Unit,
        impact::{self, Impact},
        retirement,
    },
    terraform::{
        dataflow::{Dataflow, Node, Texts},
        diff::{self, ArgumentDiff},
        lower,
    },
};

use crate::support::{
    grades::{all_records, compiles, files, record},
    random::Random,
    snapshot,
};

/// Types whose replacement takes data or identity away from clients.
const PRECIOUS: [&str; 6] = [
    "aws_db_instance",
    "aws_db_proxy",
    "aws_iam_role",
    "aws_lb",
    "aws_rds_cluster",
    "aws_vpc_endpoint_service",
];

/// Roles that nobody outside the unit knows.
const INNER: [&str; 3] = [
    "module.aurora.aws_iam_role.monitoring",
    "module.proxy.aws_iam_role.this",
    "module.rds.aws_iam_role.monitoring",
];

/// The arguments that a record changes.
fn arguments(entry: &Value) -> Vec<ArgumentDiff> {
    compare(entry).arguments
}

/// The beginnings of the addresses in calls that a record takes away.
fn gone(entry: &Value) -> Vec<String> {
    let calls = compare(entry).calls.into_iter();
    let calls = calls.filter(|call| !call.is_new);
    calls.map(|call| format!("{}.", call.address)).collect()
}

fn compare(entry: &Value) -> diff::Difference {
    let root = |side| retirement::read(&files(entry, side));
    diff::compare(&root("before"), &root("after"), "dev/orders", "dev/orders")
}

/// The modules whose calls come or go: what they hold comes or goes with them, and the call has a line of its own.
fn calls(entry: &Value) -> Vec<String> {
    let root = |side| retirement::read(&files(entry, side));
    let difference = diff::compare(&root("before"), &root("after"), "dev/orders", "dev/orders");
    let calls = difference.calls.into_iter();
    calls.map(|call| call.address).collect()
}

fn is_called(calls: &[String], address: &str) -> bool {
    calls
        .iter()
        .any(|call| address.starts_with(&format!("{call}.")))
}

/// What a review says of the change of a record.
fn review(entry: &Value) -> Unit {
    let change = RootChange {
        directory: "generated/dev/orders".to_owned(),
        base: Some(files(entry, "before")),
        head: Some(files(entry, "after")),
        ..RootChange::default()
    };
    let changes = Changes {
        output: "generated".to_owned(),
        roots: vec![change],
        ..Changes::default()
    };
    let review = review::compare(&changes, &Heads::new());
    review
        .units
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("{entry}"))
}

/// An address without the keys of its resources.
fn plain(address: &str) -> String {
    address.split('[').next().unwrap().to_owned()
}

#[test]
fn no_replacement_that_the_provider_plans_is_missed() {
    let mut missed = Vec::new();
    for entry in all_records() {
        let (deltas, gone) = (arguments(&entry), gone(&entry));
        let is_retired = entry["config"]["after"]["lifecycle"] == "retired";
        if is_retired {
            continue;
        }
        let calls = calls(&entry);
        let rows: Vec<_> = deltas
            .iter()
            .map(|delta| (delta, impact::find(delta)))
            .collect();
        let worst = rows
            .iter()
            .map(|(_, row)| row.grade)
            .max()
            .unwrap_or(Impact::None);
        let told: BTreeSet<String> = rows
            .iter()
            .flat_map(|(delta, row)| {
                let module = if delta.block == "default_tags" {
                    ""
                } else {
                    delta.block.as_str()
                };
                row.replaces
                    .iter()
                    .map(move |resource| format!("module.{module}.{resource}"))
            })
            .collect();
        for (address, actions) in entry["actions"].as_object().unwrap() {
            let actions: Vec<_> = actions
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one.as_str().unwrap())
                .collect();
            if !actions.contains(&"delete") {
                continue;
            }
            let address = plain(address);
            if is_called(&calls, &address) {
                continue;
            }
            let kind = address.split('.').nth(2).unwrap();
            let change = format!("{} {} -> {}", entry["key"], entry["from"], entry["to"]);
            if PRECIOUS.contains(&kind)
                && !INNER.contains(&address.as_str())
                && worst < Impact::Replace
            {
                missed.push(format!(
                    "{change}: {address} is replaced, but the table says {}",
                    worst.as_str()
                ));
            }
            // What follows from another replacement is told with it.
            let follows = worst >= Impact::Replace && !PRECIOUS.contains(&kind);
            // Of a call that is gone, one line tells all that it held.
            let is_gone = gone.iter().any(|call| address.starts_with(call));
            if !told.contains(&address) && !follows && !is_gone {
                missed.push(format!("{change}: no row names {address} {actions:?}"));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Puts what a record changes into another change; not, when both change the same.
fn merge(before: &Value, after: &Value, onto: &mut Value) -> bool {
    if before == after {
        return true;
    }
    let (Some(old), Some(new)) = (before.as_object(), after.as_object()) else {
        let is_free = onto == before;
        *onto = after.clone();
        return is_free;
    };
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let null = Value::Null;
    let mut is_free = true;
    for key in keys {
        let (before, after) = (old.get(key).unwrap_or(&null), new.get(key).unwrap_or(&null));
        let Some(object) = onto.as_object_mut() else {
            return false;
        };
        is_free &= merge(
            before,
            after,
            object.entry(key.clone()).or_insert(Value::Null),
        );
        if object.get(key).is_some_and(Value::is_null) {
            object.remove(key);
        }
    }
    is_free
}

/// Some changes of one root, made at once, with what was planned for each; nothing, when they do not go together.
fn combined(random: &mut Random, records: &[Value]) -> Option<(Value, Vec<Value>)> {
    let ends = ["lifecycle", "retain", "namespace"];
    let first = &records[random.below(records.len())];
    let together: Vec<&Value> = records
        .iter()
        .filter(|one| !ends.contains(&one["key"].as_str().unwrap()))
        .filter(|one| {
            ["valet", "config"]
                .iter()
                .all(|file| one[file]["before"] == first[file]["before"])
        })
        .collect();
    if together.is_empty() {
        return None;
    }
    let mut change = together[0].clone();
    for file in ["valet", "config"] {
        change[file]["after"] = change[file]["before"].clone();
    }
    let mut made = Vec::new();
    for _ in 0..=random.below(4) {
        let one = together[random.below(together.len())];
        for file in ["valet", "config"] {
            if !merge(
                &one[file]["before"],
                &one[file]["after"],
                &mut change[file]["after"],
            ) {
                return None;
            }
        }
        made.push(one.clone());
    }
    Some((change, made))
}

/// How often a review of edits at random is worse, or better, than what the provider has planned for their parts.
fn alarms(count: usize) -> String {
    let records = record();
    let mut random = Random::new(6);
    let (mut edits, mut replaced, mut told, mut inner) = (0, 0, 0, 0);
    let (mut vain, mut missed): (BTreeMap<String, usize>, Vec<String>) =
        (BTreeMap::new(), Vec::new());
    while edits < count {
        let Some((change, made)) = combined(&mut random, &records) else {
            continue;
        };
        if !compiles(&change, "after") {
            continue;
        }
        edits += 1;
        let gone: BTreeSet<String> = made
            .iter()
            .flat_map(|one| one["actions"].as_object().unwrap())
            .filter(|(_, actions)| {
                actions
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|one| one == "delete")
            })
            .map(|(address, _)| plain(address))
            .collect();
        let is_precious = |address: &&String| {
            let kind = address.split('.').nth(2).unwrap();
            PRECIOUS.contains(&kind) && !INNER.contains(&address.as_str())
        };
        let is_replaced = gone.iter().any(|one| is_precious(&one));
        let is_told = review(&change).grade() >= Impact::Replace;
        let keys: Vec<_> = made
            .iter()
            .map(|one| one["key"].as_str().unwrap())
            .collect();
        replaced += usize::from(is_replaced);
        told += usize::from(is_told);
        match (is_replaced, is_told) {
            (true, false) => missed.push(keys.join(", ")),
            (false, true) if gone.is_empty() => *vain.entry(keys.join(", ")).or_default() += 1,
            (false, true) => inner += 1,
            _ => {}
        }
    }
    assert!(missed.is_empty(), "replaced, and not told: {missed:?}");
    let in_vain: usize = vain.values().sum();
    let why: Vec<_> = vain.iter().take(12).collect();
    format!(
        "{edits} edits: {replaced} replace what holds data or identity, by the provider; {told} are said to, none is missed; {in_vain} are said to although nothing is replaced, {inner} although only what nobody knows is\n{why:?}\n"
    )
}

#[test]
fn no_replacement_is_missed_when_several_keys_change_at_once() {
    alarms(60);
}

#[test]
#[ignore = "takes minutes"]
fn false_alarms_among_a_thousand_edits() {
    let told = alarms(1000);
    fs::write(
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("alarms.txt"),
        told,
    )
    .unwrap();
}

/// The texts of a root and of the modules that it calls.
fn texts(entry: &Value) -> Texts {
    let mut texts = Texts::new();
    let files = files(entry, "after").into_values();
    let own = files.filter_map(|content| match content {
        Content::Text(text) => Some(text),
        Content::Unreadable(_) | Content::Unread => None,
    });
    texts.insert(String::new(), own.collect());
    for folder in lower::MODULES {
        let files = fs::read_dir(Path::new("modules").join(folder)).unwrap();
        let files = files.map(|file| file.unwrap().path());
        let files = files.filter(|path| path.extension().is_some_and(|end| end == "tf"));
        let read = files.map(|path| fs::read_to_string(path).unwrap());
        let read: Vec<_> = read.collect();
        let label = folder.replace('-', "_");
        // The way to the readers calls two of them once more.
        texts.insert(format!("{label}_read_only"), read.clone());
        texts.insert(label, read);
    }
    // The way to readers is made of the same modules as the one to the writer.
    for module in ["nlb", "endpoint_service"] {
        let same = texts[module].clone();
        texts.insert(format!("{module}_read_only"), same);
    }
    texts
}

#[test]
fn everything_that_the_provider_plans_follows_from_what_differs() {
    let (mut planned, mut missed) = (0, Vec::new());
    for entry in all_records() {
        if entry["config"]["after"]["lifecycle"] == "retired" {
            continue;
        }
        let flow = Dataflow::read(&texts(&entry));
        let lines = review(&entry).lines;
        let actions = entry["actions"].as_object().unwrap();
        let anew: BTreeSet<_> = actions
            .iter()
            .filter(|(_, actions)| **actions != json!(["update"]))
            .map(|(address, _)| Node::of_plan(address, "").resource())
            .collect();
        let is_made_anew =
            |module: &str, name: &str| anew.contains(&(module.to_owned(), name.to_owned()));
        let calls = calls(&entry);
        for call in &calls {
            assert!(lines.iter().any(|line| line.address == *call), "{call}");
        }
        for (address, attribute) in parts(&entry) {
            if is_called(&calls, &address) {
                continue;
            }
            planned += 1;
            let node = Node::of_plan(&address, &attribute);
            let leads = |line: &Line| flow.leads(&line.address, &node, &is_made_anew);
            if !lines.iter().any(leads) {
                missed.push(format!(
                    "{} {}: {address} {attribute}",
                    entry["key"], entry["to"]
                ));
            }
        }
    }
    assert!(
        missed.is_empty(),
        "{} of {planned}: {}",
        missed.len(),
        missed.join("\n")
    );
    assert!(planned > 400, "{planned}");
}

/// What the provider plans: each attribute that it updates, and anything else by its address alone.
fn parts(entry: &Value) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    for (address, actions) in entry["actions"].as_object().unwrap() {
        if *actions != json!(["update"]) {
            parts.push((address.clone(), String::new()));
            continue;
        }
        let attributes = entry["attributes"][address].as_array().unwrap();
        assert!(!attributes.is_empty(), "{}: {address}", entry["key"]);
        for attribute in attributes {
            parts.push((address.clone(), attribute.as_str().unwrap().to_owned()));
        }
    }
    parts
}

/// A value in a few letters.
fn brief(value: &Value) -> String {
    let text = match value {
        Value::Null => "nothing".to_owned(),
        other => other.to_string(),
    };
    if text.chars().count() > 40 {
        format!("{}…", text.chars().take(39).collect::<String>())
    } else {
        text
    }
}

/// What the provider plans: updates as a number, anything else by address.
fn actions(entry: &Value) -> String {
    let mut told = Vec::new();
    let mut updates = 0;
    for (address, actions) in entry["actions"].as_object().unwrap() {
        let words: Vec<_> = actions
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap())
            .collect();
        match words.as_slice() {
            ["update"] => updates += 1,
            ["delete", "create"] | ["create", "delete"] => told.push(format!("replace {address}")),
            other => told.push(format!("{} {address}", other.join("+"))),
        }
    }
    if updates > 0 {
        told.push(format!("{updates} updates"));
    }
    if told.is_empty() {
        "nothing".to_owned()
    } else {
        told.join(", ")
    }
}

#[test]
fn every_change_with_what_diff_says_and_what_the_provider_planned() {
    let mut table = String::new();
    for entry in record() {
        let unit = review(&entry);
        let connection: Vec<_> = unit.connection().into_iter().collect();
        let (key, old, new) = (
            entry["key"].as_str().unwrap(),
            brief(&entry["from"]),
            brief(&entry["to"]),
        );
        writeln!(
            table,
            "{key}: {old} -> {new}\n  diff: {}{}{}\n  provider: {}",
            unit.grade().as_str(),
            if connection.is_empty() {
                ""
            } else {
                ", connection change: "
            },
            connection.join(", "),
            actions(&entry),
        )
        .unwrap();
    }
    snapshot::settings("").bind(|| insta::assert_snapshot!("grades", table));
}

#[test]
fn nothing_is_called_harmless_that_the_provider_changes() {
    for entry in all_records() {
        let changes = !entry["actions"].as_object().unwrap().is_empty();
        let told = review(&entry).grade() > Impact::None;
        assert!(
            told || !changes || entry["key"] == "retain",
            "{}: {}",
            entry["key"],
            entry["actions"]
        );
        let known = |delta: &ArgumentDiff| impact::find(delta).block != "*";
        let ends = ["lifecycle", "retain"].contains(&entry["key"].as_str().unwrap());
        assert!(
            ends || arguments(&entry).iter().all(known),
            "{}: an argument is not in the table",
            entry["key"]
        );
    }
}

#[test]
fn every_key_of_a_config_is_recorded_or_known_to_change_nothing() {
    let recorded: BTreeSet<String> = record()
        .iter()
        .map(|entry| {
            entry["key"]
                .as_str()
                .unwrap()
                .split('.')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    // The only engine, the identity, a list that goes with MySQL, and words about the config itself.
    let others = [
        "allow",
        "engine",
        "shortname",
        "retirementRequested",
        "waivers",
    ];
    let keys = schema::CONFIG.document["properties"].as_object().unwrap();
    let missing: Vec<_> = keys
        .keys()
        .filter(|key| !recorded.contains(*key) && !others.contains(&key.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "not in fixtures/grades.json: {missing:?}"
    );
}

#[test]
fn every_variable_of_every_module_has_a_row_that_always_holds() {
    let mut missing = Vec::new();
    for folder in fs::read_dir("modules").unwrap() {
        let folder = folder.unwrap();
        let module = folder.file_name().to_str().unwrap().replace('-', "_");
        let text = fs::read_to_string(folder.path().join("variables.tf")).unwrap();
        let variables = text
            .lines()
            .filter_map(|line| line.strip_prefix("variable \"")?.strip_suffix("\" {"));
        for variable in variables.chain(["source"]) {
            let holds = |row: &&impact::Row| {
                row.block == module && row.argument == variable && row.when == impact::When::Always
            };
            if impact::rows().find(holds).is_none() {
                missing.push(format!("{module}.{variable}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_resource_that_a_row_names_is_in_its_module() {
    let modules: BTreeMap<String, String> = fs::read_dir("modules")
        .unwrap()
        .map(|folder| {
            let folder = folder.unwrap();
            let files = fs::read_dir(folder.path())
                .unwrap()
                .map(|file| file.unwrap().path());
            let files =
                files.filter(|path| path.extension().is_some_and(|extension| extension == "tf"));
            let text: String = files
                .map(|path| fs::read_to_string(path).unwrap())
                .collect();
            (folder.file_name().to_str().unwrap().replace('-', "_"), text)
        })
        .collect();
    for row in impact::rows() {
        let Some(text) = modules.get(row.block) else {
            continue;
        };
        let named = row.becomes.starts_with("aws_").then_some(row.becomes);
        for resource in row.replaces.iter().copied().chain(named) {
            let mut parts = resource.split('.');
            let (kind, name) = (parts.next().unwrap(), parts.next().unwrap());
            let declared = format!("resource \"{kind}\" \"{name}\"");
            assert!(
                text.contains(&declared),
                "{}.{}: no {resource}",
                row.block,
                row.argument
            );
        }
        assert!(
            !row.why.is_empty() && row.why.len() < 200,
            "{}.{}",
            row.block,
            row.argument
        );
    }
}
