//! `fuzz`: the fuzz targets, for as long as somebody has patience.

use std::path::Path;

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::{files, roots::SHARED, shell};

/// Runs each target for some seconds, one after the other.
pub(crate) fn run(sh: &Shell, seconds: u32) -> Result<String> {
    shell::output(cmd!(sh, "cargo fuzz --version"))
        .context("there is no cargo-fuzz: run `cargo install cargo-fuzz --locked`")?;
    let mut notes = Vec::new();
    for target in ["strings_to_hcl", "yaml_to_problems"] {
        notes.push(fuzz(sh, target, seconds)?);
    }
    Ok(notes.join("\n"))
}

fn fuzz(sh: &Shell, target: &str, seconds: u32) -> Result<String> {
    let corpus = Path::new("fuzz/corpus").join(target);
    sh.write_file(corpus.join("empty"), "")?;
    if target == "yaml_to_problems" {
        sow(sh, Path::new("fixtures"), &corpus)?;
    }
    let seconds = seconds.to_string();
    let options = "-timeout=20 -max_len=8192 -print_final_stats=1".split(' ');
    // Coverage needs flags that the stable compiler keeps behind this.
    let printed = shell::output(
        cmd!(sh, "cargo fuzz run --sanitizer none {target} {corpus} --")
            .args([
                format!("-max_total_time={seconds}"),
                format!("-dict=fuzz/{target}.dict"),
            ])
            .args(options)
            .env("RUSTC_BOOTSTRAP", "1"),
    )?;
    let count = printed
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .context(printed.clone())?;
    Ok(format!("{target}: {} inputs, nothing found", count.trim()))
}

/// Lays out the fixtures as the inputs to start from.
fn sow(sh: &Shell, folder: &Path, corpus: &Path) -> Result<()> {
    for path in sh.read_dir(folder)? {
        if path.is_dir() {
            sow(sh, &path, corpus)?;
        } else if files::has_extension(&path, "yaml") && !path.ends_with(SHARED) {
            let name = path.to_string_lossy().replace(['/', '\\'], "-");
            sh.write_file(corpus.join(name), sh.read_binary_file(&path)?)?;
        }
    }
    Ok(())
}
