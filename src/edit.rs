//! Changing one value in a YAML text that people wrote: comments, order, quotes and indentation stay.
//!
//! The library keeps the layout; this file does not take its word for it. A result that means anything else than the
//! old text with this one value set is refused.

use std::{fmt, str::FromStr};

use serde_json::{Map, Value};
use yaml_edit::{Document, YamlFile};

/// The text cannot be changed without damage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file cannot be edited without changing more than this value")
    }
}

impl std::error::Error for Refused {}

/// Sets the text at a path of keys in one YAML document; mappings on the way are made when they are missing.
///
/// # Errors
/// When the text is not a mapping, or another value than a mapping is on the way, or more would change.
pub fn set(text: &str, path: &[&str], value: &str) -> Result<String, Refused> {
    let before = mapping(text)?;
    let mut wanted = before.clone();
    insert(&mut wanted, path, value)?;
    if wanted == before {
        return Ok(text.to_owned());
    }
    let lines = text.matches('\n').count();
    let crlf = lines > 0 && text.matches("\r\n").count() == lines;
    let edited = if crlf {
        write(&text.replace("\r\n", "\n"), path, value)?.replace('\n', "\r\n")
    } else {
        write(text, path, value)?
    };
    if mapping(&edited)? == wanted {
        Ok(edited)
    } else {
        Err(Refused)
    }
}

fn mapping(text: &str) -> Result<Map<String, Value>, Refused> {
    let options = serde_yaml::options! { strict_booleans: true };
    let value = serde_yaml::from_str_with_options::<Value>(text, options).map_err(|_| Refused)?;
    match value {
        Value::Object(object) => Ok(object),
        Value::Null => Ok(Map::new()),
        _ => Err(Refused),
    }
}

/// Sets the value in plain data.
fn insert(object: &mut Map<String, Value>, path: &[&str], value: &str) -> Result<(), Refused> {
    match path {
        [] => Err(Refused),
        [key] => {
            object.insert((*key).to_owned(), value.into());
            Ok(())
        }
        [key, rest @ ..] => {
            let next = object.entry(*key).or_insert(Value::Null);
            if next.is_null() {
                *next = Value::Object(Map::new());
            }
            insert(next.as_object_mut().ok_or(Refused)?, rest, value)
        }
    }
}

/// Sets the value in the text.
fn write(text: &str, path: &[&str], value: &str) -> Result<String, Refused> {
    let indent = indent(text);
    let file = YamlFile::from_str(text).map_err(|_| Refused)?;
    let Some(mut at) = file
        .documents()
        .next()
        .and_then(|document| document.as_mapping())
    else {
        let end = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        return Ok(format!("{text}{end}{}", block(path, value, indent)?));
    };
    let mut rest = path;
    while let [key, below @ ..] = rest {
        if below.is_empty() {
            at.set(*key, value);
            break;
        }
        let Some(next) = at.get_mapping(*key) else {
            // Made from text, so that it is written as a block where its surroundings are.
            let made = Document::from_str(&block(below, value, indent)?).map_err(|_| Refused)?;
            at.set(*key, made.as_mapping().ok_or(Refused)?);
            return Ok(step(text, &file.to_string(), below.len(), indent));
        };
        at = next;
        rest = below;
    }
    Ok(file.to_string())
}

