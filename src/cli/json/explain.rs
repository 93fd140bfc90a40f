//! What `explain --format json` prints.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FORMAT, FormatVersion};
use crate::{diagnostic::Span, inspect::explain, text::path::below};

/// Generated values, and where each comes from.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explain<'a> {
    format_version: FormatVersion,
    /// In the order of the generated files.
    values: Vec<Explained<'a>>,
}

/// A generated value. Lines count from 1.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Explained<'a> {
    /// Address in the root, such as `module.rds.instance_class`; an entry of a map has its key behind it.
    address: &'a str,
    /// The value on one line.
    value: &'a str,
    /// What kind of origin it has.
    origin: &'a str,
    /// The key that it comes from, with `.` between keys inside each other; empty when there is none.
    key: &'a str,
    /// Where that key is written.
    from: Option<Place>,
    /// What it is in AWS; empty when nothing is known.
    becomes: &'a str,
    /// The generated file, relative to the top of the repository; without one, to the workspace.
    file: String,
    line: usize,
    end_line: usize,
}

/// Lines of a file, from 1.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Place {
    /// Path of the file, relative to the top of the repository; without one, to the workspace.
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
}

impl<'a> Explain<'a> {
    /// The document of these values. `prefix` is the path of the workspace in the repository.
    #[must_use]
    pub fn new(values: &'a [explain::Value], prefix: &str) -> Self {
        let values = values.iter().map(|value| Explained {
            address: &value.address,
            value: &value.value,
            origin: value.provenance.origin,
            key: &value.provenance.key,
            from: value
                .provenance
                .span
                .as_ref()
                .map(|span| Place::new(span, prefix)),
            becomes: value.becomes,
            file: below(prefix, &value.file),
            line: *value.lines.start(),
            end_line: *value.lines.end(),
        });
        Self {
            format_version: FORMAT,
            values: values.collect(),
        }
    }
}

impl Place {
    fn new(span: &Span, prefix: &str) -> Self {
        let (line, column) = span.file.position(span.range.start);
        let (end_line, _) = span.file.position(span.range.end);
        Self {
            file: below(prefix, &span.file.path),
            line,
            column,
            end_line,
        }
    }
}
