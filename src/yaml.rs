//! One YAML file: strict parsing, and where each value was written.

pub mod edit;
mod plain;

use std::{collections::BTreeMap, fmt, ops::Range, sync::Arc};

use granit_parser::{Event, Options, Parser, ScalarStyle};
use miette::SourceOffset;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_yaml::{Spanned, options::MergeKeyPolicy};

use crate::{
    diagnostic::{
        Checked, File, Problem, Span,
        rule::{self, Rule},
        spans::{Inside, Shape},
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
const MAX_DEPTH: usize = 16;
/// Letters that a number may have; 64 bits are at most 20 digits.
const MAX_NUMBER: usize = 32;

/// A parsed file.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file.
    pub file: Arc<File>,
    /// The document as plain data.
    pub value: Value,
}

impl Source {
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
        let file = Arc::new(decode(path, bytes, limits)?);
        let value = match plain::read(&file.text) {
            Some(value) => value,
            None => read(&file, limits)?,
        };
        Ok(Self { file, value })
    }

    /// A problem at a pointer.
    #[must_use]
    pub fn problem(
        &self,
        rule: &'static Rule,
        pointer: &str,
        message: impl Into<String>,
    ) -> Problem {
        Problem::new(rule, span(&self.file, pointer), message)
    }

    /// The text of a value as the user wrote it, quotes included.
    #[must_use]
    pub fn written(&self, pointer: &str) -> String {
        let span = span(&self.file, pointer);
        self.file.text.get(span.range).unwrap_or("").to_owned()
    }
}

/// Reads all of YAML that is allowed.
fn read(file: &Arc<File>, limits: Limits) -> Checked<Value> {
    refuse_indirection(file)?;
    serde_yaml::from_str_with_options(&file.text, options(limits))
        .map_err(|error| vec![syntax(file, &error, limits)])
}

/// The characters behind a JSON pointer; with `#` at its end, of the key instead of its value.
///
/// Places are found by parsing again, once: only a file with a problem pays for them.
#[must_use]
pub fn span(file: &Arc<File>, pointer: &str) -> Span {
    let (path, of_key) = match pointer.strip_suffix('#') {
        Some(path) => (path, true),
        None => (pointer, false),
    };
    let range = file.shape(shape).and_then(|shape| shape.find(path, of_key));
    let range = range.unwrap_or(0..0);
    Span {
        file: Arc::clone(file),
        range: trim(&file.text, range),
    }
}

fn options(limits: Limits) -> serde_yaml::Options {
    serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
        merge_keys: MergeKeyPolicy::Error,
        budget: serde_yaml::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: limits.nodes,
        },
    }
}

/// Bytes to text that can be read, shown, and trusted to be what it looks like.
///
/// # Errors
/// When there are too many, they are not UTF-8, or they hold invisible characters.
pub fn decode(path: &str, bytes: Vec<u8>, limits: Limits) -> Checked<File> {
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
    Ok(File::new(path, text))
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

/// Whether a text has a letter of indirection, or a run of letters that may be a long number.
fn is_suspicious(text: &str) -> bool {
    let mut run = 0;
    text.bytes().any(|byte| {
        run = if is_of_number(byte) { run + 1 } else { 0 };
        run > MAX_NUMBER || matches!(byte, b'&' | b'*' | b'!')
    })
}

const fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b'+' | b'-' | b'.' | b'_' | b'o' | b'x' | b'X')
}

/// Whether a text without quotes is a number in the eyes of some reader of YAML, and longer than any that we take.
fn is_long_number(text: &str) -> bool {
    let unsigned = text.trim_start_matches(['+', '-', '.']);
    text.len() > MAX_NUMBER
        && unsigned.starts_with(|letter: char| letter.is_ascii_digit())
        && text.bytes().all(is_of_number)
}

/// Refuses anchors, aliases, tags and endless numbers; a file without their letters is not looked at.
fn refuse_indirection(file: &Arc<File>) -> Checked<()> {
    if !is_suspicious(&file.text) {
        return Ok(());
    }
    let mut options = Options::default();
    options.emit_anchor_events = true;
    options.emit_unresolved_aliases = true;
    for event in Parser::new_from_str_with_options(&file.text, options) {
        let Ok((event, range)) = event else { break };
        let bytes = |from: granit_parser::Marker, to: granit_parser::Marker| {
            from.byte_offset().unwrap_or(0)..to.byte_offset().unwrap_or(0)
        };
        let (rule, at, message, help) = match &event {
            Event::Anchor(..) => (
                &rule::ANCHOR,
                bytes(range.start, range.end),
                "anchors are not allowed",
                "write the value where it is used",
            ),
            Event::Alias(..) | Event::UnresolvedAlias(..) => (
                &rule::ALIAS,
                bytes(range.start, range.end),
                "aliases are not allowed",
                "write the value in full, or in quotes if it is text that starts with `*`",
            ),
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, _, Some(_))
            | Event::MappingStart(_, _, Some(_)) => (
                &rule::TAG,
                range
                    .tag_start
                    .map_or(0..0, |start| bytes(start, range.start)),
                "tags are not allowed",
                "remove the tag, or put the text in quotes if it starts with `!`",
            ),
            Event::Scalar(text, ScalarStyle::Plain, ..) if is_long_number(text) => (
                &rule::BAD_NUMBER,
                bytes(range.start, range.end),
                "a number of more than 32 letters",
                "put it in quotes if it is text",
            ),
            _ => continue,
        };
        let span = Span {
            file: Arc::clone(file),
            range: trim(&file.text, at),
        };
        return Err(vec![Problem::new(rule, span, message).help(help)]);
    }
    Ok(())
}

