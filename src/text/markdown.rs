//! Markdown of which only our own words are markup.

use std::fmt::Write;

use super::{screen::Screen, unicode::spelt_out};

/// A comment of a pull request, or another text that GitHub draws. Markup gets in as a literal of ours alone; whatever
/// else is put in stays text: no link, picture, mention, HTML, table or fence comes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markdown(String);

impl Markdown {
    /// Nothing, so far.
    #[must_use]
    pub const fn new() -> Self {
        Self(String::new())
    }

    /// Adds our own markup.
    #[must_use]
    pub fn own(mut self, markup: &'static str) -> Self {
        self.0.push_str(markup);
        self
    }

    /// Adds another piece in place.
    pub fn push(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    /// Adds another piece.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// Adds the pieces of a list, with our own markup between them.
    #[must_use]
    pub fn list<T>(
        mut self,
        items: impl IntoIterator<Item = T>,
        between: &'static str,
        add: impl Fn(Self, T) -> Self,
    ) -> Self {
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self = self.own(between);
            }
            self = add(self, item);
        }
        self
    }

    /// Adds a sentence: what stands between backticks in it becomes code, and so does every word that could be more than
    /// a word.
    #[must_use]
    pub fn prose(mut self, sentence: &str) -> Self {
        let parts: Vec<&str> = sentence.split('`').collect();
        if parts.len().is_multiple_of(2) {
            // An end without a start: nobody knows what is meant.
            return self.code(sentence);
        }
        for (at, part) in parts.into_iter().enumerate() {
            self = if at % 2 == 1 {
                self.code(part)
            } else {
                self.words(part, Self::code)
            };
        }
        self
    }

    /// Adds text as code.
    #[must_use]
    pub fn code(mut self, text: &str) -> Self {
        let text = shown(text);
        // A bar would end the cell of a table, wherever it stands.
        for (at, part) in text.split('|').enumerate() {
            if at > 0 {
                self.0.push_str("\\|");
            }
            if part.is_empty() && text.contains('|') {
                continue;
            }
            let fence = "`".repeat(longest_run(part) + 1);
            let part = if part.is_empty() { " " } else { part };
            let is_padded = part.starts_with(['`', ' ']) || part.ends_with(['`', ' ']);
            let pad = if is_padded && part != " " { " " } else { "" };
            // Writing to a string cannot fail.
            let _ = write!(self.0, "{fence}{pad}{part}{pad}{fence}");
        }
        self
    }

    fn html_code(mut self, text: &str) -> Self {
        self.0.push_str("<code>");
        for letter in shown(text).chars() {
            if letter.is_ascii() && !letter.is_ascii_alphanumeric() && letter != ' ' {
                // Writing to a string cannot fail.
                let _ = write!(self.0, "&#{};", u32::from(letter));
            } else {
                self.0.push(letter);
            }
        }
        self.0.push_str("</code>");
        self
    }

    /// Adds a sentence where Markdown is not read: inside HTML of ours.
    #[must_use]
    pub fn html_prose(self, sentence: &str) -> Self {
        self.words(sentence, Self::html_code)
    }

    /// Adds the lines of a file.
    #[must_use]
    pub fn fence(mut self, language: &'static str, text: &str) -> Self {
        let lines = Screen::lines(text);
        let fence = "`".repeat(longest_run(lines.as_str()).max(2) + 1);
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{fence}{language}\n{lines}{fence}\n");
        self
    }

    /// Bytes in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, as it is printed.
    #[must_use]
    pub fn screen(&self) -> Screen {
        Screen::lines(&self.0)
    }

    /// Words as they are, and as code from the first odd one to the last in a row.
    fn words(mut self, text: &str, code: fn(Self, &str) -> Self) -> Self {
        let text = shown(text);
        let mut words = text.split(' ').peekable();
        let mut is_first = true;
        while let Some(word) = words.next() {
            if !is_first {
                self.0.push(' ');
            }
            is_first = false;
            if is_word(word) {
                self.0.push_str(word);
                continue;
            }
            let mut odd = word.to_owned();
            while let Some(next) = words.next_if(|next| !next.is_empty() && !is_word(next)) {
                odd.push(' ');
                odd.push_str(next);
            }
            self = code(self, &odd);
        }
        self
    }
}

/// What a reader sees of a text, on one line.
fn shown(text: &str) -> String {
    let line = Screen::prompt(text);
    spelt_out(line.as_str())
}

/// Whether nothing but a word can be read in it: no markup, no address, mention, reference, commit or emoji.
fn is_word(word: &str) -> bool {
    let is_letter = |letter: char| {
        letter.is_ascii_alphanumeric() || !letter.is_ascii() || ",.;:'\"()/!?%+=-".contains(letter)
    };
    let lower = word.to_ascii_lowercase();
    let is_commit = |part: &str| {
        let is_hex = |letter: char| matches!(letter, '0'..='9' | 'a'..='f');
        part.len() >= 7 && part.chars().all(is_hex)
    };
    let mut parts = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    word.chars().all(is_letter)
        && word.matches(':').count() < 2
        && !lower.contains("://")
        && !lower.contains("www.")
        && !lower.contains("gh-")
        && !parts.any(is_commit)
}

fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Markdown;

    fn text(markdown: &Markdown) -> String {
        markdown.screen().as_str().trim_end_matches('\n').to_owned()
    }

    #[test]
    fn words_are_words_and_anything_else_is_code() {
        for (sentence, expected) in [
            (
                "no unit changes; 3 new, 1 gone (why?)",
                "no unit changes; 3 new, 1 gone (why?)",
            ),
            ("`a` is not `b|c`", "`a` is not `b`\\|`c`"),
            ("see @team in #12 now", "see `@team` in `#12` now"),
            ("[a](b) <img> x", "`[a](b) <img>` x"),
            (
                "http://a.b www.c.d GH-1 a:b:c a1b2c3d",
                "`http://a.b www.c.d GH-1 a:b:c a1b2c3d`",
            ),
            ("an `open end", "``an `open end``"),
            ("a\n- b", "`a\\u{a}-` b"),
            ("*b* _c_ ~d~ \\e", "`*b* _c_ ~d~ \\e`"),
        ] {
            assert_eq!(text(&Markdown::new().prose(sentence)), expected);
        }
    }

    #[test]
    fn code_is_closed_by_us_alone() {
        for (code, expected) in [
            ("a", "`a`"),
            ("", "` `"),
            ("``", "``` `` ```"),
            (" a ", "`  a  `"),
            ("a|`|", "`a`\\|`` ` ``\\|"),
            ("##[error]\u{202e}", "`\\u{23}#[error]\\u{202e}`"),
        ] {
            assert_eq!(text(&Markdown::new().code(code)), expected);
        }
        let html = Markdown::new().html_prose("a/b-c </code>@b d");
        assert_eq!(
            text(&html),
            "a/b-c <code>&#60;&#47;code&#62;&#64;b</code> d"
        );
        let fence = Markdown::new().fence("diff", "```\n ::error::x");
        assert_eq!(text(&fence), "````diff\n```\n \\u{3a}:error::x\n````");
    }
}
