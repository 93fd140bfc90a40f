//! `fuzz`: the fuzz targets, for as long as somebody has patience.

use std::path::Path;

use crate::{
    command::Program,
    files,
    roots::SHARED,
    step::{Done, Step, Tally},
};

const TARGETS: [&str; 2] = ["strings_to_hcl", "yaml_to_problems"];
const CORPUS: &str = "fuzz/corpus";

/// Runs each target for some seconds, one after the other.
pub(crate) fn run(seconds: &str) -> std::process::ExitCode {
    let mut tally = Tally::default();
    match find(seconds) {
        Ok(()) => tally.run(TARGETS.map(|target| {
            let seconds = seconds.to_owned();
            Step::new(target, move || fuzz(target, &seconds))
        })),
        Err(reason) => tally.missing("fuzz", &reason),
    }
    tally.close()
}

fn find(seconds: &str) -> Result<(), String> {
    if seconds.parse::<u32>().is_err() {
        return Err(format!("`{seconds}` is not a number of seconds"));
    }
    let version = Program::new("cargo", &["fuzz", "--version"]).run();
    version
        .map(drop)
        .map_err(|_| "there is no cargo-fuzz: run `cargo install cargo-fuzz --locked`".to_owned())
}

fn fuzz(target: &str, seconds: &str) -> Done {
    let corpus = Path::new(CORPUS).join(target);
    files::write(&corpus.join("empty"), "")?;
    if target == "yaml_to_problems" {
        sow(Path::new("fixtures"), &corpus)?;
    }
    let corpus = corpus.to_string_lossy();
    let dictionary = format!("-dict=fuzz/{target}.dict");
    let time = format!("-max_total_time={seconds}");
    let arguments = [
        "fuzz",
        "run",
        "--sanitizer",
        "none",
        target,
        &corpus,
        "--",
        &time,
        &dictionary,
        "-timeout=20",
        "-max_len=8192",
        "-print_final_stats=1",
    ];
    // Coverage needs flags that the stable compiler keeps behind this.
    let printed = Program::new("cargo", &arguments)
        .env("RUSTC_BOOTSTRAP", "1")
        .run()?;
    let count = printed
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    Ok(format!(
        "{} inputs, nothing found",
        count.unwrap_or("").trim()
    ))
}

/// Lays out the fixtures as the inputs to start from.
fn sow(folder: &Path, corpus: &Path) -> Result<(), String> {
    for path in files::list(folder)? {
        if path.is_dir() {
            sow(&path, corpus)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
            && path != Path::new(SHARED)
        {
            let name = path.to_string_lossy().replace(['/', '\\'], "-");
            files::write(&corpus.join(name), files::read_bytes(&path)?)?;
        }
    }
    Ok(())
}
