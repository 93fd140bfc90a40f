//! Any text, at each place that it is shown or written at, read by what reads it there: it is that text, and nothing
//! else happens. `cargo xtask places` asks a million times instead of for a moment.

use std::{fmt::Write, fs, path::Path, sync::Arc, time::Instant};

use comrak::{Arena, Options, nodes::NodeValue, parse_document};
use serde_json::{Value, json};
use storage_valet_rds::{
    diagnostic::{File, Problem, Span, report, rule},
    inspect::graph::{self, Edge, Graph, Group, Node},
    terraform::print::escape,
    text::{go_template, json as documents, markdown::Markdown, screen::Screen, starlark},
    yaml,
};

use crate::support::{
    harmless::{assert_harmless, assert_harmless_in_color},
    oracle,
    random::{PIECES, Random},
};

/// Pieces that some place treats in its own way, beside those of YAML and HCL.
const STEERING: &[&str] = &[
    "\u{1b}[2J",
    "\u{1b}[31m",
    "\u{1b}]0;title\u{7}",
    "\u{1b}c",
    "\u{1b}P",
    "\u{9b}1A",
    "\u{8}",
    "\r",
    "\u{b}",
    "\u{c}",
    "\u{a0}",
    "\u{3000}",
    "::error::",
    "::",
    ":",
    "::set-output name=a::",
    "##[",
    "##",
    "#",
    "##[group]",
    "##vso[",
    "%0A",
    "%25",
    "```",
    "``",
    "`",
    "~~~",
    "|",
    "\\|",
    "*",
    "**",
    "_",
    "~~",
    "<",
    ">",
    "</code>",
    "</details>",
    "<img src=x>",
    "<!--",
    "-->",
    "&lt;",
    "&#60;",
    "![a](b)",
    "[a](http://a.b)",
    "[a]",
    "(b)",
    "@team",
    "a@b.cd",
    "mailto:a@b.cd",
    "http://a.b",
    "https://a.b/c?d",
    "ftp://a.b",
    "www.a.b",
    "#1",
    "GH-1",
    "a/b#1",
    "0123abc",
    "[^1]",
    "- [ ]",
    "> [!NOTE]",
    "$x$",
    "$$x$$",
    ":tada:",
    "{{",
    "{{ .password }}",
    "}}",
    "{{-",
    "{{/*",
    "\\n",
    "\\",
    "'''",
    "\"\"\"",
    "\u{fe0f}",
    "\u{ad}",
    "\u{2066}",
    "\u{200d}",
    "word",
    "two words",
];

fn text(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..random.below(16) {
        match random.below(8) {
            0 => text.extend(char::from_u32(
                u32::try_from(random.below(0x0011_0000)).unwrap(),
            )),
            1 => text.push(char::from(u8::try_from(random.below(128)).unwrap())),
            2 => text.push(' '),
            3 | 4 => text.push_str(random.one_of(PIECES)),
            _ => text.push_str(random.one_of(STEERING)),
        }
    }
    text
}

/// Calls with so many texts, the same in every run.
fn each(count: usize, seed: u64, ask: impl Fn(&str)) {
    let mut random = Random::new(seed);
    for _ in 0..count {
        ask(&text(&mut random));
    }
}

/// What a terminal is told to do beside showing letters.
#[derive(Default)]
struct Told {
    letters: String,
    other: Vec<String>,
}

impl vte::Perform for Told {
    fn print(&mut self, letter: char) {
        self.letters.push(letter);
    }
    fn execute(&mut self, byte: u8) {
        if matches!(byte, b'\n' | b'\t') {
            self.letters.push(char::from(byte));
        } else {
            self.other.push(format!("control {byte}"));
        }
    }
    fn csi_dispatch(&mut self, _: &vte::Params, _: &[u8], _: bool, action: char) {
        // Colours alone.
        if action != 'm' {
            self.other.push(format!("csi {action}"));
        }
    }
    fn esc_dispatch(&mut self, _: &[u8], _: bool, byte: u8) {
        self.other.push(format!("esc {byte}"));
    }
    fn osc_dispatch(&mut self, _: &[&[u8]], _: bool) {
        self.other.push("osc".to_owned());
    }
    fn hook(&mut self, _: &vte::Params, _: &[u8], _: bool, _: char) {
        self.other.push("hook".to_owned());
    }
}

