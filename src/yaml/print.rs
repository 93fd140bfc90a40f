//! Data as YAML that a terminal and a log leave alone.

use serde::{Serialize, ser::Error as _};
use serde_yaml::ser::Error;

use crate::text::{json, screen::Screen};

/// A document. Every string of it stays on its line; with `compact`, lists are not indented.
///
/// # Errors
/// When a value cannot be written as YAML.
pub fn print(document: &impl Serialize, compact: bool) -> Result<String, Error> {
    let options =
        serde_yaml::ser_options! { prefer_block_scalars: false, compact_list_indent: compact };
    let text =
        serde_yaml::to_string_with_options(document, options).map_err(|error| error.to_string())?;
    if Screen::takes(&text) {
        return Ok(text);
    }
    // Only quoted strings can hold such letters. JSON is YAML, and quotes them all.
    json::pretty(document).map_err(Error::custom)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::print;
    use crate::text::screen::Screen;

    #[test]
    fn data_stays_the_same_and_steers_nothing() {
        for text in [
            "a",
            "\u{202e}",
            "##[error]x",
            "a\n::error::x",
            "a\n  ::error::x\n",
            "\u{1b}[31m",
            "\u{200b}",
            "\r",
            "é🐘",
        ] {
            let document = json!({"k": [text], text: {"::x": "::y"}});
            for compact in [true, false] {
                let printed = print(&document, compact).unwrap();
                assert!(Screen::takes(&printed), "{printed}");
                let read: Value = serde_yaml::from_str(&printed).unwrap();
                assert_eq!(read, document, "{printed}");
            }
        }
    }
}
