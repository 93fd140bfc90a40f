//! What differs between a base and the work tree, read into data.

pub mod committed;
pub mod compiled;
pub mod copied;
pub mod folder;
mod modules;

use std::{path::Path, sync::Arc};

use super::{Failure, git::Refusal};
use crate::{diagnostic::Diagnostics, model::Environment, rules};

/// Why a side cannot be read.
#[derive(Debug)]
pub enum Unreadable {
    /// A file, a folder or git.
    Machine(String),
    /// Its `valet.yaml` is wrong.
    Problems(Diagnostics),
}

impl From<Refusal> for Unreadable {
    fn from(refusal: Refusal) -> Self {
        Self::Machine(refusal.to_string())
    }
}

impl From<Failure> for Unreadable {
    fn from(failure: Failure) -> Self {
        Self::Machine(failure.to_string())
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
