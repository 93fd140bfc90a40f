//! Another program: started with nothing to read, its output kept.
#![expect(clippy::disallowed_methods, reason = "chores start programs")]

use std::{
    env,
    ffi::OsStr,
    fmt::Display,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::OnceLock,
};

/// The command that users have, built once by each chore, as a path from anywhere.
pub(crate) fn valet() -> Result<PathBuf, String> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let build = || {
        Program::new("cargo", &["build", "--quiet", "--bin", "valet-rds"]).run()?;
        let chore = env::current_exe().map_err(|error| error.to_string())?;
        Ok(chore.with_file_name(format!("valet-rds{}", env::consts::EXE_SUFFIX)))
    };
    BUILT.get_or_init(build).clone()
}

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

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs it to its end: what it printed, in order, on both streams; or that, under the command, when it failed.
    pub(crate) fn run(self) -> Result<String, String> {
        let shown = self.shown.clone();
        let (printed, status) = self
            .joined()
            .map_err(|error| format!("$ {shown}\n{error}"))?;
        if status.success() {
            Ok(printed)
        } else {
            Err(format!("$ {shown}\n{printed}{status}"))
        }
    }

    /// The same, for what it printed on standard output alone.
    pub(crate) fn read(mut self) -> Result<String, String> {
        let failed = |error: &dyn Display| format!("$ {}\n{error}", self.shown);
        let output = self.command.output().map_err(|error| failed(&error))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(failed(&String::from_utf8_lossy(&output.stderr)))
        }
    }

    /// The command as it would be typed.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Starts it and leaves it running; what it prints is thrown away.
    pub(crate) fn start_silent(mut self) -> Result<Child, String> {
        self.command.stdout(Stdio::null()).stderr(Stdio::null());
        let started = self.command.spawn();
        started.map_err(|error| format!("$ {}\n{error}", self.shown))
    }

    /// Starts it and leaves it running; what it prints, on both streams, goes to a file.
    pub(crate) fn start(mut self, log: &Path) -> Result<Child, String> {
        let failed = |error| format!("$ {}\n{error}", self.shown);
        let stdout = File::create(log).map_err(failed)?;
        let stderr = stdout.try_clone().map_err(failed)?;
        self.command.stdout(stdout).stderr(stderr);
        self.command.spawn().map_err(failed)
    }

    fn joined(mut self) -> io::Result<(String, ExitStatus)> {
        let (mut reader, writer) = io::pipe()?;
        self.command.stdout(writer.try_clone()?).stderr(writer);
        let mut child = self.command.spawn()?;
        // The command holds the writing end, which has to close for the reading to end.
        drop(self.command);
        let mut printed = Vec::new();
        reader.read_to_end(&mut printed)?;
        Ok((
            String::from_utf8_lossy(&printed).into_owned(),
            child.wait()?,
        ))
    }
}
