//! The ratios of an earlier run: times differ from machine to machine, ratios hardly.

use std::path::Path;

use serde_json::Value;

use super::report::{self, Measured};
use crate::{files, step::Done};

const STORED: &str = "xtask/src/bench/baseline.json";
/// How much worse a ratio may be before it counts; disks and neighbours make noise.
const TOLERANCE: f64 = 1.35;

pub(super) fn write(all: &[Measured]) -> Done {
    let ratios = Value::Object(report::ratios(all));
    files::write(Path::new(STORED), format!("{ratios:#}\n"))?;
    Ok(format!("wrote {STORED}"))
}

/// Fails when a ratio is much worse than the stored one.
pub(super) fn compare(all: &[Measured]) -> Done {
    let text = files::read(Path::new(STORED))?;
    let stored: Value =
        serde_json::from_str(&text).map_err(|error| format!("{STORED}: {error}"))?;
    let mut worse = Vec::new();
    let ratios = report::ratios(all);
    for (name, ratio) in &ratios {
        let (now, before) = (ratio.as_f64(), stored.get(name).and_then(Value::as_f64));
        if let (Some(now), Some(before)) = (now, before)
            && now > before * TOLERANCE
        {
            worse.push(format!("{name}: {now:.2}, was {before:.2}"));
        }
    }
    if worse.is_empty() {
        Ok(format!(
            "{} ratios, none much worse than in {STORED}",
            ratios.len()
        ))
    } else {
        Err(format!("slower than in {STORED}:\n{}", worse.join("\n")))
    }
}
