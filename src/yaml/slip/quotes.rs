//! Slips in and around text in quotes.

use granit_parser::ErrorKind as Kind;

use super::{Slip, brackets::open_brackets, text::Text};

pub(super) fn find(text: Text, kind: &Kind, at: usize) -> Option<Slip> {
    match kind {
        Kind::UnclosedQuotedScalar | Kind::DocumentIndicatorInQuotedScalar => {
            Some(unclosed(text, at))
        }
        Kind::InvalidTrailingDoubleQuotedScalar => Some(after_quotes(text, '"', at)),
        Kind::InvalidTrailingSingleQuotedScalar => Some(after_quotes(text, '\'', at)),
        Kind::UnknownQuotedScalarEscape
        | Kind::InvalidQuotedScalarHexEscape
        | Kind::InvalidLowSurrogateHexEscape
        | Kind::InvalidLowSurrogate
        | Kind::MissingLowSurrogate
        | Kind::UnpairedLowSurrogate
        | Kind::InvalidUnicodeEscape => {
            let start = at + bad_escape(text.from(at)).unwrap_or(0);
            Some(Slip::new(
                start..start + 1,
                "a `\\` in double quotes starts an escape, and this is none",
                "write `\\\\` for a backslash, or put the text in single quotes",
            ))
        }
        Kind::CommentNotSeparated => Some(Slip::new(
            at..at + 1,
            "no space before a comment",
            "write a space before the `#`, or put the text in quotes if it belongs to it",
        )),
        _ => None,
    }
}

fn unclosed(text: Text, opening: usize) -> Slip {
    let mark = text.from(opening).chars().next().unwrap_or('"');
    let range = opening..opening + mark.len_utf8();
    let help = format!("write `{mark}` at the end of the text");
    Slip::new(range, format!("the `{mark}` is not closed"), help)
}

/// Something stands behind a closing quote, which may be the opening one of the next text.
fn after_quotes(text: Text, mark: char, at: usize) -> Slip {
    let before = text.0.get(..at).unwrap_or("");
    let closing = before.rfind(mark).unwrap_or(0);
    let opening = opening_quote(before, mark, closing);
    if text.line(opening).start != text.line(closing).start {
        return unclosed(text, opening);
    }
    let rest = text.line(at);
    let range = at..rest.range().end.max(at);
    if !open_brackets(text, at).is_empty() && text.from(at).starts_with(['"', '\'']) {
        let message = "no comma between two entries";
        return Slip::new(at..at + 1, message, "separate entries with `, `");
    }
    let help = match mark {
        '\'' => {
            "write `''` for a single quote within single quotes, or put the whole in double quotes"
        }
        _ => "put the whole text in one pair of quotes, and write `\\\"` for a quote in it",
    };
    Slip::new(range, "text behind a closing quote", help)
}

/// The quote that the one at `closing` closes.
fn opening_quote(before: &str, mark: char, closing: usize) -> usize {
    let inner = before.get(..closing).unwrap_or("");
    let mut candidates = inner.rmatch_indices(mark).map(|(at, _)| at).peekable();
    while let Some(at) = candidates.next() {
        let is_doubled = mark == '\'' && candidates.next_if_eq(&at.wrapping_sub(1)).is_some();
        let head = inner.get(..at).unwrap_or("");
        let backslashes = head.len() - head.trim_end_matches('\\').len();
        if !is_doubled && (mark == '\'' || backslashes % 2 == 0) {
            return at;
        }
    }
    closing
}

/// Where in a text that starts with a double quote an escape is that means nothing.
fn bad_escape(quoted: &str) -> Option<usize> {
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        if letter != '\\' {
            continue;
        }
        let (_, kind) = letters.next()?;
        let digits = match kind {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ if "0abt\tnvfre \"/\\N_LP\n\r".contains(kind) => continue,
            _ => return Some(at),
        };
        let number = quoted.get(at + 2..at + 2 + digits);
        let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        if number.and_then(char::from_u32).is_none() {
            return Some(at);
        }
    }
    None
}
