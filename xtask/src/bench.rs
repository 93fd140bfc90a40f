//! `bench`: what the measurements of whole processes need: the command as it is released, and Python.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{python, shell};

/// Measures all sizes, and compares the ratios with the stored ones or stores them.
pub(crate) fn run(sh: &Shell, bless: bool) -> Result<String> {
    shell::output(cmd!(sh, "cargo build --quiet --release --bin valet-rds"))?;
    let python = python::environment(sh, python::YARDSTICK)?;
    let valet_rds = format!("target/release/valet-rds{}", std::env::consts::EXE_SUFFIX);
    let bless = bless.then_some("--bless");
    cmd!(
        sh,
        "{python} xtask/bench/bench.py {valet_rds} target/bench {bless...}"
    )
    .quiet()
    .run()?;
    Ok("measured".to_owned())
}

/// A few quick rounds of the smallest size: that everything runs, and gives the same bytes, not how fast.
pub(crate) fn smoke(sh: &Shell) -> Result<String> {
    let python = python::environment(sh, python::YARDSTICK)?;
    let valet_rds = shell::valet_rds(sh)?;
    shell::output(cmd!(
        sh,
        "{python} xtask/bench/bench.py {valet_rds} target/bench --smoke"
    ))?;
    Ok("100 configs".to_owned())
}
