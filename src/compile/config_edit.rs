//! A config that is being made or changed: its text with values set in it, and what is wrong with that text.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    compile::{self, fix},
    config::assignment::Assignment,
    diagnostic::{Checked, Diagnostics, Problem, rule},
    model::{Database, Environment, world::World},
    rules::fleet,
    yaml::{Document, edit},
};

/// What a draft is made in.
pub struct ConfigEdit<'a> {
    /// Every environment.
    pub environments: &'a [Arc<Environment>],
    /// The one that the config is for.
    pub environment: &'a Arc<Environment>,
    /// Path of the config inside the workspace.
    pub path: String,
    /// Its text so far, if the file is there.
    pub old: Option<String>,
    /// The other units of the workspace.
    pub others: Vec<Database>,
    /// The day, and the databases that are there.
    pub world: World<'a>,
}

/// What the text of a draft comes to.
#[derive(Debug)]
pub struct Verdict {
    /// The unit, when the text has the right shape.
    pub database: Option<Database>,
    /// Everything wrong with it, or with the workspace because of it.
    pub problems: Diagnostics,
    /// Keys that a later version may know; they are kept.
    pub unknown: Vec<String>,
}

impl ConfigEdit<'_> {
    /// The values in the old text.
    ///
    /// # Errors
    /// When it is not YAML, or not a mapping.
    pub fn values(&self) -> Checked<serde_json::Map<String, Value>> {
        let Some(old) = &self.old else {
            return Ok(serde_json::Map::new());
        };
        let source = Document::parse(&self.path, old.as_bytes().to_vec())?;
        match &source.value {
            Value::Object(map) => Ok(map.clone()),
            Value::Null => Ok(serde_json::Map::new()),
            _ => {
                let message = "the file is not a mapping of keys to values";
                Err(source.problem(&rule::WRONG_TYPE, "", message).into())
            }
        }
    }

    /// The text with these values. A value that is there already stays as it is written; a new text starts with the
    /// line that gives editors the schema, and its keys stand in the order of their names.
    ///
    /// # Errors
    /// When the old text is not YAML, or a value cannot be set in place.
    pub fn text(&self, assignments: &[Assignment]) -> Checked<String> {
        let values = Value::Object(self.values()?);
        let mut assignments: Vec<_> = assignments.iter().collect();
        if self.old.is_none() {
            assignments.sort_by(|a, b| a.path.cmp(&b.path));
        }
        let old = self.old.clone();
        let mut text = old.unwrap_or_else(|| fix::modeline(&self.path));
        for Assignment { path, value } in assignments {
            let keys: Vec<_> = path.iter().map(String::as_str).collect();
            let old = keys.iter().try_fold(&values, |at, key| at.get(key));
            let Some(value) = changed(old, value) else {
                continue;
            };
            text = edit::set(&text, &keys, &value).map_err(|refused| {
                let source = Document::parse(&self.path, text.clone().into_bytes());
                let problem = |source: Document| {
                    let pointer = format!("/{}#", keys.first().unwrap_or(&""));
                    source
                        .problem(&rule::WRONG_TYPE, &pointer, refused.to_string())
                        .into()
                };
                source.map_or_else(|problems| problems, problem)
            })?;
        }
        Ok(text)
    }

    /// The usual keys, with the values in force, where `assignments` and the old text lack them.
    #[must_use]
    pub fn defaults(&self, text: &str) -> Vec<Assignment> {
        let (database, ..) = self.compile(text);
        let written = Document::parse(&self.path, text.as_bytes().to_vec());
        let written = written.map_or(Value::Null, |source| source.value);
        let keys = database.as_ref().map(fleet_keys).into_iter().flatten();
        keys.filter(|(key, _)| written.get(key).is_none())
            .map(|(key, value)| Assignment {
                path: vec![key.to_owned()],
                value,
            })
            .collect()
    }

    /// Compiles a text in the midst of the other units.
    pub fn check(&mut self, text: &str) -> Verdict {
        let before = self.old.clone().and_then(|old| self.compile(&old).0);
        let (_, before) = self.with(before);
        let (database, mut problems, unknown) = self.compile(text);
        let (database, after) = self.with(database);
        let is_new = |problem: &Problem| {
            let known = |old: &Problem| {
                old.rule.code == problem.rule.code && old.message == problem.message
            };
            !before.iter().any(known)
        };
        problems.extend(after.into_iter().filter(is_new));
        Verdict {
            database,
            problems,
            unknown,
        }
    }

    fn compile(&self, text: &str) -> (Option<Database>, Diagnostics, Vec<String>) {
        let bytes = text.as_bytes().to_vec();
        compile::tolerant(self.environment, &self.path, bytes, self.world)
    }

    /// What units do to each other when this one is among them.
    fn with(&mut self, database: Option<Database>) -> (Option<Database>, Vec<Problem>) {
        let Some(database) = database else {
            return (None, Vec::new());
        };
        self.others.push(database);
        let problems = fleet::check(self.environments, &self.others, self.world);
        (self.others.pop(), problems)
    }
}

/// The value to write over an old one, in the old one's type where two are allowed; none when nothing changes.
fn changed(old: Option<&Value>, new: &Value) -> Option<Value> {
    let new = match (old, new) {
        (Some(Value::Number(_)), Value::String(text)) => text
            .parse::<u64>()
            .map_or_else(|_| new.clone(), Value::from),
        _ => new.clone(),
    };
    (old != Some(&new)).then_some(new)
}

/// The keys that every file of the existing fleet has, in the fleet's types.
fn fleet_keys(database: &Database) -> [(&'static str, Value); 11] {
    let text = |text: &str| Value::from(text);
    [
        (
            "allocatedStorage",
            database.allocated_storage.value.to_string().into(),
        ),
        (
            "backupRetentionPeriod",
            database.backup_retention_period.value.into(),
        ),
        ("backupWindow", json!(database.backup_window.value)),
        ("encrypted", database.encrypted.value.into()),
        ("iamRoleName", text(&database.iam_role_name.value)),
        ("instanceClass", json!(database.instance_class.value)),
        (
            "maintenanceWindow",
            json!(database.maintenance_window.value),
        ),
        ("namespace", text(&database.namespace.value)),
        (
            "serviceAccountName",
            text(&database.service_account_name.value),
        ),
        ("shortname", text(&database.shortname)),
        ("username", text(&database.username.value)),
    ]
}
