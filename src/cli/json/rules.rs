//! What `rules --format json` prints.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FORMAT, FormatVersion};
use crate::diagnostic::rule::{self, Severity};

/// The rules.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rules {
    format_version: FormatVersion,
    rules: Vec<Rule>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Rule {
    /// The stable name that problems carry and waivers take.
    code: &'static str,
    #[schemars(extend("enum" = Severity::ALL.map(Severity::as_str)))]
    severity: &'static str,
    /// What is wrong, in one line.
    meaning: &'static str,
    /// Why it matters, and what to do.
    explanation: &'static str,
    /// An input that breaks it.
    example: &'static str,
    /// Whether a config can set it aside.
    waivable: bool,
}

impl Rules {
    /// The document of these rules.
    #[must_use]
    pub fn new(rules: &[&'static rule::Rule]) -> Self {
        let rules = rules.iter().map(|rule| Rule {
            code: rule.code,
            severity: rule.severity.as_str(),
            meaning: rule.meaning,
            explanation: rule.explanation,
            example: rule.example,
            waivable: rule.is_waivable(),
        });
        Self {
            format_version: FORMAT,
            rules: rules.collect(),
        }
    }
}
