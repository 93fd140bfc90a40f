//! Letters that deceive the eye: invisible ones, and those of other scripts that look like Latin letters.

use std::fmt::Write;

/// What some editors put before the first letter of a file. It is no part of the text.
pub const BYTE_ORDER_MARK: char = '\u{feff}';

/// Letters outside ASCII with the ASCII letter that they pass for.
const TWINS: &[(char, char)] = &[
    ('а', 'a'),
    ('с', 'c'),
    ('ԁ', 'd'),
    ('е', 'e'),
    ('һ', 'h'),
    ('і', 'i'),
    ('ј', 'j'),
    ('к', 'k'),
    ('ӏ', 'l'),
    ('о', 'o'),
    ('р', 'p'),
    ('ԛ', 'q'),
    ('ѕ', 's'),
    ('ԝ', 'w'),
    ('х', 'x'),
    ('у', 'y'),
    ('А', 'A'),
    ('В', 'B'),
    ('С', 'C'),
    ('Е', 'E'),
    ('Н', 'H'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('К', 'K'),
    ('М', 'M'),
    ('О', 'O'),
    ('Р', 'P'),
    ('Ѕ', 'S'),
    ('Т', 'T'),
    ('Х', 'X'),
    ('У', 'Y'),
    ('α', 'a'),
    ('ϲ', 'c'),
    ('ι', 'i'),
    ('ϳ', 'j'),
    ('κ', 'k'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('υ', 'u'),
    ('χ', 'x'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
    ('ց', 'g'),
    ('հ', 'h'),
    ('ո', 'n'),
    ('օ', 'o'),
    ('ս', 'u'),
    ('ı', 'i'),
    ('ɑ', 'a'),
    ('ɡ', 'g'),
    ('‐', '-'),
    ('‑', '-'),
    ('‒', '-'),
    ('–', '-'),
    ('—', '-'),
    ('−', '-'),
    ('․', '.'),
    ('∕', '/'),
    ('⁄', '/'),
    ('：', ':'),
];

/// Whether a letter cannot be seen, or changes the order in which others are seen. Line ends and tabs can be.
#[must_use]
pub fn is_hidden(letter: char) -> bool {
    match letter {
        '\n' | '\r' | '\t' => false,
        // Soft hyphen, fillers, joiners, marks and overrides of direction, separators, tags, and variation selectors.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{fffe}'..='\u{ffff}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => letter.is_control(),
    }
}

/// Text for one line of a terminal or a log: what cannot be seen is spelt out.
#[must_use]
pub fn spelt_out(text: &str) -> String {
    let harmless = |letter: char| !letter.is_control() && !is_hidden(letter);
    if text.chars().all(harmless) {
        return text.to_owned();
    }
    let mut spelt = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if harmless(letter) {
            spelt.push(letter);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(spelt, "\\u{{{:x}}}", u32::from(letter));
        }
    }
    spelt
}

/// Text of a file for a terminal: its lines stay, what cannot be seen is replaced.
#[must_use]
pub fn without_hidden(text: &str) -> String {
    let mut letters = text.chars().peekable();
    let mut shown = String::with_capacity(text.len());
    while let Some(letter) = letters.next() {
        let is_alone = letter == '\r' && letters.peek() != Some(&'\n');
        let is_shown = !is_alone && !is_hidden(letter);
        shown.push(if is_shown {
            letter
        } else {
            char::REPLACEMENT_CHARACTER
        });
    }
    shown
}

/// Names the first letter of a text that is not ASCII.
#[must_use]
pub fn first_non_ascii(text: &str) -> Option<String> {
    let letter = text.chars().find(|letter| !letter.is_ascii())?;
    Some(described(letter))
}

/// Names the first letter that passes for a Latin one among Latin ones.
#[must_use]
pub fn first_confusable(text: &str) -> Option<String> {
    let among = |word: &&str| word.contains(|letter: char| letter.is_ascii_alphabetic());
    let mut words = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(among);
    words
        .find_map(|word| word.chars().find(|letter| twin(*letter).is_some()))
        .map(described)
}

fn twin(letter: char) -> Option<char> {
    let full_width = u32::from(letter)
        .checked_sub(0xff01)
        .filter(|nth| *nth < 0x5e);
    if let Some(nth) = full_width {
        return char::from_u32(0x21 + nth);
    }
    TWINS
        .iter()
        .find(|(known, _)| *known == letter)
        .map(|(_, twin)| *twin)
}

fn described(letter: char) -> String {
    let number = u32::from(letter);
    let shown = spelt_out(&letter.to_string());
    let script = match number {
        0x370..=0x3ff => "a Greek letter",
        0x400..=0x52f => "a Cyrillic letter",
        0x530..=0x58f => "an Armenian letter",
        0xff01..=0xff5e => "a full-width form",
        _ => "a character",
    };
    match twin(letter) {
        Some(twin) => format!("`{shown}` is U+{number:04X}, {script} that looks like `{twin}`"),
        None => format!("`{shown}` is U+{number:04X}, {script} outside ASCII"),
    }
}

#[cfg(test)]
mod tests {
    use super::{TWINS, first_confusable, first_non_ascii, is_hidden, spelt_out};

    #[test]
    fn twins_are_outside_ascii_and_stand_once() {
        let mut seen = std::collections::BTreeSet::new();
        for (letter, twin) in TWINS {
            assert!(
                !letter.is_ascii() && twin.is_ascii() && seen.insert(letter),
                "{letter}"
            );
        }
    }

    #[test]
    fn a_look_alike_is_named_with_its_twin() {
        for (text, expected) in [
            (
                "оrders",
                Some("`о` is U+043E, a Cyrillic letter that looks like `o`"),
            ),
            (
                "οrders",
                Some("`ο` is U+03BF, a Greek letter that looks like `o`"),
            ),
            (
                "ｏrders",
                Some("`ｏ` is U+FF4F, a full-width form that looks like `o`"),
            ),
            (
                "a–b",
                Some("`–` is U+2013, a character that looks like `-`"),
            ),
            (
                "caf\u{e9}",
                Some("`é` is U+00E9, a character outside ASCII"),
            ),
            ("orders", None),
        ] {
            assert_eq!(first_non_ascii(text).as_deref(), expected);
        }
    }

    #[test]
    fn only_a_word_of_two_scripts_has_an_impostor() {
        assert!(first_confusable("cоst-center").is_some());
        for honest in ["команда", "команда-a", "équipe", "部署", "cost-center"] {
            assert_eq!(first_confusable(honest), None, "{honest}");
        }
    }

    #[test]
    fn what_hides_is_spelt_out() {
        assert_eq!(
            spelt_out("a\u{1b}[31m\n\u{202e}é"),
            "a\\u{1b}[31m\\u{a}\\u{202e}é"
        );
        assert!(is_hidden('\u{feff}') && is_hidden('\0') && !is_hidden('\t') && !is_hidden('🐘'));
    }
}
