//! A file of another repository: read and replaced in place, and never one outside of it.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use super::{Failure, Links, at, read_at_most, write::write_over};
use crate::yaml::LARGE;

/// Reads a file of a repository; `file` is relative to its folder.
///
/// # Errors
/// When it is not a regular file inside the repository, or cannot be read.
pub fn read_inside(repository: &Path, file: &str) -> Result<Vec<u8>, Failure> {
    let path = inside(repository, file)?;
    let limit = u64::try_from(LARGE.bytes).unwrap_or(u64::MAX) + 1;
    read_at_most(limit, &path, Links::Refused)
}

/// Replaces a file of a repository at once.
///
/// # Errors
/// When it is not a regular file inside the repository, or cannot be written.
pub fn replace_inside(repository: &Path, file: &str, text: &str) -> Result<(), Failure> {
    let path = inside(repository, file)?;
    let permissions = fs::metadata(&path).map_err(at(&path))?.permissions();
    write_over(&path, text, Some(permissions))
}

/// The real path of a file, if it lies in the repository, links followed.
fn inside(repository: &Path, file: &str) -> Result<PathBuf, Failure> {
    let path = repository.join(file);
    let root = repository.canonicalize().map_err(at(repository))?;
    let plain = Path::new(file)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let real = if plain {
        path.canonicalize().map_err(at(&path))?
    } else {
        PathBuf::new()
    };
    if !real.starts_with(&root) {
        return Err(at(&path)(io::Error::other(
            "outside of the repository; only files in it are changed",
        )));
    }
    if !real.is_file() {
        return Err(at(&path)(io::Error::other("not a regular file")));
    }
    Ok(real)
}
