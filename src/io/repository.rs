//! A file of another repository: read and replaced in place, and never one outside of it.

use std::path::{Component, Path};

use super::{
    Cause, Failure, at,
    boundary::{Boundary, Links},
    write::write_over,
};
use crate::yaml::LARGE;

/// Reads a file of a repository, if it is there; `file` is relative to its folder.
///
/// # Errors
/// When the repository is not there, or the file is not a regular one inside it, or cannot be read.
pub fn find_inside(repository: &Path, file: &str) -> Result<Option<Vec<u8>>, Failure> {
    refuse_steps(repository, file)?;
    Boundary::open(repository)?.find(file, LARGE.bytes, Links::Followed)
}

/// Makes a file of a repository, with the folders above it.
///
/// # Errors
/// When a link is in its place, were it one that leads nowhere, or it cannot be written.
pub fn create_inside(repository: &Path, file: &str, text: &str) -> Result<(), Failure> {
    refuse_steps(repository, file)?;
    let path = Path::new(file);
    let folder = Boundary::open(repository)?.parent(path.parent().unwrap_or(Path::new("")))?;
    write_over(&folder, path.file_name().unwrap_or_default(), text)
}

/// Replaces a file of a repository at once.
///
/// # Errors
/// When it is not a regular file inside the repository, or cannot be written.
pub fn replace_inside(repository: &Path, file: &str, text: &str) -> Result<(), Failure> {
    refuse_steps(repository, file)?;
    let boundary = Boundary::open(repository)?;
    // What is written is the file that a link leads to, not the link.
    let real = boundary
        .dir
        .canonicalize(file)
        .map_err(at(&repository.join(file)))?;
    let (folder, name) = (
        real.parent().unwrap_or(Path::new("")),
        real.file_name().unwrap_or_default(),
    );
    write_over(&boundary.parent(folder)?, name, text)
}

/// A path goes down only.
fn refuse_steps(repository: &Path, file: &str) -> Result<(), Failure> {
    let is_plain = |part| matches!(part, Component::Normal(_));
    if Path::new(file).components().all(is_plain) {
        return Ok(());
    }
    Err(at(&repository.join(file))(Cause::OutsideRepository))
}
