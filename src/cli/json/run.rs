//! What `plan --format json` and `apply --format json` print.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{FORMAT, FormatVersion, gate::AttributeDocument};
use crate::{
    model::identity::UnitId,
    review::{
        gate,
        run::{
            Outcome, Run, UnitRun,
            cause::{Cause, Item, What},
        },
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
    /// `ENVIRONMENT/NAMESPACE`, `ENVIRONMENT/_environment` for what units share, or `ENVIRONMENT/_cluster-NAME`
    /// for the consumer side of a cluster.
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
    /// What becomes of each attribute of what is taken over and differs from its config.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<AttributeDocument<'a>>,
    /// What differs from the plan that was reviewed.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    differences: &'a [String],
    /// Why each thing in the plan is planned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<CauseDocument<'a>>,
    /// What is otherwise in AWS, though nothing is planned for it.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
    /// The step that has failed, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureDocument<'a>>,
}

/// Something that is planned, and its cause.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CauseDocument<'a> {
    /// Address of the resource.
    address: &'a str,
    /// The action on the whole of it, such as `create`.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
    /// The attribute that becomes another, by its path.
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<&'a str>,
    /// Its value before and after.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<String>,
    /// `new`, `edit`, `unforetold`, `modules`, `provider`, `drift`, `waiting`, `not-applied` or `unexplained`.
    cause: &'a str,
    /// Of drift, the rule that says how much it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    /// Of drift, how much it matters: `dangerous`, `to-decide` or `benign`.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'static str>,
    /// The keys behind an edit, each with the file and line where it is written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<KeyDocument<'a>>,
    /// Why it must be meant before it is applied: `allow` names `drift`.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct KeyDocument<'a> {
    /// The key, or the address in the root.
    key: &'a str,
    /// A path in the workspace.
    file: Option<&'a str>,
    /// Counted from 1.
    line: Option<usize>,
}

impl<'a> CauseDocument<'a> {
    fn new(item: &'a Item) -> Self {
        let (action, attribute, values) = match &item.what {
            What::Action(action) => (Some(action.as_str()), None, None),
            What::Attribute(path, difference) => {
                (None, Some(path.as_str()), Some(difference.to_string()))
            }
        };
        let keys = match &item.cause {
            Cause::Edit(keys) => keys.as_slice(),
            _ => &[],
        };
        let rule = match &item.cause {
            Cause::Drift(rule, _) => Some(rule),
            _ => None,
        };
        Self {
            address: &item.address,
            rule: rule.map(|rule| rule.code),
            class: rule.map(|rule| rule.class.as_str()),
            action,
            attribute,
            values,
            cause: item.cause.as_str(),
            keys: keys
                .iter()
                .map(|key| KeyDocument {
                    key: &key.name,
                    file: key.place.as_ref().map(|(file, _)| file.as_str()),
                    line: key.place.as_ref().map(|(_, line)| *line),
                })
                .collect(),
            needs: item.cause.needs(),
        }
    }
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
            attributes: verdict
                .into_iter()
                .flat_map(gate::attributes)
                .map(|(address, attribute)| AttributeDocument::new(address, attribute))
                .collect(),
            differences: match outcome {
                Outcome::Differs(lines) => lines,
                _ => &[],
            },
            causes: unit.causes.iter().map(CauseDocument::new).collect(),
            notes: &unit.notes,
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
