//! A file that says which database becomes which unit: YAML, JSON, or CSV with a line of names.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{
    text::{suggest, unicode::BYTE_ORDER_MARK},
    yaml::Document,
};

/// What an entry can say.
const KEYS: [&str; 6] = [
    "identifier",
    "environment",
    "namespace",
    "shortname",
    "secretArn",
    "kmsKeyArn",
];

/// What becomes of one database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its identifier, or its ARN.
    pub identifier: String,
    /// The environment; none, when there is only one that it can be in.
    pub environment: Option<String>,
    /// The namespace.
    pub namespace: String,
    /// The identity, when it does not follow from the namespace.
    pub shortname: Option<String>,
    /// The secret that holds its password.
    pub secret_arn: Option<String>,
    /// The key of that secret.
    pub kms_key_arn: Option<String>,
}

/// Reads a mapping. The name of the file tells CSV from the others.
///
/// # Errors
/// With what is wrong, in words.
pub fn read(file: &str, bytes: &[u8]) -> Result<Vec<Row>, String> {
    let is_csv = file
        .rsplit_once('.')
        .is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("csv"));
    let entries = if is_csv {
        csv(bytes)?
    } else {
        yaml(file, bytes)?
    };
    if entries.is_empty() {
        return Err("it names no database".to_owned());
    }
    let rows = entries.into_iter();
    let rows: Vec<Row> = rows
        .map(|(place, entry)| row(&entry).map_err(|reason| format!("{place}: {reason}")))
        .collect::<Result<_, _>>()?;
    let mut seen = BTreeSet::new();
    for row in &rows {
        if !seen.insert(&row.identifier) {
            return Err(format!("it names `{}` twice", row.identifier));
        }
    }
    Ok(rows)
}

fn row(entry: &Map<String, Value>) -> Result<Row, String> {
    if let Some(key) = entry.keys().find(|key| !KEYS.contains(&key.as_str())) {
        let help = suggest::question_or_list(key, &KEYS, "the keys are");
        return Err(format!("there is no key `{key}`; {help}"));
    }
    let find = |key: &str| match entry.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("`{key}` is no text")),
    };
    let need = |key: &str| find(key)?.ok_or_else(|| format!("`{key}` is missing"));
    Ok(Row {
        identifier: need("identifier")?,
        environment: find("environment")?,
        namespace: need("namespace")?,
        shortname: find("shortname")?,
        secret_arn: find("secretArn")?,
        kms_key_arn: find("kmsKeyArn")?,
    })
}

/// An entry, and where it stands.
type Entry = (String, Map<String, Value>);

fn yaml(file: &str, bytes: &[u8]) -> Result<Vec<Entry>, String> {
    let source = Document::parse_large(file, bytes.to_vec()).map_err(|problems| {
        problems.first().map_or_else(String::new, |problem| {
            let span = &problem.span;
            let (line, column) = span.file.position(span.range.start);
            format!("line {line}, column {column}: {}", problem.message)
        })
    })?;
    let Value::Array(list) = source.value else {
        return Err(format!(
            "it is no list; each entry has {}",
            suggest::list(&KEYS)
        ));
    };
    let entries = list.into_iter().enumerate();
    entries
        .map(|(at, entry)| match entry {
            Value::Object(entry) => Ok((format!("entry {}", at + 1), entry)),
            _ => Err(format!("entry {} has no keys", at + 1)),
        })
        .collect()
}

fn csv(bytes: &[u8]) -> Result<Vec<Entry>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let names = match lines.next() {
        Some((_, line)) => cells(line)?,
        None => return Err("it is empty".to_owned()),
    };
    lines
        .map(|(at, line)| {
            let place = format!("line {}", at + 1);
            let cells = cells(line).map_err(|reason| format!("{place}: {reason}"))?;
            if cells.len() != names.len() {
                return Err(format!(
                    "{place} has {} values, and the first line names {}",
                    cells.len(),
                    names.len()
                ));
            }
            let entry = names
                .iter()
                .cloned()
                .zip(cells.into_iter().map(Value::from));
            Ok((place, entry.collect()))
        })
        .collect()
}

