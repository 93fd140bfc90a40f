//! What `adopt --format json` prints.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{FORMAT, FormatVersion, check::Problem};
use crate::{
    adoption::{self, Outcome, draft, old_root},
    model::identity::UnitId,
    text::path::below,
};

/// What becomes of databases that are there.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Adopt<'a> {
    format_version: FormatVersion,
    /// Whether the configs have been written, or were there already.
    written: bool,
    /// Configs that compile.
    adopted: Vec<Adopted<'a>>,
    /// Databases that are not adopted.
    refused: Vec<Refused<'a>>,
    /// Identifiers of the databases that the mapping does not name.
    left_out: &'a [String],
    /// What the roots have to be told that hold them now.
    old_roots: Vec<OldRoot<'a>>,
    /// What the new configs do to the workspace as a whole. With an error nothing is written.
    problems: Vec<Problem<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Adopted<'a> {
    /// `ENVIRONMENT/NAMESPACE`.
    unit: &'a UnitId,
    identifier: &'a str,
    arn: &'a str,
    shortname: &'a str,
    /// The config, relative to the top of the repository; without one, to the workspace.
    file: String,
    /// Its text.
    config: &'a str,
    /// What it keeps of its own.
    keeps: Vec<Kept<'a>>,
    /// The rules that are waived.
    waivers: Vec<Waived<'a>>,
    /// What somebody should know.
    notes: &'a [String],
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Kept<'a> {
    /// The key below `adopt`.
    key: &'a str,
    value: &'a Value,
    /// Whether it can never be removed.
    for_ever: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Waived<'a> {
    rule: &'static str,
    /// What breaks it.
    message: &'a str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Refused<'a> {
    identifier: &'a str,
    /// The unit that it was to be, as far as that is known.
    unit: Option<&'a UnitId>,
    reasons: Vec<Reason<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Reason<'a> {
    reason: &'a str,
    /// What somebody can do about it.
    way_out: &'a str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OldRoot<'a> {
    /// The file that tells of it.
    file: &'a str,
    /// Addresses of what is taken over from it.
    instances: &'a [String],
    /// What has to be taken out of its text.
    take_out: &'a str,
    /// The blocks that stand in its place, once they are imported here.
    blocks: &'a str,
    /// What it forgets besides, and nobody owns afterwards.
    nobody_owns: &'a [String],
}

impl<'a> Adopt<'a> {
    /// The document of an outcome. `prefix` is the path of the workspace in the repository.
    #[must_use]
    pub fn new(
        outcome: &'a Outcome,
        left_out: &'a [String],
        farewells: &'a [old_root::Farewell],
        written: bool,
        prefix: &str,
    ) -> Self {
        let adopted = outcome.drafts.iter();
        let farewells = farewells.iter().map(|one| OldRoot {
            file: &one.file,
            instances: &one.instances,
            take_out: &one.takes_out,
            blocks: &one.blocks,
            nobody_owns: &one.left,
        });
        Self {
            format_version: FORMAT,
            written,
            adopted: adopted.map(|draft| Adopted::new(draft, prefix)).collect(),
            refused: outcome.refused.iter().map(Refused::new).collect(),
            left_out,
            old_roots: farewells.collect(),
            problems: Problem::list(&outcome.problems, prefix),
        }
    }
}

impl<'a> Adopted<'a> {
    fn new(draft: &'a draft::Draft, prefix: &str) -> Self {
        let keeps = draft.debts.iter().map(|debt| Kept {
            key: &debt.key,
            value: &debt.value,
            for_ever: debt.is_for_ever,
        });
        let waivers = draft.waivers.iter().map(|one| Waived {
            rule: one.rule,
            message: &one.message,
        });
        Self {
            unit: &draft.unit,
            identifier: &draft.identifier,
            arn: &draft.arn,
            shortname: &draft.shortname,
            file: below(prefix, &draft.path),
            config: &draft.text,
            keeps: keeps.collect(),
            waivers: waivers.collect(),
            notes: &draft.notes,
        }
    }
}

impl<'a> Refused<'a> {
    fn new(one: &'a adoption::Refused) -> Self {
        let reasons = one.refusals.iter().map(|refusal| Reason {
            reason: &refusal.reason,
            way_out: &refusal.way,
        });
        Self {
            identifier: &one.identifier,
            unit: one.unit.as_ref(),
            reasons: reasons.collect(),
        }
    }
}
