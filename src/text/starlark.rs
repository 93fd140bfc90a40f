//! Text in a Starlark file, such as a BUILD file of Bazel.

use std::fmt::Write;

use super::{screen::starts_command, unicode::is_hidden};

/// Text as a string. Bazel knows no escapes but those of C, and reads bytes: a letter outside ASCII that cannot be seen
/// or that turns text has no way to be written, and is replaced.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for (at, letter) in text.char_indices() {
        let is_command = letter == '#' && text.get(at..).is_some_and(starts_command);
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if is_command || letter.is_ascii_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\{:03o}", u32::from(letter));
            }
            _ if is_hidden(letter) => quoted.push(char::REPLACEMENT_CHARACTER),
            _ => quoted.push(letter),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn text_stays_in_its_quotes() {
        for (text, expected) in [
            ("//a:b", r#""//a:b""#),
            ("\"\\\n\r\t\0\u{7f}1", r#""\"\\\n\r\t\000\1771""#),
            ("é\u{202e}##[x]", "\"é\u{fffd}\\043#[x]\""),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}
