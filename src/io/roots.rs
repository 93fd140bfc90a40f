//! Reading and writing generated roots: atomically, never through a link, never over somebody else's file.
//!
//! A run can be killed at any moment: a file is whole or has a name of its own until it is. A new text is on the disk
//! before it takes the place of an old one; a new root has nothing to lose, so it is not waited for.

use std::{fs, io, path::Path};

use rayon::prelude::*;

use super::{
    Failure, Links, at, entries, read_at_most,
    write::{UNFINISHED, refuse_link, refuse_links, write_new, write_over},
};
use crate::{
    compile::snapshot::{Content, Files},
    review::retirement::StandingRoot,
    terraform::{
        print,
        tree::{Change, Found, Standing, Tree},
    },
};

/// Bytes of a file that can be one of ours: many times what the largest config comes to.
const MAX_GENERATED: u64 = 8 * 1024 * 1024;

/// Generated roots that are not among `expected`, and whether there is anything that [`sweep`] may have to remove.
///
/// # Errors
/// When a folder cannot be read, or the output folder is reached through a symbolic link.
pub fn stray_roots(
    workspace: &Path,
    output: &str,
    expected: &dyn Fn(&str) -> bool,
) -> Result<(Vec<StandingRoot>, bool), Failure> {
    let mut strays = Vec::new();
    let mut is_untidy = false;
    let folder = workspace.join(output);
    refuse_links(workspace, output)?;
    if !folder.is_dir() {
        return Ok((strays, is_untidy));
    }
    for environment in entries(&folder)? {
        if !environment.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let parent = format!("{output}/{}", environment.file_name().to_string_lossy());
        for root in entries(&environment.path())? {
            let directory = format!("{parent}/{}", root.file_name().to_string_lossy());
            let is_folder = root.file_type().is_ok_and(|kind| kind.is_dir());
            if expected(&directory) && is_folder {
                continue;
            }
            is_untidy = true;
            if is_folder && !is_unfinished(&root) {
                strays.extend(standing_root(workspace, &directory)?);
            }
        }
    }
    Ok((strays, is_untidy))
}

/// What a generated root says about itself; nothing, when none of its files was generated.
///
/// # Errors
/// When the folder or a file cannot be read.
pub fn standing_root(workspace: &Path, directory: &str) -> Result<Option<StandingRoot>, Failure> {
    let found = standing(workspace, directory)?.unwrap_or_default();
    let files: Files = found
        .into_iter()
        .filter_map(|(name, found)| match found {
            Found::Generated(text) => Some((name, Content::Text(text))),
            Found::Foreign | Found::Unfinished => None,
        })
        .collect();
    let is_ours = !files.is_empty();
    Ok(is_ours.then(|| StandingRoot::read(directory.to_owned(), &files)))
}

/// The Terraform files in a folder; none when there is no such folder.
///
/// # Errors
/// When the folder or a file cannot be read.
pub fn standing(workspace: &Path, directory: &str) -> Result<Option<Standing>, Failure> {
    refuse_links(workspace, directory)?;
    standing_there(workspace, directory)
}

/// The same for many roots, when [`refuse_links`] has looked at the folder that they are all in.
///
/// # Errors
/// When the folder or a file cannot be read.
pub fn standing_there(workspace: &Path, directory: &str) -> Result<Option<Standing>, Failure> {
    refuse_link(&workspace.join(directory))?;
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
        if is_unfinished(&entry) {
            found.insert(name, Found::Unfinished);
            continue;
        }
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let bytes = if is_file {
            read_at_most(MAX_GENERATED + 1, &path, Links::Refused)?
        } else {
            Vec::new()
        };
        // A file without a byte, or of zeros, is what a crash of the machine leaves of a new one; nothing is lost with it.
        let is_blank = bytes.iter().all(|byte| *byte == 0);
        let is_small = u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_GENERATED);
        let ours = is_file && is_small && (is_blank || print::is_generated(&bytes));
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
        // Whoever lists the folder next tells of a file in its place.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(String::new())
        }
        Err(error) => Err(at(&path)(error)),
    }
}

