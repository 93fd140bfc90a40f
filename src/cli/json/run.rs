//! What `plan --format json` and `apply --format json` print.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{FORMAT, FormatVersion};
use crate::{
    model::identity::UnitId,
    review::{
        gate,
        run::{Outcome, Run, UnitRun},
    },
};

/// What a run of Terraform over many units has come to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunDocument<'a> {
    format_version: FormatVersion,
    /// Whether every unit is as it should be.
    succeeded: bool,
    /// In the order of their names.
    units: Vec<UnitDocument<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UnitDocument<'a> {
    /// `ENVIRONMENT/NAMESPACE`, or `ENVIRONMENT/_environment` for what units share.
    unit: &'a UnitId,
    /// Folder of its root, relative to the top of the repository; without one, to the workspace.
    directory: &'a str,
    /// How it has ended: `unchanged`, `planned`, `refused`, `applied`, `applied-before`, `differs`, `waiting`,
    /// `interrupted` or `failed`.
    outcome: &'a str,
    /// How many resources each action meets.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    counts: BTreeMap<&'static str, usize>,
    /// Addresses of what the gate refuses, with the reasons.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    refused: BTreeMap<&'a str, &'a str>,
    /// What differs from the plan that was reviewed.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    differences: &'a [String],
    /// The step that has failed, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureDocument<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FailureDocument<'a> {
    /// The step.
    step: &'a str,
    /// The reason, on one line.
    reason: &'a str,
    /// What to do, where that is known.
    advice: Option<&'a str>,
    /// The file that tells all of it.
    log: Option<&'a str>,
}

impl<'a> RunDocument<'a> {
    /// The document of a run.
    #[must_use]
    pub fn new(run: &'a Run) -> Self {
        Self {
            format_version: FORMAT,
            succeeded: run.is_fine(),
            units: run.units.iter().map(UnitDocument::new).collect(),
        }
    }
}

impl<'a> UnitDocument<'a> {
    fn new(unit: &'a UnitRun) -> Self {
        let outcome = &unit.outcome;
        let verdict = outcome.verdict();
        let counts = verdict.map(|verdict| verdict.counts.iter().copied().collect());
        let refused = verdict.into_iter().flat_map(gate::refusals);
        Self {
            unit: &unit.unit,
            directory: &unit.directory,
            outcome: outcome.as_str(),
            counts: counts.unwrap_or_default(),
            refused: refused
                .map(|row| (row.address.as_str(), row.reason.as_str()))
                .collect(),
            differences: match outcome {
                Outcome::Differs(lines) => lines,
                _ => &[],
            },
            failure: match outcome {
                Outcome::Failed(failed) => Some(FailureDocument {
                    step: failed.step,
                    reason: &failed.words,
                    advice: failed.advice.as_deref(),
                    log: failed.log.as_deref(),
                }),
                _ => None,
            },
        }
    }
}
