//! What a change of one argument does to a database: a table of facts, and the search in it.

mod aurora;
mod consumer;
mod network;
mod rds;
mod shared;

use std::collections::BTreeMap;

use crate::{
    aws::{engine, engine_version::EngineVersion},
    config::Effect,
    terraform::{diff::ArgumentDiff, read::Value},
};

/// How much a change hurts, from nothing to the worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// Nothing happens in AWS.
    #[default]
    None,
    /// AWS changes it while it runs.
    InPlace,
    /// Something restarts.
    Reboot,
    /// Clients are cut off for minutes.
    Downtime,
    /// Something is destroyed and made anew.
    Replace,
    /// Data is gone.
    DataLoss,
}

impl Impact {
    /// Every grade, the worst last.
    pub const ALL: [Self; 6] = [
        Self::None,
        Self::InPlace,
        Self::Reboot,
        Self::Downtime,
        Self::Replace,
        Self::DataLoss,
    ];

    /// The grade as the command line spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::InPlace => "in-place",
            Self::Reboot => "reboot",
            Self::Downtime => "downtime",
            Self::Replace => "replace",
            Self::DataLoss => "data-loss",
        }
    }
}

/// The worst grade that an acknowledgement lets pass; none for one that is about something else.
#[must_use]
pub const fn allowed(effect: Effect) -> Option<Impact> {
    match effect {
        Effect::Reboot => Some(Impact::Reboot),
        Effect::Downtime => Some(Impact::Downtime),
        Effect::Replace => Some(Impact::Replace),
        Effect::DataLoss => Some(Impact::DataLoss),
        Effect::Connection | Effect::Drift => None,
    }
}

/// When AWS does something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Happens {
    /// With the apply.
    #[default]
    Now,
    /// With the next restart of the database, which somebody has to make.
    Restart,
    /// In the maintenance window, unless the root says `apply_immediately`.
    Window,
}

impl Happens {
    /// Every moment.
    pub const ALL: [Self; 3] = [Self::Now, Self::Restart, Self::Window];

    /// The moment in a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Restart => "restart",
            Self::Window => "window",
        }
    }
}

/// When a row of the table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Whatever the values.
    Always,
    /// A value where none was.
    Set,
    /// No value where one was.
    Unset,
    /// A smaller number.
    Lower,
    /// From below a number to it, or above.
    Reaches(u64),
    /// From 0 to more.
    FromZero,
    /// From more to 0.
    ToZero,
    /// Another major version.
    Major,
    /// Only more entries in a list.
    Grows,
    /// A list of things in which each stays at its place: only what else is said of them changes.
    SameNames,
    /// An entry that counts only after a restart is changed.
    Static,
}

/// One fact: what happens when an argument of a module changes.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The module's label in a root, or the kind of another block.
    pub block: &'static str,
    /// The argument.
    pub argument: &'static str,
    /// When the row holds; the first one that does counts.
    pub when: When,
    /// How much it hurts.
    pub grade: Impact,
    /// When it happens.
    pub happens: Happens,
    /// What the argument becomes in AWS.
    pub becomes: &'static str,
    /// Why it has this grade.
    pub why: &'static str,
    /// What to do instead; empty when there is nothing better.
    pub instead: &'static str,
    /// What clients know that becomes another.
    pub connection: &'static [&'static str],
    /// Addresses below the module that the provider destroys and makes anew.
    pub replaces: &'static [&'static str],
}

impl Row {
    const fn new(
        block: &'static str,
        argument: &'static str,
        when: When,
        grade: Impact,
        becomes: &'static str,
        why: &'static str,
    ) -> Self {
        Self {
            block,
            argument,
            when,
            grade,
            happens: Happens::Now,
            becomes,
            why,
            instead: "",
            connection: &[],
            replaces: &[],
        }
    }

    const fn instead(mut self, instead: &'static str) -> Self {
        self.instead = instead;
        self
    }

    const fn happens(mut self, happens: Happens) -> Self {
        self.happens = happens;
        self
    }

    const fn connection(mut self, connection: &'static [&'static str]) -> Self {
        self.connection = connection;
        self
    }

    const fn replaces(mut self, replaces: &'static [&'static str]) -> Self {
        self.replaces = replaces;
        self
    }

    fn holds(&self, delta: &ArgumentDiff) -> bool {
        let named =
            self.block == row_of(&delta.block) && [&delta.argument, "*"].contains(&self.argument);
        named && self.when.holds(delta)
    }
}

/// Every row, in the order in which they are tried.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    let of_units = rds::ROWS.iter().chain(aurora::ROWS).chain(network::ROWS);
    of_units.chain(shared::ROWS).chain(consumer::ROWS)
}

/// The row of a change. A change that the table does not know is taken for the worst.
#[must_use]
pub fn find(delta: &ArgumentDiff) -> &'static Row {
    rows().find(|row| row.holds(delta)).unwrap_or(&UNKNOWN)
}

