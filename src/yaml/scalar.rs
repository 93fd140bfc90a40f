//! What a scalar means that is written without quotes: the core schema of YAML 1.2, and whole numbers with other bases
//! and with `_`, as YAML 1.1 has them. Nothing of this is text, so none of it passes for text in silence.

use std::borrow::Cow;

use serde_json::{Number, Value};

/// Letters that a number may have; 64 bits are at most 20 digits.
const MAX_NUMBER: usize = 32;

/// Words that YAML 1.1 takes for true or false, in any case of their letters; YAML 1.2 takes them for text.
const BOOLEANS_OF_YAML_1_1: [&str; 6] = ["n", "no", "off", "on", "y", "yes"];

/// A number that no value can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unbounded {
    /// It has more letters than any number needs.
    Long,
    /// It is infinite, or not a number.
    Infinite,
}

/// The value of a scalar without quotes.
pub(super) fn resolve(text: Cow<str>) -> Result<Value, Unbounded> {
    let known = match text.bytes().next() {
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => number(&text)?,
        Some(b't' | b'T') if matches!(&*text, "true" | "True" | "TRUE") => Some(true.into()),
        Some(b'f' | b'F') if matches!(&*text, "false" | "False" | "FALSE") => Some(false.into()),
        _ => is_null(&text).then_some(Value::Null),
    };
    Ok(known.unwrap_or_else(|| Value::String(text.into_owned())))
}

/// Whether a scalar without quotes stands for no value.
pub(super) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// Whether readers of an older YAML take a text for something else.
pub(super) fn is_boolean_of_yaml_1_1(text: &str) -> bool {
    BOOLEANS_OF_YAML_1_1
        .iter()
        .any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a text is a number in the eyes of some reader of YAML, and longer than any that we take. Letters make it text,
/// but for an exponent and the marks of another base: the hash of a commit is no number.
pub(super) fn is_long_number(text: &str) -> bool {
    if text.len() <= MAX_NUMBER {
        return false;
    }
    let unsigned = text.trim_start_matches(['+', '-', '.']);
    let is_of = |digits: &str, radix: u32| {
        let is_of_number = |letter: char| letter.is_digit(radix) || letter == '_';
        !digits.is_empty() && digits.chars().all(is_of_number)
    };
    match unsigned.split_at_checked(2) {
        Some(("0x" | "0X", digits)) => return is_of(digits, 16),
        Some(("0o" | "0O", digits)) => return is_of(digits, 8),
        _ => {}
    }
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let exponent = exponent.trim_start_matches(['+', '-']);
    is_of(&mantissa.replace('.', ""), 10) && is_of(exponent, 10)
}

fn number(text: &str) -> Result<Option<Value>, Unbounded> {
    if is_long_number(text) {
        return Err(Unbounded::Long);
    }
    if let Some(integer) = integer(text) {
        return Ok(Some(Value::Number(integer)));
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_infinite = ["nan", "NaN", "NAN", "inf", "Inf", "INF"]
        .iter()
        .any(|word| unsigned.strip_prefix('.') == Some(word));
    let starts_with_digit = unsigned.starts_with(|letter: char| letter.is_ascii_digit());
    match text.parse::<f64>() {
        _ if is_infinite => Err(Unbounded::Infinite),
        Ok(number) if number.is_infinite() && starts_with_digit => Err(Unbounded::Infinite),
        Ok(number) => Ok(Number::from_f64(number).map(Value::Number)),
        Err(_) => Ok(None),
    }
}

/// A whole number of 64 bits. One that starts with a zero is none: readers disagree on its base.
fn integer(text: &str) -> Option<Number> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match unsigned.split_at_checked(2) {
        Some(("0x" | "0X", digits)) => (16, digits),
        Some(("0o" | "0O", digits)) => (8, digits),
        Some(("0b" | "0B", digits)) => (2, digits),
        Some(_) if unsigned.starts_with('0') => return None,
        _ => (10, unsigned),
    };
    let is_grouped = !digits.starts_with('_') && !digits.ends_with('_') && !digits.contains("__");
    let digits = match digits.contains('_') {
        true if is_grouped => Cow::Owned(digits.replace('_', "")),
        true => return None,
        false => Cow::Borrowed(digits),
    };
    if !digits.chars().all(|letter| letter.is_digit(radix)) {
        return None;
    }
    if sign.is_empty() {
        u64::from_str_radix(&digits, radix).ok().map(Number::from)
    } else {
        let signed = format!("{sign}{digits}");
        i64::from_str_radix(&signed, radix).ok().map(Number::from)
    }
}

#[cfg(test)]
mod tests {
    use super::is_long_number;

    #[test]
    fn letters_make_a_long_text_no_number() {
        for text in [
            "0123456789abcdef0123456789abcdef01234567",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "1e2e3456789012345678901234567890123456789",
            "2026-11-01T00:00:00.000000000000000000Z",
        ] {
            assert!(!is_long_number(text), "{text}");
        }
        for text in [
            "0123456789012345678901234567890123456789",
            "-1.23456789012345678901234567890123456789",
            "12345678901234567890123456789012345e6789",
            "0x0123456789abcdef0123456789abcdef01234567",
            "1_000_000_000_000_000_000_000_000_000_000",
        ] {
            assert!(is_long_number(text), "{text}");
        }
    }
}
