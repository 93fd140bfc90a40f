//! The steps that need only Rust.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::shell;

pub(crate) fn format(sh: &Shell) -> Result<String> {
    shell::output(cmd!(sh, "cargo fmt --all -- --check"))
}

pub(crate) fn lint(sh: &Shell) -> Result<String> {
    shell::output(cmd!(
        sh,
        "cargo clippy --quiet --workspace --all-targets -- -D warnings"
    ))
}

/// Keeps what the test runner says about each program of tests.
pub(crate) fn test(sh: &Shell) -> Result<String> {
    let printed = shell::output(cmd!(sh, "cargo test --workspace").env("INSTA_UPDATE", "no"))?;
    let said = |line: &&str| {
        let line = line.trim_start();
        ["Running ", "Doc-tests ", "test result: "]
            .iter()
            .any(|start| line.starts_with(start))
    };
    Ok(printed.lines().filter(said).collect::<Vec<_>>().join("\n"))
}
