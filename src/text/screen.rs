//! Text for a terminal, and for the log of a pipeline: the only text that is printed.

use std::fmt::{self, Write};

use super::unicode::is_hidden;

/// Whole lines that a terminal or a log shows, and does nothing else with: nothing in them moves the cursor, turns or
/// hides text, ends a line that we have not ended, or is a command to the runner that reads the log.
///
/// Text gets in through the functions here alone, and each of them spells out what is not harmless. What is written in
/// another language, such as HCL or JSON, has its own way to write those letters, and comes through unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Screen(String);

/// What the text may hold beside letters that can be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing: it is on one line.
    Line,
    /// Line ends and tabs.
    Lines,
    /// The same, and colours.
    Colored,
}

impl Screen {
    /// Nothing, so far.
    #[must_use]
    pub const fn new() -> Self {
        Self(String::new())
    }

    /// One line, whatever is in the text.
    #[must_use]
    pub fn of_line(text: impl fmt::Display) -> Self {
        let mut screen = Self::new();
        screen.line(text);
        screen
    }

    /// The start of a line, after which somebody types.
    #[must_use]
    pub fn prompt(text: impl fmt::Display) -> Self {
        Self(made_safe(&text.to_string(), Kind::Line))
    }

    /// The lines of a text, such as a file.
    #[must_use]
    pub fn lines(text: &str) -> Self {
        Self::whole(text, Kind::Lines)
    }

    /// The lines of a text in which colours are set.
    #[must_use]
    pub fn colored(text: &str) -> Self {
        Self::whole(text, Kind::Colored)
    }

    fn whole(text: &str, kind: Kind) -> Self {
        let mut safe = made_safe(text, kind);
        if !safe.is_empty() && !safe.ends_with('\n') {
            safe.push('\n');
        }
        Self(safe)
    }

