//! What differs between a base and the work tree, read into data.

pub mod committed;
pub mod compiled;
pub mod copied;
pub mod folder;
pub mod inputs;
mod modules;

use std::{
    error, fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{Failure, git::Refusal};
use crate::{diagnostic::Diagnostics, model::Environment, rules};

/// Why a side cannot be read.
#[derive(Debug)]
pub enum Unreadable {
    /// A file or a folder.
    File(Failure),
    /// Git.
    Git(Refusal),
    /// A copy of the workspace has no modules in this folder to compare with.
    NoModules(PathBuf),
    /// Something is a link, or another repository, or too large, where files are wanted.
    NotFiles(String),
    /// Its `valet.yaml` is wrong.
    Problems(Diagnostics),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(failure) => failure.fmt(f),
            Self::Git(refusal) => refusal.fmt(f),
            Self::NoModules(folder) => write!(
                f,
                "{}: the base has no modules here to compare with; put them beside the copy of the workspace",
                folder.display()
            ),
            Self::NotFiles(path) => write!(
                f,
                "{path}: a link, another repository or more than can be read, where the base should have files"
            ),
            Self::Problems(problems) => {
                let first = problems.first().map_or("", |problem| &problem.message);
                f.write_str(first)
            }
        }
    }
}

impl error::Error for Unreadable {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::File(failure) => Some(failure),
            Self::Git(refusal) => Some(refusal),
            Self::NoModules(_) | Self::NotFiles(_) | Self::Problems(_) => None,
        }
    }
}

impl From<Refusal> for Unreadable {
    fn from(refusal: Refusal) -> Self {
        Self::Git(refusal)
    }
}

impl From<Failure> for Unreadable {
    fn from(failure: Failure) -> Self {
        Self::File(failure)
    }
}

/// The problems of local folders of modules that are not there: Terraform would stop at `init`.
///
/// # Errors
/// When a folder cannot be read.
pub fn missing_modules(
    workspace: &Path,
    environments: &[Arc<Environment>],
) -> Result<Diagnostics, Failure> {
    let mut problems = Diagnostics::new();
    for environment in environments {
        let missing = modules::missing(workspace, environment)?;
        problems.extend(missing.map(|folder| rules::missing_modules(environment, &folder)));
    }
    Ok(problems)
}
