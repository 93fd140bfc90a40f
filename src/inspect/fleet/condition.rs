//! Which units of a fleet are meant.

use std::{collections::BTreeSet, error, fmt};

use serde_json::Value;
use wildmatch::WildMatch;

use super::{Fleet, Unit};
use crate::{
    aws::{engine_version::EngineVersion, instance_class::InstanceClass},
    config::{
        assignment::{AssignmentError, Key, find_key},
        schema,
    },
    text::{date::Date, suggest},
};

/// What is true of every unit that is meant.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    /// Values of keys.
    pub values: Vec<Condition>,
    /// Tags.
    pub tags: Vec<Tag>,
    /// Keys whose values differ from what would hold without them.
    pub deviates: Vec<Deviates>,
    /// The day before which standard support ends. It may, when nobody knows its end.
    pub support_ends_before: Option<Date>,
}

/// A key that has a value, or has not.
#[derive(Clone, Debug)]
pub struct Condition {
    key: What,
    is_not: bool,
    wanted: String,
}

/// What has the value.
#[derive(Clone, Debug)]
enum What {
    /// The environment of a unit.
    Environment,
    /// Where its root takes the shared modules from.
    Modules,
    /// A key of its config.
    Key(Key),
}

/// A tag, with any value or with one.
#[derive(Clone, Debug)]
pub struct Tag {
    key: String,
    value: Option<String>,
}

/// A key, or a group of keys, that deviates.
#[derive(Clone, Debug)]
pub struct Deviates(Vec<String>);

/// Why a text is no condition.
#[derive(Debug)]
pub enum ConditionError {
    /// It has no `=`.
    NoPair(String),
    /// There is no such key.
    Key(AssignmentError),
    /// No unit has an entry of this name.
    NoEntry {
        /// What has entries: `tags`, or `parameters`.
        of: &'static str,
        /// The name.
        name: String,
        /// What to write instead.
        help: String,
    },
    /// The key can have no such value.
    Value {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// What to write instead.
        help: String,
    },
    /// Every config says the key for itself.
    NoDefault(String),
}

impl fmt::Display for ConditionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPair(text) => write!(f, "`{text}` is not KEY=VALUE or KEY!=VALUE"),
            Self::Key(error) => write!(f, "{error}"),
            Self::NoEntry { of, name, help } => {
                write!(f, "no unit has `{name}` among its `{of}`{help}")
            }
            Self::Value { key, value, help } => {
                write!(f, "`{key}` is never `{value}`; {help}")
            }
            Self::NoDefault(key) => write!(
                f,
                "`{key}` has no default that a config could deviate from: every config says it for itself"
            ),
        }
    }
}

impl error::Error for ConditionError {}

impl Conditions {
    /// Leaves the units of a fleet that are meant.
    pub fn apply(&self, fleet: &mut Fleet) {
        fleet.units.retain(|unit| self.hold_for(unit));
    }

    fn hold_for(&self, unit: &Unit) -> bool {
        let ends_before = |day: Date| unit.support_ends.is_none_or(|ends| ends < day);
        self.values.iter().all(|one| one.holds_for(unit))
            && self.tags.iter().all(|one| one.holds_for(unit))
            && self.deviates.iter().all(|one| one.holds_for(unit))
            && self.support_ends_before.is_none_or(ends_before)
    }
}

impl Condition {
    /// Reads `KEY=VALUE` or `KEY!=VALUE`. In a value `*` stands for any characters; an empty one for none.
    ///
    /// # Errors
    /// When no unit of the fleet could have the key or the value.
    pub fn parse(text: &str, fleet: &Fleet) -> Result<Self, ConditionError> {
        let no_pair = || ConditionError::NoPair(text.to_owned());
        let (key, wanted) = text.split_once('=').ok_or_else(no_pair)?;
        let (key, is_not) = match key.strip_suffix('!') {
            Some(key) => (key.trim(), true),
            None => (key.trim(), false),
        };
        let what = match key {
            "environment" => What::Environment,
            "modules" => What::Modules,
            _ => What::Key(find(key, fleet)?),
        };
        let condition = Self {
            key: what,
            is_not,
            wanted: wanted.trim().to_owned(),
        };
        condition.check(key, fleet)?;
        Ok(condition)
    }

