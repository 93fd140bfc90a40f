//! Writing one file: whole or not at all, inside the workspace, never through a link.

use std::{
    fs,
    io::{self, Write},
    path::{Component, Path},
};

use super::{Failure, Links, at, options};

/// Start of the names of unfinished files and folders; a later run removes what a killed one left.
pub(super) const UNFINISHED: &str = ".valet-rds-unfinished-";

/// Every part of a path is there as a folder, or not at all, and none is a symbolic link: neither a read nor a write
/// leaves the workspace.
///
/// # Errors
/// With the first part that is something else.
pub fn refuse_links(workspace: &Path, directory: &str) -> Result<(), Failure> {
    let mut path = workspace.to_owned();
    for part in directory.split('/') {
        path.push(part);
        if !refuse_link(&path)? {
            break;
        }
    }
    Ok(())
}

/// Whether a folder is there; an error, when something else is.
pub(super) fn refuse_link(path: &Path) -> Result<bool, Failure> {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return Ok(false);
    };
    let message = if metadata.is_symlink() {
        "a symbolic link; nothing is written through it"
    } else if !metadata.is_dir() {
        "not a folder"
    } else {
        return Ok(true);
    };
    Err(at(path)(io::Error::other(message)))
}

/// Writes a file where nothing may be, not even a link.
pub(super) fn write_new(
    path: &Path,
    text: &str,
    permissions: Option<fs::Permissions>,
) -> Result<fs::File, Failure> {
    let mut file = options(Links::Refused)
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(at(path))?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions).map_err(at(path))?;
    }
    file.write_all(text.as_bytes()).map_err(at(path))?;
    Ok(file)
}

/// Gives a file another text by way of an unfinished one beside it: whoever looks, and whatever happens, sees the old
/// text or the new one.
pub(super) fn write_over(
    path: &Path,
    text: &str,
    permissions: Option<fs::Permissions>,
) -> Result<(), Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = path.with_file_name(format!("{UNFINISHED}{name}"));
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(at(&unfinished)(error));
        }
        _ => {}
    }
    let written = write_new(&unfinished, text, permissions)
        .and_then(|file| file.sync_data().map_err(at(&unfinished)))
        .and_then(|()| fs::rename(&unfinished, path).map_err(at(path)));
    if written.is_err() {
        // Whatever could not be finished is of no use to anybody; the failure before is the one to tell.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// Makes a text the content of a config, or of `valet.yaml`, and makes the folders above it. The file keeps its
/// permissions.
///
/// # Errors
/// When the path leads out of the workspace or through a link, or the disk refuses; then the old text stays.
pub fn write_config(workspace: &Path, path: &str, text: &str) -> Result<(), Failure> {
    let target = workspace.join(path);
    let inside = |part| matches!(part, Component::Normal(_));
    if !Path::new(path).components().all(inside) {
        let message = "outside the workspace; nothing is written there";
        return Err(at(&target)(io::Error::other(message)));
    }
    if let Some((directory, _)) = path.rsplit_once('/') {
        refuse_links(workspace, directory)?;
        let folder = workspace.join(directory);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
    }
    let permissions = match fs::symlink_metadata(&target) {
        Ok(metadata) if metadata.is_file() => Some(metadata.permissions()),
        Ok(metadata) if metadata.is_symlink() => {
            let message = "a symbolic link; nothing is written through it";
            return Err(at(&target)(io::Error::other(message)));
        }
        Ok(_) => return Err(at(&target)(io::Error::other("not a regular file"))),
        Err(_) => None,
    };
    write_over(&target, text, permissions)
}
