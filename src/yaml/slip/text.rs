//! A text seen line by line.

use std::ops::Range;

use crate::text::unicode::BYTE_ORDER_MARK;

/// The text of a file, seen line by line.
#[derive(Clone, Copy)]
pub(super) struct Text<'a>(pub(super) &'a str);

/// A line without its end.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    /// Its first byte.
    pub(super) start: usize,
    pub(super) text: &'a str,
}

impl<'a> Text<'a> {
    pub(super) fn lines(self) -> impl Iterator<Item = Line<'a>> {
        let text = self.0.trim_start_matches(BYTE_ORDER_MARK);
        let mut start = self.0.len() - text.len();
        text.split_inclusive('\n').map(move |line| {
            let text = line.trim_end_matches(['\r', '\n']);
            let line_start = start;
            start += line.len();
            Line {
                start: line_start,
                text,
            }
        })
    }

    /// The line of a byte; of the end of the text, the last one.
    pub(super) fn line(self, at: usize) -> Line<'a> {
        let before = self.lines().take_while(|line| line.start <= at);
        before.last().unwrap_or(Line { start: 0, text: "" })
    }

    /// The last line above a byte's that says something.
    pub(super) fn line_above(self, at: usize) -> Option<Line<'a>> {
        let start = self.line(at).start;
        let above = self.lines().take_while(|line| line.start < start);
        above.filter(|line| line.says_something()).last()
    }

    pub(super) fn from(self, at: usize) -> &'a str {
        self.0.get(at..).unwrap_or("")
    }

    pub(super) fn starts_with(self, at: usize, mark: char) -> bool {
        self.from(at).starts_with(mark)
    }
}

impl<'a> Line<'a> {
    pub(super) fn range(self) -> Range<usize> {
        let start = self.start + self.indent();
        start..start + self.text.trim().len()
    }

    /// Bytes of white space at its start.
    pub(super) fn indent(self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    pub(super) fn content(self) -> &'a str {
        self.text.trim()
    }

    pub(super) fn says_something(self) -> bool {
        !self.content().is_empty() && !self.content().starts_with('#')
    }

    /// The first tab in the white space at its start.
    pub(super) fn tab(self) -> Option<Range<usize>> {
        let white = self.text.get(..self.indent())?;
        let at = self.start + white.find('\t')?;
        Some(at..at + 1)
    }
}
