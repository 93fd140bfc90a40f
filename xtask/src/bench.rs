//! How long everything takes, measured as a user sees it: whole processes, against what the machine itself needs.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reports, and asks the machine what it is"
)]

mod baseline;
mod measure;
mod report;
mod subject;
mod workspace;

use std::{path::Path, thread};

use serde_json::{Value, json};

use self::{report::Measured, subject::Bench};
use crate::{command::Program, files, python, step::Done};

const FOLDER: &str = "target/bench";
const RESULT: &str = "target/bench.json";
const YARDSTICK: (&str, &str) = ("xtask/src/bench/yardstick.txt", "target/bench-python");
/// Configs, and rounds that are counted.
const SIZES: [(usize, usize); 3] = [(100, 15), (1_000, 9), (10_000, 5)];
const SMOKE: [(usize, usize); 1] = [(100, 1)];
const THREADS: [&str; 3] = ["1", "2", "8"];

/// Measures all sizes and compares the ratios with the stored ones.
pub(crate) fn run() -> Done {
    let all = measure_all(&SIZES, Profile::Release)?;
    for line in report::targets(&all) {
        println!("{line}");
    }
    baseline::compare(&all)
}

/// Measures all sizes and stores the ratios.
pub(crate) fn bless() -> Done {
    let all = measure_all(&SIZES, Profile::Release)?;
    for line in report::targets(&all) {
        println!("{line}");
    }
    baseline::write(&all)
}

/// One quick round of the smallest size: that everything runs, and gives the same bytes, not how fast.
pub(crate) fn smoke() -> Done {
    measure_all(&SMOKE, Profile::Debug)?;
    Ok("100 configs, one round".to_owned())
}

#[derive(Clone, Copy)]
enum Profile {
    Debug,
    Release,
}

impl Profile {
    /// Builds the program: its path.
    fn build(self) -> Done {
        let build = ["build", "--quiet", "--package", "storage-valet-rds"];
        let (option, folder): (&[&str], _) = match self {
            Self::Debug => (&[], "debug"),
            Self::Release => (&["--release"], "release"),
        };
        Program::new("cargo", &[&build, option].concat()).run()?;
        Ok(format!(
            "target/{folder}/valet-rds{}",
            std::env::consts::EXE_SUFFIX
        ))
    }
}

fn measure_all(sizes: &[(usize, usize)], profile: Profile) -> Result<Vec<Measured>, String> {
    let python = python::environment(python::find()?, YARDSTICK)?;
    let binary = profile.build()?;
    files::clear(Path::new(FOLDER))?;
    println!("{}; load at the start {}", machine(), load());
    let mut all = Vec::new();
    for (configs, rounds) in sizes {
        let folder = Path::new(FOLDER).join(configs.to_string());
        workspace::write(&folder, *configs, false)?;
        let bench = Bench {
            binary: (&binary).into(),
            python: python.clone(),
            folder,
        };
        same_bytes(&bench, *configs)?;
        let measured = Measured {
            configs: *configs,
            subjects: bench.run(*rounds)?,
        };
        println!("\n{}", report::table(&measured));
        all.push(measured);
    }
    println!("load at the end {}", load());
    let sizes: Vec<Value> = all.iter().map(report::json).collect();
    let result = json!({"machine": machine(), "sizes": sizes, "ratios": report::ratios(&all)});
    files::write(Path::new(RESULT), format!("{result:#}\n"))?;
    files::clear(Path::new(FOLDER))?;
    Ok(all)
}

/// The output is the same for any number of threads, for configs that were made in the opposite order, and for the
/// script, which leaves out only what the units of an environment share.
fn same_bytes(bench: &Bench, configs: usize) -> Result<(), String> {
    let generated = bench.folder.join("generated");
    let copy = bench.folder.join("copy");
    bench.generate(&[]).run()?;
    files::rename(&generated, &copy)?;
    for threads in THREADS {
        bench
            .generate(&[])
            .env("RAYON_NUM_THREADS", threads)
            .run()?;
        subject::same(&generated, &copy, &[])?;
        bench.put_aside("generated", &format!("threads-{threads}"))?;
    }
    bench.put_aside("configs", "in-order")?;
    workspace::write(&bench.folder, configs, true)?;
    bench.generate(&[]).run()?;
    subject::same(&generated, &copy, &[])?;
    subject::script(bench, 0)?.run()?;
    subject::same(
        &generated,
        &bench.folder.join("script"),
        &["--exclude=_environment"],
    )?;
    for name in ["generated", "copy", "script"] {
        bench.put_aside(name, "same")?;
    }
    Ok(())
}

/// The machine, named by cores and memory alone.
fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
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
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or("unknown").to_owned()
}
