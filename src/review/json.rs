//! A review for programs: one JSON document.

use serde_json::{Value, json};

use super::{Deny, Kind, Line, Review, Unit};
use crate::{diagnostic::report, review::impact::Impact, text::date::Date};

/// The review as a JSON document. `base` goes before the paths of problems.
#[must_use]
pub fn json(review: &Review, deny: Deny, today: Date, base: &str) -> String {
    let units: Vec<Value> = review
        .units
        .iter()
        .map(|one| unit(one, deny, today))
        .collect();
    let problems: Vec<Value> = review
        .problems
        .iter()
        .map(|one| report::one(one, base))
        .collect();
    let mut counts = serde_json::Map::new();
    for grade in Impact::ALL {
        let count = review
            .units
            .iter()
            .filter(|unit| unit.grade() == grade)
            .count();
        counts.insert(grade.as_str().to_owned(), count.into());
    }
    let document = json!({
        "units": units,
        "problems": problems,
        "summary": {"units": review.units.len(), "grades": counts},
    });
    format!("{document:#}\n")
}

fn unit(unit: &Unit, deny: Deny, today: Date) -> Value {
    let (kind, from) = match &unit.kind {
        Kind::Created => ("created", None),
        Kind::Changed => ("changed", None),
        Kind::Moved(from) => ("moved", Some(from)),
        Kind::Gone => ("gone", None),
    };
    let hcl: String = unit.hcl.iter().map(ToString::to_string).collect();
    json!({
        "unit": unit.name,
        "directory": unit.directory,
        "kind": kind,
        "movedFrom": from,
        "grade": unit.grade().as_str(),
        "connection": unit.connection(),
        "unacknowledged": unit.unacknowledged(today).as_str(),
        "denied": unit.denied(deny, today),
        "lines": unit.lines.iter().map(line).collect::<Vec<_>>(),
        "upgrade": unit.upgrade,
        "hcl": hcl,
    })
}

fn line(line: &Line) -> Value {
    json!({
        "key": line.key,
        "file": if line.is_of_environment { "valet.yaml" } else { "config" },
        "path": line.place.as_ref().map(|(path, _)| path),
        "line": line.place.as_ref().map(|(_, line)| line),
        "old": line.old,
        "new": line.new,
        "address": line.address,
        "becomes": line.becomes,
        "grade": line.grade.as_str(),
        "why": line.why,
        "instead": line.instead,
        "connection": line.connection,
        "declared": line.is_declared,
    })
}