    /// That the key can have the value: a unit has it, or could.
    fn check(&self, key: &str, fleet: &Fleet) -> Result<(), ConditionError> {
        let wanted = &self.wanted;
        if wanted.is_empty() || wanted.contains('*') {
            return Ok(());
        }
        if fleet.units.iter().any(|unit| self.is_met_by(unit)) {
            return Ok(());
        }
        let help = match &self.key {
            What::Environment => {
                let names = fleet.environments.iter().map(|one| &one.name);
                one_of(wanted, &names.collect::<Vec<_>>())
            }
            What::Modules => {
                let sources = fleet.environments.iter().map(|one| &one.modules.written);
                one_of(
                    wanted,
                    &sources
                        .collect::<BTreeSet<_>>()
                        .into_iter()
                        .collect::<Vec<_>>(),
                )
            }
            What::Key(known) => objection(known, wanted, fleet),
        };
        help.map_or(Ok(()), |help| {
            Err(ConditionError::Value {
                key: key.to_owned(),
                value: wanted.clone(),
                help,
            })
        })
    }

    fn holds_for(&self, unit: &Unit) -> bool {
        self.is_met_by(unit) != self.is_not
    }

    fn is_met_by(&self, unit: &Unit) -> bool {
        match &self.key {
            What::Environment => is_alike(&unit.database.environment.name, &self.wanted),
            What::Modules => is_alike(&unit.database.environment.modules.written, &self.wanted),
            What::Key(Key { path, .. }) => {
                if path.iter().eq(["engineVersion"])
                    && let Ok(wanted) = self.wanted.parse::<EngineVersion>()
                {
                    return unit.database.engine_version.value.is_of(wanted);
                }
                let mut values = unit.values(path).peekable();
                if values.peek().is_none() {
                    return self.wanted.is_empty();
                }
                values.any(|value| has(value, &self.wanted))
            }
        }
    }

    /// What to say when no unit meets it, though one could: of a slip of the finger.
    #[must_use]
    pub fn hint(&self, fleet: &Fleet) -> Option<String> {
        let What::Key(Key { path, .. }) = &self.key else {
            return None;
        };
        if self.wanted.is_empty() || fleet.units.iter().any(|unit| self.is_met_by(unit)) {
            return None;
        }
        let values = fleet.units.iter().flat_map(|unit| unit.values(path));
        let known: BTreeSet<_> = values.flat_map(scalars).collect();
        let known: Vec<_> = known.into_iter().collect();
        let (key, wanted) = (path.join("."), &self.wanted);
        let help = suggest::hint("", wanted, &known);
        Some(format!("no unit has `{wanted}` as its `{key}`{help}"))
    }
}

impl Tag {
    /// Reads `KEY` or `KEY=VALUE`.
    ///
    /// # Errors
    /// When no unit has the tag.
    pub fn parse(text: &str, fleet: &Fleet) -> Result<Self, ConditionError> {
        let (key, value) = match text.split_once('=') {
            Some((key, value)) => (key, Some(value.to_owned())),
            None => (text, None),
        };
        entry("tags", key, fleet)?;
        Ok(Self {
            key: key.to_owned(),
            value,
        })
    }

    fn holds_for(&self, unit: &Unit) -> bool {
        let tag = unit.database.tags.get(&self.key);
        tag.is_some_and(|tag| {
            let wanted = self.value.as_ref();
            wanted.is_none_or(|wanted| is_alike(&tag.value, wanted))
        })
    }
}

impl Deviates {
    /// Reads a key, or a group of keys.
    ///
    /// # Errors
    /// When there is no such key, or nothing else decides it.
    pub fn parse(text: &str, fleet: &Fleet) -> Result<Self, ConditionError> {
        let key = find(text, fleet)?;
        let settings = schema::WORKSPACE
            .document
            .pointer("/properties/defaults/properties");
        let first = key.path.first().map_or("", String::as_str);
        if settings.and_then(|known| known.get(first)).is_none() {
            return Err(ConditionError::NoDefault(text.to_owned()));
        }
        Ok(Self(key.path))
    }

