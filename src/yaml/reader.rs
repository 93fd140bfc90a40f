//! Events of the parser to a value and the places of everything in it, in one pass.

use std::{borrow::Cow, ops::Range};

use granit_parser::{
    ErrorKind, Event, Marker, Options, Parser, ScalarStyle, ScanError, StrInput, StructureStyle,
};
use serde_json::{Map, Value, map::Entry};

use super::{
    Limits,
    scalar::{self, Unbounded},
    slip,
};
use crate::diagnostic::{
    rule::{self, Rule},
    spans::{Builder, Spans},
};

/// Mappings and lists within each other.
const MAX_DEPTH: usize = 16;

/// The first thing that is not allowed.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) rule: &'static Rule,
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

type Result<T> = std::result::Result<T, Fault>;

impl Fault {
    fn new(rule: &'static Rule, range: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            rule,
            range,
            message: message.into(),
            help: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Reads one document.
pub(super) fn read(text: &str, limits: Limits) -> Result<(Value, Spans)> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.emit_anchor_events = true;
    options.emit_unresolved_aliases = true;
    let mut reader = Reader {
        text,
        limits,
        parser: Parser::new_from_str_with_options(text, options),
        spans: Builder::new(text),
        nodes: 0,
    };
    let value = reader.document()?;
    Ok((value, reader.spans.finish()))
}

struct Reader<'a> {
    text: &'a str,
    limits: Limits,
    parser: Parser<'a, StrInput<'a>>,
    spans: Builder<'a>,
    nodes: usize,
}

/// What the parser says, as far as it is allowed, and its bytes.
type Placed<'a> = (Token<'a>, Range<usize>);

