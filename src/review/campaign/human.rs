//! A campaign for a person at a terminal.

use std::collections::BTreeMap;

use super::{Campaign, State, Unit, Wave};
use crate::{
    diagnostic::report::plural,
    text::{screen::Screen, suggest},
};

/// What is to be done: the steps of each wave, units with the same ones together.
#[must_use]
pub fn plan(campaign: &Campaign) -> Screen {
    let mut text = Screen::new();
    text.line(headline(campaign));
    for line in background(campaign) {
        text.line(format_args!("  {line}"));
    }
    for wave in &campaign.waves {
        text.line("");
        text.line(title(wave));
        for (story, units) in stories(wave) {
            text.line(format_args!("  {}", names(&units)));
            for line in story {
                text.line(format_args!("    {line}"));
            }
        }
    }
    text
}

/// How far all are, one unit a line.
#[must_use]
pub fn status(campaign: &Campaign) -> Screen {
    let mut text = Screen::new();
    text.line(headline(campaign));
    let width = |texts: &mut dyn Iterator<Item = String>| {
        texts.map(|one| one.chars().count()).max().unwrap_or(0)
    };
    let name = width(&mut campaign.units().map(|unit| unit.id.to_string()));
    let version = width(&mut campaign.units().map(|unit| unit.from.to_string()));
    for wave in &campaign.waves {
        text.line("");
        text.line(title(wave));
        for unit in &wave.units {
            let id = unit.id.to_string();
            let from = unit.from.to_string();
            let why = if unit.why.is_empty() {
                String::new()
            } else {
                format!("; {}", unit.why)
            };
            text.line(format_args!(
                "  {:<8}  {id:<name$}  {from:<version$}  {}{why}",
                unit.state.as_str(),
                support(unit)
            ));
        }
    }
    text
}

/// Where it goes, and how many units are how far.
pub(super) fn headline(campaign: &Campaign) -> String {
    let facts = campaign.goal.engine.facts();
    let counts: Vec<_> = State::ALL
        .iter()
        .map(|state| (campaign.count(*state), state.as_str()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, state)| format!("{count} {state}"))
        .collect();
    let counts = if counts.is_empty() {
        String::new()
    } else {
        format!(": {}", counts.join(", "))
    };
    format!(
        "{} to {}: {}{counts}",
        facts.title,
        campaign.goal.to,
        plural(campaign.units().count(), "unit")
    )
}

/// What holds for every database: what majors take and give, and what to look at before.
pub(super) fn background(campaign: &Campaign) -> Vec<String> {
    let facts = campaign.goal.engine.facts();
    let steps = campaign.major_steps();
    let listed = |names: &[&str]| {
        if names.is_empty() {
            "none".to_owned()
        } else {
            suggest::list(names)
        }
    };
    let mut lines: Vec<_> = steps
        .iter()
        .map(|step| {
            format!(
                "{} to {}: parameters that are gone: {}; new: {}",
                step.from,
                step.to,
                listed(&step.lost),
                listed(&step.gained)
            )
        })
        .collect();
    if !steps.is_empty() {
        lines.extend(
            facts
                .before_major
                .iter()
                .map(|line| format!("before: {line}")),
        );
    }
    lines
}

pub(super) fn title(wave: &Wave) -> String {
    let count = plural(wave.units.len(), "unit");
    match &wave.name {
        Some(name) => format!("wave {name}: {count}"),
        None => format!("in no wave: {count}"),
    }
}

fn names(units: &[&Unit]) -> String {
    let names: Vec<_> = units.iter().map(|unit| unit.id.to_string()).collect();
    names.join(", ")
}

pub(super) fn support(unit: &Unit) -> String {
    match unit.support_ends {
        Some(day) => format!("support ends {day}"),
        None => "nobody knows when its support ends".to_owned(),
    }
}

/// The units of a wave by what is to be said of them, in the order of the first of each.
pub(super) fn stories(wave: &Wave) -> Vec<(Vec<String>, Vec<&Unit>)> {
    let mut places: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let mut stories: Vec<(Vec<String>, Vec<&Unit>)> = Vec::new();
    for unit in &wave.units {
        let story = story(unit);
        let at = *places.entry(story.clone()).or_insert(stories.len());
        match stories.get_mut(at) {
            Some((_, units)) => units.push(unit),
            None => stories.push((story, vec![unit])),
        }
    }
    stories
}

fn story(unit: &Unit) -> Vec<String> {
    let why = if unit.why.is_empty() {
        String::new()
    } else {
        format!(": {}", unit.why)
    };
    let mut lines = vec![
        format!("{}{why}", unit.state.as_str()),
        format!("has {}, {}", unit.from, support(unit)),
    ];
    for (number, hop) in (1..).zip(&unit.way) {
        let kind = if hop.is_major { "major" } else { "minor" };
        let after = if number > 1 {
            ", once the step before is applied"
        } else {
            ""
        };
        lines.push(format!(
            "step {number}: write `engineVersion: \"{}\"`, a {kind}{after}",
            hop.to
        ));
        for line in &hop.lines {
            let key = if line.key.is_empty() {
                &line.address
            } else {
                &line.key
            };
            lines.push(format!("  {} {key}: {}", line.grade.as_str(), line.why));
            let when = line.when();
            if !when.is_empty() {
                lines.push(format!("    {when}"));
            }
        }
    }
    if !unit.extensions.is_empty() && !unit.way.is_empty() {
        let listed = suggest::list(&unit.extensions);
        lines.push(format!("extensions in its parameters: {listed}"));
    }
    lines.extend(unit.notes.iter().cloned());
    lines
}
