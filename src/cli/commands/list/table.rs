//! The list for people.

use std::sync::Arc;

use crate::{
    config::Waiver,
    diagnostic::report::{first, plural},
    inspect::fleet::{Fleet, Unit},
    model::Environment,
    text::{screen::Screen, unicode::spelt_out},
};

const HEADINGS: [&str; 10] = [
    "UNIT",
    "ENGINE",
    "CLASS",
    "GIB",
    "MULTI-AZ",
    "LOGIN",
    "SUPPORT",
    "LIFECYCLE",
    "WAIVERS",
    "DEVIATES",
];

/// Quotas that are shown for each environment: the fullest.
const SHOWN: usize = 3;

/// The table of the units that are left of so many.
pub(super) fn draw(fleet: &Fleet, of: usize) -> Screen {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(fleet.units.iter().map(row));
    let mut screen = Screen::new();
    let shown = fleet.units.len();
    let count = if shown == of {
        plural(shown, "unit")
    } else {
        format!("{shown} of {}", plural(of, "unit"))
    };
    if shown == 0 {
        screen.line(count);
        return screen;
    }
    columns(&mut screen, &rows);
    screen.line("");
    let is_shown = |environment: &&Arc<Environment>| {
        let mut units = fleet.units.iter();
        units.any(|unit| unit.database.environment.name == environment.name)
    };
    let environments = fleet.environments.iter().filter(is_shown);
    let quotas = environments.flat_map(|environment| {
        let fullest = fleet.quotas_of(&environment.name).into_iter().take(SHOWN);
        fullest.map(|usage| {
            [
                environment.name.clone(),
                format!("{} of {}", usage.used, usage.limit),
                format!("{} %", usage.percent()),
                usage.what.to_owned(),
            ]
        })
    });
    let headings = ["QUOTAS", "USED", "", "OF"].map(str::to_owned);
    let quotas: Vec<_> = [headings].into_iter().chain(quotas).collect();
    columns(&mut screen, &quotas);
    screen.line("");
    columns(&mut screen, &modules(fleet));
    screen.line("");
    screen.line(count);
    screen
}

/// Which modules the roots call, by environment.
fn modules(fleet: &Fleet) -> Vec<[String; 3]> {
    let mut rows = vec![["MODULES", "UNITS", "FROM"].map(str::to_owned)];
    rows.extend(fleet.environments.iter().filter_map(|environment| {
        let is_of = |unit: &&Unit| unit.database.environment.name == environment.name;
        let count = fleet.units.iter().filter(is_of).count();
        let source = environment.modules.written.clone();
        (count > 0).then(|| [environment.name.clone(), count.to_string(), source])
    }));
    rows
}

fn row(unit: &Unit) -> [String; 10] {
    let database = unit.database;
    let kind = database.storage_type.value.as_str();
    let storage = match database.volume() {
        None => kind.to_owned(),
        Some((size, most)) if size == most => format!("{size} {kind}"),
        Some((size, most)) => format!("{size} to {most} {kind}"),
    };
    let deviations = unit.deviations.iter().map(|one| one.key.join("."));
    [
        database.unit().to_string(),
        format!(
            "{} {}",
            database.engine.value.as_str(),
            database.engine_version.value
        ),
        database.instance_class.value.to_string(),
        storage,
        unit.standby(),
        database.authentication.value.as_str().to_owned(),
        unit.support_ends
            .map_or_else(|| "unknown".to_owned(), |day| day.to_string()),
        database.lifecycle.value.as_str().to_owned(),
        joined(unit.waivers().iter().map(until)),
        joined(deviations),
    ]
}

fn until(waiver: &Waiver) -> String {
    format!("{} until {}", waiver.rule, waiver.expires)
}

fn joined(texts: impl Iterator<Item = String>) -> String {
    let texts: Vec<_> = texts.collect();
    if texts.is_empty() {
        "-".to_owned()
    } else {
        first(&texts)
    }
}

/// Rows in columns that are as wide as what stands in them, but for the last.
fn columns<const N: usize>(screen: &mut Screen, rows: &[[String; N]]) {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| row.each_ref().map(|cell| spelt_out(cell)))
        .collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in &rows {
        let cells = row.iter().zip(widths);
        let cells: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        screen.line(cells.join("  ").trim_end());
    }
}
