//! The text of a new config: its keys in the order of their names, and beside those that are for ever the reason.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::{compile::fix, inspect::debts, yaml::edit::inline};

/// What is said above `adopt`.
const HEAD: &str = "# What it keeps of its own. What is not for ever can be removed later, each in a change of its own.\n";

/// What is said beside the share of the proxy.
const SHARE: &str = "clients that connect to the database itself have the rest";

/// The text of a config; `path` is inside the workspace.
pub(super) fn of(path: &str, config: &Map<String, Value>) -> String {
    let mut text = fix::modeline(path);
    let mut keys: Vec<_> = config.iter().collect();
    keys.sort_by_key(|(key, _)| *key);
    for (key, value) in keys {
        match (key.as_str(), value) {
            ("adopt", Value::Object(adopt)) => {
                text.push_str(HEAD);
                text.push_str("adopt:\n");
                block(&mut text, adopt, 1, |key| {
                    debts::never(key).map(|why| format!("for ever: {why}"))
                });
            }
            ("proxy", Value::Object(proxy)) => {
                text.push_str("proxy:\n");
                block(&mut text, proxy, 1, |_| Some(SHARE.to_owned()));
            }
            (_, Value::Object(map)) => {
                line(&mut text, 0, key, None, None);
                block(&mut text, map, 1, |_| None);
            }
            ("waivers", Value::Array(waivers)) => {
                text.push_str("waivers:\n");
                for waiver in waivers {
                    // Writing to memory cannot fail. Older readers of YAML take a day without quotes for no text.
                    let [rule, reason, expires] =
                        ["rule", "reason", "expires"].map(|key| waiver.get(key).map(inline));
                    let _ = writeln!(
                        text,
                        "  - {{rule: {}, reason: {}, expires: \"{}\"}}",
                        rule.unwrap_or_default(),
                        reason.unwrap_or_default(),
                        expires.unwrap_or_default()
                    );
                }
            }
            (key, value) => line(&mut text, 0, key, Some(value), None),
        }
    }
    text
}

/// A mapping with one key to a line: the reader takes no line of any length.
fn block(
    text: &mut String,
    map: &Map<String, Value>,
    depth: usize,
    comment: fn(&str) -> Option<String>,
) {
    let mut keys: Vec<_> = map.iter().collect();
    keys.sort_by_key(|(key, _)| *key);
    for (key, value) in keys {
        match value {
            Value::Object(inner) => {
                line(text, depth, key, None, None);
                block(text, inner, depth + 1, |_| None);
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                line(text, depth, key, None, comment(key).as_deref());
                for item in items {
                    entry(text, item, depth + 1);
                }
            }
            value => line(text, depth, key, Some(value), comment(key).as_deref()),
        }
    }
}

/// An entry of a list, with its first key behind the dash.
fn entry(text: &mut String, item: &Value, depth: usize) {
    let mut lines = String::new();
    if let Value::Object(keys) = item {
        block(&mut lines, keys, depth + 1, |_| None);
    }
    let indent = "  ".repeat(depth);
    let first = lines.trim_start();
    // Writing to memory cannot fail.
    let _ = write!(text, "{indent}- {first}");
}

fn line(text: &mut String, depth: usize, key: &str, value: Option<&Value>, comment: Option<&str>) {
    let indent = "  ".repeat(depth);
    let key = inline(&Value::from(key));
    let value = value.map(|value| format!(" {}", inline(value)));
    let comment = comment.map(|comment| format!(" # {comment}"));
    let (value, comment) = (value.unwrap_or_default(), comment.unwrap_or_default());
    // Writing to memory cannot fail.
    let _ = writeln!(text, "{indent}{key}:{value}{comment}");
}
