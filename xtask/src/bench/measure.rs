//! What a whole process takes: wall time, processor time of all its threads, and peak memory.
#![expect(clippy::disallowed_methods, reason = "a stopwatch reads the clock")]

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wait4::Wait4;

use crate::command::Program;

/// One run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sample {
    wall: Duration,
    cpu: Duration,
    peak: u64,
}

/// Runs a program to its end, its output thrown away.
pub(super) fn sample(program: Program) -> Result<Sample, String> {
    let shown = program.shown().to_owned();
    let start = Instant::now();
    let used = program
        .start_silent()?
        .wait4()
        .map_err(|error| format!("$ {shown}\n{error}"))?;
    let wall = start.elapsed();
    if !used.status.success() {
        return Err(format!("$ {shown}\n{}", used.status));
    }
    Ok(Sample {
        wall,
        cpu: used.rusage.utime + used.rusage.stime,
        peak: used.rusage.maxrss,
    })
}

/// Several runs of the same thing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Summary {
    /// Median, in seconds.
    pub(super) wall: f64,
    /// Half of the distance between the quartiles, as a part of the median.
    pub(super) spread: f64,
    /// Median, in seconds.
    pub(super) cpu: f64,
    /// The most of any run, in bytes.
    pub(super) peak: u64,
}

impl Summary {
    pub(super) fn of(samples: &[Sample]) -> Self {
        let walls = sorted(samples, |sample| sample.wall);
        let median = quantile(&walls, 2);
        Self {
            wall: median,
            spread: (quantile(&walls, 3) - quantile(&walls, 1))
                / 2.0
                / median.max(f64::MIN_POSITIVE),
            cpu: quantile(&sorted(samples, |sample| sample.cpu), 2),
            peak: samples.iter().map(|sample| sample.peak).max().unwrap_or(0),
        }
    }

    pub(super) fn json(&self) -> Value {
        json!({"wall_s": self.wall, "spread": self.spread, "cpu_s": self.cpu, "peak_bytes": self.peak})
    }
}

fn sorted(samples: &[Sample], what: impl Fn(&Sample) -> Duration) -> Vec<f64> {
    let mut seconds: Vec<_> = samples
        .iter()
        .map(|sample| what(sample).as_secs_f64())
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds
}

/// The value at so many quarters of a sorted list.
fn quantile(sorted: &[f64], quarters: usize) -> f64 {
    let at = |index: usize| sorted.get(index).copied().unwrap_or(0.0);
    let span = sorted.len().saturating_sub(1) * quarters;
    let (low, high) = (at(span / 4), at(span.div_ceil(4)));
    low.midpoint(high)
}