fn told(screen: &Screen) -> Told {
    let mut told = Told::default();
    vte::Parser::new().advance(&mut told, screen.as_str().as_bytes());
    assert!(told.other.is_empty(), "{:?}: {screen:?}", told.other);
    told
}

/// A line stays one line of the terminal, between those before and after it.
fn terminal_line(text: &str) {
    let line = Screen::of_line(text);
    assert_harmless(line.as_str());
    assert_eq!(told(&line).letters, line.as_str());
    assert_eq!(line.as_str().matches('\n').count(), 1);
    let line = line.as_str().trim_end_matches('\n');
    // A letter takes two columns at most.
    let columns = u16::try_from(2 * line.chars().count() + 10).unwrap();
    let mut terminal = vt100::Parser::new(3, columns, 0);
    terminal.process(format!("before\r\n>{line}<\r\nafter").as_bytes());
    // This terminal leaves out the letter that stands for broken ones.
    let expected = format!("before\n>{line}<\nafter").replace('\u{fffd}', "");
    assert_eq!(terminal.screen().contents(), expected);
    assert_eq!(terminal.screen().cursor_position(), (2, 5));
}

fn terminal_file(text: &str) {
    let lines = Screen::lines(text);
    assert_harmless(lines.as_str());
    assert_eq!(told(&lines).letters, lines.as_str());
    assert!(Screen::takes(lines.as_str()));
    // The lines are those of the text.
    let count = text.matches('\n').count() + usize::from(!text.is_empty() && !text.ends_with('\n'));
    assert_eq!(lines.as_str().matches('\n').count(), count, "{text:?}");
}

fn problem(text: &str) -> Problem {
    let file = Arc::new(File::new(text, format!("a: {text}\nb: 1\n")));
    let span = Span {
        range: 3..3 + text.len(),
        file,
    };
    Problem::new(&rule::ANCHOR, span.clone(), text)
        .help(text)
        .also(span, text)
}

/// A problem that is drawn: the message, the place and the file are anybody's.
fn drawing(text: &str) {
    for color in [true, false] {
        let drawn = report::draw(&[problem(text)], text, color, 60);
        told(&drawn);
        assert_harmless_in_color(drawn.as_str());
        assert!(color || !drawn.as_str().contains('\u{1b}'));
    }
}

