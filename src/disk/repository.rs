//! A file of another repository: read and replaced in place, and never one outside of it.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Component, Path, PathBuf},
};

use super::{Failure, at};
use crate::source::LARGE;

/// Reads a file of a repository; `file` is relative to its folder.
///
/// # Errors
/// When it is not a regular file inside the repository, or cannot be read.
pub fn read_inside(repository: &Path, file: &str) -> Result<Vec<u8>, Failure> {
    let path = inside(repository, file)?;
    let limit = u64::try_from(LARGE.bytes).unwrap_or(u64::MAX) + 1;
    let mut bytes = Vec::new();
    let opened = fs::File::open(&path).map_err(at(&path))?;
    opened
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(at(&path))?;
    Ok(bytes)
}

/// Replaces a file of a repository at once.
///
/// # Errors
/// When it is not a regular file inside the repository, or cannot be written.
pub fn replace_inside(repository: &Path, file: &str, text: &str) -> Result<(), Failure> {
    let path = inside(repository, file)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = path.with_file_name(format!(".{name}.unfinished"));
    let permissions = fs::metadata(&path).map_err(at(&path))?.permissions();
    let write = || {
        let mut file = fs::File::create(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        fs::set_permissions(&unfinished, permissions)?;
        fs::rename(&unfinished, &path)
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&unfinished);
        at(&path)(error)
    })
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
