//! What `drift --format json` prints.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{FORMAT, FormatVersion};
use crate::{
    model::identity::UnitId,
    review::drift::{Drift, Finding, UnitDrift},
    terraform::{drift::table::Class, normal_form::Leaf},
    text::date::Date,
};

/// What was changed in AWS and not by Terraform.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DriftDocument<'a> {
    format_version: FormatVersion,
    /// Whether everything is benign, or waived.
    benign: bool,
    counts: Counts,
    /// In the order of their names.
    units: Vec<UnitDocument<'a>>,
    /// Units of the workspace of which there is no plan here.
    missing: &'a [UnitId],
}

/// How much there is of each class, without what is waived.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Counts {
    dangerous: usize,
    to_decide: usize,
    benign: usize,
    /// What a waiver sets aside.
    waived: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UnitDocument<'a> {
    /// The unit; null when its plan does not say whose it is.
    unit: Option<&'a UnitId>,
    /// The file of the plan.
    file: &'a str,
    counts: Counts,
    /// What was changed, the worst first.
    findings: Vec<FindingDocument<'a>>,
    /// What the plan does because somebody asks for it.
    asked: Vec<AskedDocument<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FindingDocument<'a> {
    /// Address of the resource.
    address: &'a str,
    /// The attribute, by its path; null for the resource as a whole.
    attribute: Option<&'a str>,
    /// What has become of the resource as a whole, such as `delete`; null for an attribute.
    action: Option<&'a str>,
    /// `dangerous`, `to-decide` or `benign`.
    class: &'static str,
    /// The rule that says so, which a waiver can name.
    rule: &'static str,
    /// Why it has this class.
    why: &'static str,
    /// Who says so.
    source: &'static str,
    /// What was there.
    before: ValueDocument,
    /// What AWS says.
    after: ValueDocument,
    /// Whether the next apply changes it.
    planned: bool,
    /// What a person does about it.
    next: &'a str,
    /// The key that decides it, with the place where it is written.
    key: Option<KeyDocument<'a>>,
    /// The waiver that is about it.
    waiver: Option<WaiverDocument<'a>>,
}

/// A value.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ValueDocument {
    /// The value; null when there is none, or when it cannot be told.
    value: Option<Value>,
    /// Whether nobody may read it.
    sensitive: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct KeyDocument<'a> {
    /// The key.
    key: &'a str,
    /// Whether its value is the value of the attribute.
    direct: bool,
    /// A path in the workspace.
    file: Option<&'a str>,
    /// Counted from 1.
    line: Option<usize>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct WaiverDocument<'a> {
    /// Why it stays.
    reason: &'a str,
    /// Its last day.
    expires: Date,
    /// Whether that has not passed: then the finding does not count.
    holds: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AskedDocument<'a> {
    /// Address of the resource.
    address: &'a str,
    /// The attribute, by its path, or the action on the whole of it.
    what: &'a str,
    /// Why it is planned: `new`, `edit`, `unforetold`, `modules`, `provider` or `not-applied`.
    cause: &'a str,
}

impl<'a> DriftDocument<'a> {
    /// The document of what was found.
    #[must_use]
    pub fn new(drift: &'a Drift) -> Self {
        Self {
            format_version: FORMAT,
            benign: drift.is_benign(),
            counts: counts(|class| drift.count(class), drift.waived()),
            units: drift.units.iter().map(UnitDocument::new).collect(),
            missing: &drift.missing,
        }
    }
}

fn counts(count: impl Fn(Class) -> usize, waived: usize) -> Counts {
    Counts {
        dangerous: count(Class::Dangerous),
        to_decide: count(Class::ToDecide),
        benign: count(Class::Benign),
        waived,
    }
}

impl<'a> UnitDocument<'a> {
    fn new(unit: &'a UnitDrift) -> Self {
        let asked = unit.asked.iter();
        Self {
            unit: unit.unit.as_ref(),
            file: &unit.file,
            counts: counts(|class| unit.count(class), unit.waived()),
            findings: unit.findings.iter().map(FindingDocument::new).collect(),
            asked: asked
                .map(|(address, what, cause)| AskedDocument {
                    address,
                    what,
                    cause,
                })
                .collect(),
        }
    }
}

impl<'a> FindingDocument<'a> {
    fn new(one: &'a Finding) -> Self {
        let filled = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        Self {
            address: &one.address,
            attribute: filled(&one.attribute),
            action: filled(&one.action),
            class: one.class().as_str(),
            rule: one.rule.code,
            why: one.rule.why,
            source: one.rule.source,
            before: ValueDocument::new(one.difference.0.as_ref()),
            after: ValueDocument::new(one.difference.1.as_ref()),
            planned: one.is_planned,
            next: &one.next,
            key: one.key.as_ref().map(|key| KeyDocument {
                key: &key.name,
                direct: key.is_direct,
                file: key.place.as_ref().map(|(file, _)| file.as_str()),
                line: key.place.as_ref().map(|(_, line)| *line),
            }),
            waiver: one.waiver.as_ref().map(|waiver| WaiverDocument {
                reason: &waiver.reason,
                expires: waiver.expires,
                holds: waiver.holds,
            }),
        }
    }
}

impl ValueDocument {
    fn new(leaf: Option<&Leaf>) -> Self {
        Self {
            value: match leaf {
                Some(Leaf::Known(value)) => Some(value.clone()),
                _ => None,
            },
            sensitive: leaf == Some(&Leaf::Sensitive),
        }
    }
}
