//! `key=value` as it is typed on a command line, read as the schema of the configs types the key.

use std::{error, fmt};

use serde_json::Value;

use crate::{config::schema, diagnostic::Diagnostics, text::suggest, yaml::Document};

/// A value for a key of a config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Keys from the outside in.
    pub path: Vec<String>,
    /// The value.
    pub value: Value,
}

/// Why a text is no assignment.
#[derive(Debug)]
pub enum AssignmentError {
    /// It has no `=`.
    NoPair(String),
    /// There is no such key.
    UnknownKey {
        /// All of what was typed for the key.
        key: String,
        /// The part of it that is not known.
        name: String,
        /// What to write instead.
        help: String,
    },
    /// This key has no keys of its own.
    NoGroup(String),
    /// The value has not the type of the key.
    Value {
        /// The key.
        key: String,
        /// What is wrong with its value.
        error: ValueError,
    },
}

/// A text that is not a value of the type of its key.
#[derive(Debug)]
pub enum ValueError {
    /// Neither `true` nor `false`.
    NotBoolean(String),
    /// Not a whole number.
    NotWhole(String),
    /// Not YAML, for the first of these reasons.
    NotYaml(String, Diagnostics),
}

impl fmt::Display for AssignmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPair(text) => write!(f, "`{text}` is not KEY=VALUE"),
            Self::UnknownKey { key, name, help } if key == name => {
                write!(f, "there is no key `{name}`; {help}")
            }
            Self::UnknownKey { key, name, help } => {
                write!(f, "there is no key `{name}` in `{key}`; {help}")
            }
            Self::NoGroup(key) => write!(f, "`{key}` has no keys of its own"),
            Self::Value { key, error } => write!(f, "`{key}`: {error}"),
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBoolean(text) => write!(f, "`{text}` is not true or false"),
            Self::NotWhole(text) => write!(f, "`{text}` is not a whole number"),
            Self::NotYaml(text, problems) => {
                let reason = problems.first().map_or("", |problem| &problem.message);
                write!(f, "`{text}` is not YAML: {reason}")
            }
        }
    }
}

impl error::Error for AssignmentError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Value { error, .. } => Some(error),
            Self::NoPair(_) | Self::UnknownKey { .. } | Self::NoGroup(_) => None,
        }
    }
}

impl error::Error for ValueError {}

/// Reads `key=value`. `proxy.initQuery` is a key of `proxy`; below `tags` and `parameters` the rest is one name,
/// dots included. A list is written `a,b` or `[a, b]`.
///
/// # Errors
/// With what is wrong with the key, or with a value that has not the type of the key.
pub fn parse(text: &str) -> Result<Assignment, AssignmentError> {
    match text.split_once('=') {
        Some((key, value)) => assign(key.trim(), value),
        None => Err(AssignmentError::NoPair(text.to_owned())),
    }
}

/// A value for a key, as [`parse`] reads them.
///
/// # Errors
/// As [`parse`].
pub fn assign(key: &str, text: &str) -> Result<Assignment, AssignmentError> {
    let Key { path, node } = find_key(key)?;
    match typed(node, text) {
        Ok(value) => Ok(Assignment { path, value }),
        Err(error) => Err(AssignmentError::Value {
            key: key.to_owned(),
            error,
        }),
    }
}

/// A key of a config.
#[derive(Clone, Debug)]
pub struct Key {
    /// Keys from the outside in.
    pub path: Vec<String>,
    /// What the schema says of its value.
    pub node: &'static Value,
}

/// Finds a key, as [`parse`] reads them.
///
/// # Errors
/// When there is no such key.
pub fn find_key(key: &str) -> Result<Key, AssignmentError> {
    let mut node = &schema::CONFIG.document;
    let mut path = Vec::new();
    let mut rest = Some(key);
    while let Some(ahead) = rest {
        let (name, below);
        if let Some(known) = node.get("properties").and_then(Value::as_object) {
            (name, rest) = match ahead.split_once('.') {
                Some((name, rest)) => (name, Some(rest)),
                None => (ahead, None),
            };
            below = known.get(name);
            if below.is_none() {
                let names: Vec<_> = known.keys().collect();
                return Err(AssignmentError::UnknownKey {
                    key: key.to_owned(),
                    name: name.to_owned(),
                    help: suggest::question_or_list(name, &names, "the keys are"),
                });
            }
        } else if let Some(entries) = node.get("additionalProperties").filter(|it| it.is_object()) {
            (name, rest, below) = (ahead, None, Some(entries));
        } else {
            return Err(AssignmentError::NoGroup(path.join(".")));
        }
        path.push(name.to_owned());
        node = below.unwrap_or(&Value::Null);
    }
    Ok(Key { path, node })
}

