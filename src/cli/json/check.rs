//! What `check --format json` prints, and how a problem looks in every document.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FORMAT, FormatVersion};
use crate::{
    diagnostic::{self, report::Count, rule::Severity},
    text::path::below,
};

/// Everything that is wrong with a workspace.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Check<'a> {
    format_version: FormatVersion,
    /// In the order of files and places.
    problems: Vec<Problem<'a>>,
    summary: Summary,
}

/// One thing wrong, at one place. Lines and columns count from 1, columns in characters.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem<'a> {
    /// The rule that is broken, as `valet-rds rules` lists it.
    code: &'a str,
    #[schemars(extend("enum" = Severity::ALL.map(Severity::as_str)))]
    severity: &'a str,
    message: &'a str,
    /// What to write instead.
    help: Option<&'a str>,
    /// Path of the file, relative to the top of the repository; without one, to the workspace.
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    /// The first column that no longer belongs to the problem.
    end_column: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    /// Configs that were read.
    configs: usize,
    errors: usize,
    warnings: usize,
    /// What else is wrong, with `--changed`: in units that the change does not touch.
    untouched: Untouched,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Untouched {
    errors: usize,
    warnings: usize,
}

impl<'a> Check<'a> {
    /// The document of what was found in so many configs. `prefix` is the path of the workspace in the repository.
    #[must_use]
    pub fn new(
        problems: &'a [diagnostic::Problem],
        prefix: &str,
        configs: usize,
        untouched: Count,
    ) -> Self {
        let count = Count::of(problems);
        Self {
            format_version: FORMAT,
            problems: Problem::list(problems, prefix),
            summary: Summary {
                configs,
                errors: count.errors,
                warnings: count.warnings,
                untouched: Untouched {
                    errors: untouched.errors,
                    warnings: untouched.warnings,
                },
            },
        }
    }
}

impl<'a> Problem<'a> {
    /// Problems in their order. `prefix` is the path of the workspace in the repository.
    pub(super) fn list(problems: &'a [diagnostic::Problem], prefix: &str) -> Vec<Self> {
        problems.iter().map(|one| Self::new(one, prefix)).collect()
    }

    fn new(problem: &'a diagnostic::Problem, prefix: &str) -> Self {
        let span = &problem.span;
        let (line, column) = span.file.position(span.range.start);
        let (end_line, end_column) = span.file.position(span.range.end);
        Self {
            code: problem.rule.code,
            severity: problem.rule.severity.as_str(),
            message: &problem.message,
            help: problem.help.as_deref(),
            file: below(prefix, &span.file.path),
            line,
            column,
            end_line,
            end_column,
        }
    }
}