/// The row of a change of an attribute of a resource such as `aws_db_instance.this`, as the provider names it; none when the
/// table does not know it.
#[must_use]
pub fn of_attribute(
    resource: &str,
    attribute: &str,
    old: Option<&Value>,
    new: Option<&Value>,
) -> Option<&'static Row> {
    let becomes = format!("{resource}.{attribute}");
    let is_it = |row: &&Row| {
        let delta = ArgumentDiff {
            address: String::new(),
            block: row.block.to_owned(),
            argument: row.argument.to_owned(),
            old: old.cloned(),
            new: new.cloned(),
        };
        row.becomes == becomes && row.holds(&delta)
    };
    rows().find(is_it)
}

/// What an argument becomes in AWS; empty when the table does not know it.
#[must_use]
pub fn becomes(block: &str, argument: &str) -> &'static str {
    let named = |row: &&Row| {
        row.when == When::Always
            && row.block == row_of(block)
            && [argument, "*"].contains(&row.argument)
    };
    rows().find(named).map_or("", |row| row.becomes)
}

/// Modules of ways to a database, which hold no data.
const WAYS: [&str; 2] = ["endpoint_service", "nlb"];

/// What it means that nothing calls a module any more, and why.
#[must_use]
pub fn of_goodbye(module: &str) -> (Impact, &'static str) {
    if WAYS.contains(&module) {
        let why = "the call is gone: the way to the database is destroyed, with the names that clients know it by";
        return (Impact::Replace, why);
    }
    let why = "the call is gone: everything that the module holds is destroyed";
    (Impact::DataLoss, why)
}

static UNKNOWN: Row = Row::new(
    "*",
    "*",
    When::Always,
    Impact::DataLoss,
    "",
    "nothing is known about this argument, so the worst is assumed",
);

impl When {
    fn holds(self, delta: &ArgumentDiff) -> bool {
        let (old, new) = (delta.old.as_ref(), delta.new.as_ref());
        let number = |value: Option<&Value>| value.and_then(Value::as_number);
        let (from, to) = (number(old), number(new));
        match self {
            Self::Always => true,
            Self::Set => old.is_none() && new.is_some(),
            Self::Unset => old.is_some() && new.is_none(),
            Self::Lower => from.zip(to).is_some_and(|(from, to)| to < from),
            Self::Reaches(least) => from
                .zip(to)
                .is_some_and(|(from, to)| from < least && least <= to),
            Self::FromZero => from == Some(0) && to != Some(0),
            Self::ToZero => to == Some(0),
            Self::Major => major(old) != major(new),
            Self::Grows => grows(old, new),
            Self::SameNames => identifiers(old).is_some() && identifiers(old) == identifiers(new),
            Self::Static => restarts(old, new),
        }
    }
}

/// The block whose rows hold: the way to readers is made of the same modules as the one to the writer.
fn row_of(block: &str) -> &str {
    block.strip_suffix("_read_only").unwrap_or(block)
}

/// The major of a version, whichever engine it is of; of one that nobody knows, the version itself.
fn major(value: Option<&Value>) -> Option<EngineVersion> {
    let version: EngineVersion = value?.as_text()?.parse().ok()?;
    Some(engine::major_of(version).unwrap_or(version))
}

fn grows(old: Option<&Value>, new: Option<&Value>) -> bool {
    match (old, new) {
        (Some(Value::List(old)), Some(Value::List(new))) => {
            old.iter().all(|item| new.contains(item))
        }
        (Some(Value::Map(old)), Some(Value::Map(new))) => {
            old.iter().all(|(key, value)| new.get(key) == Some(value))
        }
        (None, Some(_)) => true,
        _ => false,
    }
}

/// What the entries of a list are called, when each is called something.
fn identifiers(value: Option<&Value>) -> Option<Vec<&str>> {
    let Some(Value::List(items)) = value else {
        return None;
    };
    let names = items.iter().map(|item| match item {
        Value::Map(fields) => fields.get("identifier")?.as_text(),
        _ => None,
    });
    names.collect()
}

/// Whether a parameter that counts only after a restart is among those that differ.
fn restarts(old: Option<&Value>, new: Option<&Value>) -> bool {
    let entries = |value: Option<&Value>| match value {
        Some(Value::Map(entries)) => entries.clone(),
        _ => BTreeMap::new(),
    };
    let (old, new) = (entries(old), entries(new));
    let is_static = |value: &Value| match value {
        Value::Map(fields) => {
            fields.get("apply_method").and_then(Value::as_text) == Some("pending-reboot")
        }
        _ => false,
    };
    let differs = |(key, _): &(&String, &Value)| old.get(*key) != new.get(*key);
    old.iter()
        .chain(&new)
        .filter(differs)
        .any(|(_, value)| is_static(value))
}
