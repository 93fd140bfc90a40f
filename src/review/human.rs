//! A review for a person at a terminal.

use super::{
    Deny, Kind, Line, Review,
    group::{Group, groups, summary},
};
use crate::text::{date::Date, screen::Screen};

/// The review as text. What `deny` forbids is marked.
#[must_use]
pub fn human(review: &Review, deny: Deny, today: Date) -> Screen {
    let mut text = Screen::new();
    for group in groups(review) {
        let (names, more) = group.names(8);
        text.line(format_args!(
            "{}{more}: {}",
            names.join(", "),
            group.effect()
        ));
        for unit in &group.units {
            if let Some(word) = unit.denied(deny, today) {
                text.line(format_args!(
                    "  denied: {}: {word} is not in its `allow`",
                    unit.id
                ));
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
            text.line(format_args!("  {note}"));
        }
        text.line("");
        hcl(&mut text, &group);
    }
    text.line(summary(review));
    text
}

fn one(text: &mut Screen, line: &Line) {
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
    text.line(format_args!(
        "  {:<9} {key}{span}{change}",
        line.grade.as_str()
    ));
    if !line.becomes.is_empty() {
        text.line(format_args!(
            "            {} becomes {}",
            line.address, line.becomes
        ));
    }
    text.line(format_args!("            why: {}", line.why));
    let when = line.when();
    if !when.is_empty() {
        text.line(format_args!("            when: {when}"));
    }
    if !line.instead.is_empty() {
        text.line(format_args!("            instead: {}", line.instead));
    }
    if !line.connection.is_empty() {
        text.line(format_args!(
            "            connection change: {}",
            line.connection.join(", ")
        ));
    }
}

fn hcl(text: &mut Screen, group: &Group) {
    let is_plain = matches!(
        group.units.first().map(|unit| &unit.kind),
        Some(Kind::Created | Kind::Gone)
    );
    if is_plain || group.files.is_empty() {
        return;
    }
    if let [unit] = group.units.as_slice() {
        for change in &unit.hcl {
            text.file(&change.to_string());
            text.line("");
        }
        return;
    }
    text.line(group.size());
    for (name, lines) in &group.files {
        text.line(name);
        for line in lines {
            text.file(line);
        }
        text.line("");
    }
}
