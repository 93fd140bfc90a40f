//! Reading and writing generated roots: atomically, never through a link, never over somebody else's file.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use super::{Failure, at, entries};
use crate::{
    life::StandingRoot,
    print,
    tree::{Change, Found, Standing, Tree},
};

/// Start of the names of unfinished files and folders; a later run removes what a killed one left.
pub(super) const UNFINISHED: &str = ".valet-rds-unfinished-";

/// Generated roots that are not among `expected`.
///
/// # Errors
/// When a folder cannot be read, or the output folder is reached through a symbolic link.
pub fn stray_roots(
    workspace: &Path,
    output: &str,
    expected: &dyn Fn(&str) -> bool,
) -> Result<Vec<StandingRoot>, Failure> {
    let mut strays = Vec::new();
    let folder = workspace.join(output);
    refuse_links(workspace, output)?;
    if !folder.is_dir() {
        return Ok(strays);
    }
    for environment in entries(&folder)? {
        if !environment.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        for root in entries(&environment.path())? {
            let name = root.file_name().to_string_lossy().into_owned();
            let directory = format!(
                "{output}/{}/{name}",
                environment.file_name().to_string_lossy()
            );
            let is_folder = root.file_type().is_ok_and(|kind| kind.is_dir());
            if !is_folder || name.starts_with(UNFINISHED) || expected(&directory) {
                continue;
            }
            strays.extend(standing_root(workspace, &directory)?);
        }
    }
    Ok(strays)
}

/// What a generated root says about itself; nothing, when none of its files was generated.
///
/// # Errors
/// When the folder or a file cannot be read.
pub fn standing_root(workspace: &Path, directory: &str) -> Result<Option<StandingRoot>, Failure> {
    let mut found = standing(workspace, directory)?.unwrap_or_default();
    let generated = |found: &Found| matches!(found, Found::Generated(_));
    if !found.values().any(generated) {
        return Ok(None);
    }
    let mut text = |name: &str| match found.remove(name) {
        Some(Found::Generated(text)) => text,
        _ => String::new(),
    };
    Ok(Some(StandingRoot {
        directory: directory.to_owned(),
        terraform: text("terraform.tf"),
        main: text("main.tf"),
    }))
}

/// No folder between the workspace and a root may be a symbolic link: a write must not leave the workspace.
pub(super) fn refuse_links(workspace: &Path, directory: &str) -> Result<(), Failure> {
    let mut path = workspace.to_owned();
    for part in directory.split('/') {
        path.push(part);
        if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
            return Err(at(&path)(io::Error::other(
                "a symbolic link; nothing is written through it",
            )));
        }
    }
    Ok(())
}

/// The Terraform files in a folder; none when there is no such folder.
///
/// # Errors
/// When the folder or a file cannot be read.
pub fn standing(workspace: &Path, directory: &str) -> Result<Option<Standing>, Failure> {
    let folder = workspace.join(directory);
    let listed = match fs::read_dir(&folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(&folder)(error)),
    };
    let mut found = Standing::new();
    for entry in listed {
        let entry = entry.map_err(at(&folder))?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "tf") {
            continue;
        }
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let bytes = if is_file {
            fs::read(&path).map_err(at(&path))?
        } else {
            Vec::new()
        };
        // A file of no bytes is what a crash leaves of a new one; nothing is lost with it.
        let ours = is_file && (bytes.is_empty() || print::is_generated(&bytes));
        let text = ours.then(|| String::from_utf8(bytes).ok()).flatten();
        found.insert(name, text.map_or(Found::Foreign, Found::Generated));
    }
    Ok(Some(found))
}

/// The text of a root's `terraform.tf`; empty when there is none.
///
/// # Errors
/// When it cannot be read.
pub fn terraform(workspace: &Path, directory: &str) -> Result<String, Failure> {
    let path = workspace.join(directory).join("terraform.tf");
    match fs::read(&path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(at(&path)(error)),
    }
}

/// Writes a root that is not there yet: a whole folder appears at once.
///
/// # Errors
/// When the disk refuses; what was begun is removed by a later run.
pub fn create_root(workspace: &Path, directory: &str, tree: &Tree) -> Result<(), Failure> {
    refuse_links(workspace, directory)?;
    let folder = workspace.join(directory);
    let (parent, name) = directory.rsplit_once('/').unwrap_or(("", directory));
    let staging = workspace.join(parent).join(format!("{UNFINISHED}{name}"));
    if let Err(error) = fs::create_dir(&staging) {
        match error.kind() {
            io::ErrorKind::NotFound => fs::create_dir_all(&staging).map_err(at(&staging))?,
            io::ErrorKind::AlreadyExists => {}
            _ => return Err(at(&staging)(error)),
        }
    }
    for (path, text) in tree {
        let name = path.rsplit('/').next().unwrap_or(path);
        let path = staging.join(name);
        fs::write(&path, text).map_err(at(&path))?;
    }
    fs::rename(&staging, &folder).map_err(at(&folder))
}

/// Makes one change to a root that is there: a new text replaces the old one at once.
///
/// # Errors
/// When the disk refuses.
pub fn apply(workspace: &Path, change: &Change) -> Result<(), Failure> {
    let path = workspace.join(&change.path);
    let (directory, _) = change.path.rsplit_once('/').unwrap_or(("", &change.path));
    refuse_links(workspace, directory)?;
    let Some(text) = &change.new else {
        return fs::remove_file(&path).map_err(at(&path));
    };
    write_over(&path, text)
}

/// Replaces a file by way of an unfinished one beside it: whoever looks sees the old text or the new one.
fn write_over(path: &Path, text: &str) -> Result<(), Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = path.with_file_name(format!("{UNFINISHED}{name}"));
    let mut file = fs::File::create(&unfinished).map_err(at(&unfinished))?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_data());
    written.map_err(at(&unfinished))?;
    fs::rename(&unfinished, path).map_err(at(path))
}

/// Removes the generated files of a root that has moved, and its folder when nothing else is in it.
///
/// # Errors
/// When the disk refuses.
pub fn remove_root(workspace: &Path, directory: &str) -> Result<(), Failure> {
    refuse_links(workspace, directory)?;
    for (name, found) in standing(workspace, directory)?.unwrap_or_default() {
        if matches!(found, Found::Generated(_)) {
            let path = workspace.join(directory).join(name);
            fs::remove_file(&path).map_err(at(&path))?;
        }
    }
    let folder = workspace.join(directory);
    match fs::remove_dir(&folder) {
        Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(at(&folder)(error)),
        _ => Ok(()),
    }
}

/// Removes what killed runs left in the output folder.
///
/// # Errors
/// When the disk refuses.
pub fn sweep(workspace: &Path, output: &str) -> Result<(), Failure> {
    let folder = workspace.join(output);
    if !folder.is_dir() {
        return Ok(());
    }
    for environment in entries(&folder)? {
        if !environment.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        for entry in entries(&environment.path())? {
            let unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
            if unfinished && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                for file in entries(&entry.path())? {
                    fs::remove_file(file.path()).map_err(at(&file.path()))?;
                }
                fs::remove_dir(entry.path()).map_err(at(&entry.path()))?;
            }
        }
    }
    Ok(())
}
