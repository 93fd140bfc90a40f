//! What a whole process takes: wall time, processor time of all its threads, and peak memory.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use serde_json::{Value, json};
use wait4::Wait4;
use xshell::Cmd;

/// One run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sample {
    wall: Duration,
    cpu: Duration,
    peak: u64,
}

/// Runs a command to its end, its output thrown away.
pub(super) fn sample(command: Cmd) -> Result<Sample> {
    let shown = command.to_string();
    let mut command = Command::from(command);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let begin = Instant::now();
    let used = command
        .spawn()
        .and_then(|mut child| child.wait4())
        .context(shown.clone())?;
    let wall = begin.elapsed();
    ensure!(used.status.success(), "$ {shown}\n{}", used.status);
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

/// What was measured with so many configs.
pub(super) struct Measured {
    pub(super) configs: usize,
    pub(super) subjects: Vec<(&'static str, Summary)>,
}

impl Measured {
    pub(super) fn find(&self, name: &str) -> Option<&Summary> {
        let found = self.subjects.iter().find(|(subject, _)| *subject == name);
        found.map(|(_, summary)| summary)
    }

    pub(super) fn wall(&self, name: &str) -> f64 {
        self.find(name).map_or(f64::NAN, |summary| summary.wall)
    }
}
