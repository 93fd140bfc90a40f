//! Values as they are written: how problems show them, and numbers that have to be whole.

use serde_json::Value;

use crate::{
    diagnostic::{Problem, rule},
    text::pointer::Pointer,
    yaml::Document,
};

/// Numbers with a fraction or an exponent where the schema says a whole number: JSON Schema takes `5432.0` for one.
pub(super) fn fractions(
    source: &Document,
    at: Pointer,
    node: &Value,
    value: &Value,
    problems: &mut Vec<Problem>,
) {
    match value {
        Value::Number(number) if number.is_f64() => {
            if node.get("type").is_some_and(|kind| kind == "number") {
                return;
            }
            let at = at.to_string();
            let written = shorten(value, source.written(&at));
            let message = format!("{written} is not a whole number");
            let problem = source.problem(&rule::WRONG_TYPE, &at, message);
            problems.push(problem.help("write it with digits alone"));
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                let node = node.get("items").unwrap_or(&Value::Null);
                fractions(source, Pointer::Entry(&at, number), node, item, problems);
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                let node = below(node, key);
                fractions(source, Pointer::Key(&at, key), node, value, problems);
            }
        }
        _ => {}
    }
}

/// What a schema says of a key.
fn below<'a>(node: &'a Value, key: &str) -> &'a Value {
    let known = node.get("properties").and_then(|known| known.get(key));
    known
        .or_else(|| node.get("additionalProperties"))
        .unwrap_or(&Value::Null)
}

/// A value as a problem shows it: on one line, and not all of a long one.
pub(super) fn shorten(value: &Value, written: &str) -> String {
    const LONGEST: usize = 60;
    match value {
        Value::Array(_) => return "a list".to_owned(),
        Value::Object(_) => return "a mapping".to_owned(),
        _ => {}
    }
    let line = written.lines().next().unwrap_or("");
    let line = line.trim_matches(['"', '\'']);
    if line.chars().count() > LONGEST {
        let head: String = line.chars().take(LONGEST).collect();
        format!("`{head}…`")
    } else {
        format!("`{line}`")
    }
}
