//! What taking a database over does to it, attribute by attribute: what the apply would change, and whether it may.

mod table;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    aws::{engine, engine_version::EngineVersion},
    terraform::plan::{Change, Values},
};

use table::{Keep, When};

pub use table::{Row, TABLES};

/// What becomes of an attribute when it is taken over, from nothing to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Only Terraform's state changes.
    TerraformOnly,
    /// AWS changes something that nobody notices.
    Harmless,
    /// AWS changes something: the config has to keep it as it is, or to say that the change is meant.
    Decision,
    /// It must not change while the instance is taken over.
    Forbidden,
}

impl Class {
    /// The class in a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TerraformOnly => "terraform-only",
            Self::Harmless => "harmless",
            Self::Decision => "decision",
            Self::Forbidden => "forbidden",
        }
    }
}

/// An attribute that differs between an instance and the config that takes it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// As the provider names it.
    pub name: String,
    /// What becomes of it.
    pub class: Class,
    /// The value before, as far as it may be read.
    pub before: String,
    /// The value after, as far as it is known and may be read.
    pub after: String,
    /// The key of the config that decides it; empty when none does.
    pub key: &'static str,
    /// Why it has this class, and what to do.
    pub words: String,
}

/// What taking an instance over comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// How many attributes stay as they are.
    pub same: usize,
    /// The others, by name.
    pub attributes: Vec<Attribute>,
}

/// An instance on both sides of its import.
struct Sides<'a> {
    before: &'a Values,
    after: &'a Values,
    /// The security groups that its root keeps beside the database's own.
    groups: &'a BTreeSet<&'a str>,
}

/// What the import of a resource of a type changes. `groups` are the security groups that the planned root keeps beside the database's
/// own: a plan does not show them, because the id of that one is only known after the apply. None when the plan does not say
/// what the instance is before and after.
#[must_use]
pub fn differences(kind: &str, change: &Change, groups: &BTreeSet<&str>) -> Option<Differences> {
    let sides = Sides {
        before: change.before.as_ref()?,
        after: change.after.as_ref()?,
        groups,
    };
    let unknown = change.after_unknown.as_object();
    let mut names: BTreeSet<&String> = sides.before.keys().chain(sides.after.keys()).collect();
    names.extend(unknown.into_iter().flat_map(|unknown| unknown.keys()));
    let mut found = Differences::default();
    for name in names {
        let is_unknown = unknown
            .and_then(|unknown| unknown.get(name))
            .is_some_and(holds_true);
        let (before, after) = (side(sides.before, name), side(sides.after, name));
        if !is_unknown && before == after {
            found.same += 1;
            continue;
        }
        let row = table::find(kind, name, |when| sides.holds(when, name, is_unknown));
        let is_secret = |marks: &Value| marks.get(name).is_some_and(holds_true);
        let shown = |value: &Value, marks: &Value| match value {
            _ if is_secret(marks) => "(sensitive)".to_owned(),
            Value::Null => "nothing".to_owned(),
            value => value.to_string(),
        };
        found.attributes.push(Attribute {
            name: name.clone(),
            class: row.class,
            before: shown(before, &change.before_sensitive),
            after: if is_unknown {
                "(known after apply)".to_owned()
            } else {
                shown(after, &change.after_sensitive)
            },
            key: row.key,
            words: sides.words(row, name),
        });
    }
    Some(found)
}

/// A value; nothing for what stands for none: Terraform's providers do not tell these apart.
fn side<'a>(values: &'a Values, name: &str) -> &'a Value {
    const NOTHING: &Value = &Value::Null;
    match values.get(name) {
        None => NOTHING,
        Some(Value::String(text)) if text.is_empty() => NOTHING,
        Some(Value::Array(items)) if items.is_empty() => NOTHING,
        Some(Value::Object(entries)) if entries.is_empty() => NOTHING,
        Some(value) => value,
    }
}

/// Whether any part of a mark is set.
fn holds_true(mark: &Value) -> bool {
    match mark {
        Value::Bool(mark) => *mark,
        Value::Array(marks) => marks.iter().any(holds_true),
        Value::Object(marks) => marks.values().any(holds_true),
        _ => false,
    }
}

fn texts(value: &Value) -> BTreeSet<&str> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).collect()
}

