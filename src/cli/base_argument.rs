//! The side that a change is compared with: a commit, or a folder.

use std::path::PathBuf;

use super::{session::Session, stop::Stop};
use crate::{
    compile::snapshot::Snapshot,
    io::{
        git::Commit,
        snapshot::{self, Files},
    },
};

/// What to compare with.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct BaseArgument {
    /// Commit, branch or tag to compare with, read from git without a checkout
    #[arg(long = "base", value_name = "REF")]
    reference: Option<String>,
    /// Folder of another copy of the workspace to compare with
    #[arg(long = "base-dir", value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl BaseArgument {
    /// Reads and compiles the base.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, session: &Session) -> Result<Snapshot, Stop> {
        let (mut files, shown) = match (&self.reference, &self.folder) {
            (Some(reference), _) => {
                let commit = Commit::open(&session.workspace, reference).map_err(Stop::Machine)?;
                let shown = format!("{reference}:{}", commit.prefix);
                (Files::Commit(Box::new(commit)), shown)
            }
            (None, Some(folder)) => (
                Files::Folder(folder.clone()),
                format!("{}/", folder.display()),
            ),
            (None, None) => return Err(Stop::Usage("name a base".to_owned())),
        };
        snapshot::read(&mut files, session.today).map_err(|error| Stop::unreadable(error, &shown))
    }
}
