//! Text of the right form that still says nothing, such as the day 2026-02-31: found by the `format` of the schema.

use serde_json::Value;

use crate::{
    diagnostic::{
        Problem,
        rule::{self, Rule},
    },
    text::{date::Date, pointer},
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

const FORMATS: &[Format] = &[Format {
    name: "date",
    rule: &rule::BAD_FORMAT,
    noun: "a day of the calendar",
    objection: objection::<Date>,
}];

fn objection<T: std::str::FromStr<Err = String>>(text: &str) -> Option<String> {
    text.parse::<T>().err()
}

/// Every text that its type cannot read. The source has passed the schema.
pub(super) fn check(schema: &Value, source: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut todo = vec![(String::new(), schema, &source.value)];
    while let Some((at, node, value)) = todo.pop() {
        match value {
            Value::String(text) => problems.extend(problem(source, &at, node, text)),
            Value::Array(items) => {
                let Some(node) = node.get("items") else {
                    continue;
                };
                let items = items.iter().enumerate();
                todo.extend(items.map(|(index, item)| (format!("{at}/{index}"), node, item)));
            }
            Value::Object(map) => {
                for (key, value) in map {
                    let known = node.get("properties").and_then(|known| known.get(key));
                    if let Some(node) = known.or_else(|| node.get("additionalProperties")) {
                        let at = format!("{at}/{}", pointer::escape(key));
                        todo.push((at, node, value));
                    }
                }
            }
            _ => {}
        }
    }
    problems
}

fn problem(source: &Document, at: &str, node: &Value, text: &str) -> Option<Problem> {
    let name = node.get("format")?.as_str()?;
    let format = FORMATS.iter().find(|format| format.name == name)?;
    let help = (format.objection)(text)?;
    let message = format!("`{text}` is not {}", format.noun);
    Some(source.problem(format.rule, at, message).help(help))
}