/// Writes a root that is not there yet: a whole folder appears at once.
///
/// # Errors
/// When the disk refuses; what was begun is removed, now or by a later run.
pub fn create_root(workspace: &Path, directory: &str, tree: &Tree) -> Result<(), Failure> {
    refuse_links(workspace, directory)?;
    let folder = workspace.join(directory);
    let (parent, name) = directory.rsplit_once('/').unwrap_or(("", directory));
    let parent = workspace.join(parent);
    fs::create_dir_all(&parent).map_err(at(&parent))?;
    let staging = parent.join(format!("{UNFINISHED}{name}"));
    fs::create_dir(&staging).map_err(at(&staging))?;
    let mut texts = tree.iter().map(|(path, text)| {
        let name = path.rsplit('/').next().unwrap_or(path);
        (staging.join(name), text)
    });
    let written = texts
        .try_for_each(|(path, text)| write_new(&path, text, None).map(drop))
        .and_then(|()| fs::rename(&staging, &folder).map_err(at(&folder)));
    if written.is_err() {
        // The first failure is the one to tell.
        let _ = discard(&staging);
    }
    written
}

/// Makes one change to a root that is there: a new text replaces the old one at once.
///
/// # Errors
/// When the disk refuses; then the old text stays.
pub fn apply(workspace: &Path, change: &Change) -> Result<(), Failure> {
    let path = workspace.join(&change.path);
    let (directory, _) = change.path.rsplit_once('/').unwrap_or(("", &change.path));
    refuse_links(workspace, directory)?;
    let Some(text) = &change.new else {
        return fs::remove_file(&path).map_err(at(&path));
    };
    write_over(&path, text, None)
}

/// Removes the generated files of a root, and its folder when nothing else is in it. What Terraform or a person has put
/// beside them goes along to the root's heir, unless that has one of the same name; the names of what stays are the result.
///
/// # Errors
/// When the disk refuses.
pub fn remove_root(
    workspace: &Path,
    directory: &str,
    moved_to: Option<&str>,
) -> Result<Vec<String>, Failure> {
    refuse_links(workspace, directory)?;
    let folder = workspace.join(directory);
    for (name, found) in standing(workspace, directory)?.unwrap_or_default() {
        if matches!(found, Found::Generated(_)) {
            let path = folder.join(name);
            fs::remove_file(&path).map_err(at(&path))?;
        }
    }
    let mut left = Vec::new();
    for entry in entries(&folder)? {
        let name = entry.file_name();
        let target = moved_to.map(|moved_to| workspace.join(moved_to).join(&name));
        match target.filter(|target| !super::is_there(target)) {
            Some(target) => {
                fs::rename(entry.path(), &target).map_err(at(&target))?;
            }
            None => left.push(name.to_string_lossy().into_owned()),
        }
    }
    if left.is_empty() {
        fs::remove_dir(&folder).map_err(at(&folder))?;
    }
    Ok(left)
}

/// Removes what killed runs left in the output folder: unfinished roots, unfinished files of roots, and the empty folder
/// of a root that was being removed.
///
/// # Errors
/// When the disk refuses.
pub fn sweep(workspace: &Path, output: &str) -> Result<(), Failure> {
    refuse_links(workspace, output)?;
    let folder = workspace.join(output);
    if !folder.is_dir() {
        return Ok(());
    }
    let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    for environment in entries(&folder)?.into_iter().filter(is_folder) {
        entries(&environment.path())?
            .par_iter()
            .try_for_each(|root| {
                if is_unfinished(root) {
                    return discard(&root.path());
                }
                if !is_folder(root) {
                    return Ok(());
                }
                let inside = entries(&root.path())?;
                if inside.is_empty() {
                    return fs::remove_dir(root.path()).map_err(at(&root.path()));
                }
                let mut unfinished = inside.iter().filter(|entry| is_unfinished(entry));
                unfinished.try_for_each(|entry| discard(&entry.path()))
            })?;
    }
    Ok(())
}

fn is_unfinished(entry: &fs::DirEntry) -> bool {
    entry
        .file_name()
        .to_str()
        .is_some_and(|name| name.starts_with(UNFINISHED))
}

/// Removes an unfinished file, a link, or a folder with the files in it. Ours holds no folders.
fn discard(path: &Path) -> Result<(), Failure> {
    let metadata = fs::symlink_metadata(path).map_err(at(path))?;
    if !metadata.is_dir() {
        return fs::remove_file(path).map_err(at(path));
    }
    for file in entries(path)? {
        if file.file_type().is_ok_and(|kind| kind.is_dir()) {
            let message = "a folder that no run has made; remove it";
            return Err(at(&file.path())(io::Error::other(message)));
        }
        fs::remove_file(file.path()).map_err(at(&file.path()))?;
    }
    fs::remove_dir(path).map_err(at(path))
}
