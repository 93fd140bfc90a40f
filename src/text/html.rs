//! HTML and SVG of which only our own words are markup.

use std::fmt::Write;

use super::unicode::spelt_out;

/// A text as it stands between tags and in attributes with double quotes; what cannot be seen is spelt out.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in spelt_out(text).chars() {
        match letter {
            '&' | '<' | '>' | '"' | '#' => {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "&#{};", u32::from(letter));
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// A JSON document as it stands in a `script` element: nothing in it ends the element, or begins a comment.
#[must_use]
pub fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e")
}

#[cfg(test)]
mod tests {
    use super::{escaped, in_script};

    #[test]
    fn nothing_becomes_markup() {
        assert_eq!(
            escaped("<a href='x'>&amp;\"#\u{202e}"),
            "&#60;a href='x'&#62;&#38;amp;&#34;&#35;\\u{202e}"
        );
        let json = serde_json::to_string("</script><!--<script>").unwrap();
        let text = in_script(&json);
        assert!(!text.contains('<') && !text.contains('>'));
        assert_eq!(
            serde_json::from_str::<String>(&text).unwrap(),
            "</script><!--<script>"
        );
    }
}