    /// A command to the runner of GitHub Actions. Name and properties are ours, their values and the message anybody's.
    #[must_use]
    pub fn workflow_command(
        name: &'static str,
        properties: &[(&'static str, &str)],
        message: &str,
    ) -> Self {
        let properties: Vec<_> = properties
            .iter()
            .map(|(name, value)| {
                let value = made_safe(value, Kind::Line);
                format!(
                    "{name}={}",
                    percent(&value).replace(':', "%3A").replace(',', "%2C")
                )
            })
            .collect();
        let message = percent(&made_safe(message, Kind::Lines));
        Self(format!("::{name} {}::{message}\n", properties.join(",")))
    }

    /// Adds one line, whatever is in the text.
    pub fn line(&mut self, text: impl fmt::Display) {
        self.0.push_str(&made_safe(&text.to_string(), Kind::Line));
        self.0.push('\n');
    }

    /// Adds the lines of a text, such as a file.
    pub fn file(&mut self, text: &str) {
        self.push(&Self::lines(text));
    }

    /// Adds lines.
    pub fn push(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether these lines are harmless as they are.
    #[must_use]
    pub fn takes(text: &str) -> bool {
        (text.is_empty() || text.ends_with('\n')) && made_safe(text, Kind::Lines) == text
    }
}

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromIterator<Self> for Screen {
    fn from_iter<T: IntoIterator<Item = Self>>(pieces: T) -> Self {
        let mut all = Self::new();
        for piece in pieces {
            all.push(&piece);
        }
        all
    }
}

/// Whether a text begins with what starts a command anywhere in a line: `##[` for GitHub, with a word in between for
/// other runners.
#[must_use]
pub fn starts_command(text: &str) -> bool {
    text.strip_prefix("##").is_some_and(|rest| {
        rest.trim_start_matches(|letter: char| letter.is_ascii_alphabetic())
            .starts_with('[')
    })
}

/// Whether every letter is harmless wherever it stands. Without a branch in it, this looks at many bytes at a time.
fn is_plain(text: &str) -> bool {
    let is_odd = |byte: u8| !matches!(byte, b' '..=b'"' | b'$'..=b'9' | b';'..=b'~');
    !text.bytes().fold(false, |odd, byte| odd | is_odd(byte))
}

fn made_safe(text: &str, kind: Kind) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len() + 8);
    let mut rest = text;
    // Whether nothing that a runner sees stands before it on its line.
    let mut is_start = true;
    while let Some(letter) = rest.chars().next() {
        if kind == Kind::Colored
            && let Some(color) = color(rest)
        {
            safe.push_str(color);
            rest = rest.get(color.len()..).unwrap_or("");
            continue;
        }
        let after = rest.get(letter.len_utf8()..).unwrap_or("");
        match letter {
            '\n' if kind != Kind::Line => safe.push('\n'),
            // The line ends of Windows are those of any other file.
            '\r' if kind != Kind::Line && after.starts_with('\n') => {}
            '\t' if kind != Kind::Line => safe.push('\t'),
            ':' if is_start && after.starts_with(':') => spell(&mut safe, letter),
            '#' if starts_command(rest) => spell(&mut safe, letter),
            _ if letter.is_control() || is_hidden(letter) => spell(&mut safe, letter),
            _ => safe.push(letter),
        }
        is_start = match letter {
            '\n' => true,
            _ => is_start && letter.is_whitespace(),
        };
        rest = after;
    }
    safe
}

fn spell(safe: &mut String, letter: char) {
    // Writing to a string cannot fail.
    let _ = write!(safe, "\\u{{{:x}}}", u32::from(letter));
}

/// What sets a colour, at the start of a text: `ESC [`, numbers, `m`.
fn color(text: &str) -> Option<&str> {
    let numbers = text.strip_prefix("\u{1b}[")?;
    let end = numbers.find(|letter: char| !letter.is_ascii_digit() && letter != ';')?;
    let whole = end + "\u{1b}[m".len();
    numbers
        .get(end..)?
        .starts_with('m')
        .then(|| text.get(..whole))?
}

/// Text in a command to the runner, which has no other way to hold a line end.
fn percent(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::Screen;

    #[test]
    fn a_line_is_one_line_and_steers_nothing() {
        for (text, expected) in [
            ("a `b`: c::d ## e # [f]", "a `b`: c::d ## e # [f]\n"),
            ("a\u{1b}[2J\n\tb\r", "a\\u{1b}[2J\\u{a}\\u{9}b\\u{d}\n"),
            ("\u{202e}\u{200b}é🐘", "\\u{202e}\\u{200b}é🐘\n"),
            ("::error::x", "\\u{3a}:error::x\n"),
            (" \u{a0}::error::x ::y", " \u{a0}\\u{3a}:error::x ::y\n"),
            ("x ##[group]a ###[b", "x \\u{23}#[group]a #\\u{23}#[b\n"),
            (
                "##vso[a]##teamcity[b]",
                "\\u{23}#vso[a]\\u{23}#teamcity[b]\n",
            ),
            ("", "\n"),
        ] {
            assert_eq!(Screen::of_line(text).as_str(), expected);
        }
    }

    #[test]
    fn a_file_keeps_its_lines_and_a_drawing_its_colours() {
        for (text, expected) in [
            ("a\r\n\tb\n", "a\n\tb\n"),
            ("a\rb", "a\\u{d}b\n"),
            ("a\n  ::error::x\n", "a\n  \\u{3a}:error::x\n"),
            ("\u{1b}[31mred", "\\u{1b}[31mred\n"),
            ("", ""),
        ] {
            assert_eq!(Screen::lines(text).as_str(), expected);
            assert_eq!(Screen::takes(text), text == expected);
        }
        for (text, expected) in [
            ("\u{1b}[1;31mred\u{1b}[m\n", "\u{1b}[1;31mred\u{1b}[m\n"),
            ("\u{1b}[31m::error::x\n", "\u{1b}[31m\\u{3a}:error::x\n"),
            ("\u{1b}[2J\u{1b}[31", "\\u{1b}[2J\\u{1b}[31\n"),
        ] {
            assert_eq!(Screen::colored(text).as_str(), expected);
        }
    }

    #[test]
    fn a_command_holds_its_message() {
        let command = Screen::workflow_command("error", &[("file", "a:b,c%\n\u{202e}")], "x\n::y%");
        assert_eq!(
            command.as_str(),
            "::error file=a%3Ab%2Cc%25\\u{a}\\u{202e}::x%0A\\u{3a}:y%25\n"
        );
    }
}
