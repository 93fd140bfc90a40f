//! Drift, for a terminal and for a comment.

use std::collections::BTreeMap;

use super::{Drift, Finding, UnitDrift};
use crate::{
    diagnostic::report::plural,
    terraform::{
        drift::table::Class,
        normal_form::{Difference, Leaf},
    },
    text::{markdown::Markdown, screen::Screen},
};

/// Letters of a value that are shown.
const MOST: usize = 120;

/// What was found, unit by unit: what needs eyes in full, and the rest in a line for each rule.
#[must_use]
pub fn human(drift: &Drift) -> Screen {
    let mut text = Screen::new();
    for unit in in_order(drift) {
        text.line(format_args!("{}: {}", name(unit), counted(unit)));
        for one in shown(unit) {
            text.line(format_args!(
                "  {:<9}  {} {}",
                mark(one),
                one.address,
                change(one)
            ));
            text.line(format_args!(
                "             {}: {}",
                one.rule.code, one.rule.why
            ));
            if let Some(line) = waiver(one) {
                text.line(format_args!("             {line}"));
            }
            text.line(format_args!("             next: {}", one.next));
        }
        for line in quiet(unit) {
            text.line(format_args!("  {line}"));
        }
    }
    if let Some(line) = missing(drift) {
        text.line(line);
    }
    text.line(closing(drift));
    text
}

/// The same as a comment, never longer than a comment may be.
#[must_use]
pub fn markdown(drift: &Drift) -> Markdown {
    const LIMIT: usize = 60_000;
    let mut text = Markdown::new()
        .own("<!-- valet-rds drift -->\n### ")
        .prose(&closing(drift))
        .own("\n\n");
    let mut left_out = 0;
    for unit in in_order(drift) {
        let head = Markdown::new()
            .own("- **")
            .code(&name(unit))
            .own("** ")
            .prose(&counted(unit))
            .own("\n");
        let mut parts = vec![head];
        for one in shown(unit) {
            let mut part = Markdown::new()
                .own("  - **")
                .own(mark(one))
                .own("** ")
                .code(&one.address)
                .own(" ")
                .code(&change(one))
                .own("  \n    ")
                .prose(one.rule.why)
                .own(" (")
                .code(one.rule.code)
                .own(")");
            if let Some(line) = waiver(one) {
                part = part.own("  \n    ").prose(&line);
            }
            parts.push(part.own("  \n    next: ").prose(&one.next).own("\n"));
        }
        let quiet = quiet(unit);
        parts.extend(
            quiet
                .iter()
                .map(|line| Markdown::new().own("  - ").prose(line).own("\n")),
        );
        for part in parts {
            if text.len() + part.len() > LIMIT {
                left_out += 1;
            } else {
                text.push(&part);
            }
        }
    }
    if let Some(line) = missing(drift) {
        text = text.own("\n").prose(&line).own("\n");
    }
    if left_out > 0 {
        text = text
            .own("\n")
            .prose(&format!("{} more are not shown.", plural(left_out, "line")))
            .own("\n");
    }
    text
}

/// What is worst comes first.
fn in_order(drift: &Drift) -> Vec<&UnitDrift> {
    let mut units: Vec<_> = drift.units.iter().collect();
    units.sort_by_key(|unit| {
        let worst = Class::ALL.iter().position(|class| unit.count(*class) > 0);
        (worst.unwrap_or(Class::ALL.len()), &unit.unit, &unit.file)
    });
    units
}

fn name(unit: &UnitDrift) -> String {
    let named = unit.unit.as_ref().map(ToString::to_string);
    named.unwrap_or_else(|| unit.file.clone())
}

/// What is shown in full.
fn shown(unit: &UnitDrift) -> impl Iterator<Item = &Finding> {
    let findings = unit.findings.iter();
    findings.filter(|one| one.class() != Class::Benign)
}

fn mark(one: &Finding) -> &'static str {
    if one.is_waived() {
        "waived"
    } else {
        one.class().in_words()
    }
}