/// The edited text with the `depth` lines below a new key indented step by step: the library begins with two spaces.
fn step(text: &str, edited: &str, depth: usize, indent: usize) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (text.split('\n').collect(), edited.split('\n').collect());
    let first = old
        .iter()
        .zip(&new)
        .take_while(|(old, new)| old == new)
        .count();
    if new.len() != old.len() + depth + 1 {
        return edited.to_owned();
    }
    let width = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let base = new.get(first).map_or(0, |line| width(line));
    let lines = new
        .iter()
        .enumerate()
        .map(|(number, line)| match number.checked_sub(first) {
            Some(below @ 1..) if below <= depth => {
                format!(
                    "{}{}",
                    " ".repeat(base + below * indent),
                    line.trim_start_matches(' ')
                )
            }
            _ => (*line).to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// Mappings in each other, and a value in the innermost, as a block.
fn block(path: &[&str], value: &str, indent: usize) -> Result<String, Refused> {
    let mut nested = Map::new();
    insert(&mut nested, path, value)?;
    let mut options = serde_yaml::ser_options! { prefer_block_scalars: false };
    options.indent_step = indent;
    serde_yaml::to_string_with_options(&Value::Object(nested), options).map_err(|_| Refused)
}

/// By how many spaces the text indents.
fn indent(text: &str) -> usize {
    const USUAL: usize = 2;
    const WIDEST: usize = 8;
    let widths = text
        .lines()
        .map(|line| (line.trim_start_matches(' '), line));
    let first = widths
        .map(|(code, line)| (code, line.len() - code.len()))
        .find(|(code, width)| *width > 0 && !code.is_empty() && !code.starts_with('#'));
    first.map_or(USUAL, |(_, width)| width.min(WIDEST))
}

#[cfg(test)]
mod tests {
    use super::{Refused, set};

    const PATH: [&str; 5] = ["a", "apps", "c1", "host.y", "service_name"];

    #[test]
    fn a_value_changes_in_its_place() {
        let text = "# head\na:\n  apps: # apps\n    c1:\n      'host.y': \n        service_name: \"old\" # keep\n  other: 1\n\n# b\nb: x\n";
        let edited = set(text, &PATH, "new").unwrap();
        assert_eq!(
            edited,
            text.replace("\"old\"", "\"new\"")
                .replace("\"new\"", quoted(&edited))
        );
        assert_eq!(set(&edited, &PATH, "new").unwrap(), edited);
    }

    /// The library may keep the quotes of the old value or not; both are right.
    fn quoted(edited: &str) -> &'static str {
        if edited.contains("\"new\"") {
            "\"new\""
        } else {
            "new"
        }
    }

    #[test]
    fn a_missing_entry_goes_below_its_siblings_and_nothing_else_moves() {
        for (text, expected) in [
            (
                "a:\n  apps:\n    c1:\n      host.x:\n        service_name: old # keep\n\n# about b\nb: x\n",
                "a:\n  apps:\n    c1:\n      host.x:\n        service_name: old # keep\n      host.y:\n        service_name: new\n\n# about b\nb: x\n",
            ),
            (
                "a:\n    apps:\n        c0:\n            host.x:\n                service_name: old\nb: 2\n",
                "a:\n    apps:\n        c0:\n            host.x:\n                service_name: old\n        c1:\n            host.y:\n                service_name: new\nb: 2\n",
            ),
            (
                "# end\nz: 1\n",
                "# end\nz: 1\na:\n  apps:\n    c1:\n      host.y:\n        service_name: new\n",
            ),
            (
                "a:\n  apps: # none yet\nb: 1\n",
                "a:\n  apps: # none yet\n    c1:\n      host.y:\n        service_name: new\nb: 1\n",
            ),
            (
                "a: {apps: {}}\n",
                "a: {apps: {c1: {host.y: {service_name: new}}}}\n",
            ),
            (
                "",
                "a:\n  apps:\n    c1:\n      host.y:\n        service_name: new\n",
            ),
            (
                "# head\n---\nz: 1\n",
                "# head\n---\nz: 1\na:\n  apps:\n    c1:\n      host.y:\n        service_name: new\n",
            ),
            (
                "# only this",
                "# only this\na:\n  apps:\n    c1:\n      host.y:\n        service_name: new\n",
            ),
        ] {
            assert_eq!(set(text, &PATH, "new").as_deref(), Ok(expected), "{text}");
            let crlf = text.replace('\n', "\r\n");
            if text.contains('\n') {
                assert_eq!(
                    set(&crlf, &PATH, "new").unwrap(),
                    expected.replace('\n', "\r\n")
                );
            }
        }
    }

    #[test]
    fn what_cannot_be_kept_is_refused() {
        for text in [
            "a: [",
            "- a\n",
            "a: 1\n",
            "a:\n  apps: [x]\n",
            "a: 1\na: 2\n",
            "a:\n  apps: text\n",
        ] {
            assert_eq!(set(text, &PATH, "new"), Err(Refused), "{text}");
        }
        assert_eq!(set("a: 1\n", &[], "new"), Err(Refused));
    }

    #[test]
    fn a_value_that_looks_like_something_else_stays_text() {
        for value in ["yes", "12", "a: b", "x #y", "", "null", "'", "[", "1e3"] {
            for text in ["a: {}\n", "a:\n  b: old\n"] {
                let edited = set(text, &["a", "b"], value).unwrap();
                let read: serde_json::Value = serde_yaml::from_str(&edited).unwrap();
                assert_eq!(read["a"]["b"], value, "{edited}");
            }
        }
    }
}
