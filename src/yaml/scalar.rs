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

/// Whether a text is a number in the eyes of some reader of YAML, and longer than any that we take.
pub(super) fn is_long_number(text: &str) -> bool {
    let unsigned = text.trim_start_matches(['+', '-', '.']);
    let is_of_number = |byte: u8| {
        byte.is_ascii_hexdigit() || matches!(byte, b'+' | b'-' | b'.' | b'_' | b'o' | b'x' | b'X')
    };
    text.len() > MAX_NUMBER
        && unsigned.starts_with(|letter: char| letter.is_ascii_digit())
        && text.bytes().all(is_of_number)
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
