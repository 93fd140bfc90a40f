//! The verdict of the gate, for a terminal and for a comment.

use super::{NOW, Outcome, Row, Verdict};
use crate::{
    model::identity::UnitId,
    review::adoption::Attribute,
    text::{markdown::Markdown, screen::Screen, unicode::spelt_out},
};

/// The verdict as a table for a terminal.
#[must_use]
pub fn human(verdict: &Verdict, unit: Option<&UnitId>) -> Screen {
    let mut text = Screen::new();
    let widths = verdict
        .rows
        .iter()
        .map(|row| spelt_out(&row.address).chars().count());
    let width = widths.max().unwrap_or(0);
    for row in &verdict.rows {
        let mark = match row.outcome {
            Outcome::Refused => "REFUSED",
            Outcome::Allowed => "allowed",
            Outcome::Fine => "ok",
        };
        text.line(format_args!(
            "{mark:<7}  {:<7}  {:<width$}  {}{}",
            row.action,
            spelt_out(&row.address),
            row.reason,
            because(row)
        ));
    }
    text.line(closing(verdict, unit));
    text
}

/// The verdict as the comment of a pull request.
#[must_use]
pub fn markdown(verdict: &Verdict, unit: Option<&UnitId>) -> Markdown {
    const MOST_ROWS: usize = 150;
    let mut text = Markdown::new()
        .own("<!-- valet-rds gate -->\n### Plan: ")
        .prose(&closing(verdict, unit))
        .own("\n");
    if !verdict.rows.is_empty() {
        text = text.own("\n| | action | resource | why |\n|---|---|---|---|\n");
    }
    for row in verdict.rows.iter().take(MOST_ROWS) {
        let mark = match row.outcome {
            Outcome::Refused => "**refused**",
            Outcome::Allowed => "allowed",
            Outcome::Fine => "ok",
        };
        text = text
            .own("| ")
            .own(mark)
            .own(" | ")
            .own(row.action)
            .own(" | ")
            .code(&row.address)
            .own(" | ")
            .prose(&row.reason)
            .prose(&because(row))
            .own(" |\n");
    }
    let more = verdict.rows.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        text = text
            .own("\n")
            .prose(&format!("{more} more are not shown."))
            .own("\n");
    }
    text
}

fn because(row: &Row) -> String {
    if row.forced_by.is_empty() {
        String::new()
    } else {
        format!(" (forced by {})", row.forced_by.join(", "))
    }
}

/// How many resources each action meets.
#[must_use]
pub fn counted(verdict: &Verdict) -> String {
    let counts = verdict.counts.iter().filter(|(_, count)| *count > 0);
    let counts: Vec<_> = counts
        .map(|(word, count)| format!("{count} to {word}"))
        .collect();
    if counts.is_empty() {
        "nothing to do".to_owned()
    } else {
        counts.join(", ")
    }
}

/// What is refused.
pub fn refusals(verdict: &Verdict) -> impl Iterator<Item = &Row> {
    let is_refused = |row: &&Row| row.outcome == Outcome::Refused;
    verdict.rows.iter().filter(is_refused)
}

/// What becomes of the attributes of what is taken over, each with its address.
pub fn attributes(verdict: &Verdict) -> impl Iterator<Item = (&str, &Attribute)> {
    let rows = verdict.rows.iter();
    rows.filter_map(|row| Some((row.address.as_str(), row.attribute.as_ref()?)))
}

/// The addresses of those that may differ.
pub fn may_differ(verdict: &Verdict) -> impl Iterator<Item = &str> {
    let rows = verdict.rows.iter();
    let fine = rows.filter(|row| row.outcome != Outcome::Refused);
    fine.filter(|row| row.attribute.is_some())
        .map(|row| row.address.as_str())
}

/// The verdict in one line.
#[must_use]
pub fn closing(verdict: &Verdict, unit: Option<&UnitId>) -> String {
    let counts = counted(verdict);
    let unit = unit.map(|unit| format!("{unit}: ")).unwrap_or_default();
    let allowed = |key: &str, is_urgent: bool| {
        let is_of =
            |row: &&Row| row.outcome == Outcome::Allowed && (row.action == NOW) == is_urgent;
        match verdict.rows.iter().filter(is_of).count() {
            0 => String::new(),
            count => format!("; {count} let pass by `{key}`"),
        }
    };
    let allowed = allowed("allow", false) + &allowed("applyImmediately", true);
    match verdict.count(Outcome::Refused) {
        0 => format!("{unit}{counts}{allowed}; passes"),
        refused => format!("{unit}{counts}{allowed}; {refused} refused"),
    }
}
