//! The plain part of YAML, which nearly every config is written in: keys with one-line values, at most one level below.
//!
//! It takes a twentieth of the time of the full reader. Whatever is not plain beyond doubt is left to that one; the
//! tests hold the two against each other.

use serde_json::{Map, Value};

/// A longer text is left to the reader that counts.
const MOST_BYTES: usize = 16 * 1024;
/// Digits of a number that fits anywhere.
const MOST_DIGITS: usize = 9;
/// Words that some reader takes for something other than text.
const WORDS: [&str; 12] = [
    "false", "inf", "infinity", "n", "nan", "no", "null", "off", "on", "true", "y", "yes",
];

/// What a text says, if it is plain.
pub(super) fn read(text: &str) -> Option<Value> {
    if text.len() > MOST_BYTES || text.contains('\r') {
        return None;
    }
    let mut map = Map::new();
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        if is_blank(line) {
            continue;
        }
        let (key, written) = entry(line)?;
        let value = if written.is_empty() {
            let mut inner = Map::new();
            while let Some(line) = lines.next_if(|line| is_blank(line) || line.starts_with("  ")) {
                if is_blank(line) {
                    continue;
                }
                let (key, written) = entry(line.strip_prefix("  ")?)?;
                put(&mut inner, key, scalar(written)?)?;
            }
            (!inner.is_empty()).then_some(Value::Object(inner))?
        } else if let Some(list) = written.strip_prefix('[') {
            let items = list.strip_suffix(']')?.split(", ");
            Value::Array(items.map(item).collect::<Option<_>>()?)
        } else {
            scalar(written)?
        };
        put(&mut map, key, value)?;
    }
    (!map.is_empty()).then_some(Value::Object(map))
}

/// Nothing, or a comment from the first column on.
fn is_blank(line: &str) -> bool {
    line.is_empty() || line.starts_with('#')
}

/// Splits `key: value`, or `key:` with nothing after it.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (key, rest) = line.split_once(':')?;
    let value = match rest {
        "" => "",
        _ => rest.strip_prefix(' ').filter(|value| !value.is_empty())?,
    };
    is_word(key).then_some((key, value))
}

/// A key that is there already is for the other reader to tell.
fn put(map: &mut Map<String, Value>, key: &str, value: Value) -> Option<()> {
    map.insert(key.to_owned(), value).is_none().then_some(())
}

fn item(written: &str) -> Option<Value> {
    is_word(written).then(|| written.into())
}

fn scalar(written: &str) -> Option<Value> {
    match written.bytes().next()? {
        b'"' => {
            let inner = written.strip_prefix('"')?.strip_suffix('"')?;
            let is_plain = |byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
            inner.bytes().all(is_plain).then(|| inner.into())
        }
        b'0'..=b'9' => number(written).or_else(|| window(written)),
        _ if written == "true" => Some(true.into()),
        _ if written == "false" => Some(false.into()),
        b'A'..=b'Z' | b'a'..=b'z' => is_phrase(written).then(|| written.into()),
        _ => None,
    }
}

fn number(written: &str) -> Option<Value> {
    let is_number = written.len() <= MOST_DIGITS
        && written.bytes().all(|byte| byte.is_ascii_digit())
        && (written == "0" || !written.starts_with('0'));
    written
        .parse::<u64>()
        .ok()
        .filter(|_| is_number)
        .map(Value::from)
}

/// `16:00-17:00`
fn window(written: &str) -> Option<Value> {
    const FORM: &[u8] = b"00:00-00:00";
    let fits = |(byte, form): (u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        mark => byte == *mark,
    };
    let is_window = written.len() == FORM.len() && written.bytes().zip(FORM).all(fits);
    is_window.then(|| written.into())
}

/// Starts with a letter, goes on with letters, digits and marks that mean nothing in YAML, and is text to every reader.
fn is_word(written: &str) -> bool {
    written.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && written
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'/'))
        && is_text(written)
}

/// The same with spaces and colons within, but no colon where it would end a key.
fn is_phrase(written: &str) -> bool {
    const MARKS: &[u8] = b" -._/:+=@,;'()";
    written
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || MARKS.contains(&byte))
        && !written.contains(": ")
        && !written.ends_with([':', ' '])
        && is_text(written)
}

fn is_text(written: &str) -> bool {
    !WORDS.iter().any(|word| word.eq_ignore_ascii_case(written))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{File, SMALL, read as read_all};

    const CONFIG: &str = "# A comment.
allocatedStorage: \"50\"
backupWindow: 16:00-17:00
clusters: [one, two-b]

encrypted: true
iops: 16000
proxy:
  initQuery: SET a = 'b'; SET c
# Another.
  idleClientTimeout: 0
shortname: a.b_c
";
    const LETTERS: &str = " \t\n\r:#-?,[]{}\"'\\&*!|>%@`~=.+_/0189xoeEnNyYtfé";
    const SCALARS: &str = "1e3 0x10 0o7 017 0b1 1_000 1.5 .5 1. -1 +1 0 00 12:30 12:30:45 2026-01-31 99999999999999999999 \
        null Null ~ NaN nan inf .inf Infinity yes No ON off y N True FALSE true false e3 a: a:b :a a# #a a#b a=b =a << <<a \
        'a' \"a\" \"a\"b \"\\n\" [] [a] [a,b] [a:b] [1] {} {a:b} a, ,a a' (a) a} a] @a %a `a |a >a !a &a *a ? - -a --- ... é";

    /// Configs that a slip of the finger makes of one.
    fn slips() -> impl Iterator<Item = String> {
        let typed = LETTERS.chars().flat_map(|letter| {
            (0..CONFIG.len()).flat_map(move |at| {
                let (before, after) = CONFIG.split_at(at);
                let rest = &after[1..];
                [
                    format!("{before}{letter}{after}"),
                    format!("{before}{letter}{rest}"),
                ]
            })
        });
        let left_out =
            (0..CONFIG.len()).map(|at| format!("{}{}", &CONFIG[..at], &CONFIG[at + 1..]));
        let cut = (0..CONFIG.len()).map(|at| CONFIG[..at].to_owned());
        typed.chain(left_out).chain(cut)
    }

    fn scalars() -> impl Iterator<Item = String> {
        SCALARS.split_whitespace().flat_map(|scalar| {
            [
                format!("a: {scalar}"),
                format!("{scalar}: a\n"),
                format!("a: b {scalar} c\n"),
                format!("a: [b, {scalar}]\n"),
                format!("a:\n  {scalar}: b\n  c: {scalar}\n"),
            ]
        })
    }

    #[test]
    fn the_quick_reader_says_what_the_full_one_says_or_nothing() {
        let mut taken = 0;
        for text in slips().chain(scalars()) {
            let Some(quick) = super::read(&text) else {
                continue;
            };
            taken += 1;
            let file = Arc::new(File::new("a.yaml", text));
            let full = read_all(&file, SMALL);
            let full = full.map_err(|problems| format!("{problems:?}"));
            assert_eq!(Ok(quick), full, "{}", file.text);
        }
        assert!(taken > 2000, "{taken} texts were plain");
    }
}
