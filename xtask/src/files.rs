//! Files and folders, with the path in every message.
#![expect(clippy::disallowed_methods, reason = "chores work on files")]

use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
};

/// Makes the repository the current folder, wherever the chore was called.
pub(crate) fn enter_repository() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::env::set_current_dir(&root).map_err(|error| about(&root, error))
}

pub(crate) fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| about(path, error))
}

pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| about(path, error))
}

/// Writes a file, and the folders above it.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| about(folder, error))?;
    }
    fs::write(path, content).map_err(|error| about(path, error))
}

pub(crate) fn delete(path: &Path) -> Result<(), String> {
    fs::remove_file(path).map_err(|error| about(path, error))
}

/// Empties a folder below `target/`.
pub(crate) fn clear(folder: &Path) -> Result<(), String> {
    if !folder.starts_with("target") {
        return Err(about(folder, "not below target/"));
    }
    match fs::remove_dir_all(folder) {
        Err(error) if folder.exists() => Err(about(folder, error)),
        _ => Ok(()),
    }
}

/// Makes a folder, and the folders above it.
pub(crate) fn create(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| about(folder, error))
}

pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), String> {
    fs::rename(from, to).map_err(|error| about(from, error))
}

/// The paths in a folder, sorted.
pub(crate) fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| about(folder, error))?;
    let paths: Result<Vec<_>, _> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    let mut paths = paths.map_err(|error| about(folder, error))?;
    paths.sort();
    Ok(paths)
}

/// The folders in a folder, sorted.
pub(crate) fn folders(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut paths = list(folder)?;
    paths.retain(|path| path.is_dir());
    Ok(paths)
}

/// Copies a tree, without what tools leave in it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), String> {
    const LEFT_BEHIND: [&str; 4] = [
        ".terraform",
        ".terraform.lock.hcl",
        "__pycache__",
        "generated",
    ];
    if from.is_file() {
        return write(to, read_bytes(from)?);
    }
    for path in list(from)? {
        let name = name(&path);
        if !LEFT_BEHIND.contains(&name) {
            copy(&path, &to.join(name))?;
        }
    }
    Ok(())
}

/// Last part of a path.
pub(crate) fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

/// A message about a path.
pub(crate) fn about(path: &Path, message: impl Display) -> String {
    format!("{}: {message}", path.display())
}
