//! Letters that deceive the eye: invisible ones, and those of other scripts that look like Latin letters.

use std::fmt::Write;

use unicode_security::{GeneralSecurityProfile, MixedScript, skeleton};

/// What some editors put before the first letter of a file. It is no part of the text.
pub const BYTE_ORDER_MARK: char = '\u{feff}';

/// Letters that Unicode's table of confusables (UTS 39) takes for no ASCII letter, or for another one.
const TWINS: &[(char, char)] = &[
    ('к', 'k'),
    ('І', 'I'),
    ('κ', 'k'),
    ('χ', 'x'),
    ('Ι', 'I'),
    ('—', '-'),
];

/// Whether a letter cannot be seen, or changes the order in which others are seen. Line ends and tabs can be.
#[must_use]
pub fn is_hidden(letter: char) -> bool {
    match letter {
        '\n' | '\r' | '\t' => false,
        // Soft hyphen, fillers, joiners, marks and overrides of direction, separators, tags, and variation selectors but
        // the two that decide whether a symbol is drawn in colour.
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
        | '\u{fe00}'..='\u{fe0d}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{fffe}'..='\u{ffff}'
        | '\u{13430}'..='\u{1345f}'
        | '\u{1bca0}'..='\u{1bca3}'
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

/// Names the first letter that passes for a Latin one among Latin ones: of another script, or of those that Unicode does
/// not recommend for names.
#[must_use]
pub fn first_confusable(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let among = |word: &&str| word.contains(|letter: char| letter.is_ascii_alphabetic());
    let mut words = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(among);
    let letter = words.find_map(|word| {
        let is_mixed = !word.is_single_script();
        let deceives =
            |letter: &char| twin(*letter).is_some() && (is_mixed || !letter.identifier_allowed());
        word.chars().find(deceives)
    })?;
    Some(described(letter))
}

/// The ASCII letter that another letter passes for.
fn twin(letter: char) -> Option<char> {
    if letter.is_ascii() {
        return None;
    }
    let full_width = u32::from(letter)
        .checked_sub(0xff01)
        .filter(|nth| *nth < 0x5e);
    if let Some(nth) = full_width {
        return char::from_u32(0x21 + nth);
    }
    let ours = TWINS.iter().find(|(known, _)| *known == letter);
    ours.map(|(_, twin)| *twin).or_else(|| prototype(letter))
}

/// The one ASCII letter that Unicode's table gives for a letter.
fn prototype(letter: char) -> Option<char> {
    let mut buffer = [0; 4];
    let mut letters = skeleton(letter.encode_utf8(&mut buffer));
    let first = letters.next().filter(char::is_ascii)?;
    letters.next().is_none().then_some(first)
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
    use super::{TWINS, first_confusable, first_non_ascii, is_hidden, prototype, spelt_out};

    #[test]
    fn our_own_twins_are_those_that_the_table_has_not() {
        for (letter, twin) in TWINS {
            assert_ne!(prototype(*letter), Some(*twin), "{letter}");
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
        // Cyrillic, Greek, Cherokee, Lisu, a mathematical letter, a full-width one, and a Latin one of phonetics.
        for deceiving in [
            "cоst-center",
            "worкer",
            "αlpha",
            "Ꭰlpha",
            "ꓐeta",
            "𝐨rders",
            "ｏrders",
            "ɡroup",
        ] {
            assert!(first_confusable(deceiving).is_some(), "{deceiving}");
        }
        for honest in [
            "команда",
            "команда-a",
            "équipe",
            "部署",
            "部署A",
            "þorn",
            "ılık",
            "cost-center",
        ] {
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
