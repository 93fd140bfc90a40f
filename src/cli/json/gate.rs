//! What `gate --format json` prints.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{FORMAT, FormatVersion};
use crate::{
    model::identity::UnitId,
    review::{
        adoption::Attribute,
        gate::{self, Verdict},
    },
};

/// Whether a plan may be applied.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Gate<'a> {
    format_version: FormatVersion,
    /// The unit that the plan is for; null when nothing tells.
    unit: Option<&'a UnitId>,
    /// Whether everything may be done.
    passes: bool,
    /// What the plan does that is worth a word, with what is refused first.
    steps: Vec<Step<'a>>,
    /// How many resources each action meets.
    counts: BTreeMap<&'static str, usize>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Step<'a> {
    /// Address of the resource.
    address: &'a str,
    /// What is done to it.
    action: &'a str,
    /// The arguments that force a replacement.
    forced_by: &'a [String],
    outcome: Outcome,
    /// Why it may or may not be done.
    reason: &'a str,
    /// The attribute of something that is taken over, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<AttributeDocument<'a>>,
}

/// What becomes of an attribute of something that is taken over.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttributeDocument<'a> {
    /// Its address: that of the resource, and its name.
    address: &'a str,
    /// As the provider names it.
    name: &'a str,
    /// `terraform-only`, `harmless`, `decision` or `forbidden`.
    class: &'a str,
    /// The value before, as far as it may be read.
    before: &'a str,
    /// The value after, as far as it is known and may be read.
    after: &'a str,
    /// The key of the config that decides it; null when none does.
    key: Option<&'a str>,
}

impl<'a> AttributeDocument<'a> {
    pub(super) fn new(address: &'a str, attribute: &'a Attribute) -> Self {
        Self {
            address,
            name: &attribute.name,
            class: attribute.class.as_str(),
            before: &attribute.before,
            after: &attribute.after,
            key: Some(attribute.key).filter(|key| !key.is_empty()),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Outcome {
    /// It may not be done.
    Refused,
    /// It may be done, because of an `allow`.
    Allowed,
    /// It may be done.
    Fine,
}

impl<'a> Gate<'a> {
    /// The document of a verdict.
    #[must_use]
    pub fn new(verdict: &'a Verdict, unit: Option<&'a UnitId>) -> Self {
        let counts = verdict.counts.iter();
        Self {
            format_version: FORMAT,
            unit,
            passes: verdict.passes(),
            steps: verdict.rows.iter().map(Step::new).collect(),
            counts: counts.copied().collect(),
        }
    }
}

impl<'a> Step<'a> {
    fn new(row: &'a gate::Row) -> Self {
        Self {
            address: &row.address,
            action: row.action,
            forced_by: &row.forced_by,
            outcome: match row.outcome {
                gate::Outcome::Refused => Outcome::Refused,
                gate::Outcome::Allowed => Outcome::Allowed,
                gate::Outcome::Fine => Outcome::Fine,
            },
            reason: &row.reason,
            attribute: row
                .attribute
                .as_ref()
                .map(|attribute| AttributeDocument::new(&row.address, attribute)),
        }
    }
}
