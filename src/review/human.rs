//! A review for a person at a terminal.

use std::fmt::Write;

use super::{
    Deny, Kind, Line, Review,
    group::{Group, groups, summary},
};
use crate::text::date::Date;

/// The review as text. What `deny` forbids is marked.
#[must_use]
pub fn human(review: &Review, deny: Deny, today: Date) -> String {
    let mut text = String::new();
    for group in groups(review) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}: {}", group.names(8, ""), group.effect());
        for unit in &group.units {
            if let Some(word) = unit.denied(deny, today) {
                let _ = writeln!(text, "  denied: {}: {word} is not in its `allow`", unit.id);
            }
        }
        for line in group.lines() {
            one(&mut text, line);
        }
        for note in group
            .units
            .first()
            .map(|unit| unit.upgrade.as_slice())
            .unwrap_or_default()
        {
            let _ = writeln!(text, "  {note}");
        }
        let _ = writeln!(text);
        hcl(&mut text, &group);
    }
    let _ = writeln!(text, "{}", summary(review));
    text
}

fn one(text: &mut String, line: &Line) {
    let key = if line.key.is_empty() {
        &line.address
    } else {
        &line.key
    };
    let span = if line.is_of_environment {
        " in valet.yaml"
    } else {
        ""
    };
    let value = |value: &str| {
        if value.is_empty() {
            "nothing".to_owned()
        } else {
            value.to_owned()
        }
    };
    let change = if line.old.is_empty() && line.new.is_empty() {
        String::new()
    } else {
        format!(": {} -> {}", value(&line.old), value(&line.new))
    };
    let _ = writeln!(text, "  {:<9} {key}{span}{change}", line.grade.as_str());
    if !line.becomes.is_empty() {
        let _ = writeln!(
            text,
            "            {} becomes {}",
            line.address, line.becomes
        );
    }
    let _ = writeln!(text, "            why: {}", line.why);
    let when = line.when();
    if !when.is_empty() {
        let _ = writeln!(text, "            when: {when}");
    }
    if !line.instead.is_empty() {
        let _ = writeln!(text, "            instead: {}", line.instead);
    }
    if !line.connection.is_empty() {
        let _ = writeln!(
            text,
            "            connection change: {}",
            line.connection.join(", ")
        );
    }
}

fn hcl(text: &mut String, group: &Group) {
    let is_plain = matches!(
        group.units.first().map(|unit| &unit.kind),
        Some(Kind::Created | Kind::Gone)
    );
    if is_plain || group.files.is_empty() {
        return;
    }
    if let [unit] = group.units.as_slice() {
        for change in &unit.hcl {
            let _ = writeln!(text, "{change}");
        }
        return;
    }
    let _ = writeln!(text, "{}", group.size());
    for (name, lines) in &group.files {
        let _ = writeln!(text, "{name}\n{}\n", lines.join("\n"));
    }
}
