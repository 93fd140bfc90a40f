//! `key=value` as it is typed on a command line, read as the schema of the configs types the key.

use serde_json::Value;

use crate::{config::schema, text::suggest, yaml::Document};

/// A value for a key of a config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Keys from the outside in.
    pub path: Vec<String>,
    /// The value.
    pub value: Value,
}

/// Reads `key=value`. `proxy.initQuery` is a key of `proxy`; below `tags` and `parameters` the rest is one name,
/// dots included. A list is written `a,b` or `[a, b]`.
///
/// # Errors
/// With what is wrong with the key, or with a value that has not the type of the key.
pub fn parse(text: &str) -> Result<Assignment, String> {
    match text.split_once('=') {
        Some((key, value)) => assign(key.trim(), value),
        None => Err(format!("`{text}` is not KEY=VALUE")),
    }
}

/// A value for a key, as [`parse`] reads them.
///
/// # Errors
/// As [`parse`].
pub fn assign(key: &str, text: &str) -> Result<Assignment, String> {
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
            let names: Vec<_> = known.keys().collect();
            let known = below.is_some();
            if !known {
                return Err(unknown(key, name, &names));
            }
        } else if let Some(entries) = node.get("additionalProperties").filter(|it| it.is_object()) {
            (name, rest, below) = (ahead, None, Some(entries));
        } else {
            return Err(format!("`{}` has no keys of its own", path.join(".")));
        }
        path.push(name.to_owned());
        node = below.unwrap_or(&Value::Null);
    }
    let value = typed(node, text).map_err(|reason| format!("`{key}`: {reason}"))?;
    Ok(Assignment { path, value })
}

fn unknown(key: &str, name: &str, names: &[&String]) -> String {
    let hint = suggest::question_or_list(name, names, "the keys are");
    let inside = if key == name {
        String::new()
    } else {
        format!(" in `{key}`")
    };
    format!("there is no key `{name}`{inside}; {hint}")
}

fn typed(node: &Value, text: &str) -> Result<Value, String> {
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
            .map_err(|_| format!("`{text}` is not true or false"));
    }
    if is("integer") && !is("string") {
        let value = text.parse::<u64>();
        return value
            .map(Value::from)
            .map_err(|_| format!("`{text}` is not a whole number"));
    }
    Ok(Value::from(text))
}

fn list(node: &Value, text: &str) -> Result<Value, String> {
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

fn yaml(text: &str) -> Result<Value, String> {
    match Document::parse("value", text.as_bytes().to_vec()) {
        Ok(source) => Ok(source.value),
        Err(problems) => {
            let reason = problems.first().map_or("", |problem| &problem.message);
            Err(format!("`{text}` is not YAML: {reason}"))
        }
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
            assert_eq!(parse(text).unwrap_err(), message);
        }
        assert!(
            parse("logExports=[upgrade")
                .unwrap_err()
                .starts_with("`logExports`: `[upgrade` is not YAML")
        );
    }
}
