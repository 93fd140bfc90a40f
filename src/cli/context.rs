//! What every command is told: where, when, and how to print.

use std::{fs::File, path::PathBuf, time::SystemTime};

use super::{session::Session, stop::Stop, terminal::Color};
use crate::{compile::WORKSPACE_FILE, io, text::date::Date};

/// Where and when a command runs, and how it prints.
#[derive(Clone, Debug)]
pub struct Context {
    /// The folder of the workspace, when it is named.
    pub workspace: Option<PathBuf>,
    /// The day.
    pub today: Date,
    /// When to use colour.
    pub color: Color,
    /// How the program's own name is typed.
    pub program: &'static str,
}

impl Context {
    /// What a run is told that says at most which workspace it means.
    #[must_use]
    pub fn of(workspace: Option<PathBuf>) -> Self {
        Self {
            workspace,
            today: today(),
            color: Color::Auto,
            program: "valet-rds",
        }
    }

    /// The folder of the workspace that the user means.
    ///
    /// # Errors
    /// When there is none.
    pub fn workspace(&self) -> Result<PathBuf, Stop> {
        let found = self.workspace.clone().or_else(io::find_workspace);
        found.ok_or_else(|| {
            Stop::Usage(format!(
                "no {WORKSPACE_FILE} here or above; name its folder with --workspace"
            ))
        })
    }

    /// Opens the workspace that the user means.
    ///
    /// # Errors
    /// When there is none, or its `valet.yaml` is wrong.
    pub fn open(&self) -> Result<Session, Stop> {
        Session::open(self.workspace()?, self.today)
    }

    /// Opens the workspace that the user means for writing: nothing is read before the lock, so whoever had to wait for
    /// another run works with what that one left. The lock holds until it is dropped.
    ///
    /// # Errors
    /// When there is none, it cannot be locked, or its `valet.yaml` is wrong.
    pub fn open_locked(&self) -> Result<(Session, File), Stop> {
        let workspace = self.workspace()?;
        let lock = Session::lock(&workspace)?;
        Ok((Session::open(workspace, self.today)?, lock))
    }
}

/// Today in UTC.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the command line is where the date is known"
)]
pub fn today() -> Date {
    Date::of(SystemTime::now())
}
