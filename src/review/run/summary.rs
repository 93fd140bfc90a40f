//! The summary of a run, for a terminal and for a comment.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Outcome, Run, UnitRun,
    cause::{Cause, Key, What},
};
use crate::{
    diagnostic::report::plural,
    review::{adoption::Class, gate},
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
        for line in taken_over(unit).into_iter().chain(because(unit)) {
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
        let is_quiet = because(unit).is_empty() && taken_over(unit).is_empty();
        if unit.outcome.is_fine() && is_quiet {
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
    let lines = details(unit).into_iter().chain(taken_over(unit));
    for line in lines.chain(because(unit)) {
        text = text.own("  - ").prose(&line).own("\n");
    }
    text
}

/// What becomes of what is taken over: one line for each class. What is refused has lines of its own.
fn taken_over(unit: &UnitRun) -> Vec<String> {
    let (Outcome::Planned(verdict) | Outcome::Applied(verdict)) = &unit.outcome else {
        return Vec::new();
    };
    let resource = |address: &str, name: &str| address.trim_end_matches(name).to_owned();
    let resources: BTreeSet<_> = gate::attributes(verdict)
        .map(|(address, one)| resource(address, &one.name))
        .collect();
    let mut classes: BTreeMap<Class, Vec<String>> = BTreeMap::new();
    for (address, one) in gate::attributes(verdict) {
        // Of a cluster and its instances it is told whose they are.
        let name = match address.splitn(3, '.').last() {
            Some(address) if resources.len() > 1 => address,
            _ => one.name.as_str(),
        };
        let names = classes.entry(one.class).or_default();
        names.push(match one.class {
            Class::TerraformOnly => name.to_owned(),
            _ => format!("{name} {} -> {}", one.before, one.after),
        });
    }
    let line = |(class, names): (Class, Vec<String>)| {
        format!("takes over, {}: {}", class.as_str(), names.join("; "))
    };
    classes.into_iter().rev().map(line).collect()
}

/// Why what is planned is planned: one line for each cause, and one for each thing that is otherwise in AWS.
fn because(unit: &UnitRun) -> Vec<String> {
    /// What of one cause is shown.
    const MOST: usize = 6;
    let mut causes: Vec<(String, Vec<String>)> = Vec::new();
    for item in unit.causes.iter().filter(|item| item.cause != Cause::New) {
        let words = cause_in_words(&item.cause);
        let what = match &item.what {
            What::Action(action) => format!("{action} {}", item.address),
            What::Attribute(path, difference) => format!("{} {path} {difference}", item.address),
        };
        match causes.iter_mut().find(|(known, _)| *known == words) {
            Some((_, all)) => all.push(what),
            None => causes.push((words, vec![what])),
        }
    }
    let lines = causes.into_iter().map(|(words, all)| {
        let more = all.len().saturating_sub(MOST);
        let mut shown = all.into_iter().take(MOST).collect::<Vec<_>>().join("; ");
        if more > 0 {
            shown = format!("{shown}; and {more} more");
        }
        format!("{words}: {shown}")
    });
    let notes = unit
        .notes
        .iter()
        .map(|note| format!("beside the plan: {note}"));
    lines.chain(notes).collect()
}

fn cause_in_words(cause: &Cause) -> String {
    match cause {
        Cause::New => "new".to_owned(),
        Cause::Edit(keys) => {
            let key = |key: &Key| match &key.place {
                Some((path, line)) => format!("`{}` ({path}:{line})", key.name),
                None => format!("`{}`", key.name),
            };
            let keys: Vec<_> = keys.iter().map(key).collect();
            format!("edit of {}", keys.join(", "))
        }
        Cause::Unforetold => "edit, but not foretold by `diff`".to_owned(),
        Cause::Modules => "change of the modules".to_owned(),
        Cause::Provider => "another version of the provider".to_owned(),
        Cause::Drift(rule, _) => format!(
            "drift, {}: changed outside of Terraform, and undone",
            rule.class.in_words()
        ),
        Cause::Waiting => "applied already, waits for the maintenance window".to_owned(),
        Cause::NotApplied => "merged before, and not applied yet".to_owned(),
        Cause::Unexplained(words) => format!("unexplained: {words}"),
    }
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
        Outcome::Held(consumer) => {
            format!("not applied: {consumer} has not taken its endpoint away")
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
