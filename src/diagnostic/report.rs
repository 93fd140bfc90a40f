//! Problems as text: drawn for people, or written for machines.

mod github;
mod sarif;

use std::{collections::BTreeMap, fmt::Write};

use miette::{GraphicalReportHandler, GraphicalTheme};

use crate::{
    diagnostic::{Problem, Report},
    text::{screen::Screen, unicode::spelt_out},
};

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
pub fn draw(problems: &[Problem], base: &str, color: bool, width: usize) -> Screen {
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
    for (problem, others) in groups(problems) {
        // Writing to a string cannot fail.
        let _ = handler.render_report(&mut text, &Report::new(problem, base));
        if !others.is_empty() {
            let places: Vec<_> = others.iter().map(|one| place(one, base)).collect();
            let _ = writeln!(
                text,
                "  the same in {}: {}",
                plural(places.len(), "more place"),
                first(&places)
            );
        }
        let _ = writeln!(text);
    }
    Screen::colored(&text)
}

/// Problems in their order, each with those that are told along with it: the warnings that say the same about another
/// place.
#[must_use]
pub fn groups(problems: &[Problem]) -> Vec<(&Problem, Vec<&Problem>)> {
    let mut groups: Vec<(&Problem, Vec<&Problem>)> = Vec::new();
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for problem in problems {
        let label = problem.also.as_ref().map(|(_, label)| label);
        let said = (problem.rule.code, &problem.message, &problem.help, label);
        let group = known.get(&said).and_then(|at| groups.get_mut(*at));
        if let Some((_, others)) = group.filter(|_| !problem.is_error()) {
            others.push(problem);
            continue;
        }
        known.insert(said, groups.len());
        groups.push((problem, Vec::new()));
    }
    groups
}

/// The file and the line of a problem.
#[must_use]
pub fn place(problem: &Problem, base: &str) -> String {
    let file = &problem.span.file;
    let (line, _) = file.position(problem.span.range.start);
    spelt_out(&format!("{base}{}:{line}", file.path))
}
