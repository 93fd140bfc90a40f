//! What to know before a database gets another major version.

use crate::{
    aws::{
        engine::Upgrades,
        engine_version::EngineVersion,
        upgrade::{Offer, Offers},
    },
    model::Database,
    terraform::read::{Root, Value},
    text::date::Date,
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
    // Before any day on which AWS gives one up: the same review says the same on each.
    let Some(path) = path(new.offers(Date::MIN), from, to) else {
        return Vec::new();
    };
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
fn path(offers: Offers, from: EngineVersion, to: EngineVersion) -> Option<String> {
    let (before, after) = (offers.facts.major(from)?, offers.facts.major(to)?);
    Some(match (offers.facts.upgrades, offers.offer(from, to)?) {
        (_, Offer::Skips(next)) => {
            format!(
                "path: AWS skips no major, and offers no upgrade from {from} to {to}; {next} comes first"
            )
        }
        (Upgrades::ToNext, _) => {
            format!("path: {from} to {to} in one step; AWS skips no major")
        }
        (_, Offer::Sure) => {
            format!("path: {from} to {to} in one step; AWS upgrades over several majors at once")
        }
        (_, Offer::Older(legal)) => {
            let newest = after.minors().next_back().unwrap_or(after.version);
            format!(
                "path: {from} is newer than {to}, so AWS offers no upgrade between them; {} is the oldest {} that it offers",
                legal.unwrap_or(newest),
                after.version
            )
        }
        (_, Offer::IfAsNew(newest)) => format!(
            "path: in one step, to a {} that is at least as new as the {} that runs; when AWS refuses, write `engineVersion: \"{newest}\"`",
            after.version, before.version
        ),
    })
}
