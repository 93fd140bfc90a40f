//! Text in a template of Go, which External Secrets fills in.

/// Text that stays what it is when the template is filled in, whatever stands before or behind it.
#[must_use]
pub fn literal(text: &str) -> String {
    text.replace('{', r#"{{"{"}}"#)
}

/// Text in the path of a URL: every letter that could end or change it is percent-encoded, so nothing of a template
/// is left either.
#[must_use]
pub fn in_url(text: &str) -> String {
    let letter = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::{in_url, literal};

    #[test]
    fn nothing_is_left_to_fill_in() {
        assert_eq!(literal("orders-1"), "orders-1");
        assert_eq!(literal("a{{ .b }}{"), r#"a{{"{"}}{{"{"}} .b }}{{"{"}}"#);
        assert_eq!(in_url("a_b{{é?"), "a_b%7B%7B%C3%A9%3F");
    }
}
