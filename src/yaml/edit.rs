//! Changes one value in the text of a YAML file: comments, order, quotes and line ends stay as they are.

use std::{fmt, str::FromStr};

use serde_json::{Map, Value};
use yaml_edit::{Document as Node, Mapping, ScalarStyle, ScalarValue, YamlFile};

use super::{Document, scalar::is_boolean_of_yaml_1_1};
use crate::text::unicode::BYTE_ORDER_MARK;

/// The text cannot be changed in this way without touching more than that.
#[derive(Debug)]
pub struct Refused {
    key: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` cannot be set in place; edit the file by hand",
            self.key
        )
    }
}

impl std::error::Error for Refused {}

/// The text with `value` at `path`, a list of keys from the outside in. Mappings that are missing are added; a key
/// that is new goes below the others.
///
/// The result is read again: it holds exactly the old values and the new one.
///
/// # Errors
/// When the text is not a mapping of plain YAML, or a key of the path has no keys below it.
pub fn set(text: &str, path: &[&str], value: &Value) -> Result<String, Refused> {
    let refused = || Refused {
        key: path.join("."),
    };
    let mut expected = read(text).ok_or_else(refused)?;
    put(&mut expected, path, value).ok_or_else(refused)?;
    let edited = edit(text, path, value).ok_or_else(refused)?;
    if read(&edited) == Some(expected) {
        Ok(edited)
    } else {
        Err(refused())
    }
}

/// The text with the last key of `path` called `to`.
///
/// # Errors
/// When the text is not a mapping of plain YAML, has no such key, or has the new one already.
pub fn rename(text: &str, path: &[&str], to: &str) -> Result<String, Refused> {
    let refused = || Refused {
        key: path.join("."),
    };
    let (key, outer) = path.split_last().ok_or_else(refused)?;
    let mut expected = read(text).ok_or_else(refused)?;
    let map = outer
        .iter()
        .try_fold(&mut expected, |at, key| at.get_mut(*key))
        .and_then(Value::as_object_mut)
        .filter(|map| !map.contains_key(to))
        .ok_or_else(refused)?;
    let value = map.remove(*key).ok_or_else(refused)?;
    map.insert(to.to_owned(), value);
    let edited = rename_in(text, outer, key, to).ok_or_else(refused)?;
    if read(&edited) == Some(expected) {
        Ok(edited)
    } else {
        Err(refused())
    }
}

fn rename_in(text: &str, outer: &[&str], key: &str, to: &str) -> Option<String> {
    let (mark, text) = split_mark(text);
    let file = YamlFile::from_str(text).ok()?;
    let mut mapping = file.document()?.as_mapping()?;
    for key in outer {
        mapping = mapping.get_mapping(*key)?;
    }
    let is_done = mapping.rename_key(key, to);
    is_done.then(|| format!("{mark}{file}"))
}

/// The plain data of a text; an empty one is a mapping without keys.
fn read(text: &str) -> Option<Value> {
    let value = Document::parse("edited", text.as_bytes().to_vec())
        .ok()?
        .value;
    match value {
        Value::Null => Some(Value::Object(Map::new())),
        Value::Object(_) => Some(value),
        _ => None,
    }
}

fn put(at: &mut Value, path: &[&str], value: &Value) -> Option<()> {
    let Some((key, rest)) = path.split_first() else {
        *at = value.clone();
        return Some(());
    };
    if at.is_null() {
        *at = Value::Object(Map::new());
    }
    let inner = at.as_object_mut()?.entry(*key).or_insert(Value::Null);
    put(inner, rest, value)
}

/// The byte-order mark before a text, if there is one, and the text.
fn split_mark(text: &str) -> (&str, &str) {
    let rest = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    text.split_at(text.len() - rest.len())
}

fn edit(text: &str, path: &[&str], value: &Value) -> Option<String> {
    let (mark, text) = split_mark(text);
    let file = YamlFile::from_str(text).ok()?;
    let mapping = file.ensure_document().as_mapping()?;
    set_in(&mapping, path, value)?;
    let mut edited = format!("{mark}{file}");
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let touched = text.lines().next_back() != edited.lines().next_back();
    if touched && !edited.ends_with('\n') {
        edited.push_str(line_end);
    }
    Some(edited)
}

fn set_in(mapping: &Mapping, path: &[&str], value: &Value) -> Option<()> {
    let (key, rest) = path.split_first()?;
    let key = node(&scalar(key, ScalarStyle::Plain))?;
    if rest.is_empty() {
        let old = mapping.get(&key);
        let style = old.as_ref().and_then(|old| old.as_scalar());
        let style = style.map(|old| ScalarValue::from_scalar(old).style());
        let text = render(value, style.unwrap_or(ScalarStyle::Plain));
        mapping.set(&key, node(&text)?);
        return Some(());
    }
    if let Some(inner) = mapping.get_mapping(&key) {
        return set_in(&inner, rest, value);
    }
    mapping.set(&key, node(&nest(rest, value, 0))?);
    Some(())
}

fn node(text: &str) -> Option<Node> {
    YamlFile::from_str(text).ok()?.document()
}

/// A value below keys that are all new, one to a line.
fn nest(path: &[&str], value: &Value, depth: usize) -> String {
    match path.split_first() {
        None => render(value, ScalarStyle::Plain),
        Some((key, rest)) => {
            let gap = if rest.is_empty() { " " } else { "\n" };
            let key = scalar(key, ScalarStyle::Plain);
            let indent = "  ".repeat(depth);
            format!("{indent}{key}:{gap}{}", nest(rest, value, depth + 1))
        }
    }
}

/// A value on one line, as it stands behind a key.
#[must_use]
pub fn inline(value: &Value) -> String {
    render(value, ScalarStyle::Plain)
}

/// A value on one line. `style` is how the value before it was quoted.
fn render(value: &Value, style: ScalarStyle) -> String {
    match value {
        Value::String(text) => scalar(text, style),
        Value::Array(items) => {
            let items: Vec<_> = items
                .iter()
                .map(|item| render(item, ScalarStyle::Plain))
                .collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| {
                let key = scalar(key, ScalarStyle::Plain);
                format!("{key}: {}", render(value, ScalarStyle::Plain))
            };
            let entries: Vec<_> = map.iter().map(entry).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// Text as a scalar: quoted like the old one; with no quotes when no reader could take it for anything else.
fn scalar(text: &str, style: ScalarStyle) -> String {
    let printable = !text.chars().any(char::is_control);
    match style {
        ScalarStyle::SingleQuoted if printable => return format!("'{}'", text.replace('\'', "''")),
        ScalarStyle::DoubleQuoted => return Value::from(text).to_string(),
        _ => {}
    }
    let flow = Document::parse("edited", format!("[{text}]").into_bytes());
    let stays = flow.is_ok_and(|flow| flow.value == Value::from(vec![text]));
    if stays && !is_boolean_of_yaml_1_1(text) && !text.contains('\n') {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::set;

    /// Text, path, value, and what comes of it.
    type Case = (&'static str, &'static [&'static str], Value, &'static str);

    fn scalars() -> Vec<Case> {
        vec![
            // Comments and blank lines.
            (
                "# top\n\na: 1   # why\n# mid\nb: 2\n\n\n# end\n",
                &["a"],
                json!(9),
                "# top\n\na: 9   # why\n# mid\nb: 2\n\n\n# end\n",
            ),
            (
                "a: x\t# tab\nb: 2\n",
                &["a"],
                json!("v"),
                "a: v\t# tab\nb: 2\n",
            ),
            (
                "a: # no value yet\nb: 2\n",
                &["a"],
                json!(1),
                "a: 1 # no value yet\nb: 2\n",
            ),
            ("# only this\n", &["a"], json!("x"), "# only this\na: x\n"),
            ("", &["a"], json!("x"), "a: x\n"),
            // Quotes.
            ("a: \"50\" # q\n", &["a"], json!("60"), "a: \"60\" # q\n"),
            ("a: '50'\n", &["a"], json!("it's"), "a: 'it''s'\n"),
            ("a: x\n", &["a"], json!("60"), "a: \"60\"\n"),
            ("a: x\n", &["a"], json!("b: c # d"), "a: \"b: c # d\"\n"),
            ("a: x\n", &["a"], json!("no"), "a: \"no\"\n"),
            ("a: x\n", &["a"], json!("16:00-17:00"), "a: 16:00-17:00\n"),
            ("a: x\n", &["a"], json!("a, b"), "a: \"a, b\"\n"),
            ("\"a\": x\n", &["a"], json!("v"), "\"a\": v\n"),
            ("a: x\n", &["a"], json!("é\u{7}\n"), "a: \"é\\u0007\\n\"\n"),
            // Line ends.
            (
                "a: 1 # c\r\nb: 2\r\n",
                &["a"],
                json!(3),
                "a: 3 # c\r\nb: 2\r\n",
            ),
            (
                "a: 1\r\nl:\r\n  - x\r\n",
                &["b"],
                json!(3),
                "a: 1\r\nl:\r\n  - x\r\nb: 3\r\n",
            ),
            ("a: 1", &["a"], json!(3), "a: 3\n"),
            ("a: 1", &["b"], json!(3), "a: 1\nb: 3\n"),
            ("a: 1\nb: 2", &["a"], json!(3), "a: 3\nb: 2"),
            // A byte-order mark.
            (
                "\u{feff}# c\na: 1\n",
                &["a"],
                json!(3),
                "\u{feff}# c\na: 3\n",
            ),
            ("\u{feff}a: 1\n", &["b"], json!(3), "\u{feff}a: 1\nb: 3\n"),
        ]
    }

    fn collections() -> Vec<Case> {
        vec![
            // In both styles they are replaced and left alone as a whole.
            (
                "t: {x: 1, y: 2} # c\na: 1\n",
                &["a"],
                json!(2),
                "t: {x: 1, y: 2} # c\na: 2\n",
            ),
            (
                "t: {x: 1, y: 2} # c\na: 1\n",
                &["t", "y"],
                json!(3),
                "t: {x: 1, y: 3} # c\na: 1\n",
            ),
            (
                "t: {x: 1} # c\na: 1\n",
                &["t", "w"],
                json!("z"),
                "t: {x: 1, w: z} # c\na: 1\n",
            ),
            (
                "l: [x, y] # c\na: 1\n",
                &["l"],
                json!(["z"]),
                "l: [z] # c\na: 1\n",
            ),
            (
                "l:\n  - x # one\n  - y\n# next\na: 1\n",
                &["l"],
                json!(["z", "w"]),
                "l: [z, w]\n# next\na: 1\n",
            ),
            ("{a: 1, b: 2}\n", &["c"], json!("x"), "{a: 1, b: 2, c: x}\n"),
            (
                "a: 1\n",
                &["w"],
                json!([{"rule": "x", "reason": "it: is"}]),
                "a: 1\nw: [{rule: x, reason: \"it: is\"}]\n",
            ),
            // Nested keys.
            (
                "p:\n    x: 1 # k\n    # in\n\nz: 1\n",
                &["p", "x"],
                json!(2),
                "p:\n    x: 2 # k\n    # in\n\nz: 1\n",
            ),
            ("a: 1\n", &["p", "x"], json!("v"), "a: 1\np:\n  x: v\n"),
            ("a: 1\np:\n", &["p", "x"], json!("v"), "a: 1\np:\n  x: v\n"),
            (
                "a: 1\n",
                &["p", "rds.force_ssl"],
                json!("1"),
                "a: 1\np:\n  rds.force_ssl: \"1\"\n",
            ),
            // Text over several lines.
            ("a: one\n  two\nb: 2\n", &["a"], json!("x"), "a: x\nb: 2\n"),
            (
                "a: |\n  one\n\nb: 2\n",
                &["b"],
                json!(3),
                "a: |\n  one\n\nb: 3\n",
            ),
            (
                "---\na: 1\n...\n",
                &["b"],
                json!(3),
                "---\na: 1\nb: 3\n...\n",
            ),
        ]
    }

    #[test]
    fn one_value_changes_and_nothing_else() {
        let wrong: Vec<_> = scalars()
            .into_iter()
            .chain(collections())
            .map(|(text, path, value, expected)| {
                let edited = set(text, path, &value);
                (
                    text,
                    edited.unwrap_or_else(|refused| refused.to_string()),
                    expected,
                )
            })
            .filter(|(_, edited, expected)| edited != expected)
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn what_cannot_be_changed_alone_is_refused() {
        for (text, path) in [
            ("a: [", &["a"][..]),
            ("a: 1\na: 2\n", &["a"]),
            ("- a\n", &["a"]),
            ("text\n", &["a"]),
            ("a: 1\n", &["a", "b"]),
            ("a: &x 1\n", &["b"]),
        ] {
            assert!(set(text, path, &json!(1)).is_err(), "{text:?}");
        }
    }
}
