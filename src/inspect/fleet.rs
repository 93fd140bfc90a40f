//! All units of a workspace at a glance: each with every value, what differs from its environment, and what ends when.

mod condition;
mod order;

use std::{collections::BTreeMap, sync::Arc};

use rayon::prelude::*;
use serde_json::Value;

pub use condition::{Condition, ConditionError, Conditions, Deviates, Tag};
pub use order::{Order, OrderError};

use super::resolved::{self, Entry};
use crate::{
    aws::engine::Form,
    config::Waiver,
    diagnostic::{Diagnostics, Problem, report::plural},
    model::{Database, Environment, Origin, identity::UnitId, resolve},
    rules::{self, Usage},
    terraform::applied::Waiting,
    text::date::Date,
};

/// All units, and what they share.
#[derive(Debug)]
pub struct Fleet<'a> {
    /// The environments, by name.
    pub environments: &'a [Arc<Environment>],
    /// The units, by environment and namespace.
    pub units: Vec<Unit<'a>>,
    /// How much of each quota is used.
    pub quotas: Vec<Usage<'a>>,
    /// What is wrong, and about no unit alone.
    pub problems: Vec<&'a Problem>,
}

/// A unit: what every view of the fleet says about it is in here.
#[derive(Debug)]
pub struct Unit<'a> {
    /// The database itself.
    pub database: &'a Database,
    /// Every value in force, with its origin.
    pub entries: Vec<Entry>,
    /// What differs from what would hold without its config's word, by key.
    pub deviations: Vec<Deviation>,
    /// The last day of standard support; none when nobody knows it.
    pub support_ends: Option<Date>,
    /// What is wrong with it.
    pub problems: Vec<&'a Problem>,
    /// What AWS keeps for the maintenance window, as far as the record of the last apply tells.
    pub waiting: Option<&'a Waiting>,
}

/// A value that a config says, and that would be another one if it did not.
#[derive(Clone, Debug, PartialEq)]
pub struct Deviation {
    /// Keys from the outside in.
    pub key: Vec<String>,
    /// What is in force.
    pub value: Value,
    /// What would be; null when AWS would decide.
    pub instead_of: Value,
}

impl<'a> Fleet<'a> {
    /// The fleet of these databases, which are all. Problems are told of the unit whose file they are in.
    #[must_use]
    pub fn of(
        environments: &'a [Arc<Environment>],
        databases: &'a [Database],
        problems: &'a Diagnostics,
        waiting: &'a BTreeMap<UnitId, Waiting>,
    ) -> Self {
        let mut by_file: BTreeMap<&str, Vec<&Problem>> = BTreeMap::new();
        for problem in problems {
            let path = problem.span.file.path.as_str();
            by_file.entry(path).or_default().push(problem);
        }
        let unit = |database: &'a Database| {
            let found = by_file.get(database.file.path.as_str());
            let problems = found.cloned().unwrap_or_default();
            Unit::of(database, problems, waiting.get(&database.unit()))
        };
        let units: Vec<_> = databases.par_iter().map(unit).collect();
        for unit in &units {
            by_file.remove(unit.database.file.path.as_str());
        }
        Self {
            environments,
            units,
            quotas: rules::usage(environments, databases),
            problems: by_file.into_values().flatten().collect(),
        }
    }

    /// The quotas that an environment uses, the fullest first.
    #[must_use]
    pub fn quotas_of(&self, environment: &str) -> Vec<&Usage<'a>> {
        let quotas = self.quotas.iter();
        let mut own: Vec<_> = quotas
            .filter(|usage| usage.environments.contains(&environment))
            .collect();
        own.sort_by_key(|usage| std::cmp::Reverse(usage.percent()));
        own
    }
}

impl<'a> Unit<'a> {
    fn of(
        database: &'a Database,
        problems: Vec<&'a Problem>,
        waiting: Option<&'a Waiting>,
    ) -> Self {
        let entries = resolved::entries(database);
        Self {
            deviations: deviations(database, &entries),
            support_ends: support_ends(database),
            waiting: waiting.filter(|one| !one.is_empty()),
            database,
            entries,
            problems,
        }
    }

    /// The value of a key: of a group, or of a map, all that is below it.
    pub fn values<'b>(&'b self, path: &'b [String]) -> impl Iterator<Item = &'b Value> {
        self.entries.iter().filter_map(move |entry| {
            if entry.key.starts_with(path) {
                return Some(&entry.value);
            }
            // What an entry says as a whole may have keys of its own.
            let below = path.strip_prefix(entry.key.as_slice())?;
            below
                .iter()
                .try_fold(&entry.value, |value, key| value.get(key))
        })
    }

    /// Its waivers.
    #[must_use]
    pub fn waivers(&self) -> &'a [Waiver] {
        &self.database.waivers.value
    }

    /// The end of the waiver that ends first.
    #[must_use]
    pub fn waiver_ends(&self) -> Option<Date> {
        self.waivers().iter().map(|waiver| waiver.expires).min()
    }

    /// Who takes the place of its server, in a word: another instance, or the readers of a cluster.
    #[must_use]
    pub fn standby(&self) -> String {
        let database = self.database;
        match (database.facts().form, database.multi_az.value) {
            (Form::Cluster, _) => {
                plural(database.readers().try_into().unwrap_or_default(), "reader")
            }
            (Form::Instance, true) => "yes".to_owned(),
            (Form::Instance, false) => "no".to_owned(),
        }
    }
}

/// The end of standard support of its version: of the major, or of an exact version that AWS gives up earlier.
fn support_ends(database: &Database) -> Option<Date> {
    let version = database.engine_version.value;
    let major = database.facts().major(version)?;
    let closing = major.closing(version).map(|closed| closed.support);
    let ends = major.standard_support_ends;
    Some(closing.map_or(ends, |closing| closing.min(ends)))
}

/// What a config says otherwise than it would be without. A key that would have no value at all deviates from nothing.
fn deviations(database: &Database, entries: &[Entry]) -> Vec<Deviation> {
    let is_of_config = |entry: &&Entry| matches!(entry.origin, Origin::Config(_));
    if !entries.iter().any(|entry| is_of_config(&entry)) {
        return Vec::new();
    }
    let without = resolved::decided(&resolve::left_out(database));
    let own = entries.iter().filter(is_of_config);
    own.filter_map(|entry| {
        let found = without.binary_search_by(|other| other.key.cmp(&entry.key));
        let instead_of = match found.ok().and_then(|at| without.get(at)) {
            Some(other) => &other.value,
            // The server has a value of its own for every parameter.
            None if entry.key.first().is_some_and(|key| key == "parameters") => &Value::Null,
            None => return None,
        };
        (*instead_of != entry.value).then(|| Deviation {
            key: entry.key.clone(),
            value: entry.value.clone(),
            instead_of: instead_of.clone(),
        })
    })
    .collect()
}