enum Token<'a> {
    /// The start of a document.
    Document,
    /// Text without quotes.
    Plain(Cow<'a, str>),
    /// Text in quotes, or below `|` or `>`.
    Quoted(Cow<'a, str>),
    /// The start of a list.
    List,
    /// The start of a mapping.
    Mapping(StructureStyle),
    /// The end of the innermost list or mapping, or of the document.
    End,
    /// The end of the text.
    EndOfText,
}

impl<'a> Reader<'a> {
    /// All documents of the text, of which there is at most one; a text without any is empty at its end.
    fn document(&mut self) -> Result<Value> {
        let mut value = None;
        loop {
            let (token, range) = self.next()?;
            match token {
                Token::Document if value.is_some() => {
                    let fault = Fault::new(&rule::SECOND_DOCUMENT, range, "a second document");
                    let help = "one file is one document: remove `---` and what follows";
                    return Err(fault.help(help));
                }
                Token::Document => {
                    let root = self.next()?;
                    value = Some(self.node(root, None, 0)?);
                }
                Token::EndOfText => {
                    return Ok(value.unwrap_or_else(|| {
                        self.spans.start(None, &range);
                        Value::Null
                    }));
                }
                _ => {}
            }
        }
    }

    /// A value that starts with this token. `depth` counts what is around it.
    fn node(
        &mut self,
        (token, range): Placed<'a>,
        key: Option<(&str, &Range<usize>)>,
        depth: usize,
    ) -> Result<Value> {
        self.count(&range)?;
        let at = self.spans.start(key, &range);
        match token {
            Token::Plain(text) => {
                scalar::resolve(text).map_err(|unbounded| self.unbounded(unbounded, range))
            }
            Token::Quoted(text) => Ok(Value::String(text.into_owned())),
            Token::List => {
                refuse_depth(depth + 1, range)?;
                let items = self.list(depth + 1)?;
                self.spans.end(at, items.len());
                Ok(Value::Array(items))
            }
            Token::Mapping(style) => {
                refuse_depth(depth + 1, range)?;
                let entries = self.mapping(depth + 1, style)?;
                self.spans.end(at, entries.len());
                Ok(Value::Object(entries))
            }
            // The parser gives a token to every value.
            Token::Document | Token::End | Token::EndOfText => Ok(Value::Null),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        loop {
            let item = self.next()?;
            if matches!(item.0, Token::End | Token::EndOfText) {
                return Ok(items);
            }
            items.push(self.node(item, None, depth)?);
        }
    }

    fn mapping(&mut self, depth: usize, style: StructureStyle) -> Result<Map<String, Value>> {
        let mut entries = Map::new();
        loop {
            let (token, range) = self.next()?;
            if matches!(token, Token::End | Token::EndOfText) {
                return Ok(entries);
            }
            if style == StructureStyle::Block {
                self.refuse_tab(&range)?;
            }
            match entries.entry(self.key(token, &range)?) {
                Entry::Vacant(entry) => {
                    let value = self.next()?;
                    let value = self.node(value, Some((entry.key(), &range)), depth)?;
                    entry.insert(value);
                }
                Entry::Occupied(entry) => {
                    let message = format!("`{}` is written twice", entry.key());
                    let fault = Fault::new(&rule::DUPLICATE_KEY, range, message);
                    return Err(fault.help("keep one of them"));
                }
            }
        }
    }

    fn key(&mut self, token: Token, range: &Range<usize>) -> Result<String> {
        self.count(range)?;
        let (message, help) = match token {
            Token::Plain(text) if text == "<<" => {
                let message = "merge keys are not allowed";
                let fault = Fault::new(&rule::MERGE_KEY, range.clone(), message);
                return Err(fault.help("write the keys in full"));
            }
            Token::Plain(text) if scalar::is_long_number(&text) => {
                return Err(self.unbounded(Unbounded::Long, range.clone()));
            }
            Token::Plain(text) if scalar::is_null(&text) => {
                ("a key is empty", "write a name before the `:`")
            }
            Token::Plain(text) | Token::Quoted(text) => return Ok(text.into_owned()),
            _ => (
                "a key is a list or a mapping",
                "a key is a name; put text that starts with `{` or `[` in quotes",
            ),
        };
        Err(Fault::new(&rule::YAML_SYNTAX, range.clone(), message).help(help))
    }

    /// The parser takes a tab at the start of a block for a space; other readers refuse it.
    fn refuse_tab(&self, range: &Range<usize>) -> Result<()> {
        let before = self.text.get(..range.start).unwrap_or("");
        if !before.ends_with('\t') {
            return Ok(());
        }
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let white = before.get(start..).unwrap_or("");
        match white.find('\t') {
            Some(tab) if white.trim_start().is_empty() => {
                let (message, help) = slip::INDENTING_TAB;
                let range = start + tab..start + tab + 1;
                Err(Fault::new(&rule::YAML_SYNTAX, range, message).help(help))
            }
            _ => Ok(()),
        }
    }

    fn count(&mut self, range: &Range<usize>) -> Result<()> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            let message = format!("more than {} values", self.limits.nodes);
            return Err(Fault::new(&rule::TOO_LARGE, range.clone(), message));
        }
        Ok(())
    }

    fn unbounded(&self, unbounded: Unbounded, range: Range<usize>) -> Fault {
        let (message, help) = match unbounded {
            Unbounded::Long => (
                "a number of more than 32 letters".to_owned(),
                "put it in quotes if it is text",
            ),
            Unbounded::Infinite => {
                let written = self.text.get(range.clone()).unwrap_or("");
                (
                    format!("`{written}` is no number that can be counted to"),
                    "write a whole number, or put it in quotes if it is text",
                )
            }
        };
        Fault::new(&rule::BAD_NUMBER, range, message).help(help)
    }

    /// The next token, unless it makes one value stand for another.
    fn next(&mut self) -> Result<Placed<'a>> {
        let (event, span) = match self.parser.next_event() {
            Some(Ok(next)) => next,
            Some(Err(error)) => return Err(syntax(self.text, &error)),
            None => return Ok((Token::EndOfText, self.text.len()..self.text.len())),
        };
        let range = byte(span.start)..byte(span.end);
        let (rule, range, message, help) = match event {
            Event::Anchor(..) => (
                &rule::ANCHOR,
                range,
                "anchors are not allowed",
                "write the value where it is used",
            ),
            Event::Alias(..) | Event::UnresolvedAlias(..) => (
                &rule::ALIAS,
                range,
                "aliases are not allowed",
                "write the value in full, or in quotes if it is text that starts with `*`",
            ),
            Event::Scalar(.., Some(_))
            | Event::SequenceStart(.., Some(_))
            | Event::MappingStart(.., Some(_)) => (
                &rule::TAG,
                span.tag_span()
                    .map_or(range, |tag| byte(tag.start)..byte(tag.end)),
                "tags are not allowed",
                "remove the tag, or put the text in quotes if it starts with `!`",
            ),
            Event::DocumentStart(..) => return Ok((Token::Document, range)),
            Event::Scalar(text, ScalarStyle::Plain, ..) => return Ok((Token::Plain(text), range)),
            Event::Scalar(text, ..) => return Ok((Token::Quoted(text), range)),
            Event::SequenceStart(..) => return Ok((Token::List, range)),
            Event::MappingStart(style, ..) => return Ok((Token::Mapping(style), range)),
            Event::StreamEnd => return Ok((Token::EndOfText, range)),
            _ => return Ok((Token::End, range)),
        };
        Err(Fault::new(rule, range, message).help(help))
    }
}