    fn holds_for(&self, unit: &Unit) -> bool {
        let mut deviations = unit.deviations.iter();
        deviations.any(|one| one.key.starts_with(&self.0))
    }
}

/// A key of a config; of `tags` and `parameters` one that there is.
fn find(text: &str, fleet: &Fleet) -> Result<Key, ConditionError> {
    let key = find_key(text).map_err(ConditionError::Key)?;
    match key.path.as_slice() {
        [map, name] if map == "tags" => entry("tags", name, fleet)?,
        [map, name] if map == "parameters" && !is_parameter(name, fleet) => {
            entry("parameters", name, fleet)?;
        }
        _ => {}
    }
    Ok(key)
}

fn is_parameter(name: &str, fleet: &Fleet) -> bool {
    let mut facts = fleet.units.iter().map(|unit| unit.database.facts());
    facts.any(|facts| facts.parameter(name).is_some() || facts.is_of_extension(name))
}

/// That a unit has an entry of a name.
fn entry(of: &'static str, name: &str, fleet: &Fleet) -> Result<(), ConditionError> {
    let entries = fleet.units.iter().flat_map(|unit| &unit.entries);
    let known: BTreeSet<&String> = entries
        .filter_map(|entry| match entry.key.as_slice() {
            [map, name] if map == of => Some(name),
            _ => None,
        })
        .collect();
    if known.contains(&name.to_owned()) {
        return Ok(());
    }
    let known: Vec<_> = known.into_iter().collect();
    let help = if known.is_empty() {
        String::new()
    } else {
        format!("; {}", suggest::question_or_list(name, &known, "there are"))
    };
    Err(ConditionError::NoEntry {
        of,
        name: name.to_owned(),
        help,
    })
}

/// What to write instead of a value that a key can never have.
fn objection(key: &Key, wanted: &str, fleet: &Fleet) -> Option<String> {
    let node = key.node.get("items").unwrap_or(key.node);
    let is = |kind: &str| match node.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|known| known == kind),
        Some(known) => known == kind,
        None => false,
    };
    let path: Vec<_> = key.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["clusters"] => {
            let clusters = fleet
                .environments
                .iter()
                .map(|one| one.spec.clusters.keys());
            let names: BTreeSet<_> = clusters.flatten().collect();
            return one_of(wanted, &names.into_iter().collect::<Vec<_>>());
        }
        ["engineVersion"] => {
            let error = wanted.parse::<EngineVersion>().err()?;
            return Some(error.to_string());
        }
        ["instanceClass"] => {
            let class = match wanted.parse::<InstanceClass>() {
                Ok(class) => class,
                Err(error) => return Some(error.to_string()),
            };
            let unknown = class.capacity().err()?;
            let known = suggest::question_or_list(&unknown.part, &unknown.known, "there are");
            return Some(format!("{unknown}: {known}"));
        }
        _ => {}
    }
    let words = schema::words(node);
    if !words.is_empty() {
        return one_of(wanted, &words);
    }
    if is("boolean") {
        return one_of(wanted, &["true", "false"]);
    }
    let is_number = wanted.parse::<u64>().is_ok();
    (is("integer") && !is_number).then(|| "it is a whole number".to_owned())
}

/// What to write instead of a word that is none of these.
fn one_of(typed: &str, known: &[impl AsRef<str>]) -> Option<String> {
    let is_known = known.iter().any(|word| word.as_ref() == typed);
    (!is_known).then(|| suggest::question_and_list(typed, known, "the values are"))
}

/// Whether a value is what is wanted, or has it somewhere.
fn has(value: &Value, wanted: &str) -> bool {
    let scalars = scalars(value);
    if wanted.is_empty() {
        return scalars.iter().all(String::is_empty);
    }
    scalars.iter().any(|text| is_alike(text, wanted))
}

fn is_alike(text: &str, wanted: &str) -> bool {
    if wanted.contains('*') {
        WildMatch::new(wanted).matches(text)
    } else {
        text == wanted
    }
}

/// Everything in a value that has no parts.
fn scalars(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(scalars).collect(),
        Value::Object(map) => map.values().flat_map(scalars).collect(),
        other => vec![other.to_string()],
    }
}
