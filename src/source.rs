//! One YAML file: strict parsing, and where each value was written.

use std::{fmt, ops::Range, sync::Arc};

use granit_parser::{Event, Options, Parser};
use miette::SourceOffset;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_yaml::{Spanned, options::MergeKeyPolicy};

use crate::{
    problem::{Checked, File, Place, Problem},
    rule::{self, Rule},
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
const MAX_DEPTH: usize = 16;

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
        refuse_indirection(&file)?;
        let value = serde_yaml::from_str_with_options::<Value>(&file.text, options(limits))
            .map_err(|error| vec![syntax(&file, &error, limits)])?;
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
        Problem::new(rule, place(&self.file, pointer), message)
    }

    /// The text of a value as the user wrote it, quotes included.
    #[must_use]
    pub fn written(&self, pointer: &str) -> String {
        let place = place(&self.file, pointer);
        self.file.text.get(place.span).unwrap_or("").to_owned()
    }
}

/// The characters behind a JSON pointer; with `#` at its end, of the key instead of its value.
///
/// Places are looked up by parsing again: only a file with a problem pays for them.
#[must_use]
pub fn place(file: &Arc<File>, pointer: &str) -> Place {
    let (path, of_key) = match pointer.strip_suffix('#') {
        Some(path) => (path, true),
        None => (pointer, false),
    };
    let span = serde_yaml::from_str_with_options::<Spanned<Node>>(&file.text, options(LARGE))
        .ok()
        .and_then(|root| find(&root, path, of_key))
        .unwrap_or(0..0);
    Place {
        file: Arc::clone(file),
        span: trim(&file.text, span),
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

/// The bytes of a file as text.
///
/// # Errors
/// When there are too many, they are not UTF-8, or they hold invisible characters.
pub fn decode(path: &str, bytes: Vec<u8>, limits: Limits) -> Checked<File> {
    let refuse = |rule, text: String, at: Range<usize>, message: &str| {
        let file = Arc::new(File {
            path: path.to_owned(),
            text,
        });
        vec![Problem::new(rule, Place { file, span: at }, message)]
    };
    if bytes.len() > limits.bytes {
        let (has, may) = (bytes.len(), limits.bytes);
        let message = format!("the file has {has} bytes, more than {may}");
        return Err(refuse(&rule::TOO_LARGE, String::new(), 0..0, &message));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
        refuse(&rule::NOT_UTF8, text, at..at + 1, "not UTF-8 text")
    })?;
    let control = text.char_indices().find(|(_, letter)| {
        *letter == '\u{feff}' || (letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
    });
    if let Some((at, letter)) = control {
        let message = format!(
            "the invisible character U+{:04X} is not allowed",
            u32::from(letter)
        );
        let span = at..at + letter.len_utf8();
        return Err(refuse(&rule::CONTROL_CHARACTER, text, span, &message));
    }
    Ok(File {
        path: path.to_owned(),
        text,
    })
}

/// Anchors, aliases and tags are looked for only in a file that has one of their first letters.
fn refuse_indirection(file: &Arc<File>) -> Checked<()> {
    if !file.text.contains(['&', '*', '!']) {
        return Ok(());
    }
    let mut options = Options::default();
    options.emit_anchor_events = true;
    options.emit_unresolved_aliases = true;
    for event in Parser::new_from_str_with_options(&file.text, options) {
        let Ok((event, span)) = event else { break };
        let bytes = |from: granit_parser::Marker, to: granit_parser::Marker| {
            from.byte_offset().unwrap_or(0)..to.byte_offset().unwrap_or(0)
        };
        let (rule, at, message, help) = match &event {
            Event::Anchor(..) => (
                &rule::ANCHOR,
                bytes(span.start, span.end),
                "anchors are not allowed",
                "write the value where it is used",
            ),
            Event::Alias(..) | Event::UnresolvedAlias(..) => (
                &rule::ALIAS,
                bytes(span.start, span.end),
                "aliases are not allowed",
                "write the value in full, or in quotes if it is text that starts with `*`",
            ),
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, _, Some(_))
            | Event::MappingStart(_, _, Some(_)) => (
                &rule::TAG,
                span.tag_start
                    .map_or(0..0, |start| bytes(start, span.start)),
                "tags are not allowed",
                "remove the tag, or put the text in quotes if it starts with `!`",
            ),
            _ => continue,
        };
        let place = Place {
            file: Arc::clone(file),
            span: trim(&file.text, at),
        };
        return Err(vec![Problem::new(rule, place, message).help(help)]);
    }
    Ok(())
}

fn syntax(file: &Arc<File>, error: &serde_yaml::Error, limits: Limits) -> Problem {
    use serde_yaml::Error;
    let error = error.without_snippet();
    let (rule, help) = match error {
        Error::DuplicateMappingKey { .. } => (&rule::DUPLICATE_KEY, Some("keep one of them")),
        Error::MultipleDocuments { .. } => (
            &rule::SECOND_DOCUMENT,
            Some("one file is one document: remove `---` and what follows"),
        ),
        Error::MergeKeyNotAllowed { .. } => (&rule::MERGE_KEY, Some("write the keys in full")),
        Error::Budget { .. } => (&rule::TOO_LARGE, None),
        _ => (&rule::YAML_SYNTAX, None),
    };
    let message = match error {
        Error::DuplicateMappingKey { key, .. } => format!(
            "`{}` is written twice",
            key.as_deref().unwrap_or("the same key")
        ),
        Error::MultipleDocuments { .. } => "a second document".to_owned(),
        Error::MergeKeyNotAllowed { .. } => "merge keys are not allowed".to_owned(),
        Error::Budget { .. } => {
            let nodes = limits.nodes;
            format!("nested deeper than {MAX_DEPTH} levels, or more than {nodes} values")
        }
        _ => {
            let text = error.to_string();
            let cut = text.find(" at line ").unwrap_or(text.len());
            text.get(..cut).unwrap_or(&text).to_owned()
        }
    };
    let span = error.location().map_or(0..0, |at| {
        if at.span().byte_offset().is_some() {
            return bytes_of(at.span());
        }
        let number = |n| usize::try_from(n).unwrap_or(0);
        let start = SourceOffset::from_location(&file.text, number(at.line()), number(at.column()));
        start.offset()..start.offset()
    });
    let place = Place {
        file: Arc::clone(file),
        span: trim(&file.text, span),
    };
    let mut problem = Problem::new(rule, place, message);
    problem.help = help.map(str::to_owned);
    problem
}

fn bytes_of(span: serde_yaml::Span) -> Range<usize> {
    let number = |n| usize::try_from(n).unwrap_or(0);
    let start = span.byte_offset().map_or(0, number);
    start..start + span.byte_len().map_or(0, number)
}

/// Cuts a span back to the text that is really there, without the blanks at its end.
fn trim(text: &str, span: Range<usize>) -> Range<usize> {
    let start = span.start.min(text.len());
    let written = text
        .get(start..span.end.clamp(start, text.len()))
        .unwrap_or("");
    start..start + written.trim_end().len()
}

fn find(root: &Spanned<Node>, pointer: &str, of_key: bool) -> Option<Range<usize>> {
    let mut at = root;
    let mut key = None;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        (key, at) = match &at.value {
            Node::Map(entries) => {
                let (key, value) = entries.iter().find(|(key, _)| key.value == token)?;
                (Some(key), value)
            }
            Node::List(items) => (None, items.get(token.parse::<usize>().ok()?)?),
            Node::Scalar => return None,
        };
    }
    let value = bytes_of(at.referenced.span());
    Some(match key {
        Some(key) if of_key || value.is_empty() => bytes_of(key.referenced.span()),
        _ => value,
    })
}

/// Only the shape of a document, to find places in.
enum Node {
    Scalar,
    List(Vec<Spanned<Node>>),
    Map(Vec<(Spanned<String>, Spanned<Node>)>),
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
        Ok(Node::Scalar)
    }
    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Scalar)
    }
    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Scalar)
    }
    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Scalar)
    }
    fn visit_i128<E: de::Error>(self, _: i128) -> Result<Node, E> {
        Ok(Node::Scalar)
    }
    fn visit_u128<E: de::Error>(self, _: u128) -> Result<Node, E> {
        Ok(Node::Scalar)
    }
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Scalar)
    }
    fn visit_str<E: de::Error>(self, _: &str) -> Result<Node, E> {
        Ok(Node::Scalar)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Map(entries))
    }
}
