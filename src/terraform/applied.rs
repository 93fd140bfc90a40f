//! The record of the last apply of a unit: what was applied, and the state that it left. It stands beside the root, so that a
//! later plan can tell what waits from what nobody can explain.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::aws::engine_version::EngineVersion;

use super::{
    normal_form::{Difference, NormalForm},
    state::State,
};

/// Its name, in the folder of the root.
pub const FILE: &str = "applied.json";

/// The version that is written, and the only one that is read.
const FORMAT: &str = "1.0";

/// What Terraform reads of a root, as digests: hexadecimal SHA-256.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Digests {
    /// Of its own files.
    pub root: String,
    /// Of its lock file.
    pub lock: String,
    /// Of the local folders of the modules that it calls.
    pub modules: String,
}

/// What AWS keeps for the maintenance window: attributes that become others, by path, by the addresses of their resources.
pub type Waiting = BTreeMap<String, BTreeMap<String, Difference>>;

/// Which writing of which state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Writing {
    /// What tells the state from every other one.
    pub lineage: String,
    /// How often it had been written.
    pub serial: u64,
}

impl Writing {
    /// The writing that a state is.
    #[must_use]
    pub fn of(state: &State) -> Self {
        Self {
            lineage: state.lineage.clone(),
            serial: state.serial,
        }
    }
}

/// The record of the last apply of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Applied {
    format_version: String,
    /// The commit that was checked out; none when what was applied was in no commit.
    pub commit: Option<String>,
    /// What was applied.
    pub inputs: Digests,
    /// The state that it left.
    pub state: Writing,
    /// What AWS keeps for the maintenance window.
    pub waiting: Waiting,
    /// The engine version that was asked for; none for what has no database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine_version: Option<EngineVersion>,
    /// Shortnames of the units that the consumer side of a cluster leads to; none for every other root.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub endpoints: BTreeSet<String>,
}

impl Applied {
    /// The record of an apply.
    #[must_use]
    pub fn new(commit: Option<String>, inputs: Digests, state: Writing, waiting: Waiting) -> Self {
        Self {
            format_version: FORMAT.to_owned(),
            commit,
            inputs,
            state,
            waiting,
            engine_version: None,
            endpoints: BTreeSet::new(),
        }
    }

    /// The record of an apply that has asked for this version.
    #[must_use]
    pub fn asking_for(self, engine_version: Option<EngineVersion>) -> Self {
        Self {
            engine_version,
            ..self
        }
    }

    /// The record of an apply that has left these endpoints.
    #[must_use]
    pub fn leading_to(self, endpoints: BTreeSet<String>) -> Self {
        Self { endpoints, ..self }
    }

    /// Reads a record.
    ///
    /// # Errors
    /// In words, when it is not one, or one of another version of the tool.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let read: Self = serde_json::from_slice(bytes).map_err(Unreadable::Form)?;
        if read.format_version == FORMAT {
            Ok(read)
        } else {
            Err(Unreadable::Version(read.format_version))
        }
    }

    /// Whether AWS keeps another value of an attribute for the maintenance window, as far as the apply knew.
    #[must_use]
    pub fn keeps(&self, attribute: &str) -> bool {
        let mut resources = self.waiting.values();
        resources.any(|of| of.contains_key(attribute))
    }

    /// Whether a planned change of an attribute is one that AWS keeps for the maintenance window since the apply.
    #[must_use]
    pub fn is_waiting(&self, address: &str, path: &str, planned: &Difference) -> bool {
        let known = self.waiting.get(address).and_then(|of| of.get(path));
        known.is_some_and(|known| known.1 == planned.1)
    }
}

/// Why a record cannot be read.
#[derive(Debug)]
pub enum Unreadable {
    /// It is something else.
    Form(serde_json::Error),
    /// It is of another version of the tool.
    Version(String),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Form(error) => write!(f, "not what `apply` has written: {error}"),
            Self::Version(version) => write!(f, "in format {version}, not {FORMAT}"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// What of a plan AWS keeps for the maintenance window when it is applied: known values that become others, in place, of
/// attributes that the gate says wait.
#[must_use]
pub fn waiting(form: &NormalForm, waits: &BTreeMap<String, Vec<String>>) -> Waiting {
    let of = |(address, names): (&String, &Vec<String>)| {
        let planned = form.resources.get(address)?;
        let kept: BTreeMap<_, _> = planned
            .attributes
            .iter()
            .filter(|(path, _)| names.contains(path))
            .map(|(path, difference)| (path.clone(), difference.clone()))
            .collect();
        (!kept.is_empty()).then(|| (address.clone(), kept))
    };
    waits.iter().filter_map(of).collect()
}
