//! Every argument and block in the modules exists in the newest provider too, with the right shape.
//!
//! The oldest one is asked by `terraform validate`. `cargo xtask provider-schema` writes the files read here.

use std::{collections::BTreeMap, fs, path::Path};

use hcl::{Block, Body, Expression};
use serde_json::Value;

use crate::support::workspace::cases;

const SCHEMAS: &str = "fixtures/provider-schema";
const META_ARGUMENTS: [&str; 4] = ["count", "depends_on", "for_each", "provider"];
const META_BLOCKS: [&str; 4] = ["connection", "lifecycle", "provisioner", "timeouts"];

#[test]
fn every_argument_is_in_the_newest_provider() {
    let mut seen = 0;
    for schema in schemas() {
        let facts: Value = serde_json::from_str(&fs::read_to_string(&schema).unwrap()).unwrap();
        for (file, body) in modules() {
            for block in body.blocks() {
                let kind = block.identifier();
                let Some(name) = block.labels().first().map(hcl::BlockLabel::as_str) else {
                    continue;
                };
                if !matches!(kind, "data" | "ephemeral" | "resource") || !name.starts_with("aws_") {
                    continue;
                }
                let Some(known) = facts.pointer(&format!("/{kind}/{name}")) else {
                    panic!(
                        "{file}: {schema} says nothing about {kind} {name}: see `cargo xtask provider-schema`"
                    );
                };
                let mut problems = Vec::new();
                compare(block.body(), known, &mut problems);
                let span = format!("{file}: {kind} {name} {}", block.labels()[1].as_str());
                assert!(problems.is_empty(), "{span}, by {schema}: {problems:#?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "no resource was seen");
}

fn schemas() -> Vec<String> {
    let entries = fs::read_dir(SCHEMAS).unwrap();
    let paths: Vec<_> = entries
        .map(|entry| entry.unwrap().path().display().to_string())
        .collect();
    assert!(!paths.is_empty(), "{SCHEMAS} is empty");
    paths
}

fn modules() -> BTreeMap<String, Body> {
    let files = cases("modules")
        .into_iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    let paths = files.map(|entry| entry.unwrap().path());
    let terraform =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "tf"));
    terraform
        .map(|path| (path.display().to_string(), parse(&path)))
        .collect()
}

fn parse(path: &Path) -> Body {
    hcl::parse(&fs::read_to_string(path).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Compares a body with its facts, in which an attribute is a text and a nested block an object.
fn compare(body: &Body, facts: &Value, problems: &mut Vec<String>) {
    for argument in body.attributes() {
        let name = argument.key();
        match facts.get(name) {
            _ if META_ARGUMENTS.contains(&name) => {}
            Some(Value::String(words)) if words == "computed" => {
                problems.push(format!("{name} cannot be set"));
            }
            Some(Value::String(_)) => {}
            Some(_) => problems.push(format!("{name} is a block, not an argument")),
            None => problems.push(format!("there is no argument {name}")),
        }
    }
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for block in body.blocks() {
        let (name, inside, is_dynamic) = unfold(block);
        if META_BLOCKS.contains(&name) && facts.get(name).is_none() {
            continue;
        }
        let count = counts.entry(name).or_default();
        count.least += u64::from(!is_dynamic);
        count.may_be_more |= is_dynamic;
        match facts.get(name) {
            Some(nested @ Value::Object(_)) => compare(inside, &nested["block"], problems),
            Some(_) => problems.push(format!("{name} is an argument, not a block")),
            None => problems.push(format!("there is no block {name}")),
        }
    }
    complete(body, &counts, facts, problems);
}

#[derive(Default)]
struct Count {
    least: u64,
    may_be_more: bool,
}

/// The name and the body of a nested block, which may be made by a `dynamic` one.
fn unfold(block: &Block) -> (&str, &Body, bool) {
    if block.identifier() != "dynamic" {
        return (block.identifier(), block.body(), false);
    }
    let mut inside = block.body().blocks();
    let content = inside
        .find(|inside| inside.identifier() == "content")
        .unwrap();
    (block.labels()[0].as_str(), content.body(), true)
}

/// What is required is there, and no block more often than it may be.
fn complete(
    body: &Body,
    counts: &BTreeMap<&str, Count>,
    facts: &Value,
    problems: &mut Vec<String>,
) {
    for (name, fact) in facts.as_object().unwrap() {
        if let Value::String(words) = fact {
            let given = body.attributes().find(|argument| argument.key() == name);
            let is_given = given.is_some_and(|argument| *argument.expr() != Expression::Null);
            if words == "required" && !is_given {
                problems.push(format!("{name} is required"));
            }
            continue;
        }
        let limit = |limit: &str| fact.get(limit).and_then(Value::as_u64);
        let count = counts.get(name.as_str()).unwrap_or(&Count {
            least: 0,
            may_be_more: false,
        });
        if limit("min_items").is_some_and(|least| count.least < least && !count.may_be_more) {
            problems.push(format!("block {name} is required"));
        }
        if limit("max_items").is_some_and(|most| count.least > most) {
            problems.push(format!("block {name} is there too often"));
        }
    }
}
