//! What every command is told: where, when, and how to print.

use std::{
    fs::File,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{
    session::{Session, is_config_name},
    stop::Stop,
    terminal::Color,
};
use crate::{compile::WORKSPACE_FILE, io, text::date::Date};

/// Variable that names the folder of the workspace.
pub const WORKSPACE_VARIABLE: &str = "VALET_WORKSPACE";

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

    /// The folder of the workspace that the user means: the one that is named, or else the nearest one around the files
    /// among these words, or else around here.
    ///
    /// # Errors
    /// When there is none, or the files are in several.
    pub fn workspace(&self, words: &[String]) -> Result<PathBuf, Stop> {
        if let Some(named) = &self.workspace {
            return Ok(named.clone());
        }
        let mut first: Option<(&String, PathBuf)> = None;
        for word in words.iter().filter(|word| is_file_name(word)) {
            let Some(found) = io::find_workspace_of(Path::new(word)) else {
                continue;
            };
            match &first {
                None => first = Some((word, found)),
                Some((_, known)) if *known == found => {}
                Some((other, _)) => {
                    return Err(Stop::Usage(format!(
                        "`{other}` and `{word}` are in different workspaces; name the files of one"
                    )));
                }
            }
        }
        let around = first.map(|(_, found)| found);
        let found = around.or_else(|| io::find_workspace(Path::new(".")));
        found.ok_or_else(|| {
            Stop::Usage(format!(
                "no {WORKSPACE_FILE} here or above; name its folder with --workspace or {WORKSPACE_VARIABLE}"
            ))
        })
    }

    /// Opens the workspace that the user means.
    ///
    /// # Errors
    /// When there is none, or its `valet.yaml` is wrong.
    pub fn open(&self) -> Result<Session, Stop> {
        self.open_around(&[])
    }

    /// The same for a command that may name files in these words.
    ///
    /// # Errors
    /// As [`Context::open`], and when the files are in several workspaces.
    pub fn open_around(&self, words: &[String]) -> Result<Session, Stop> {
        Session::open(self.workspace(words)?, self.today)
    }

    /// Opens the workspace that the user means for writing: nothing is read before the lock, so whoever had to wait for
    /// another run works with what that one left. The lock holds until it is dropped.
    ///
    /// # Errors
    /// As [`Context::open_around`], and when it cannot be locked.
    pub fn open_locked(&self, words: &[String]) -> Result<(Session, File), Stop> {
        let workspace = self.workspace(words)?;
        let lock = Session::lock(&workspace)?;
        Ok((Session::open(workspace, self.today)?, lock))
    }
}

/// The folder of the workspace that the environment names.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the command line is where the environment is known"
)]
pub fn named_workspace() -> Option<PathBuf> {
    let named = std::env::var_os(WORKSPACE_VARIABLE)?;
    (!named.is_empty()).then(|| PathBuf::from(named))
}

/// Whether a word means a file: units have no dot in their names.
#[must_use]
pub fn is_file_name(word: &str) -> bool {
    is_config_name(word) || io::is_file(Path::new(word))
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