/// The values of a line. A value in quotes has its quotes doubled; none goes over the end of its line.
fn cells(line: &str) -> Result<Vec<String>, String> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let trimmed = rest.trim_start();
        let (cell, after) = if let Some(inner) = trimmed.strip_prefix('"') {
            quoted(inner)?
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            let (cell, after) = rest.split_at(end);
            (cell.trim().to_owned(), after)
        };
        cells.push(cell);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.trim().is_empty() => return Ok(cells),
            None => return Err("a value goes on behind its quotes".to_owned()),
        }
    }
}

fn quoted(inner: &str) -> Result<(String, &str), String> {
    let mut cell = String::new();
    let mut rest = inner;
    loop {
        let (before, after) = rest
            .split_once('"')
            .ok_or("a value in quotes does not end on its line")?;
        cell.push_str(before);
        match after.strip_prefix('"') {
            Some(further) => {
                cell.push('"');
                rest = further;
            }
            None => return Ok((cell, after.trim_start())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, read};

    #[test]
    fn each_form_says_the_same() {
        let expected = vec![
            Row {
                identifier: "orders-prod-2019".to_owned(),
                environment: Some("prod".to_owned()),
                namespace: "orders".to_owned(),
                secret_arn: Some("a,\"b\"".to_owned()),
                ..Row::default()
            },
            Row {
                identifier: "ledger".to_owned(),
                namespace: "ledger".to_owned(),
                ..Row::default()
            },
        ];
        for (file, text) in [
            (
                "m.yaml",
                "- {identifier: orders-prod-2019, environment: prod, namespace: orders, secretArn: 'a,\"b\"'}\n- identifier: ledger\n  namespace: ledger\n",
            ),
            (
                "m.json",
                r#"[{"identifier": "orders-prod-2019", "environment": "prod", "namespace": "orders", "secretArn": "a,\"b\""},
                    {"identifier": "ledger", "namespace": "ledger", "environment": null}]"#,
            ),
            (
                "m.CSV",
                "\u{feff}identifier,environment, namespace,secretArn\r\n\r\norders-prod-2019,prod,orders,\"a,\"\"b\"\"\"\r\nledger,,ledger,\r\n",
            ),
        ] {
            assert_eq!(read(file, text.as_bytes()).unwrap(), expected, "{file}");
        }
    }

    #[test]
    fn a_slip_is_named_with_its_place() {
        for (file, text, reason) in [
            (
                "m.yaml",
                "",
                "it is no list; each entry has `identifier`, `environment`, `namespace`, `shortname`, `secretArn`, `kmsKeyArn`",
            ),
            ("m.yaml", "[]", "it names no database"),
            ("m.yaml", "- x\n", "entry 1 has no keys"),
            (
                "m.yaml",
                "- {identifier: a}\n",
                "entry 1: `namespace` is missing",
            ),
            (
                "m.yaml",
                "- {identifier: a, namespace: 1}\n",
                "entry 1: `namespace` is no text",
            ),
            (
                "m.yaml",
                "- {identifier: a, namspace: b}\n",
                "entry 1: there is no key `namspace`; did you mean `namespace`?",
            ),
            (
                "m.yaml",
                "- {identifier: a, namespace: b}\n- {identifier: a, namespace: c}\n",
                "it names `a` twice",
            ),
            ("m.csv", "", "it is empty"),
            ("m.csv", "identifier,namespace\n", "it names no database"),
            (
                "m.csv",
                "identifier,namespace\na\n",
                "line 2 has 1 values, and the first line names 2",
            ),
            (
                "m.csv",
                "identifier,namespace\na,\"b\n",
                "line 2: a value in quotes does not end on its line",
            ),
            (
                "m.csv",
                "identifier,namespace\na,\"b\"c\n",
                "line 2: a value goes on behind its quotes",
            ),
        ] {
            assert_eq!(read(file, text.as_bytes()).unwrap_err(), reason, "{text:?}");
        }
        assert!(read("m.csv", b"\xff").unwrap_err().contains("UTF-8"));
    }
}
