//! What to type instead of text that is not YAML. The parser says where it could not go on; here the slip is looked
//! for that led there: an opening quote, a tab, a marker of git, a line that is indented like no other.

mod brackets;
mod lines;
mod quotes;
mod text;

use std::ops::Range;

use granit_parser::ErrorKind as Kind;

pub(super) use lines::misspelt;
use text::{Line, Text};

/// Starts of the lines that git leaves where a merge needs a person.
const CONFLICT_MARKERS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// What is wrong with a tab at the start of a line, and what to type.
pub(super) const INDENTING_TAB: (&str, &str) = ("a tab indents the line", "indent with spaces");

/// Text that is not YAML.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slip {
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

impl Slip {
    fn new(range: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            range,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// The slip behind an error of the parser, which stopped `at` a byte of the text.
pub(super) fn find(text: &str, kind: &Kind, at: usize) -> Slip {
    let text = Text(text);
    conflict(text)
        .or_else(|| tab(text, kind, at))
        .or_else(|| quotes::find(text, kind, at))
        .or_else(|| brackets::find(text, kind, at))
        .or_else(|| plain(text, kind, at))
        .or_else(|| lines::find(text, kind, at))
        .unwrap_or_else(|| {
            let help = "indent with spaces, and put text with other marks than letters in quotes";
            Slip::new(at..at, kind.to_string(), help)
        })
}

fn conflict(text: Text) -> Option<Slip> {
    let is_marker = |line: &Line| {
        let rest = |marker: &&str| line.text.strip_prefix(*marker);
        let mut rests = CONFLICT_MARKERS.iter().filter_map(rest);
        rests.any(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let line = text.lines().find(is_marker)?;
    let help = "keep the lines that are right, and remove those that start with `<<<<<<<`, `=======` or `>>>>>>>`";
    Some(Slip::new(
        line.range(),
        "a merge was not finished: this is a conflict marker of git",
        help,
    ))
}

fn tab(text: Text, kind: &Kind, at: usize) -> Option<Slip> {
    let indented = |line: Line| {
        let (message, help) = INDENTING_TAB;
        Some(Slip::new(line.tab()?, message, help))
    };
    match kind {
        Kind::TabInBlockIndentation
        | Kind::TabInPlainScalar
        | Kind::TabAtBlockScalarStart
        | Kind::TabInIndentation
        | Kind::TabNotAllowed
        | Kind::InvalidBlockEntryWhitespace
        | Kind::InvalidMappingValueWhitespace => {
            let here = text.line(at);
            let mut from_here = text.lines().filter(|line| line.start >= here.start);
            from_here.find_map(indented).or_else(|| {
                let tab = here.start + here.text.find('\t')?;
                Some(Slip::new(
                    tab..tab + 1,
                    "a tab between marks",
                    "write a space in its place",
                ))
            })
        }
        Kind::MappingValueNotAllowed
        | Kind::SimpleKeyExpected
        | Kind::InvalidSimpleKey
        | Kind::ExpectedBlockMappingKey
        | Kind::ExpectedBlockSequenceEntry
        | Kind::ExpectedDocumentStart
        | Kind::BlockSequenceEntryNotAllowed
        | Kind::InvalidIndentation => indented(text.line(at)),
        _ => None,
    }
}

/// Text without quotes that needs them, and marks of YAML that nobody means here.
fn plain(text: Text, kind: &Kind, at: usize) -> Option<Slip> {
    let mark = text.from(at).chars().next().unwrap_or(' ');
    let (message, help) = match kind {
        Kind::UnexpectedCharacter { .. } if text.from(at).starts_with("```") => (
            "a line of Markdown".to_owned(),
            "remove the lines that start with three backticks",
        ),
        Kind::UnexpectedCharacter { .. }
        | Kind::MissingAnchorOrAliasName
        | Kind::MappingKeyNotAllowed
        | Kind::PlainScalarStartsWithDashFlowIndicator
        | Kind::ExpectedTagBang
        | Kind::InvalidGlobalTagCharacter
        | Kind::InvalidTagTerminator
        | Kind::MissingTagUri
        | Kind::UnclosedVerbatimTag
        | Kind::UndeclaredTagHandle
        | Kind::InvalidTagEscape
        | Kind::InvalidTagUtf8LeadingByte
        | Kind::InvalidTagUtf8TrailingByte
        | Kind::InvalidTagUtf8 => (
            format!("text without quotes cannot start with `{mark}`"),
            "put the text in quotes",
        ),
        Kind::InvalidBlockScalarHeader | Kind::ZeroBlockScalarIndent => (
            format!("`{mark}` stands alone at the end of its line"),
            "write the text on the lines below, indented, or put it in quotes on this line",
        ),
        Kind::InvalidBlockScalarIndent => (
            "a line of the text is indented less than the first".to_owned(),
            "indent all lines of the text alike",
        ),
        Kind::InvalidQuotedScalarIndent => (
            "a line of the text is indented less than its key".to_owned(),
            "write the text on one line, or indent the lines below the first",
        ),
        Kind::InvalidDocumentEnd => (
            "text behind `...`, which ends a document".to_owned(),
            "remove the `...`",
        ),
        Kind::DuplicateVersionDirective
        | Kind::UnsupportedYamlMajorVersion
        | Kind::DuplicateTagDirective
        | Kind::MissingDocumentEndBeforeDirective
        | Kind::InvalidDirectiveTerminator
        | Kind::MissingYamlVersionSeparator
        | Kind::MissingDirectiveName
        | Kind::InvalidDirectiveName
        | Kind::DirectiveByteLimitExceeded { .. }
        | Kind::TooManyReservedDirectiveParams { .. }
        | Kind::YamlVersionTooLong
        | Kind::MissingYamlVersion
        | Kind::ExpectedTagDirectiveBang
        | Kind::InvalidTagDirectiveTerminator => return Some(directive(text.line(at))),
        _ => return None,
    };
    Some(Slip::new(at..at + mark.len_utf8(), message, help))
}

fn directive(line: Line) -> Slip {
    Slip::new(
        line.range(),
        "a line that starts with `%` is a directive to the reader",
        "remove the line; a key that starts with `%` goes in quotes",
    )
}

#[cfg(test)]
mod tests {
    use crate::{diagnostic::rule, yaml::Document};

    /// A text, the line and column of its slip, what is said, and what to type.
    type Case = (&'static str, &'static str, &'static str, &'static str);

    const TAB: &str = "a tab indents the line";
    const SPACES: &str = "indent with spaces";
    const CONFLICT: &str = "a merge was not finished: this is a conflict marker of git";
    const KEEP: &str = "keep the lines that are right, and remove those that start with `<<<<<<<`, `=======` or `>>>>>>>`";
    const ONE_PAIR: &str =
        "put the whole text in one pair of quotes, and write `\\\"` for a quote in it";
    const NO_ESCAPE: &str = "a `\\` in double quotes starts an escape, and this is none";
    const BACKSLASH: &str = "write `\\\\` for a backslash, or put the text in single quotes";
    const COMMA: &str = "separate entries with `, `";
    const IN_TEXT: &str = "a `: ` within text";
    const QUOTE_OR_LINES: &str = "put the text in quotes, or each key on a line of its own";
    const NO_KEY: &str = "a line without a key and its `: `";
    const KEY: &str = "write it as `key: value`; a comment starts with `#`";
    const FITS_NOTHING: &str = "the indentation fits nothing above";
    const QUOTE: &str = "put the text in quotes";
    const DIRECTIVE: &str = "a line that starts with `%` is a directive to the reader";
    const NO_DIRECTIVE: &str = "remove the line; a key that starts with `%` goes in quotes";

    const TABS: &[Case] = &[
        ("\ta: 1\n", "1:1", TAB, SPACES),
        ("p:\n\ta: 1\n", "2:1", TAB, SPACES),
        ("p:\n  a: 1\n\tb: 2\n", "3:1", TAB, SPACES),
        ("p:\n  a: 1\n  \tb: 2\n", "3:3", TAB, SPACES),
        ("a: b\n\tc: d\n", "2:1", TAB, SPACES),
        ("l:\n\t- a\n", "2:1", TAB, SPACES),
        ("a: |\n\tx\n", "2:1", TAB, SPACES),
        ("a: |\n  x\n\ty\n", "3:1", TAB, SPACES),
        ("\u{feff}p:\n\ta: 1\n", "2:1", TAB, SPACES),
    ];

    const CONFLICTS: &[Case] = &[
        (
            "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> branch\n",
            "2:1",
            CONFLICT,
            KEEP,
        ),
        (
            "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> branch\n",
            "1:1",
            CONFLICT,
            KEEP,
        ),
        ("p:\n  a: 1\n=======\n  b: 2\n", "3:1", CONFLICT, KEEP),
        ("a: |\n  x\n>>>>>>> branch\n", "3:1", CONFLICT, KEEP),
        ("a: [x,\n||||||| base\ny]\nb: c: d\n", "2:1", CONFLICT, KEEP),
    ];

    const QUOTES: &[Case] = &[
        (
            "a: \"x\nb: 1\n",
            "1:4",
            "the `\"` is not closed",
            "write `\"` at the end of the text",
        ),
        (
            "a: 'x\nb: 1\n",
            "1:4",
            "the `'` is not closed",
            "write `'` at the end of the text",
        ),
        (
            "a: 1\n\"b: 2\n",
            "2:1",
            "the `\"` is not closed",
            "write `\"` at the end of the text",
        ),
        (
            "a: \"x\nb: \"y\"\n",
            "1:4",
            "the `\"` is not closed",
            "write `\"` at the end of the text",
        ),
        (
            "a: 'x\nb: 'y'\n",
            "1:4",
            "the `'` is not closed",
            "write `'` at the end of the text",
        ),
        (
            "a: \"x\nb: 1\n---\n",
            "1:4",
            "the `\"` is not closed",
            "write `\"` at the end of the text",
        ),
        (
            "a: [x, \"y]\nb: \"z\"\n",
            "1:8",
            "the `\"` is not closed",
            "write `\"` at the end of the text",
        ),
        (
            "a: 'it's'\n",
            "1:8",
            "text behind a closing quote",
            "write `''` for a single quote within single quotes, or put the whole in double quotes",
        ),
        (
            "a: 'it''s' b\n",
            "1:12",
            "text behind a closing quote",
            "write `''` for a single quote within single quotes, or put the whole in double quotes",
        ),
        (
            "a: \"x\" y\n",
            "1:8",
            "text behind a closing quote",
            ONE_PAIR,
        ),
        (
            "a: \"say \\\"hi\\\"\" now\n",
            "1:17",
            "text behind a closing quote",
            ONE_PAIR,
        ),
        ("a: \"C:\\Users\"\n", "1:7", NO_ESCAPE, BACKSLASH),
        ("a: \"x\\d+\"\n", "1:6", NO_ESCAPE, BACKSLASH),
        ("a: \"\\n\\uD800\"\n", "1:7", NO_ESCAPE, BACKSLASH),
        (
            "a: \"x\"#c\n",
            "1:7",
            "no space before a comment",
            "write a space before the `#`, or put the text in quotes if it belongs to it",
        ),
    ];

    const BRACKETS: &[Case] = &[
        (
            "a: [x, y\nb: 1\n",
            "1:4",
            "the `[` is not closed",
            "write `]` after the last entry",
        ),
        (
            "a: [x\n",
            "1:4",
            "the `[` is not closed",
            "write `]` after the last entry",
        ),
        (
            "p: {a: 1\nb: 1\n",
            "1:4",
            "the `{` is not closed",
            "write `}` after the last entry",
        ),
        (
            "a: [x, {b: 1\n",
            "1:8",
            "the `{` is not closed",
            "write `}` after the last entry",
        ),
        (
            "p:\n  a: [x\n  b: 1\n",
            "2:6",
            "the `[` is not closed",
            "write `]` after the last entry",
        ),
        (
            "{\n  \"a\": 1,\n  \"b\": 2\n",
            "1:1",
            "the `{` is not closed",
            "write `}` after the last entry",
        ),
        (
            "a: [x}\n",
            "1:4",
            "the `[` is closed by `}`",
            "close it with `]`",
        ),
        (
            "a: ]\n",
            "1:4",
            "a `]` that closes nothing",
            "remove it, or put the text in quotes",
        ),
        (
            "a: [x]]\n",
            "1:7",
            "a `]` that closes nothing",
            "remove it, or put the text in quotes",
        ),
        (
            "a: 1\n}\n",
            "2:1",
            "a `}` that closes nothing",
            "remove it, or put the text in quotes",
        ),
        (
            "a: [\"x\" \"y\"]\n",
            "1:9",
            "no comma between two entries",
            COMMA,
        ),
        ("a: {b: 1 c: 2}\n", "1:10", "no comma before `c`", COMMA),
        (
            "{\n  \"a\": 1\n  \"b\": 2\n}\n",
            "3:3",
            "no comma before `\"b\"`",
            COMMA,
        ),
        (
            "a: [1,,2]\n",
            "1:7",
            "an entry without text",
            "remove the comma",
        ),
        ("a: [b: c: d]\n", "1:9", IN_TEXT, QUOTE_OR_LINES),
        (
            "a: [\n  - b\n]\n",
            "2:3",
            "a `-` in brackets",
            "separate entries with `, ` and leave the `-` out",
        ),
        (
            "a: [x] y\n",
            "1:8",
            "text behind a value that has ended",
            "put the whole value in quotes, or the rest on a line of its own",
        ),
        (
            "a: {{ x }}\n",
            "1:5",
            "a key is a list or a mapping",
            "a key is a name; put text that starts with `{` or `[` in quotes",
        ),
    ];

    const COLONS: &[Case] = &[
        (
            "a: 1\nport:5432\n",
            "2:5",
            "no space after the `:`",
            "write `port: 5432`",
        ),
        (
            "port:5432\na: 1\n",
            "1:5",
            "no space after the `:`",
            "write `port: 5432`",
        ),
        (
            "p:\n  a:1\n  b: 2\n",
            "2:4",
            "no space after the `:`",
            "write `a: 1`",
        ),
        (
            "p:\n  a: 1\n  b:2\n",
            "3:4",
            "no space after the `:`",
            "write `b: 2`",
        ),
        (
            "\"a\": 1\n\"b\":2\n",
            "2:4",
            "no space after the `:`",
            "write `\"b\": 2`",
        ),
        (
            "a: 1\nport = 5432\n",
            "2:6",
            "`=` in the place of `: `",
            "write `port: 5432`",
        ),
        (
            "a: 1\nport：5432\n",
            "2:5",
            "`：` in the place of `: `",
            "write `port: 5432`",
        ),
        ("a: 1\nport\nb: 2\n", "2:1", NO_KEY, KEY),
        ("p:\n  port 5432\n  b: 2\n", "2:3", NO_KEY, KEY),
        ("// c\na: 1\n", "1:1", NO_KEY, KEY),
        ("a: 1\n  more\nb\n", "3:1", NO_KEY, KEY),
        ("a: b # c\n  d\n", "2:3", NO_KEY, KEY),
        ("reason: note: this\n", "1:13", IN_TEXT, QUOTE_OR_LINES),
        ("a: \"b\": c\n", "1:7", IN_TEXT, QUOTE_OR_LINES),
        ("a: 1, b: 2\n", "1:8", IN_TEXT, QUOTE_OR_LINES),
        (
            ": 1\n",
            "1:1",
            "a key is empty",
            "write a name before the `:`",
        ),
        (
            "? [a]\n: b\n",
            "1:3",
            "a key is a list or a mapping",
            "a key is a name; put text that starts with `{` or `[` in quotes",
        ),
    ];

    const INDENTATION: &[Case] = &[
        (
            "a: 1\n  b: 2\n",
            "2:3",
            FITS_NOTHING,
            "indent it with no space like `a`",
        ),
        (
            "- a: 1\n     b: 2\n",
            "2:6",
            FITS_NOTHING,
            "indent it with 2 spaces like `a`",
        ),
        (
            "p:\n    a: 1\n  b: 2\n",
            "3:3",
            FITS_NOTHING,
            "indent it with 4 spaces like `a`, or with no space like `p`",
        ),
        (
            "  a: 1\n b: 2\n",
            "2:2",
            FITS_NOTHING,
            "indent it with 2 spaces like `a`",
        ),
        (
            "  a: 1\nb: 2\n",
            "2:1",
            FITS_NOTHING,
            "indent it with 2 spaces like `a`",
        ),
        (
            "l:\n  - a\n - b\n",
            "3:2",
            FITS_NOTHING,
            "indent it with 2 spaces like `-`, or with no space like `l`",
        ),
        (
            "l:\n  - a: 1\n    b: 2\n   c: 3\n",
            "4:4",
            FITS_NOTHING,
            "indent it with 4 spaces like `b`, or with 2 spaces like `-`",
        ),
        (
            "a: b # c\n  d: 1\n",
            "2:3",
            FITS_NOTHING,
            "indent it with no space like `a`",
        ),
        (
            "a: 1\n- b\n",
            "2:1",
            "an entry of a list among keys",
            "indent it like the entries of its list, or write `key: value`",
        ),
        (
            "l:\n  - a\n  b: 1\n",
            "3:3",
            "a key among the entries of a list",
            "start it with `- `, or indent it like the keys of its mapping",
        ),
        (
            "l:\n  - a\n  -b\n  - c: 1\n",
            "3:3",
            "no space after the `-`",
            "write `- b`",
        ),
        ("- a\n-b\n", "2:1", "no space after the `-`", "write `- b`"),
        (
            "l: - a\n",
            "1:4",
            "a list starts on the line of its key",
            "write each entry on a line of its own below the key, or all as `[a, b]`",
        ),
    ];

    const MARKS: &[Case] = &[
        (
            "a: @x\n",
            "1:4",
            "text without quotes cannot start with `@`",
            QUOTE,
        ),
        (
            "a: `x`\n",
            "1:4",
            "text without quotes cannot start with ```",
            QUOTE,
        ),
        (
            "a: %x\n",
            "1:4",
            "text without quotes cannot start with `%`",
            QUOTE,
        ),
        (
            "a: * x\n",
            "1:4",
            "text without quotes cannot start with `*`",
            QUOTE,
        ),
        (
            "a: & x\n",
            "1:4",
            "text without quotes cannot start with `&`",
            QUOTE,
        ),
        (
            "a: !e!x y\n",
            "1:4",
            "text without quotes cannot start with `!`",
            QUOTE,
        ),
        (
            "a: !<x\n",
            "1:4",
            "text without quotes cannot start with `!`",
            QUOTE,
        ),
        (
            "a: ? x\n",
            "1:4",
            "text without quotes cannot start with `?`",
            QUOTE,
        ),
        (
            "a: [-]\n",
            "1:5",
            "text without quotes cannot start with `-`",
            QUOTE,
        ),
        (
            "```yaml\na: 1\n```\n",
            "1:1",
            "a line of Markdown",
            "remove the lines that start with three backticks",
        ),
        (
            "a: |x\n  y\n",
            "1:4",
            "`|` stands alone at the end of its line",
            "write the text on the lines below, indented, or put it in quotes on this line",
        ),
        (
            "a: >-x\n",
            "1:4",
            "`>` stands alone at the end of its line",
            "write the text on the lines below, indented, or put it in quotes on this line",
        ),
        ("%a: 1\n", "1:1", DIRECTIVE, NO_DIRECTIVE),
        ("%YAML 2.0\n---\na: 1\n", "1:1", DIRECTIVE, NO_DIRECTIVE),
        (
            "... a\n",
            "1:5",
            "text behind `...`, which ends a document",
            "remove the `...`",
        ),
    ];

    #[test]
    fn every_slip_is_told_at_its_place_with_what_to_type() {
        let cases = [
            TABS,
            CONFLICTS,
            QUOTES,
            BRACKETS,
            COLONS,
            INDENTATION,
            MARKS,
        ];
        let mut wrong = Vec::new();
        for (text, place, message, help) in cases.into_iter().flatten() {
            let problem = match Document::parse("a.yaml", text.as_bytes().to_vec()) {
                Ok(document) => panic!("{text:?} is {}", document.value),
                Err(problems) => problems.into_iter().next().unwrap(),
            };
            let (line, column) = problem.span.file.position(problem.span.range.start);
            let found = format!(
                "{line}:{column} {}: {}",
                problem.message,
                problem.help.unwrap()
            );
            let expected = format!("{place} {message}: {help}");
            if problem.rule.code != rule::YAML_SYNTAX.code || found != expected {
                wrong.push(format!("{text:?}\n  is    {found}\n  not   {expected}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_byte_order_mark_and_line_ends_of_windows_move_no_place() {
        for (text, place) in [
            ("\u{feff}port:5432\r\na: 1\r\n", (1, 5)),
            ("\u{feff}a: \"x\r\nb: 1\r\n", (1, 4)),
            ("\u{feff}a: 1\r\n<<<<<<< HEAD\r\n", (2, 1)),
            ("\u{feff}<<<<<<< HEAD\r\na: 1\r\n", (1, 1)),
            ("a: 1\r\n\r\n  b: 2\r\n", (3, 3)),
        ] {
            let problems = Document::parse("a.yaml", text.as_bytes().to_vec()).unwrap_err();
            let span = &problems.first().unwrap().span;
            assert_eq!(span.file.position(span.range.start), place, "{text:?}");
        }
    }
}