fn refuse_depth(depth: usize, range: Range<usize>) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(too_deep(range));
    }
    Ok(())
}

fn too_deep(range: Range<usize>) -> Fault {
    let message = format!("nested deeper than {MAX_DEPTH} levels");
    Fault::new(&rule::TOO_LARGE, range, message)
}

fn byte(marker: Marker) -> usize {
    marker.byte_offset().unwrap_or(0)
}

fn syntax(text: &str, error: &ScanError) -> Fault {
    let at = byte(*error.marker());
    if *error.kind() == ErrorKind::RecursionLimitExceeded {
        return too_deep(at..at);
    }
    let slip = slip::find(text, error.kind(), at);
    Fault::new(&rule::YAML_SYNTAX, slip.range, slip.message).help(slip.help)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use serde_yaml::options::MergeKeyPolicy;

    use super::{MAX_DEPTH, read};
    use crate::{diagnostic::rule, yaml::SMALL};

    const CONFIG: &str = "# A comment.
allocatedStorage: \"50\"
backupWindow: 16:00-17:00
clusters: [one, 'two']

proxy:
  initQuery: SET a = 'b'; SET c
# Another.
  idle: 0
tags:
- {a: b}
text: |
  one
   two
";
    const LETTERS: &str = " \n:#-?,[]{}\"'\\|>%=._0aeé";
    const SCALARS: &str = "1e3 0x10 0X1f 0o7 0b1 017 -017 1_000 1__0 _1 1_ 1.5 .5 1. -1 +1 -0 +0x1 -0x10 0 00 12:30 12:30:45 2026-01-31 \
        9223372036854775807 -9223372036854775808 -9223372036854775809 18446744073709551615 18446744073709551616 1e308 1e309 -1e309 \
        null Null NULL nUll ~ NaN nan .nan .NaN inf .inf -.inf +.INF Infinity yes No ON off y N True FALSE true false tRue e3 \
        a: a:b :a a# #a a#b a=b =a << '<<' <<a + - . .. +- 1+ 0x 0xg 0b2 'a' \"a\" \"a\"b \"\\n\" \"\\x41\" [] [a] [a,b] [a:b] [1] \
        {} {a:b} {a} a, ,a a' (a) a} a] @a %a `a |a >a ? - -a --- ... é";

    /// Configs that a slip of the finger makes of one.
    fn slips() -> impl Iterator<Item = String> {
        let typed = LETTERS.chars().flat_map(|letter| {
            (0..CONFIG.len()).map(move |at| {
                let (before, after) = CONFIG.split_at(at);
                let after = if at % 2 == 0 { after } else { &after[1..] };
                format!("{before}{letter}{after}")
            })
        });
        let left_out =
            (0..CONFIG.len()).map(|at| format!("{}{}", &CONFIG[..at], &CONFIG[at + 1..]));
        let cut = (0..CONFIG.len()).map(|at| CONFIG[..at].to_owned());
        typed.chain(left_out).chain(cut)
    }

    fn scalars() -> impl Iterator<Item = String> {
        SCALARS.split_whitespace().flat_map(|scalar| {
            [
                scalar.to_owned(),
                format!("a: {scalar}"),
                format!("{scalar}: a\n"),
                format!("a: b {scalar} c\n"),
                format!("a: [b, {scalar}]\n"),
                format!("a:\n  {scalar}: b\n  c: {scalar}\n"),
            ]
        })
    }

    #[test]
    fn another_reader_says_the_same() {
        let mut taken = 0;
        for text in slips().chain(scalars()) {
            let ours = read(&text, SMALL).map(|(value, _)| value);
            let options = serde_yaml::options! {
                strict_booleans: true,
                with_snippet: false,
                merge_keys: MergeKeyPolicy::Error,
            };
            let other = serde_yaml::from_str_with_options::<Value>(&text, options);
            match (ours, other) {
                (Ok(ours), Ok(other)) => {
                    taken += 1;
                    assert_eq!(ours, other, "{text}");
                }
                (Err(_), Err(_)) => {}
                (ours, other) => panic!("{ours:?}, but {other:?}:\n{text}"),
            }
        }
        assert!(taken > 2000, "{taken} texts were YAML");
    }

    #[test]
    fn what_lets_one_value_stand_for_another_is_refused() {
        for (text, rule, range) in [
            ("a: &x 1\n", &rule::ANCHOR, 3..5),
            ("a: *x\n", &rule::ALIAS, 3..5),
            ("a: !!str 1\n", &rule::TAG, 3..8),
            ("a: !x [1]\n", &rule::TAG, 3..5),
            ("<<: {a: 1}\n", &rule::MERGE_KEY, 0..2),
            ("a: 1\nb: 2\na: 3\n", &rule::DUPLICATE_KEY, 10..11),
            ("a: 1\n\"a\": 3\n", &rule::DUPLICATE_KEY, 5..8),
            ("a: 1\n---\nb: 2\n", &rule::SECOND_DOCUMENT, 5..8),
            ("a: .inf\n", &rule::BAD_NUMBER, 3..7),
        ] {
            let fault = read(text, SMALL).unwrap_err();
            assert_eq!((fault.rule.code, fault.range), (rule.code, range), "{text}");
        }
        let digits = "1".repeat(33);
        for (text, rule) in [
            (format!("a: {digits}\n"), &rule::BAD_NUMBER),
            (format!("{digits}: a\n"), &rule::BAD_NUMBER),
            (
                ["[", "]"].map(|mark| mark.repeat(MAX_DEPTH + 1)).concat(),
                &rule::TOO_LARGE,
            ),
            ("[".repeat(1000), &rule::TOO_LARGE),
            ("- ".repeat(1000), &rule::TOO_LARGE),
            (format!("[{}]", "a,".repeat(SMALL.nodes)), &rule::TOO_LARGE),
        ] {
            let fault = read(&text, SMALL).unwrap_err();
            assert_eq!(fault.rule.code, rule.code, "{text}");
        }
    }

    #[test]
    fn every_key_and_value_has_its_place() {
        let text = "a: 1 # c\nb:\n  - x\n  - {k: 'v w'}\n\"c/d\":\n  e~f: |\n    one\n\n  g:\n'h''i': two\n  lines\n";
        let (_, spans) = read(text, SMALL).unwrap();
        for (pointer, key, value) in [
            ("", "", ""),
            ("/a", "a", "1"),
            ("/b", "b", "b"),
            ("/b/0", "x", "x"),
            ("/b/1", "{", "{"),
            ("/b/1/k", "k", "'v w'"),
            ("/c~1d", "\"c/d\"", "\"c/d\""),
            ("/c~1d/e~0f", "e~f", "one"),
            ("/c~1d/g", "g", "g"),
            ("/h'i", "'h''i'", "two\n  lines"),
        ] {
            let written = |of_key| text[spans.find(text, pointer, of_key).unwrap()].trim_end();
            assert_eq!((written(true), written(false)), (key, value), "{pointer}");
        }
        let keys = (0..100).map(|n| format!("k{n}: [{n}]\n'q{n}': x\n"));
        let items = (0..100).map(|n| format!("v{n}"));
        let (keys, items) = (keys.collect::<Vec<_>>(), items.collect::<Vec<_>>());
        let long = format!("{}list: [{}]\n", keys.concat(), items.join(", "));
        let (_, spans) = read(&long, SMALL).unwrap();
        for (pointer, key, value) in [
            ("/k7/0", "7", "7"),
            ("/q99", "'q99'", "x"),
            ("/list/0", "v0", "v0"),
            ("/list/99", "v99", "v99"),
        ] {
            let written = |of_key| &long[spans.find(&long, pointer, of_key).unwrap()];
            assert_eq!((written(true), written(false)), (key, value), "{pointer}");
        }
        for pointer in ["/k100", "/list/100", "/list/v0"] {
            assert_eq!(spans.find(&long, pointer, false), None, "{pointer}");
        }
        for pointer in ["/x", "/a/x", "/b/2", "/b/x", "/b/-1", "/c/d", "/e~f"] {
            assert_eq!(spans.find(text, pointer, false), None, "{pointer}");
        }
    }
}
