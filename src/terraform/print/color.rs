//! HCL in colour, for a terminal.

use std::fmt;

use super::{Sink, Style};

const RESET: &str = "\u{1b}[0m";

/// Text with the escape sequences of a terminal around its parts. Without them it is the plain text.
#[derive(Clone, Debug, Default)]
pub struct Colored(pub String);

impl fmt::Write for Colored {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_str(text)
    }
}

impl Sink<'_> for Colored {
    fn style(&mut self, style: Style, print: impl FnOnce(&mut Self)) {
        let (dim, bold, cyan, green) = ("\u{1b}[2m", "\u{1b}[1m", "\u{1b}[36m", "\u{1b}[32m");
        self.push(match style {
            Style::Comment => dim,
            Style::Heading => bold,
            Style::Key => cyan,
            Style::Text => green,
        });
        print(self);
        self.push(RESET);
    }
}
