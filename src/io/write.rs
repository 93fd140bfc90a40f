//! Writing one file: whole or not at all, inside the workspace, never through a link.

use std::{
    ffi::OsStr,
    io::{self, Write},
    path::{Component, Path},
};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt};
use cap_std::fs::{File, OpenOptions, Permissions};

use super::{
    Cause, Failure, at,
    boundary::{Boundary, NOT_THROUGH, refuse_link},
};

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

/// Writes a file where nothing may be, not even a link.
pub(super) fn write_new(
    folder: &Boundary,
    name: impl AsRef<Path>,
    text: &str,
    permissions: Option<Permissions>,
) -> Result<File, Failure> {
    let name = name.as_ref();
    let write = || -> io::Result<File> {
        let mut options = OpenOptions::new();
        options
            .write(true)
            .create_new(true)
            .follow(FollowSymlinks::No);
        let mut file = folder.dir.open_with(name, &options)?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.write_all(text.as_bytes())?;
        Ok(file)
    };
    write().map_err(at(&folder.shown(name)))
}

/// Gives a file of a folder another text by way of an unfinished one beside it: whoever looks, and whatever happens,
/// sees the old text or the new one. The file keeps its permissions.
pub(super) fn write_over(folder: &Boundary, name: &OsStr, text: &str) -> Result<(), Failure> {
    let unfinished = format!("{UNFINISHED}{}", name.to_string_lossy());
    let path = folder.shown(name);
    let permissions = match folder.dir.symlink_metadata(name) {
        Ok(metadata) if metadata.is_file() => Some(metadata.permissions()),
        Ok(metadata) if metadata.is_symlink() => {
            return Err(at(&path)(NOT_THROUGH));
        }
        Ok(_) => return Err(at(&path)(Cause::NotFile)),
        Err(_) => None,
    };
    match folder.dir.remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(at(&folder.shown(&unfinished))(error));
        }
        _ => {}
    }
    let written = write_new(folder, &unfinished, text, permissions)
        .and_then(|file| file.sync_data().map_err(at(&folder.shown(&unfinished))))
        .and_then(|()| {
            let renamed = folder.dir.rename(&unfinished, &folder.dir, name);
            renamed.map_err(at(&path))
        });
    if written.is_err() {
        // Whatever could not be finished is of no use to anybody; the failure before is the one to tell.
        let _ = folder.dir.remove_file(&unfinished);
    }
    written
}

/// Makes a text the content of a config, or of `valet.yaml`, and makes the folders above it. The file keeps its
/// permissions.
///
/// # Errors
/// When the path leads out of the workspace or through a link, or the disk refuses; then the old text stays.
pub fn write_config(workspace: &Path, path: &str, text: &str) -> Result<(), Failure> {
    let inside = |part| matches!(part, Component::Normal(_));
    if !Path::new(path).components().all(inside) {
        return Err(at(&workspace.join(path))(Cause::OutsideWorkspace));
    }
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    if !directory.is_empty() {
        refuse_links(workspace, directory)?;
    }
    let folder = Boundary::open(workspace)?.parent(Path::new(directory))?;
    write_over(&folder, OsStr::new(name), text)
}

/// Writes new configs, all of them or none: what was written of them goes again when one cannot be. The workspace is locked, so that
/// no other run makes one of them in between.
///
/// # Errors
/// When one is there already, or as [`write_config`].
pub fn write_configs(workspace: &Path, files: &[(&str, &str)]) -> Result<(), Failure> {
    for (path, _) in files {
        let shown = workspace.join(path);
        if super::is_there(&shown) {
            return Err(at(&shown)(Cause::Occupied));
        }
    }
    for (count, (path, text)) in files.iter().enumerate() {
        let Err(failure) = write_config(workspace, path, text) else {
            continue;
        };
        let boundary = Boundary::open(workspace)?;
        for (path, _) in files.iter().take(count) {
            boundary
                .dir
                .remove_file(path)
                .map_err(at(&workspace.join(path)))?;
        }
        return Err(failure);
    }
    Ok(())
}
