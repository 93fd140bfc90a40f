//! Another program: started with nothing to read, its output kept.
#![expect(clippy::disallowed_methods, reason = "chores start programs")]

use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, Stdio},
};

/// A program with its arguments.
pub(crate) struct Program {
    command: Command,
    shown: String,
}

impl Program {
    pub(crate) fn new(name: impl AsRef<OsStr>, arguments: &[&str]) -> Self {
        let mut command = Command::new(&name);
        command.args(arguments).stdin(Stdio::null());
        let name = name.as_ref().to_string_lossy();
        Self {
            command,
            shown: format!("{name} {}", arguments.join(" ")),
        }
    }

    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self.shown = format!("{} (in {})", self.shown, folder.display());
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it to its end: what it printed, on both streams; or that, under the command, when it failed.
    pub(crate) fn run(mut self) -> Result<String, String> {
        let output = match self.command.output() {
            Ok(output) => output,
            Err(error) => return Err(format!("$ {}\n{error}", self.shown)),
        };
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed).into_owned();
        if output.status.success() {
            Ok(printed)
        } else {
            Err(format!("$ {}\n{printed}{}", self.shown, output.status))
        }
    }
}
