//! The summary of a run, for a terminal and for a comment.

use std::collections::BTreeMap;

use super::{Outcome, Run, UnitRun};
use crate::{
    diagnostic::report::plural,
    review::gate,
    text::{markdown::Markdown, screen::Screen},
};

/// Differences of one unit that are shown.
const MOST_DIFFERENCES: usize = 12;

/// The summary for a terminal: what needs eyes first, then one line for each unit.
#[must_use]
pub fn human(run: &Run) -> Screen {
    let mut text = Screen::new();
    for unit in in_order(run) {
        match &unit.outcome {
            Outcome::Refused(verdict) => text.push(&gate::human(verdict, Some(&unit.unit))),
            _ => text.line(format_args!("{}: {}", unit.unit, words(unit))),
        }
        for line in details(unit) {
            text.line(format_args!("  {line}"));
        }
    }
    text.line(closing(run));
    text
}

/// The summary as a comment, never longer than a comment may be.
#[must_use]
pub fn markdown(run: &Run) -> Markdown {
    const LIMIT: usize = 60_000;
    let mut text = Markdown::new()
        .own("<!-- valet-rds ")
        .own(run.verb)
        .own(" -->\n### ")
        .prose(&closing(run))
        .own("\n\n");
    let mut left_out = 0;
    let mut quiet: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for unit in in_order(run) {
        if unit.outcome.is_fine() {
            let names = quiet.entry(words(unit)).or_default();
            names.push(unit.unit.to_string());
            continue;
        }
        let part = told(unit);
        if text.len() + part.len() > LIMIT {
            left_out += 1;
        } else {
            text.push(&part);
        }
    }
    for (words, names) in quiet {
        let part = names_of(Markdown::new().own("- ").prose(&words).own(": "), &names).own("\n");
        if text.len() + part.len() > LIMIT {
            left_out += names.len();
        } else {
            text.push(&part);
        }
    }
    if left_out > 0 {
        text = text
            .own("\n")
            .prose(&format!("{} more are not shown.", plural(left_out, "unit")))
            .own("\n");
    }
    text
}

/// What is not as it should be with a unit.
fn told(unit: &UnitRun) -> Markdown {
    let mut text = Markdown::new()
        .own("- **")
        .code(&unit.unit.to_string())
        .own("** ")
        .prose(&words(unit))
        .own("\n");
    if let Some(verdict) = unit.outcome.verdict() {
        for row in gate::refusals(verdict) {
            text = text
                .own("  - ")
                .code(&row.address)
                .own(": ")
                .prose(&row.reason)
                .own("\n");
        }
    }
    for line in details(unit) {
        text = text.own("  - ").prose(&line).own("\n");
    }
    text
}

/// What is not as it should be comes first.
fn in_order(run: &Run) -> Vec<&UnitRun> {
    let mut units: Vec<_> = run.units.iter().collect();
    units.sort_by_key(|unit| (unit.outcome.is_fine(), &unit.unit));
    units
}

fn words(unit: &UnitRun) -> String {
    match &unit.outcome {
        Outcome::Unchanged => "nothing to do".to_owned(),
        Outcome::Planned(verdict) | Outcome::Refused(verdict) => gate::closing(verdict, None),
        Outcome::Applied(verdict) => format!("applied: {}", gate::counted(verdict)),
        Outcome::AppliedBefore => "applied by an earlier run".to_owned(),
        Outcome::Differs(lines) => format!(
            "not applied: its plan is not the one that was reviewed ({})",
            plural(lines.len(), "difference")
        ),
        Outcome::Waiting => {
            "not applied: what its environment shares has not been applied".to_owned()
        }
        Outcome::Interrupted => "told to stop; run the command again to go on".to_owned(),
        Outcome::Failed(failed) => format!("{} failed: {}", failed.step, failed.words),
    }
}

fn details(unit: &UnitRun) -> Vec<String> {
    match &unit.outcome {
        Outcome::Differs(lines) => {
            let mut shown: Vec<_> = lines.iter().take(MOST_DIFFERENCES).cloned().collect();
            let more = lines.len() - shown.len();
            if more > 0 {
                shown.push(format!("and {more} more"));
            }
            shown.push(format!(
                "plan and review it again, or name it with `--accept {}`",
                unit.unit
            ));
            shown
        }
        Outcome::Failed(failed) => {
            let log = failed.log.as_ref().map(|log| format!("all of it: {log}"));
            failed.advice.iter().cloned().chain(log).collect()
        }
        _ => Vec::new(),
    }
}

fn closing(run: &Run) -> String {
    let mut counts: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    for unit in &run.units {
        let outcome = &unit.outcome;
        *counts
            .entry((outcome.is_fine(), outcome.as_str()))
            .or_default() += 1;
    }
    let counts: Vec<_> = counts
        .iter()
        .map(|((_, word), count)| format!("{count} {word}"))
        .collect();
    let units = plural(run.units.len(), "unit");
    if counts.is_empty() {
        format!("{}: {units}", run.verb)
    } else {
        format!("{}: {units}: {}", run.verb, counts.join(", "))
    }
}

/// The first names, and how many there are besides.
fn names_of(text: Markdown, names: &[String]) -> Markdown {
    const MOST: usize = 12;
    let shown = names.iter().take(MOST);
    let more = names.len() - shown.len();
    let text = text.list(shown, ", ", |text, name| text.code(name));
    if more == 0 {
        text
    } else {
        text.prose(&format!(" and {more} more"))
    }
}