/// What has changed.
fn change(one: &Finding) -> String {
    if !one.action.is_empty() {
        return match one.action.as_str() {
            "delete" => "is deleted".to_owned(),
            action => format!("would be changed: {action}"),
        };
    }
    let Difference(before, after) = &one.difference;
    let shown = |leaf: &Option<Leaf>| {
        let text = leaf
            .as_ref()
            .map_or_else(|| "nothing".to_owned(), ToString::to_string);
        if text.chars().count() > MOST {
            let start: String = text.chars().take(MOST).collect();
            format!("{start}…")
        } else {
            text
        }
    };
    format!("{} {} -> {}", one.attribute, shown(before), shown(after))
}

fn waiver(one: &Finding) -> Option<String> {
    let waiver = one.waiver.as_ref()?;
    Some(if waiver.holds {
        format!("waived until {}: {}", waiver.expires, waiver.reason)
    } else {
        format!("was waived until {}: {}", waiver.expires, waiver.reason)
    })
}

/// What is benign, by rule, and what configs ask for.
fn quiet(unit: &UnitDrift) -> Vec<String> {
    const MOST_NAMES: usize = 3;
    const MOST_LETTERS: usize = 60;
    let mut rules: BTreeMap<&str, (&Finding, Vec<String>)> = BTreeMap::new();
    for one in &unit.findings {
        if one.class() == Class::Benign {
            let (_, all) = rules
                .entry(one.rule.code)
                .or_insert_with(|| (one, Vec::new()));
            let change = change(one);
            let what = if change.chars().count() > MOST_LETTERS {
                &one.attribute
            } else {
                &change
            };
            all.push(format!("{} {what}", one.address));
        }
    }
    let listed = |all: &[String]| {
        let more = all.len().saturating_sub(MOST_NAMES);
        let mut list = all
            .iter()
            .take(MOST_NAMES)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("; ");
        if more > 0 {
            list = format!("{list}; and {more} more");
        }
        list
    };
    let mut lines: Vec<String> = rules
        .into_iter()
        .map(|(code, (first, all))| {
            format!(
                "benign: {code}: {}; {}: {}",
                first.rule.why,
                first.next,
                listed(&all)
            )
        })
        .collect();
    let mut asked: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (address, what, cause) in &unit.asked {
        let all = asked.entry(cause).or_default();
        all.push(format!("{address} {what}"));
    }
    lines.extend(
        asked
            .into_iter()
            .map(|(cause, all)| format!("no drift, but asked for ({cause}): {}", listed(&all))),
    );
    lines
}

fn counts(count: impl Fn(Class) -> usize, waived: usize) -> String {
    let mut parts: Vec<String> = Class::ALL
        .into_iter()
        .filter(|class| count(*class) > 0)
        .map(|class| format!("{} {}", count(class), class.in_words()))
        .collect();
    if waived > 0 {
        parts.push(format!("{waived} waived"));
    }
    if parts.is_empty() {
        "nothing was changed outside of Terraform".to_owned()
    } else {
        parts.join(", ")
    }
}

fn counted(unit: &UnitDrift) -> String {
    counts(|class| unit.count(class), unit.waived())
}

fn missing(drift: &Drift) -> Option<String> {
    const MOST_NAMES: usize = 12;
    if drift.missing.is_empty() {
        return None;
    }
    let names = drift
        .missing
        .iter()
        .take(MOST_NAMES)
        .map(ToString::to_string);
    let names = names.collect::<Vec<_>>().join(", ");
    let more = drift.missing.len().saturating_sub(MOST_NAMES);
    let more = if more == 0 {
        String::new()
    } else {
        format!(" and {more} more")
    };
    let units = plural(drift.missing.len(), "unit");
    Some(format!(
        "{units} of the workspace without a plan here, of which nothing is known: {names}{more}"
    ))
}

/// All of it in one line.
fn closing(drift: &Drift) -> String {
    let units = plural(drift.units.len(), "unit");
    let counts = counts(|class| drift.count(class), drift.waived());
    format!("drift: {units}: {counts}")
}