impl Sides<'_> {
    fn holds(&self, when: When, name: &str, is_unknown: bool) -> bool {
        let (before, after) = (side(self.before, name), side(self.after, name));
        let is_higher = |(from, to): (f64, f64)| from > 0.0 && from < to;
        match when {
            When::Always => true,
            When::SecretIsThere => !side(self.before, "master_user_secret").is_null(),
            When::KeepsGroups => {
                let kept = if is_unknown {
                    self.groups.clone()
                } else {
                    texts(after)
                };
                // An instance is always in one; who does not say in which keeps none.
                before.is_array() && texts(before).is_subset(&kept)
            }
            When::FromNothing => before.is_null(),
            _ if is_unknown => false,
            When::FromNothingToFalse => before.is_null() && *after == Value::Bool(false),
            When::Higher => before.as_f64().zip(after.as_f64()).is_some_and(is_higher),
            When::KeepsEntries => match (self.before.get(name), after) {
                (Some(Value::Object(before)), Value::Object(after)) => before
                    .iter()
                    .all(|(key, value)| after.get(key) == Some(value)),
                (Some(Value::Object(before)), _) => before.is_empty(),
                _ => false,
            },
        }
    }

    /// Why, and what to do.
    fn words(&self, row: &Row, name: &str) -> String {
        let keep = self.keep(row, name).map(|keep| format!("write {keep}"));
        match row.class {
            Class::TerraformOnly | Class::Harmless => row.why.to_owned(),
            Class::Decision => {
                let keep = keep.unwrap_or_else(|| format!("leave `{}` out", row.key));
                format!(
                    "{}; to keep it as it is, {keep}; to have it changed, allow `drift` of `{}`",
                    row.why, row.key
                )
            }
            Class::Forbidden => match keep {
                Some(keep) => format!("{}; {keep}", row.why),
                None => format!(
                    "{}; if its config was right, the instance has changed since it was described: adopt it again",
                    row.why
                ),
            },
        }
    }

    /// What to write in the config so that an attribute stays as it is.
    fn keep(&self, row: &Row, name: &str) -> Option<String> {
        let before = side(self.before, name);
        let text = match row.keep {
            Keep::Nothing => return None,
            Keep::ValueOrZero if before.is_null() => "0".to_owned(),
            Keep::ValueOrNone if before.is_null() => "[]".to_owned(),
            Keep::Value | Keep::ValueOrZero | Keep::ValueOrNone => inline(before)?,
            Keep::Days => match side(self.before, "performance_insights_enabled") {
                Value::Bool(true) => {
                    inline(side(self.before, "performance_insights_retention_period"))?
                }
                _ => "0".to_owned(),
            },
            Keep::Major => {
                let version: EngineVersion = before.as_str()?.parse().ok()?;
                let major = engine::major_of(version).unwrap_or(version);
                format!("\"{major}\"")
            }
            Keep::ExtendedSupport => {
                (before.as_str() == Some("open-source-rds-extended-support")).to_string()
            }
            Keep::Capacity => {
                let bounds = before.get(0)?;
                let [most, least] =
                    ["max_capacity", "min_capacity"].map(|name| inline(bounds.get(name)?));
                format!("{}`, `minCapacity: {}", most?, least?)
            }
            Keep::Entries => {
                let after = side(self.after, name);
                let gone = before.as_object()?.iter();
                let gone = gone.filter(|(key, value)| after.get(key) != Some(value));
                let gone = gone.map(|(key, value)| Some(format!("{key:?}: {}", inline(value)?)));
                let gone = gone.collect::<Option<Vec<_>>>()?;
                if gone.is_empty() {
                    return None;
                }
                format!("{{{}}}", gone.join(", "))
            }
        };
        Some(format!("`{}: {text}`", row.key))
    }
}

/// A value as YAML on one line; none for what no key takes.
fn inline(value: &Value) -> Option<String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    match value {
        Value::String(text)
            if text.starts_with(char::is_alphabetic) && text.chars().all(is_plain) =>
        {
            Some(text.clone())
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Some(value.to_string()),
        Value::Array(items) => {
            let items = items.iter().map(inline).collect::<Option<Vec<_>>>()?;
            Some(format!("[{}]", items.join(", ")))
        }
        Value::Null | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