fn syntax(file: &Arc<File>, error: &serde_yaml::Error, limits: Limits) -> Problem {
    let error = error.without_snippet();
    let (rule, message, help) = explained(error, limits);
    let range = error.location().map_or(0..0, |at| {
        if at.span().byte_offset().is_some() {
            return bytes_of(at.span());
        }
        let number = |n| usize::try_from(n).unwrap_or(0);
        let start = SourceOffset::from_location(&file.text, number(at.line()), number(at.column()));
        start.offset()..start.offset()
    });
    let span = Span {
        file: Arc::clone(file),
        range: trim(&file.text, range),
    };
    let mut problem = Problem::new(rule, span, message);
    problem.help = help.map(str::to_owned);
    problem
}

/// The rule behind an error of the reader, in the user's words.
fn explained(
    error: &serde_yaml::Error,
    limits: Limits,
) -> (&'static Rule, String, Option<&'static str>) {
    use serde_yaml::{Error, budget::BudgetBreach};
    match error {
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or("the same key");
            let message = format!("`{key}` is written twice");
            (&rule::DUPLICATE_KEY, message, Some("keep one of them"))
        }
        Error::MultipleDocuments { .. } => {
            let help = "one file is one document: remove `---` and what follows";
            let message = "a second document".to_owned();
            (&rule::SECOND_DOCUMENT, message, Some(help))
        }
        Error::MergeKeyNotAllowed { .. } => {
            let message = "merge keys are not allowed".to_owned();
            (&rule::MERGE_KEY, message, Some("write the keys in full"))
        }
        Error::NonFiniteFloat { value, .. } => {
            let message = format!("`{value}` is no number that can be counted to");
            let help = "write a whole number, or put it in quotes if it is text";
            (&rule::BAD_NUMBER, message, Some(help))
        }
        Error::NullIntoString { .. } => {
            let message = "a key is empty".to_owned();
            (&rule::YAML_SYNTAX, message, Some("a key is text"))
        }
        Error::Budget { breach, .. } => {
            let message = match breach {
                BudgetBreach::Depth { .. } => format!("nested deeper than {MAX_DEPTH} levels"),
                BudgetBreach::Nodes { .. } => format!("more than {} values", limits.nodes),
                _ => "more than any config has".to_owned(),
            };
            (&rule::TOO_LARGE, message, None)
        }
        _ => {
            let text = error.to_string();
            if text.contains("recursion limit exceeded") {
                let message = format!("nested deeper than {MAX_DEPTH} levels");
                return (&rule::TOO_LARGE, message, None);
            }
            let cut = text.find(" at line ").unwrap_or(text.len());
            let message = text.get(..cut).unwrap_or(&text).to_owned();
            (&rule::YAML_SYNTAX, message, None)
        }
    }
}

fn bytes_of(range: serde_yaml::Span) -> Range<usize> {
    let number = |n| usize::try_from(n).unwrap_or(0);
    let start = range.byte_offset().map_or(0, number);
    start..start + range.byte_len().map_or(0, number)
}

/// Cuts a span back to the text that is really there, without the blanks at its end.
fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let start = range.start.min(text.len());
    let written = text
        .get(start..range.end.clamp(start, text.len()))
        .unwrap_or("");
    start..start + written.trim_end().len()
}

/// Parsing again, only for places.
fn shape(text: &str) -> Option<Shape> {
    let root = serde_yaml::from_str_with_options::<Spanned<Node>>(text, options(LARGE));
    root.ok().map(Node::placed)
}

/// A value whose own place the reader still has to tell.
struct Node(Inside);

impl Node {
    fn placed(spanned: Spanned<Self>) -> Shape {
        Shape {
            range: bytes_of(spanned.referenced.span()),
            inside: spanned.value.0,
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyNode)
    }
}

struct AnyNode;

impl<'de> Visitor<'de> for AnyNode {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node(Inside::Scalar))
    }
    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Node, E> {
        Ok(Node(Inside::Scalar))
    }
    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Node, E> {
        Ok(Node(Inside::Scalar))
    }
    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Node, E> {
        Ok(Node(Inside::Scalar))
    }
    fn visit_i128<E: de::Error>(self, _: i128) -> Result<Node, E> {
        Ok(Node(Inside::Scalar))
    }
    fn visit_u128<E: de::Error>(self, _: u128) -> Result<Node, E> {
        Ok(Node(Inside::Scalar))
    }
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Node, E> {
        Ok(Node(Inside::Scalar))
    }
    fn visit_str<E: de::Error>(self, _: &str) -> Result<Node, E> {
        Ok(Node(Inside::Scalar))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(Node::placed(item));
        }
        Ok(Node(Inside::List(items)))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<Spanned<String>, _>()? {
            let span = bytes_of(key.referenced.span());
            entries.insert(key.value, (span, Node::placed(value)));
        }
        Ok(Node(Inside::Map(entries)))
    }
}
