//! What git makes of files of the work tree that it has committed.

use std::{collections::BTreeSet, path::Path};

use super::{Refusal, Repository};

/// The files below a folder of a workspace that git knows with line feeds alone and holds for unchanged, whatever line
/// ends they have here: it turns them back itself. Paths are relative to the workspace.
///
/// # Errors
/// When git refuses.
pub fn with_line_feeds(workspace: &Path, folder: &str) -> Result<BTreeSet<String>, Refusal> {
    let repository = Repository::find(workspace)?;
    let listed = repository.below(&["ls-files", "--eol"], folder)?;
    let mut kept: BTreeSet<String> = listed
        .iter()
        .filter_map(|entry| {
            let (about, path) = entry.split_once('\t')?;
            about
                .starts_with("i/lf ")
                .then(|| repository.in_workspace(path))
        })
        .collect();
    for path in repository.uncommitted(folder)? {
        kept.remove(&path);
    }
    Ok(kept)
}

/// The files below a folder of a workspace that differ from what is committed, relative to the workspace.
///
/// # Errors
/// When git refuses.
pub fn uncommitted(workspace: &Path, folder: &str) -> Result<BTreeSet<String>, Refusal> {
    Repository::find(workspace)?.uncommitted(folder)
}

/// Whether git has anything of a folder, wherever it is.
///
/// # Errors
/// When git refuses.
pub fn tracks(folder: &Path) -> Result<bool, Refusal> {
    let Ok(real) = folder.canonicalize() else {
        return Ok(false);
    };
    let Some(repository) = Repository::around(&real) else {
        return Ok(false);
    };
    let Some(path) = repository.inside(&real) else {
        return Ok(false);
    };
    let listed = repository.run(&["ls-files", "-z", "--", &path])?;
    Ok(!listed.is_empty())
}

impl Repository {
    fn uncommitted(&self, folder: &str) -> Result<BTreeSet<String>, Refusal> {
        let command = [
            "diff",
            "--name-only",
            "--no-renames",
            "--no-relative",
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules=all",
            "HEAD",
        ];
        let listed = self.below(&command, folder)?;
        Ok(listed.iter().map(|path| self.in_workspace(path)).collect())
    }

    /// What a command lists of a folder of the workspace.
    fn below(&self, command: &[&str], folder: &str) -> Result<Vec<String>, Refusal> {
        let folder = format!("{}{folder}/", self.prefix);
        let mut arguments = command.to_vec();
        arguments.extend(["-z", "--", &folder]);
        let listed = self.run(&arguments)?;
        let listed = String::from_utf8_lossy(&listed);
        let entries = listed.split('\0').filter(|entry| !entry.is_empty());
        Ok(entries.map(str::to_owned).collect())
    }

    fn in_workspace(&self, path: &str) -> String {
        path.strip_prefix(&self.prefix).unwrap_or(path).to_owned()
    }
}

/// Whether a folder of a workspace is not here because the checkout is sparse.
#[must_use]
pub fn is_left_out(workspace: &Path, folder: &str) -> bool {
    let found = Repository::find(workspace).ok().filter(|one| one.is_sparse);
    let listed = found.and_then(|one| one.below(&["ls-files"], folder).ok());
    listed.is_some_and(|listed| !listed.is_empty())
}
