//! What to know before a database gets another major version.

use crate::{
    model::Database,
    terraform::read::{Root, Value},
};

/// The legal path, the parameter group and the minors; nothing when the major stays.
pub(super) fn notes(old: &Root, new: &Database) -> Vec<String> {
    let text = |argument| {
        let value = old.argument("rds", argument);
        value.and_then(Value::as_text).unwrap_or_default()
    };
    let (from, to) = (text("engine_version"), &new.engine_version.value);
    let engine = new.engine.value;
    let (Some(before), Some(after)) = (engine.major(from), engine.major(to)) else {
        return Vec::new();
    };
    if before.name == after.name || text("engine") != engine.as_str() {
        return Vec::new();
    }
    let exact = |version: &str, minors: &[&str]| minors.iter().position(|minor| *minor == version);
    // Minors of all majors appear together, so the same number from the end is the same day.
    let age = |position: usize, minors: &[&str]| minors.len() - 1 - position;
    let newest = after.minors.last().copied().unwrap_or(after.name);
    let path = match (exact(from, before.minors), exact(to, after.minors)) {
        (Some(running), Some(wanted)) => {
            let running = age(running, before.minors);
            if age(wanted, after.minors) > running {
                let legal = after
                    .minors
                    .iter()
                    .rev()
                    .nth(running)
                    .copied()
                    .unwrap_or(newest);
                format!(
                    "path: {from} is newer than {to}, so AWS offers no upgrade between them; {legal} is the oldest {} that it offers",
                    after.name
                )
            } else {
                format!(
                    "path: {from} to {to} in one step; AWS upgrades over several majors at once"
                )
            }
        }
        _ => format!(
            "path: in one step, to a {} that is at least as new as the {} that runs; when AWS refuses, write `engineVersion: \"{newest}\"`",
            after.name, before.name
        ),
    };
    let group = format!(
        "parameter group: `{}` (family {}) replaces `{}`; {}",
        new.names.parameter_group,
        engine.family(to),
        text("parameter_group_name"),
        if new.parameters.is_empty() {
            "no `parameters` to carry over".to_owned()
        } else {
            let names: Vec<_> = new
                .parameters
                .keys()
                .map(|name| format!("`{name}`"))
                .collect();
            format!("check that {} still has {}", after.name, names.join(", "))
        }
    );
    let minors = if new.minors_follow() {
        "minors: AWS installs them by itself in the maintenance window".to_owned()
    } else {
        format!(
            "minors: none by themselves; write `engineVersion: \"{}\"` to follow them",
            after.name
        )
    };
    let support = format!(
        "standard support of {} ends on {}",
        after.name, after.standard_support_ends
    );
    vec![path, group, minors, support]
}
