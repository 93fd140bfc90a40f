//! One YAML file: strict parsing, and where each value was written.

pub mod edit;
mod reader;
mod scalar;

use std::sync::Arc;

use serde_json::Value;

use crate::{
    diagnostic::{
        Checked, File, Problem, Span,
        rule::{self, Rule},
    },
    text::unicode::{is_hidden, without_hidden},
};

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
/// Bytes that a line may have.
const MAX_LINE: usize = 4096;

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
                Err(vec![problem])
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

/// Bytes to text that can be read, shown, and trusted to be what it looks like.
///
/// # Errors
/// When there are too many, they are not UTF-8, or they hold invisible characters.
pub fn decode(path: &str, bytes: Vec<u8>, limits: Limits) -> Checked<String> {
    if bytes.len() > limits.bytes {
        let message = format!("the file has more than {} bytes", limits.bytes);
        let span = Span {
            file: Arc::new(File::new(path, "")),
            range: 0..0,
        };
        return Err(vec![Problem::new(&rule::TOO_LARGE, span, message)]);
    }
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.len() > MAX_LINE {
            return Err(vec![too_long(path, &bytes, start)]);
        }
        start += line.len();
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes());
        let problem = unreadable(&rule::NOT_UTF8, path, &text, at, "not UTF-8 text");
        vec![problem.help("save the file as UTF-8")]
    })?;
    if let Some((at, letter)) = hidden(&text) {
        let number = u32::from(letter);
        let message = format!("the invisible character U+{number:04X} is not allowed");
        let problem = unreadable(&rule::CONTROL_CHARACTER, path, &text, at, &message);
        let help = format!("remove it; in a quoted string it can be written as `\\U{number:08X}`");
        return Err(vec![problem.help(help)]);
    }
    Ok(text)
}

/// The first letter that hides; a carriage return that ends no line hides one.
fn hidden(text: &str) -> Option<(usize, char)> {
    // Without a branch in it, the look at every byte is done many bytes at a time.
    let is_odd = |byte: u8| !matches!(byte, b' '..=b'~' | b'\n');
    if !text.bytes().fold(false, |odd, byte| odd | is_odd(byte)) {
        return None;
    }
    let ends_line = |at: usize| text.as_bytes().get(at + 1) == Some(&b'\n');
    text.char_indices()
        .find(|(at, letter)| is_hidden(*letter) || (*letter == '\r' && !ends_line(*at)))
}

/// A problem with one letter of a text that is not safe to show as it is.
fn unreadable(rule: &'static Rule, path: &str, text: &str, at: usize, message: &str) -> Problem {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let mut shown = without_hidden(before);
    let start = shown.len();
    shown.push(char::REPLACEMENT_CHARACTER);
    let range = start..shown.len();
    let mut after = after.chars();
    after.next();
    shown.push_str(&without_hidden(after.as_str()));
    let file = Arc::new(File::new(path, shown));
    Problem::new(rule, Span { file, range }, message)
}

/// A problem with a line that is too long to be shown.
fn too_long(path: &str, bytes: &[u8], start: usize) -> Problem {
    const SHOWN: usize = 60;
    let (before, line) = bytes.split_at_checked(start).unwrap_or((bytes, &[]));
    let mut shown = without_hidden(&String::from_utf8_lossy(before));
    let start = shown.len();
    let head: String = String::from_utf8_lossy(line).chars().take(SHOWN).collect();
    shown.push_str(&without_hidden(&head));
    let span = Span {
        range: start..shown.len(),
        file: Arc::new(File::new(path, shown)),
    };
    let message = format!("the line has more than {MAX_LINE} bytes");
    Problem::new(&rule::TOO_LARGE, span, message).help("break it into several lines")
}