fn typed(node: &Value, text: &str) -> Result<Value, ValueError> {
    let is = |kind: &str| match node.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|known| known == kind),
        Some(known) => known == kind,
        None => false,
    };
    if is("array") {
        return list(node, text);
    }
    if is("object") {
        return yaml(text);
    }
    if is("boolean") {
        let value = text.parse::<bool>();
        return value
            .map(Value::from)
            .map_err(|_| ValueError::NotBoolean(text.to_owned()));
    }
    if is("integer") && !is("string") {
        let value = text.parse::<u64>();
        return value
            .map(Value::from)
            .map_err(|_| ValueError::NotWhole(text.to_owned()));
    }
    Ok(Value::from(text))
}

fn list(node: &Value, text: &str) -> Result<Value, ValueError> {
    if text.trim_start().starts_with('[') {
        return yaml(text);
    }
    let item = node.get("items").unwrap_or(&Value::Null);
    let entries = text
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty());
    entries.map(|entry| typed(item, entry)).collect()
}

fn yaml(text: &str) -> Result<Value, ValueError> {
    match Document::parse("value", text.as_bytes().to_vec()) {
        Ok(source) => Ok(source.value),
        Err(problems) => Err(ValueError::NotYaml(text.to_owned(), problems)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn the_schema_types_the_value() {
        for (text, path, value) in [
            ("shortname=orders", &["shortname"][..], json!("orders")),
            ("allocatedStorage=50", &["allocatedStorage"], json!("50")),
            (
                "backupRetentionPeriod=7",
                &["backupRetentionPeriod"],
                json!(7),
            ),
            ("monitoringInterval=0", &["monitoringInterval"], json!(0)),
            ("multiAz=true", &["multiAz"], json!(true)),
            ("engineVersion=16", &["engineVersion"], json!("16")),
            (
                "proxy.initQuery=SET a = 'b'",
                &["proxy", "initQuery"],
                json!("SET a = 'b'"),
            ),
            (
                "proxy.idleClientTimeout=60",
                &["proxy", "idleClientTimeout"],
                json!(60),
            ),
            (
                "parameters.rds.log_retention_period=10",
                &["parameters", "rds.log_retention_period"],
                json!("10"),
            ),
            (
                "logExports=upgrade, postgresql",
                &["logExports"],
                json!(["upgrade", "postgresql"]),
            ),
            ("logExports=[upgrade]", &["logExports"], json!(["upgrade"])),
            ("logExports=", &["logExports"], json!([])),
            ("tags={team: agora}", &["tags"], json!({"team": "agora"})),
        ] {
            let assignment = parse(text).unwrap();
            assert_eq!(
                (assignment.path.as_slice(), assignment.value),
                (
                    path.iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .as_slice(),
                    value
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn a_slip_is_answered_with_the_right_word() {
        for (text, message) in [
            ("shortname", "`shortname` is not KEY=VALUE"),
            (
                "instanceclass=x",
                "there is no key `instanceclass`; did you mean `instanceClass`?",
            ),
            (
                "proxy.initquery=x",
                "there is no key `initquery` in `proxy.initquery`; did you mean `initQuery`?",
            ),
            ("port.x=1", "`port` has no keys of its own"),
            ("port=high", "`port`: `high` is not a whole number"),
            ("multiAz=yes", "`multiAz`: `yes` is not true or false"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), message);
        }
        let error = parse("logExports=[upgrade").unwrap_err().to_string();
        assert!(error.starts_with("`logExports`: `[upgrade` is not YAML"));
    }
}
