//! What was measured, as a table, as ratios, and against what the design promises.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::{
    measure::Measured,
    subjects::{
        CHECK, CHECK_TREE, COLD, COMPARE, COPY, DIFF_ALL, DIFF_ONE, ONE, PREVIEW, READ, SCRIPT,
        UNCHANGED,
    },
};

/// Each subject, what it is measured against, and the most that the design allows for 10,000 configs.
const RATIOS: [(&str, &str, Option<f64>); 11] = [
    (COLD, COPY, Some(1.5)),
    (COLD, SCRIPT, Some(0.5)),
    (UNCHANGED, COMPARE, Some(1.0)),
    (ONE, COMPARE, None),
    (CHECK_TREE, COMPARE, None),
    (CHECK, READ, None),
    (PREVIEW, READ, None),
    (UNCHANGED, SCRIPT, Some(0.5)),
    (DIFF_ONE, READ, None),
    (DIFF_ALL, READ, None),
    (DIFF_ALL, SCRIPT, None),
];

/// Largest size of the targets.
const FULL: usize = 10_000;
const MEGABYTE: f64 = 1e6;

pub(super) fn table(measured: &Measured) -> String {
    let mut text = format!(
        "{:<26} {:>10} {:>7} {:>10} {:>9}\n",
        format!("{} configs", measured.configs),
        "wall",
        "spread",
        "cpu",
        "peak"
    );
    for (name, summary) in &measured.subjects {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{name:<26} {:>7.1} ms {:>6.0}% {:>7.1} ms {:>6.1} MB",
            summary.wall * 1e3,
            summary.spread * 100.0,
            summary.cpu * 1e3,
            megabytes(summary.peak),
        );
    }
    for (name, yardstick, _) in RATIOS {
        let ratio = measured.wall(name) / measured.wall(yardstick);
        let _ = writeln!(text, "{:<46} {ratio:>8.2}", title(name, yardstick));
    }
    text
}

fn title(name: &str, yardstick: &str) -> String {
    format!("{name} / {yardstick}")
}

#[expect(
    clippy::cast_precision_loss,
    reason = "shown with one digit after the point"
)]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / MEGABYTE
}

/// Every ratio by size and name.
pub(super) fn ratios(all: &[Measured]) -> Map<String, Value> {
    let mut map = Map::new();
    for measured in all {
        for (name, yardstick, _) in RATIOS {
            let ratio = measured.wall(name) / measured.wall(yardstick);
            map.insert(
                format!("{}: {}", measured.configs, title(name, yardstick)),
                rounded(ratio),
            );
        }
    }
    for (name, ratio) in growth(all) {
        map.insert(name, rounded(ratio));
    }
    map
}

fn rounded(ratio: f64) -> Value {
    ((ratio * 1000.0).round() / 1000.0).into()
}

/// Time of the largest size by that of the one before.
fn growth(all: &[Measured]) -> Vec<(String, f64)> {
    let [.., small, large] = all else {
        return Vec::new();
    };
    let subjects = [COLD, UNCHANGED, CHECK];
    let ratio = |name: &&str| {
        let title = format!("{name}: {} / {} configs", large.configs, small.configs);
        (title, large.wall(name) / small.wall(name))
    };
    subjects.iter().map(ratio).collect()
}

pub(super) fn json(measured: &Measured) -> Value {
    let subjects: Map<_, _> = measured
        .subjects
        .iter()
        .map(|(name, summary)| ((*name).to_owned(), summary.json()))
        .collect();
    serde_json::json!({"configs": measured.configs, "subjects": subjects})
}

/// One line for each promise of the design, and whether it holds.
pub(super) fn targets(all: &[Measured]) -> Vec<String> {
    let Some(full) = all.iter().find(|measured| measured.configs == FULL) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let mut line = |what: &str, found: f64, most: f64, unit: &str| {
        let word = if found <= most { "holds" } else { "MISSED" };
        lines.push(format!(
            "{word:<7} {what}: {found:.2}{unit}, at most {most}{unit}"
        ));
    };
    for (name, yardstick, most) in RATIOS {
        if let Some(most) = most {
            line(
                &title(name, yardstick),
                full.wall(name) / full.wall(yardstick),
                most,
                "",
            );
        }
    }
    for (name, ratio) in growth(all) {
        line(&name, ratio, 11.0, "");
    }
    let peak = [COLD, UNCHANGED, ONE, CHECK_TREE, CHECK]
        .iter()
        .filter_map(|name| full.find(name))
        .map(|one| one.peak)
        .max();
    line("peak memory", megabytes(peak.unwrap_or(0)), 100.0, " MB");
    line(PREVIEW, full.wall(PREVIEW) * 1e3, 10.0, " ms");
    lines
}
