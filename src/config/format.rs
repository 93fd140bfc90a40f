//! Text of the right form that still says nothing, such as the day 2026-02-31: found by the `format` of the schema.

use std::{fmt::Display, str::FromStr};

use serde_json::Value;

use crate::{
    aws::engine_version::EngineVersion,
    diagnostic::{
        Problem,
        rule::{self, Rule},
    },
    text::{cidr::Cidr, date::Date, pointer::Pointer, version_requirement::VersionRequirement},
    yaml::Document,
};

/// A `format` of the schema.
struct Format {
    name: &'static str,
    rule: &'static Rule,
    /// What a text is not.
    noun: &'static str,
    /// What to write instead of a text that cannot be read.
    objection: fn(&str) -> Option<String>,
}

const FORMATS: &[Format] = &[
    Format {
        name: "date",
        rule: &rule::BAD_FORMAT,
        noun: "a day of the calendar",
        objection: objection::<Date>,
    },
    Format {
        name: "cidr",
        rule: &rule::BAD_CIDR,
        noun: "a network",
        objection: objection::<Cidr>,
    },
    Format {
        name: "engine-version",
        rule: &rule::UNKNOWN_VERSION,
        noun: "a version",
        objection: objection::<EngineVersion>,
    },
    Format {
        name: "version-requirement",
        rule: &rule::BAD_FORMAT,
        noun: "a requirement of a version",
        objection: objection::<VersionRequirement>,
    },
];

/// Takes out of a schema the formats that only this tool knows: strict readers refuse what they do not know.
pub(super) fn publish(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map
                .get("format")
                .and_then(Value::as_str)
                .is_some_and(|format| format != "date")
            {
                map.shift_remove("format");
            }
            map.values_mut().for_each(publish);
        }
        Value::Array(items) => items.iter_mut().for_each(publish),
        _ => {}
    }
}

fn objection<T: FromStr<Err: Display>>(text: &str) -> Option<String> {
    text.parse::<T>().err().map(|error| error.to_string())
}

/// Every text that its type cannot read. The source has passed the schema.
pub(super) fn check(schema: &Value, source: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    visit(
        source,
        Pointer::Document,
        schema,
        &source.value,
        &mut problems,
    );
    problems
}

/// `node` is the part of the schema for the value.
fn visit(source: &Document, at: Pointer, node: &Value, value: &Value, problems: &mut Vec<Problem>) {
    match value {
        Value::String(text) => problems.extend(problem(source, at, node, text)),
        Value::Array(items) => {
            let Some(node) = node.get("items") else {
                return;
            };
            for (number, item) in items.iter().enumerate() {
                visit(source, Pointer::Entry(&at, number), node, item, problems);
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                let known = node.get("properties").and_then(|known| known.get(key));
                if let Some(node) = known.or_else(|| node.get("additionalProperties")) {
                    visit(source, Pointer::Key(&at, key), node, value, problems);
                }
            }
        }
        _ => {}
    }
}

fn problem(source: &Document, at: Pointer, node: &Value, text: &str) -> Option<Problem> {
    let name = node.get("format")?.as_str()?;
    let format = FORMATS.iter().find(|format| format.name == name)?;
    let help = (format.objection)(text)?;
    let message = format!("`{text}` is not {}", format.noun);
    Some(
        source
            .problem(format.rule, &at.to_string(), message)
            .help(help),
    )
}
