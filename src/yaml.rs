//! One YAML file: strict parsing, and where each value was written.

mod decode;
pub mod edit;
mod print;
mod reader;
mod scalar;
mod slip;

use std::sync::Arc;

use serde_json::Value;

use crate::diagnostic::{Checked, File, Problem, Span, rule::Rule};

pub use decode::decode;
pub use print::print;

/// How much a file may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes.
    pub bytes: usize,
    /// Values.
    pub nodes: usize,
}

/// Bytes a config or `valet.yaml` may have; a real one has a few hundred.
pub const MAX_BYTES: usize = 256 * 1024;
/// Limits of a config or `valet.yaml`.
pub const SMALL: Limits = Limits {
    bytes: MAX_BYTES,
    nodes: 20_000,
};

/// Of a file that lists a whole fleet.
pub const LARGE: Limits = Limits {
    bytes: 16 * 1024 * 1024,
    nodes: 1_000_000,
};
/// A file that has been read.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file.
    pub file: Arc<File>,
    /// The document as plain data.
    pub value: Value,
}

impl Document {
    /// Parses one YAML document without anchors, aliases, tags, merge keys or duplicate keys.
    ///
    /// # Errors
    /// With the first thing that is not such a document.
    pub fn parse(path: &str, bytes: Vec<u8>) -> Checked<Self> {
        Self::parse_within(path, bytes, SMALL)
    }

    /// Parses a document that lists a whole fleet, as strictly.
    ///
    /// # Errors
    /// With the first thing that is not such a document.
    pub fn parse_large(path: &str, bytes: Vec<u8>) -> Checked<Self> {
        Self::parse_within(path, bytes, LARGE)
    }

    fn parse_within(path: &str, bytes: Vec<u8>, limits: Limits) -> Checked<Self> {
        let text = decode(path, bytes, limits)?;
        match reader::read(&text, limits) {
            Ok((value, spans)) => Ok(Self {
                file: Arc::new(File::with_spans(path, text, spans)),
                value,
            }),
            Err(fault) => {
                let span = Span {
                    file: Arc::new(File::new(path, text)),
                    range: fault.range,
                };
                let mut problem = Problem::new(fault.rule, span, fault.message);
                problem.help = fault.help;
                Err(problem.into())
            }
        }
    }

    /// A problem at a pointer.
    #[must_use]
    pub fn problem(
        &self,
        rule: &'static Rule,
        pointer: &str,
        message: impl Into<String>,
    ) -> Problem {
        Problem::new(rule, self.file.span(pointer), message)
    }

    /// The text of a value as the user wrote it, quotes included.
    #[must_use]
    pub fn written(&self, pointer: &str) -> &str {
        let span = self.file.span(pointer);
        self.file.text.get(span.range).unwrap_or("")
    }
}

/// The line that is meant by one that YAML takes for text, such as `port:5432` or `port = 5432`.
#[must_use]
pub fn intended(line: &str) -> Option<String> {
    slip::misspelt(line.trim()).map(|(_, _, intended)| intended)
}
