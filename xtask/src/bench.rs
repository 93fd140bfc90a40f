//! How long everything takes, measured as a user sees it: whole processes, against what the machine itself needs.

mod measure;
mod report;
mod subjects;
mod workspace;

use std::{fs, path::PathBuf, thread};

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};
use xshell::{Shell, cmd};

use self::{measure::Measured, subjects::Bench};
use crate::{files, python, shell};

const FOLDER: &str = "target/bench";
const RESULT: &str = "target/bench.json";
/// The ratios of an earlier run: times differ from machine to machine, ratios hardly.
const STORED: &str = "xtask/bench/baseline.json";
/// How much worse a ratio may be before it counts; disks and neighbours make noise.
const TOLERANCE: f64 = 1.35;
/// Configs, and rounds that are counted.
const SIZES: [(usize, usize); 3] = [(100, 15), (1_000, 9), (10_000, 5)];

/// Measures all sizes and fails when a ratio is much worse than the stored one.
pub(crate) fn run(sh: &Shell) -> Result<String> {
    let ratios = measure_released(sh)?;
    let stored: Map<String, Value> = serde_json::from_str(&sh.read_file(STORED)?)?;
    let mut worse = Vec::new();
    for (name, ratio) in &ratios {
        let before = stored.get(name).and_then(Value::as_f64);
        if let (Some(now), Some(before)) = (ratio.as_f64(), before)
            && now > before * TOLERANCE
        {
            worse.push(format!("{name}: {now:.2}, was {before:.2}"));
        }
    }
    if !worse.is_empty() {
        bail!("slower than in {STORED}:\n{}", worse.join("\n"));
    }
    Ok(format!(
        "{} ratios, none much worse than in {STORED}",
        ratios.len()
    ))
}

/// Measures all sizes and stores the ratios.
pub(crate) fn bless(sh: &Shell) -> Result<String> {
    let ratios = Value::Object(measure_released(sh)?);
    sh.write_file(STORED, format!("{ratios:#}\n"))?;
    Ok(format!("wrote {STORED}"))
}

/// One quick round of the smallest size: that everything runs, and gives the same bytes, not how fast.
pub(crate) fn smoke(sh: &Shell) -> Result<String> {
    let program = shell::valet_rds(sh)?;
    measure(sh, program, 100, 1)?;
    Ok("100 configs, one round".to_owned())
}

/// Measures what would be released: the ratios.
fn measure_released(sh: &Shell) -> Result<Map<String, Value>> {
    shell::output(cmd!(sh, "cargo build --quiet --release --bin valet-rds"))?;
    let program = format!("target/release/valet-rds{}", std::env::consts::EXE_SUFFIX);
    let program = sh.current_dir().join(program);
    println!("{}; load at the start {}", machine(), load());
    let mut all = Vec::new();
    for (configs, rounds) in SIZES {
        let measured = measure(sh, program.clone(), configs, rounds)?;
        println!("\n{}", report::table(&measured));
        all.push(measured);
    }
    println!("load at the end {}", load());
    for line in report::targets(&all) {
        println!("{line}");
    }
    let ratios = report::ratios(&all);
    let sizes: Vec<_> = all.iter().map(report::json).collect();
    let result = json!({"machine": machine(), "sizes": sizes, "ratios": ratios});
    sh.write_file(RESULT, format!("{result:#}\n"))?;
    Ok(ratios)
}

fn measure(sh: &Shell, valet_rds: PathBuf, configs: usize, rounds: usize) -> Result<Measured> {
    files::clear(sh, FOLDER)?;
    let inside = &sh.clone();
    inside.change_dir(FOLDER);
    let bench = Bench {
        sh,
        inside,
        valet_rds,
        python: python::environment(sh, python::YARDSTICK)?,
        folder: sh.current_dir().join(FOLDER),
    };
    workspace::write(sh, &bench.folder, configs, false)?;
    bench.compare_bytes(configs)?;
    let subjects = bench.run(rounds)?;
    files::clear(sh, FOLDER)?;
    Ok(Measured { configs, subjects })
}

/// The machine, named by cores and memory alone.
fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"));
    let kib: u64 = total
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0);
    format!("{cores} cores, {} GiB", kib.div_ceil(1024 * 1024))
}

/// How busy the machine is, for a reader who doubts the figures.
fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or("unknown").to_owned()
}
