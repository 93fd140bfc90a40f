//! Runs of `valet-rds`, on the day of the tests.

use std::{
    fmt,
    path::Path,
    process::{Command, Output},
};

use super::workspace::TODAY;

/// What a run did.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// A run that has ended by itself.
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code().unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

/// As a snapshot shows it.
impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, out, err } = self;
        write!(f, "exit code {code}")?;
        for (name, text) in [("stdout", out), ("stderr", err)] {
            if !text.is_empty() {
                write!(f, "\n--- {name} ---\n{}", text.trim_end_matches('\n'))?;
            }
        }
        Ok(())
    }
}

/// A run that is yet to be started: in a folder, without colour, and with nothing of the tests' own surroundings.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_valet-rds"));
    command
        .args(["--today", TODAY])
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env_remove("VALET_WORKSPACE");
    command
}

/// Runs `valet-rds` to its end.
pub(crate) fn valet(folder: &Path, arguments: &[&str]) -> Ran {
    Ran::of(command(folder, arguments).output().unwrap())
}

/// The same with the words of a line.
pub(crate) fn run(folder: &Path, line: &str) -> Ran {
    valet(folder, &line.split(' ').collect::<Vec<_>>())
}