/// What the runner makes of an annotation.
fn annotation(text: &str) {
    let printed = report::github(&[problem(text)], "");
    let lines: Vec<_> = printed.as_str().split_inclusive('\n').collect();
    assert_eq!(lines.len(), 1, "{printed}");
    let line = lines[0].strip_suffix('\n').unwrap();
    assert!(!line.contains(['\n', '\r']));
    let (command, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (name, properties) = command.split_once(' ').unwrap();
    assert_eq!(name, "error");
    let decoded = |text: &str| {
        text.replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    let properties: Vec<(&str, String)> = properties
        .split(',')
        .map(|property| property.split_once('=').unwrap())
        .map(|(name, value)| (name, decoded(value)))
        .collect();
    let names: Vec<_> = properties.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        ["title", "file", "line", "endLine", "col", "endColumn"]
    );
    assert_eq!(properties[0].1, "anchor");
    let message = message
        .replace("%0D", "\r")
        .replace("%0A", "\n")
        .replace("%25", "%");
    assert_harmless(&message);
    assert_harmless(&properties[1].1);
    assert_eq!(message.matches('\n').count(), 1);
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.extension.math_code = true;
    options.extension.alerts = true;
    options
}

/// Whether a piece of text could be more than that to GitHub: a mention, a reference, a commit, an address, an emoji.
fn is_more(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    let is_hex = |word: &str| word.len() >= 7 && word.chars().all(|one| one.is_ascii_hexdigit());
    text.contains(['@', '#', '<', '>', '`'])
        || ["www.", "://", "gh-"].iter().any(|one| lower.contains(one))
        || words.into_iter().any(is_hex)
        || text.split(' ').any(|word| word.matches(':').count() > 1)
}

/// The structure of a document: what it is made of, and its code.
fn structure(markdown: &Markdown) -> (Vec<String>, Vec<String>) {
    let screen = markdown.screen();
    assert_harmless(screen.as_str());
    let arena = Arena::new();
    let root = parse_document(&arena, screen.as_str(), &options());
    let (mut made_of, mut code) = (Vec::new(), Vec::new());
    for node in root.descendants() {
        let made = match &node.data.borrow().value {
            NodeValue::Text(text) => {
                assert!(!is_more(text), "{text:?} in {screen}");
                continue;
            }
            NodeValue::Code(found) => {
                code.push(found.literal.clone());
                continue;
            }
            NodeValue::CodeBlock(block) => {
                assert_eq!(block.info, "diff");
                code.push(block.literal.clone());
                "fence".to_owned()
            }
            NodeValue::HtmlBlock(block) => format!("html {:?}", block.literal),
            NodeValue::HtmlInline(html) => format!("html {html:?}"),
            NodeValue::TableRow(_) => "row".to_owned(),
            NodeValue::Table(_) => "table".to_owned(),
            other => format!("{other:?}")
                .split(['(', ' '])
                .next()
                .unwrap()
                .to_owned(),
        };
        made_of.push(made);
    }
    (made_of, code)
}

fn comment(text: &str) {
    let line = Screen::prompt(text).as_str().replace('\t', "\\u{9}");
    let list = Markdown::new()
        .own("- **bold** ")
        .prose(text)
        .own("<br>")
        .code(text)
        .own("\n");
    let (made_of, code) = structure(&list);
    let expected = [
        "Document",
        "List",
        "Item",
        "Paragraph",
        "Strong",
        "html \"<br>\"",
    ];
    assert_eq!(made_of, expected, "{list:?}");
    if !line.contains('|') && !line.trim().is_empty() {
        assert_eq!(code.last(), Some(&line));
    }
    let table = Markdown::new()
        .own("| a | b | c |\n|---|---|---|\n| x | ")
        .code(text)
        .own(" | ")
        .prose(text)
        .own(" |\n");
    let (made_of, _) = structure(&table);
    let cells = [
        "Document",
        "table",
        "row",
        "TableCell",
        "TableCell",
        "TableCell",
        "row",
    ];
    let expected = [&cells[..], &cells[3..6]].concat();
    assert_eq!(made_of, expected, "{table:?}");
    let fence = Markdown::new()
        .own("x\n\n")
        .fence("diff", text)
        .own("\ny\n");
    let (made_of, code) = structure(&fence);
    assert_eq!(
        made_of,
        ["Document", "Paragraph", "fence", "Paragraph"],
        "{fence:?}"
    );
    assert_eq!(code, [Screen::lines(text).as_str()]);
    let folded = Markdown::new()
        .own("<details><summary>")
        .html_prose(text)
        .own("</summary>\n\nx\n\n</details>\n");
    assert_folded(&folded);
}

/// Our own tags are the only ones, and code holds what could be more than a word.
fn assert_folded(folded: &Markdown) {
    let (made_of, _) = structure(folded);
    assert_eq!(made_of.len(), 4, "{folded:?}");
    let html = folded.screen().as_str().to_owned();
    let line = html.lines().next().unwrap();
    let inner = line.strip_prefix("<details><summary>").unwrap();
    let mut rest = inner.strip_suffix("</summary>").unwrap();
    while let Some((before, after)) = rest.split_once("<code>") {
        assert!(!is_more(before) && !before.contains('&'), "{line}");
        let (code, behind) = after.split_once("</code>").unwrap();
        assert!(!code.contains(['<', '>', '@', '`']), "{line}");
        rest = behind;
    }
    assert!(!is_more(rest) && !rest.contains('&'), "{line}");
}

fn hcl(text: &str) {
    let line = format!("a = \"{}\"\n", escape(text));
    assert_harmless(&line);
    assert!(Screen::takes(&line), "{line}");
    oracle::text_survives(text);
}

fn document(text: &str) {
    let document = json!({text: [text], "k": {"x": text}});
    for printed in [documents::pretty(&document), documents::line(&document)] {
        let printed = printed.unwrap();
        assert_harmless(&printed);
        assert!(Screen::takes(&printed));
        assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), document);
    }
}

fn yaml_document(text: &str) {
    let document = json!({text: [text], "k": {"x": text}});
    for compact in [true, false] {
        let printed = yaml::print(&document, compact).unwrap();
        assert_harmless(&printed);
        assert!(Screen::takes(&printed));
        let read: Value =
            serde_yaml::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
        assert_eq!(read, document, "{printed}");
    }
}

