//! Problems as text: drawn for people, or written for machines.

mod github;
mod sarif;

use std::fmt::Write;

use miette::{GraphicalReportHandler, GraphicalTheme};

use crate::diagnostic::{Problem, Report};

pub use github::github;
pub use sarif::sarif;

/// How many problems of each severity there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// They reject the input.
    pub errors: usize,
    /// They do not.
    pub warnings: usize,
}

impl Count {
    /// Counts problems.
    #[must_use]
    pub fn of(problems: &[Problem]) -> Self {
        let errors = problems.iter().filter(|problem| problem.is_error()).count();
        Self {
            errors,
            warnings: problems.len() - errors,
        }
    }

    /// In words, such as `2 errors, 1 warning`.
    #[must_use]
    pub fn words(self) -> String {
        let part = |count, word: &str| plural(count, word);
        match (self.errors, self.warnings) {
            (0, 0) => "no problems".to_owned(),
            (errors, 0) => part(errors, "error"),
            (0, warnings) => part(warnings, "warning"),
            (errors, warnings) => {
                format!("{}, {}", part(errors, "error"), part(warnings, "warning"))
            }
        }
    }
}

/// A number and a word in the right form.
#[must_use]
pub fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// The first ones of a list, and how many there are besides.
#[must_use]
pub fn first(all: &[String]) -> String {
    const MOST: usize = 4;
    let shown: Vec<&str> = all.iter().take(MOST).map(String::as_str).collect();
    match all.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Draws problems for a person. `base` goes before each path; `width` is in columns.
#[must_use]
pub fn draw(problems: &[Problem], base: &str, color: bool, width: usize) -> String {
    let theme = if color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(width)
        .with_links(false)
        .with_context_lines(1);
    let mut text = String::new();
    for problem in problems {
        // Writing to a string cannot fail.
        let _ = handler.render_report(&mut text, &Report::new(problem, base));
        let _ = writeln!(text);
    }
    text
}
