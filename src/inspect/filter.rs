//! Which databases are meant, by the values in force.

use std::collections::BTreeSet;

use serde_json::Value;
use wildmatch::WildMatch;

use super::resolved;
use crate::{model::Database, text::suggest};

/// A key and the value that it has, with `*` for any characters.
#[derive(Clone, Debug)]
pub struct Filter {
    key: String,
    wanted: WildMatch,
}

/// The key that is no key of a config.
const ENVIRONMENT: &str = "environment";

impl Filter {
    /// Reads `KEY=VALUE`.
    ///
    /// # Errors
    /// In words, when it is not that, or none of the databases has such a key.
    pub fn parse(text: &str, databases: &[Database]) -> Result<Self, String> {
        let pair = text.split_once('=');
        let (key, wanted) = pair.ok_or_else(|| format!("`{text}` is not KEY=VALUE"))?;
        let mut known: BTreeSet<String> = databases.iter().flat_map(keys).collect();
        known.insert(ENVIRONMENT.to_owned());
        if !known.contains(key) {
            let known: Vec<_> = known.into_iter().collect();
            let help = suggest::hint("", key, &known);
            return Err(format!("no database has a key `{key}`{help}"));
        }
        Ok(Self {
            key: key.to_owned(),
            wanted: WildMatch::new(wanted),
        })
    }

    /// Whether it holds for a database.
    #[must_use]
    pub fn holds(&self, database: &Database) -> bool {
        if self.key == ENVIRONMENT {
            return self.wanted.matches(&database.environment.name);
        }
        let entries = resolved::entries(database).into_iter();
        let mut values = entries.filter(|entry| entry.key.join(".") == self.key);
        values.any(|entry| self.matches(&entry.value))
    }

    fn matches(&self, value: &Value) -> bool {
        match value {
            Value::Array(items) => items.iter().any(|item| self.matches(item)),
            Value::String(text) => self.wanted.matches(text),
            Value::Null => self.wanted.matches(""),
            other => self.wanted.matches(&other.to_string()),
        }
    }
}

fn keys(database: &Database) -> impl Iterator<Item = String> {
    let entries = resolved::entries(database).into_iter();
    entries.map(|entry| entry.key.join("."))
}
