//! What `affected` and `diff` say about one change: they must agree.

use super::{command::Ran, monorepo::Monorepo};

/// What is right about a change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    code: i32,
    /// The units that are affected, with spaces between them.
    units: &'static str,
    /// The last line of `diff`.
    summary: &'static str,
    /// What is told on standard error.
    told: &'static str,
}

/// Nothing is affected, and nothing is wrong.
pub(crate) const NOTHING: Answer = fine("", "no unit changes");

/// These units are affected, and nothing is wrong.
pub(crate) const fn fine(units: &'static str, summary: &'static str) -> Answer {
    Answer {
        code: 0,
        units,
        summary,
        told: "",
    }
}

/// These units are affected, and something is wrong.
pub(crate) const fn wrong(
    units: &'static str,
    summary: &'static str,
    told: &'static str,
) -> Answer {
    Answer {
        code: 1,
        units,
        summary,
        told,
    }
}

/// There is no answer, and why.
pub(crate) const fn none(told: &'static str) -> Answer {
    Answer {
        code: 2,
        units: "",
        summary: "",
        told,
    }
}

/// Text as it is drawn, on one line.
pub(crate) fn flat(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| *word != "│");
    words.collect::<Vec<_>>().join(" ")
}

impl Answer {
    /// Asks about the change since a base.
    #[track_caller]
    pub(crate) fn assert(&self, name: &str, repo: &Monorepo, base: &str) {
        self.assert_asked(name, |command| {
            repo.run(&format!("{command} --base {base}"))
        });
    }

    /// Asks with whatever runs a command.
    #[track_caller]
    pub(crate) fn assert_asked(&self, name: &str, ask: impl Fn(&str) -> Ran) {
        let (affected, diff) = (ask("affected"), ask("diff"));
        let told = flat(&format!("{}{}", affected.err, diff.err));
        let units = affected
            .out
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let summary = diff.out.lines().last().unwrap_or_default();
        let found = (affected.code, diff.code, units.as_str(), summary);
        let expected = (self.code, self.code, self.units, self.summary);
        assert_eq!(found, expected, "{name}\n{affected}\n{diff}");
        assert!(told.contains(self.told), "{name}: {}\n{told}", self.told);
    }
}
