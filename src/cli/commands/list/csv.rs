//! The list for spreadsheets.

use std::fmt::Display;

use csv::Writer;

use crate::{
    cli::stop::Stop,
    inspect::{
        fleet::{Fleet, Unit},
        resolved::shown,
    },
    text::{date::Date, path::below, screen::Screen},
};

const HEADINGS: [&str; 23] = [
    "environment",
    "namespace",
    "engine",
    "engineVersion",
    "instanceClass",
    "storageType",
    "allocatedStorage",
    "maxAllocatedStorage",
    "multiAz",
    "replicas",
    "authentication",
    "supportEnds",
    "lifecycle",
    "waivers",
    "waiverEnds",
    "deviations",
    "problems",
    "fullestQuota",
    "quotaUsed",
    "quotaLimit",
    "file",
    "root",
    "modules",
];

/// The table, with a line of headings.
///
/// # Errors
/// When a line cannot be written.
pub(super) fn write(fleet: &Fleet, prefix: &str) -> Result<Screen, Stop> {
    let unwritable = |error: &dyn Display| Stop::Machine(error.to_string());
    let mut writer = Writer::from_writer(Vec::new());
    writer
        .write_record(HEADINGS)
        .map_err(|error| unwritable(&error))?;
    for unit in &fleet.units {
        let cells = row(fleet, unit, prefix).map(|cell| harmless(&cell));
        writer
            .write_record(cells)
            .map_err(|error| unwritable(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| unwritable(&error))?;
    Ok(Screen::lines(&String::from_utf8_lossy(&bytes)))
}

fn row(fleet: &Fleet, unit: &Unit, prefix: &str) -> [String; 23] {
    let database = unit.database;
    let day = |day: Option<Date>| day.map_or(String::new(), |day| day.to_string());
    let waivers = unit.waivers().iter();
    let deviations = unit.deviations.iter();
    let problems = unit.problems.iter();
    let quotas = fleet.quotas_of(&database.environment.name);
    let fullest = quotas.first();
    let in_force = |key: &str| unit.values(&[key.to_owned()]).map(shown).collect();
    [
        database.environment.name.clone(),
        database.namespace.value.clone(),
        database.engine.value.as_str().to_owned(),
        database.engine_version.value.to_string(),
        database.instance_class.value.to_string(),
        database.storage_type.value.as_str().to_owned(),
        in_force("allocatedStorage"),
        in_force("maxAllocatedStorage"),
        in_force("multiAz"),
        in_force("replicas"),
        database.authentication.value.as_str().to_owned(),
        day(unit.support_ends),
        database.lifecycle.value.as_str().to_owned(),
        list(waivers.map(|waiver| format!("{} until {}", waiver.rule, waiver.expires))),
        day(unit.waiver_ends()),
        list(deviations.map(|one| one.key.join("."))),
        list(problems.map(|one| one.rule.code.to_owned())),
        fullest.map_or(String::new(), |usage| usage.key.to_owned()),
        fullest.map_or(String::new(), |usage| usage.used.to_string()),
        fullest.map_or(String::new(), |usage| usage.limit.to_string()),
        below(prefix, &database.file.path),
        below(prefix, &database.directory()),
        database.environment.modules.written.clone(),
    ]
}

fn list(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}

/// A cell that a spreadsheet takes for text: it would compute what starts like a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_a_spreadsheet_would_compute_is_text() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), expected);
        }
    }
}
