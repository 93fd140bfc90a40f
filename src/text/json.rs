//! JSON that a terminal and a log leave alone.

use std::fmt::Write;

use serde::Serialize;

use super::{screen::starts_command, unicode::is_hidden};

/// A document over several lines, the last one ended.
///
/// # Errors
/// When a value cannot be written as JSON.
pub fn pretty(document: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string_pretty(document)?;
    Ok(escape(&text) + "\n")
}

/// A document on one line, which is ended.
///
/// # Errors
/// When a value cannot be written as JSON.
pub fn line(document: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string(document)?;
    Ok(escape(&text) + "\n")
}

/// The same document: what cannot be seen, turns text or starts a command stands only in strings, which have a way to
/// write it.
fn escape(document: &str) -> String {
    let mut escaped = String::with_capacity(document.len());
    for (at, letter) in document.char_indices() {
        let is_command = letter == '#' && document.get(at..).is_some_and(starts_command);
        if !is_command && !is_hidden(letter) {
            escaped.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{line, pretty};
    use crate::text::screen::Screen;

    #[test]
    fn a_document_says_the_same_and_steers_nothing() {
        let document = json!({"a\u{202e}": "\u{e0041}\u{7f} ##[error]\n::x é🐘"});
        for text in [line(&document), pretty(&document)] {
            let text = text.unwrap();
            assert!(Screen::takes(&text), "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document);
        }
        assert_eq!(
            line(&document).unwrap(),
            "{\"a\\u202e\":\"\\udb40\\udc41\\u007f \\u0023#[error]\\n::x é🐘\"}\n"
        );
    }
}
