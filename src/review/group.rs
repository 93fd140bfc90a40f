//! Units to which the same thing happens, told once.

use std::collections::BTreeMap;

use super::{Kind, Line, Review, Unit};
use crate::{
    diagnostic::report::{Count, plural},
    model::identity::UnitId,
    review::impact::Impact,
};

/// Units with the same lines and the same changes in their files.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) units: Vec<&'a Unit>,
    /// Of each file its name and the lines that differ.
    pub(super) files: Vec<(String, Vec<String>)>,
}

impl Group<'_> {
    pub(super) fn lines(&self) -> &[Line] {
        self.units.first().map_or(&[], |unit| unit.lines.as_slice())
    }

    pub(super) fn grade(&self) -> Impact {
        self.units.first().map_or(Impact::None, |unit| unit.grade())
    }

    /// The grade and what else stands beside it.
    pub(super) fn effect(&self) -> String {
        let Some(unit) = self.units.first() else {
            return String::new();
        };
        let mut words = match &unit.kind {
            Kind::Created if unit.lines.is_empty() => "new".to_owned(),
            Kind::Created if unit.takes_over() => {
                format!("takes over a database, {}", unit.grade().as_str())
            }
            Kind::Gone => "gone".to_owned(),
            Kind::Moved(from) => format!("{}, moved from {from}", unit.grade().as_str()),
            _ => unit.grade().as_str().to_owned(),
        };
        let connection: Vec<_> = unit.connection().into_iter().collect();
        if !connection.is_empty() {
            words.push_str(", connection change: ");
            words.push_str(&connection.join(", "));
        }
        words
    }

    /// The keys that differ, each once, the worst first.
    pub(super) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        for line in self.lines() {
            let key = if line.key.is_empty() {
                line.address.clone()
            } else if line.is_of_environment {
                format!("{} (valet.yaml)", line.key)
            } else {
                line.key.clone()
            };
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// The units' names: the first ones, and in words how many there are besides.
    pub(super) fn names(&self, most: usize) -> (Vec<String>, String) {
        let names = self.units.iter().take(most);
        let names: Vec<_> = names.map(|unit| unit.id.to_string()).collect();
        let more = more(self.units.len() - names.len());
        (names, more)
    }

    /// How many units have how many lines in common, in words.
    pub(super) fn size(&self) -> String {
        let lines: usize = self.files.iter().map(|(_, lines)| lines.len()).sum();
        let of = crate::diagnostic::report::plural(lines, "line");
        match self.units.len() {
            1 => of,
            units => format!("{units} units: the same {of}"),
        }
    }
}

/// How many are not shown, in words.
pub(super) fn more(count: usize) -> String {
    if count == 0 {
        String::new()
    } else {
        format!(" and {count} more")
    }
}

/// The groups, the worst first, then by the name of their first unit.
pub(super) fn groups(review: &Review) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for unit in &review.units {
        let files: Vec<(String, Vec<String>)> = unit
            .hcl
            .iter()
            .map(|change| {
                let name = change.path.rsplit('/').next().unwrap_or(&change.path);
                (name.to_owned(), change.lines())
            })
            .collect();
        // New and gone units differ in everything; that they come and go is what they share.
        let alike = match &unit.kind {
            Kind::Created | Kind::Gone if unit.lines.is_empty() => format!("{:?}", unit.kind),
            _ => {
                // The same key stands at another place in each config.
                let lines = unit.lines.iter().map(|line| Line {
                    place: None,
                    ..line.clone()
                });
                let lines: Vec<_> = lines.collect();
                format!("{:?}{lines:?}{:?}{files:?}", unit.kind, unit.upgrade)
            }
        };
        let group = groups.entry(alike).or_insert_with(|| Group {
            units: Vec::new(),
            files,
        });
        group.units.push(unit);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by(|a, b| {
        fn first<'a>(group: &Group<'a>) -> Option<&'a UnitId> {
            group.units.first().map(|unit| &unit.id)
        }
        b.grade()
            .cmp(&a.grade())
            .then_with(|| first(a).cmp(&first(b)))
    });
    groups
}

/// What must not pass, and how many units there are of each grade, the worst first, in words.
pub(super) fn summary(review: &Review) -> String {
    let (stale, other) = (Count::of(&review.stale), Count::of(&review.problems));
    let problems = Count {
        errors: stale.errors + other.errors,
        warnings: stale.warnings + other.warnings,
    };
    if problems.errors == 0 {
        units(review)
    } else {
        format!("{}; {}", problems.words(), units(review))
    }
}

fn units(review: &Review) -> String {
    if review.units.is_empty() {
        return "no unit changes".to_owned();
    }
    let mut words = Vec::new();
    for grade in Impact::ALL.iter().rev() {
        let count = review
            .units
            .iter()
            .filter(|unit| unit.grade() == *grade && !is_plain(unit))
            .count();
        if count > 0 {
            words.push(format!("{count} {}", grade.as_str()));
        }
    }
    for (kind, word) in [(Kind::Created, "new"), (Kind::Gone, "gone")] {
        let count = review
            .units
            .iter()
            .filter(|unit| unit.kind == kind && is_plain(unit))
            .count();
        if count > 0 {
            words.push(format!("{count} {word}"));
        }
    }
    let verb = if review.units.len() == 1 {
        "changes"
    } else {
        "change"
    };
    format!(
        "{} {verb}: {}",
        plural(review.units.len(), "unit"),
        words.join(", ")
    )
}

fn is_plain(unit: &Unit) -> bool {
    matches!(unit.kind, Kind::Created | Kind::Gone) && unit.lines.is_empty()
}
