//! Bytes to text.

use std::sync::Arc;

use super::Limits;
use crate::{
    diagnostic::{
        Checked, File, Problem, Span,
        rule::{self, Rule},
    },
    text::unicode::{BYTE_ORDER_MARK, is_hidden, without_hidden},
};

/// Bytes that a line may have.
const MAX_LINE: usize = 4096;

/// Bytes to text that can be read, shown, and trusted to be what it looks like. A byte-order mark before it stays.
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
        return Err(Problem::new(&rule::TOO_LARGE, span, message).into());
    }
    if let Some((encoding, text)) = other_encoding(&bytes) {
        let text = without_hidden(&text);
        let span = Span {
            range: 0..text.lines().next().map_or(0, str::len),
            file: Arc::new(File::new(path, text)),
        };
        let message = format!("the text is {encoding}");
        let problem = Problem::new(&rule::NOT_UTF8, span, message);
        return Err(problem.help("save the file as UTF-8").into());
    }
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.len() > MAX_LINE {
            return Err(too_long(path, &bytes, start).into());
        }
        start += line.len();
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes());
        let problem = unreadable(&rule::NOT_UTF8, path, &text, at, "not UTF-8 text");
        problem.help("save the file as UTF-8")
    })?;
    if let Some((at, letter)) = hidden(&text) {
        let number = u32::from(letter);
        let message = format!("the invisible character U+{number:04X} is not allowed");
        let problem = unreadable(&rule::CONTROL_CHARACTER, path, &text, at, &message);
        let help = format!("remove it; in a quoted string it can be written as `\\U{number:08X}`");
        return Err(problem.help(help).into());
    }
    Ok(text)
}

/// Text that is encoded as editors on Windows do it: the name of the encoding and the letters.
fn other_encoding(bytes: &[u8]) -> Option<(&'static str, String)> {
    let big_endian = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Some(("UTF-32", String::new())),
        [0xff, 0xfe, ..] => false,
        [0xfe, 0xff, ..] => true,
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => false,
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => true,
        _ => return None,
    };
    let unit = |pair: &[u8; 2]| {
        if big_endian {
            u16::from_be_bytes(*pair)
        } else {
            u16::from_le_bytes(*pair)
        }
    };
    let (pairs, _) = bytes.as_chunks::<2>();
    let text = String::from_utf16_lossy(&pairs.iter().map(unit).collect::<Vec<_>>());
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
    Some(("UTF-16", text.to_owned()))
}

/// The first letter that hides. A byte-order mark before the text hides nothing; a carriage return that ends no line
/// hides the line.
fn hidden(text: &str) -> Option<(usize, char)> {
    // Without a branch in it, the look at every byte is done many bytes at a time.
    let is_odd = |byte: u8| !matches!(byte, b' '..=b'~' | b'\n');
    if !text.bytes().fold(false, |odd, byte| odd | is_odd(byte)) {
        return None;
    }
    let ends_line = |at: usize| text.as_bytes().get(at + 1) == Some(&b'\n');
    text.char_indices().find(|(at, letter)| match letter {
        '\r' => !ends_line(*at),
        &BYTE_ORDER_MARK => *at > 0,
        _ => is_hidden(*letter),
    })
}

/// A problem with one letter of a text that is not safe to show as it is.
fn unreadable(rule: &'static Rule, path: &str, text: &str, at: usize, message: &str) -> Problem {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let before = before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(before);
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
    let before = String::from_utf8_lossy(before);
    let mut shown = without_hidden(before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&before));
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
