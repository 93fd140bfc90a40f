//! What to know before a database gets another major version.

use crate::{
    aws::{
        engine::{Major, Upgrades},
        engine_version::EngineVersion,
    },
    model::Database,
    terraform::read::{Root, Value},
};

/// The legal path, the parameter group and the minors; nothing when the major stays.
pub(super) fn notes(old: &Root, new: &Database) -> Vec<String> {
    let text = |argument| {
        let value = old.database_argument(argument);
        value.and_then(Value::as_text).unwrap_or_default()
    };
    let facts = new.facts();
    let Ok(from) = text("engine_version").parse::<EngineVersion>() else {
        return Vec::new();
    };
    let to = new.engine_version.value;
    let (Some(before), Some(after)) = (facts.major(from), facts.major(to)) else {
        return Vec::new();
    };
    if before.version == after.version || text("engine") != new.engine.value.as_str() {
        return Vec::new();
    }
    let path = path(facts.upgrades, before, after, from, to);
    let group = format!(
        "parameter group: `{}` (family {}) replaces `{}`, which stays and counts against the quota until somebody deletes it after the upgrade; {}",
        new.names.parameter_group,
        facts.family(to),
        text("parameter_group_name"),
        if new.parameters.is_empty() {
            "no `parameters` to carry over".to_owned()
        } else {
            let names: Vec<_> = new
                .parameters
                .keys()
                .map(|name| format!("`{name}`"))
                .collect();
            format!(
                "check that {} still has {}",
                after.version,
                names.join(", ")
            )
        }
    );
    let minors = if new.minors_follow() {
        "minors: AWS installs them by itself in the maintenance window".to_owned()
    } else {
        format!(
            "minors: none by themselves; write `engineVersion: \"{}\"` to follow them",
            after.version
        )
    };
    let support = format!(
        "standard support of {} ends on {}",
        after.version, after.standard_support_ends
    );
    vec![path, group, minors, support]
}

/// Whether AWS offers the upgrade, and in how many steps.
fn path(
    upgrades: Upgrades,
    before: &Major,
    after: &Major,
    from: EngineVersion,
    to: EngineVersion,
) -> String {
    let newest = after.minors().next_back().unwrap_or(after.version);
    // The same number from the end is the same day.
    let age = |major: &Major, version| major.minors().rev().position(|minor| minor == version);
    match (upgrades, age(before, from), age(after, to)) {
        (Upgrades::ToNext, ..) => {
            format!("path: {from} to {to} in one step; AWS skips no major")
        }
        (Upgrades::ToAny, ..) => {
            format!("path: {from} to {to} in one step; AWS upgrades over several majors at once")
        }
        (Upgrades::ToAnyAsNew, Some(running), Some(wanted)) if wanted > running => {
            let legal = after.minors().rev().nth(running).unwrap_or(newest);
            format!(
                "path: {from} is newer than {to}, so AWS offers no upgrade between them; {legal} is the oldest {} that it offers",
                after.version
            )
        }
        (Upgrades::ToAnyAsNew, Some(_), Some(_)) => {
            format!("path: {from} to {to} in one step; AWS upgrades over several majors at once")
        }
        (Upgrades::ToAnyAsNew, ..) => format!(
            "path: in one step, to a {} that is at least as new as the {} that runs; when AWS refuses, write `engineVersion: \"{newest}\"`",
            after.version, before.version
        ),
    }
}
