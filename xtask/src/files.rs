//! Folders.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use xshell::Shell;

/// What tools leave in a folder.
const LEFT_BEHIND: [&str; 4] = [
    ".terraform",
    ".terraform.lock.hcl",
    "__pycache__",
    "generated",
];

/// Empties a folder below `target/`.
pub(crate) fn clear(sh: &Shell, folder: &str) -> Result<()> {
    ensure!(
        folder.starts_with("target/"),
        "{folder} is not below target/"
    );
    sh.remove_path(folder)?;
    sh.create_dir(folder)?;
    Ok(())
}

/// The folders in a folder, sorted.
pub(crate) fn folders(sh: &Shell, folder: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
    let mut paths = sh.read_dir(folder)?;
    paths.retain(|path| path.is_dir());
    Ok(paths)
}

/// Copies a tree, without what tools leave in it.
pub(crate) fn copy(sh: &Shell, from: &Path, to: &Path) -> Result<()> {
    if from.is_file() {
        sh.write_file(to, sh.read_binary_file(from)?)?;
        return Ok(());
    }
    for path in sh.read_dir(from)? {
        if !LEFT_BEHIND.contains(&name(&path)) {
            copy(sh, &path, &to.join(name(&path)))?;
        }
    }
    Ok(())
}

/// Whether a path ends in an extension.
pub(crate) fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|found| found == wanted)
}

/// Last part of a path.
pub(crate) fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}
