//! The side that a change is compared with: a commit, or a folder.

use std::path::PathBuf;

use crate::{
    cli::{Session, Stop},
    compile::snapshot::Snapshot,
    diagnostic::Problem,
    io::{
        git::Commit,
        snapshot::{self, Files, Unreadable},
    },
};

/// What to compare with.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Base {
    /// Commit, branch or tag to compare with, read from git without a checkout
    #[arg(long = "base", value_name = "REF")]
    reference: Option<String>,
    /// Folder of another copy of the workspace to compare with
    #[arg(long = "base-dir", value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Base {
    /// Reads and compiles the base.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, session: &Session) -> Result<Snapshot, Stop> {
        let (mut files, shown) = match (&self.reference, &self.folder) {
            (Some(reference), _) => {
                let commit = Commit::open(&session.workspace, reference).map_err(Stop::Usage)?;
                let shown = format!("{reference}:{}", commit.prefix);
                (Files::Commit(Box::new(commit)), shown)
            }
            (None, Some(folder)) => (
                Files::Folder(folder.clone()),
                format!("{}/", folder.display()),
            ),
            (None, None) => return Err(Stop::Usage("name a base".to_owned())),
        };
        snapshot::read(&mut files, &session.today).map_err(|error| stop(error, &shown))
    }
}

fn stop(error: Unreadable, base: &str) -> Stop {
    match error {
        Unreadable::Machine(message) => Stop::Usage(message),
        Unreadable::Problems(problems) => Stop::Problems {
            problems,
            base: base.to_owned(),
        },
    }
}

impl Session {
    /// The workspace as it is here, and everything wrong with it.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn side(&self) -> Result<(Vec<Problem>, Snapshot), Stop> {
        let (compiled, paths) = self.compile_paths()?;
        let mut files = Files::Folder(self.workspace.clone());
        let side = snapshot::of(
            self.environments.clone(),
            compiled.databases,
            &paths,
            &mut files,
        )
        .map_err(|error| stop(error, &self.base))?;
        Ok((compiled.problems, side))
    }
}