/// A string of Starlark, as its specification says it is read.
fn starlark_string(literal: &str) -> String {
    let inner = literal
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap();
    let mut letters = inner.chars();
    let mut read = String::new();
    while let Some(letter) = letters.next() {
        assert!(letter != '"' && letter != '\n', "{literal}");
        if letter != '\\' {
            read.push(letter);
            continue;
        }
        let escaped = letters.next().unwrap();
        read.push(match escaped {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '"' | '\\' => escaped,
            '0' | '1' => {
                let octal: String = [escaped]
                    .into_iter()
                    .chain(letters.by_ref().take(2))
                    .collect();
                char::from(u8::from_str_radix(&octal, 8).unwrap())
            }
            other => panic!("\\{other} in {literal}"),
        });
    }
    read
}

fn starlark_file(text: &str) {
    let literal = starlark::quoted(text);
    assert_harmless(&literal);
    let seen = |letter: char| {
        let is_ascii = letter.is_ascii();
        if is_ascii || Screen::takes(&format!("{letter}\n")) {
            letter
        } else {
            '\u{fffd}'
        }
    };
    let expected: String = text.chars().map(seen).collect();
    assert_eq!(starlark_string(&literal), expected);
}

/// A template of Go with nothing but the strings that we put into it, filled in.
fn go_template(template: &str) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let (action, behind) = after.split_once("}}").unwrap();
        assert_eq!(action, "\"{\"", "{template}");
        filled.push('{');
        rest = behind;
    }
    filled + rest
}

fn template(text: &str) {
    let literal = go_template::literal(text);
    assert_eq!(go_template(&literal), text);
    // Behind and before what we fill in ourselves.
    assert_eq!(
        go_template(&format!("{literal}{}{literal}", r#"{{"{"}}"#)),
        format!("{text}{{{text}")
    );
    let path = go_template::in_url(text);
    assert!(
        path.chars()
            .all(|one| one.is_ascii_alphanumeric() || "-._~%".contains(one))
    );
}

fn drawn_with(text: &str) -> Graph {
    let group = |id: &str| Group {
        id: id.to_owned(),
        title: text.to_owned(),
        nodes: vec![Node {
            id: format!("{id}0"),
            kind: text.to_owned(),
            lines: vec![text.to_owned()],
            is_list: false,
        }],
    };
    Graph {
        title: text.to_owned(),
        left: vec![group("a")],
        right: group("b"),
        edges: vec![Edge {
            from: "a0".to_owned(),
            to: "b0".to_owned(),
            label: text.to_owned(),
            data: true,
        }],
    }
}

fn drawings(text: &str) {
    let drawn = drawn_with(text);
    let plain = drawn_with("x");
    for draw in [graph::mermaid, graph::dot, graph::svg] {
        let (one, other) = (draw(&drawn), draw(&plain));
        assert_harmless(&one);
        assert!(Screen::takes(&one));
        // Nothing of the text ends what it stands in.
        let is_svg = one.starts_with("<svg");
        let ends = if is_svg {
            &['\n', '<', '>'][..]
        } else {
            &['\n']
        };
        for end in ends {
            assert_eq!(
                one.matches(*end).count(),
                other.matches(*end).count(),
                "{one}"
            );
        }
        let quotes = |drawn: &str| {
            drawn
                .replace("\\\\", "")
                .replace("\\\"", "")
                .matches('"')
                .count()
        };
        assert_eq!(quotes(&one), quotes(&other), "{one}");
    }
}

/// Asks about one text.
type Ask = fn(&str);

/// Each place, and what asks about it.
const PLACES: &[(&str, Ask)] = &[
    ("a line of a terminal", terminal_line),
    ("a file on a terminal", terminal_file),
    ("a drawing of a problem", drawing),
    ("an annotation", annotation),
    ("a comment", comment),
    ("HCL", hcl),
    ("JSON", document),
    ("YAML", yaml_document),
    ("Starlark", starlark_file),
    ("a template", template),
    ("a graph", drawings),
];

#[test]
fn any_text_stays_text_at_every_place() {
    for (seed, (_, ask)) in (1..).zip(PLACES) {
        each(400, seed, ask);
    }
}

#[test]
#[ignore = "takes an hour"]
fn a_million_texts_stay_text_at_every_place() {
    const MILLION: usize = 1_000_000;
    let figures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("places.txt");
    let mut told = String::new();
    for (seed, (place, ask)) in (1000..).zip(PLACES) {
        let start = Instant::now();
        each(MILLION, seed, ask);
        let seconds = start.elapsed().as_secs();
        writeln!(told, "{place}: {MILLION} texts in {seconds} s").unwrap();
        fs::write(&figures, &told).unwrap();
    }
}
