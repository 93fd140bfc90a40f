//! Lines that are no key with a value, or not where they belong.

use granit_parser::ErrorKind as Kind;

use super::{
    Slip, directive,
    text::{Line, Text},
};

pub(super) fn find(text: Text, kind: &Kind, at: usize) -> Option<Slip> {
    let here = text.line(at);
    match kind {
        Kind::MappingValueNotAllowed => {
            let before = here.text.get(..at - here.start)?;
            if before.contains(": ") || before.contains(":\t") {
                return Some(colon_in_text(at));
            }
            let above = text.line_above(at)?;
            if !has_value(above.content()) {
                return Some(without_colon(above));
            }
            Some(misplaced(text, here, true))
        }
        Kind::CommentInterceptedScalar => {
            let mut below = text.lines().filter(|line| line.start > here.start);
            let next = below.find(|line| line.says_something())?;
            if has_value(next.content()) {
                return Some(misplaced(text, next, true));
            }
            Some(without_colon(next))
        }
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => Some(without_colon(here)),
        Kind::ExpectedBlockMappingKey
        | Kind::ExpectedBlockSequenceEntry
        | Kind::InvalidIndentation
        | Kind::BlockSequenceEntryNotAllowed
        | Kind::ExpectedDocumentStart
        | Kind::ExpectedNodeContent => {
            if let Some(first) = text.lines().find(|line| line.says_something())
                && first.text.starts_with('%')
            {
                return Some(directive(first));
            }
            let before = here.text.get(..at.checked_sub(here.start)?)?.trim();
            if before.is_empty() || before == "-" {
                return Some(misplaced(text, here, false));
            }
            if matches!(kind, Kind::BlockSequenceEntryNotAllowed) {
                return Some(Slip::new(
                    at..at + 1,
                    "a list starts on the line of its key",
                    "write each entry on a line of its own below the key, or all as `[a, b]`",
                ));
            }
            Some(Slip::new(
                at..here.range().end.max(at),
                "text behind a value that has ended",
                "put the whole value in quotes, or the rest on a line of its own",
            ))
        }
        _ => None,
    }
}

pub(super) fn colon_in_text(at: usize) -> Slip {
    Slip::new(
        at..at + 1,
        "a `: ` within text",
        "put the text in quotes, or each key on a line of its own",
    )
}

/// Whether a line has a key, and the space or end of line that a key needs.
fn has_value(content: &str) -> bool {
    content.contains(": ") || content.contains(":\t") || content.ends_with(':')
}

/// A line that should have a `:` with a space.
fn without_colon(line: Line) -> Slip {
    let content = line.content();
    let start = line.start + line.indent();
    if let Some((at, mark, written)) = misspelt(content) {
        let range = start + at..start + at + mark.len();
        let message = match mark {
            ":" => "no space after the `:`".to_owned(),
            "-" => "no space after the `-`".to_owned(),
            _ => format!("`{mark}` in the place of `: `"),
        };
        return Slip::new(range, message, format!("write `{written}`"));
    }
    Slip::new(
        line.range(),
        "a line without a key and its `: `",
        "write it as `key: value`; a comment starts with `#`",
    )
}

/// What is meant by a line such as `port:5432`, `port = 5432` or `-entry`: the mark that is wrong, and the right line.
pub(in crate::yaml) fn misspelt(content: &str) -> Option<(usize, &'static str, String)> {
    let is_key = |key: &str| {
        let key = key.trim().trim_matches(['"', '\'']);
        let is_of_key = |letter: char| letter.is_alphanumeric() || "_-./".contains(letter);
        key.contains(char::is_alphabetic) && key.chars().all(is_of_key)
    };
    if let Some(entry) = content.strip_prefix('-')
        && !entry.starts_with([' ', '-'])
        && !entry.is_empty()
    {
        return Some((0, "-", format!("- {entry}")));
    }
    let mark = |mark: &'static str| Some((content.find(mark)?, mark));
    let (at, mark) = [mark(":"), mark("："), mark("=")]
        .into_iter()
        .flatten()
        .min()?;
    let (key, value) = content.split_at_checked(at)?;
    let value = value.strip_prefix(mark)?.trim();
    let is_path = value.starts_with(['/', '\\']);
    (is_key(key) && !is_path).then(|| (at, mark, format!("{}: {value}", key.trim())))
}

/// A line whose indentation is that of nothing above it, or that is no entry of what it stands in. `is_below_value`:
/// the line above has a value already, so nothing can be indented deeper.
fn misplaced(text: Text, line: Line, is_below_value: bool) -> Slip {
    let is_entry = line.content() == "-" || line.content().starts_with("- ");
    if !is_entry && !has_value(line.content()) {
        return without_colon(line);
    }
    let indent = line.indent();
    let levels = levels(text, line);
    if !is_below_value && levels.iter().any(|(level, _)| *level == indent) {
        let (message, help) = if is_entry {
            (
                "an entry of a list among keys",
                "indent it like the entries of its list, or write `key: value`",
            )
        } else {
            (
                "a key among the entries of a list",
                "start it with `- `, or indent it like the keys of its mapping",
            )
        };
        return Slip::new(line.range(), message, help);
    }
    let (deeper, shallower) = if is_below_value {
        (levels.last(), None)
    } else {
        let deeper = levels.iter().find(|(level, _)| *level > indent);
        let shallower = levels.iter().rfind(|(level, _)| *level < indent);
        (deeper, shallower)
    };
    let way = |(level, name): &(usize, &str)| format!("with {} like `{name}`", spaces(*level));
    let ways: Vec<_> = deeper.into_iter().chain(shallower).map(way).collect();
    let help = match ways.as_slice() {
        [] => "indent it like the lines above".to_owned(),
        ways => format!("indent it {}", ways.join(", or ")),
    };
    Slip::new(line.range(), "the indentation fits nothing above", help)
}

fn spaces(count: usize) -> String {
    match count {
        0 => "no space".to_owned(),
        1 => "1 space".to_owned(),
        _ => format!("{count} spaces"),
    }
}

/// The indentations that mean something above a line, and what stands there; deeper ones are over with a line that is
/// indented less.
fn levels<'a>(text: Text<'a>, below: Line) -> Vec<(usize, &'a str)> {
    let mut levels: Vec<(usize, &str)> = Vec::new();
    let above = text.lines().take_while(|line| line.start < below.start);
    for line in above.filter(|line| line.says_something()) {
        let mut indent = line.indent();
        while levels.last().is_some_and(|(level, _)| *level >= indent) {
            levels.pop();
        }
        let mut content = line.content();
        while let Some(entry) = content.strip_prefix("- ") {
            levels.push((indent, "-"));
            indent += content.len() - entry.trim_start().len();
            content = entry.trim_start();
        }
        let name = content.split([':', ' ']).next().unwrap_or(content);
        levels.push((indent, name));
    }
    levels
}
