//! The folder in which handoffs are written: what is in it, told by its first line, and writing it file by file, never
//! through a link.

use std::{
    ffi::OsStr,
    path::{Component, Path, PathBuf},
};

use rayon::prelude::*;

use super::{
    Cause, Failure, at,
    boundary::{Boundary, Links},
    roots::{discard, is_unfinished},
    write::{refuse_links, write_over},
};
use crate::{
    connect::handoff::files::{DEPTH, is_ours},
    terraform::tree::{Change, Foreign, Found, Standing},
};

/// Bytes of a file that can be one of ours: many times what a unit comes to.
const MOST: usize = 1024 * 1024;

/// The folder of the handoffs.
#[derive(Debug)]
pub struct Handoffs {
    /// A folder that is there, and no link of a checkout.
    anchor: PathBuf,
    /// The path from there, without a step up.
    inner: String,
    /// What goes before the paths in it, so that they can be opened from here.
    pub shown: String,
}

impl Handoffs {
    /// A folder of a workspace; `base` goes before the paths in that.
    #[must_use]
    pub fn within(workspace: &Path, base: &str, folder: &str) -> Self {
        Self {
            anchor: workspace.to_owned(),
            inner: folder.to_owned(),
            shown: format!("{base}{folder}/"),
        }
    }

    /// The folder that the user names. One that is named from here downwards is made with those above it; of another
    /// one, only the last is.
    ///
    /// # Errors
    /// When the path ends in no name.
    pub fn named(path: &Path) -> Result<Self, Failure> {
        let is_below = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        let (anchor, inner) = if path.components().all(is_below) {
            let inner: PathBuf = path
                .components()
                .filter(|part| *part != Component::CurDir)
                .collect();
            (Path::new(""), inner)
        } else {
            let name = path.file_name().map(PathBuf::from);
            (
                path.parent().unwrap_or(Path::new("")),
                name.unwrap_or_default(),
            )
        };
        let inner = inner.to_string_lossy().replace('\\', "/");
        if inner.is_empty() {
            return Err(at(path)(Cause::NotItsOwn));
        }
        let shown = path.to_string_lossy();
        Ok(Self {
            anchor: anchor.to_owned(),
            inner,
            shown: format!("{}/", shown.trim_end_matches('/')),
        })
    }

    /// That nothing else belongs into the folder, nor the folder into it: other folders of the workspace.
    ///
    /// # Errors
    /// When it is one of them, in one, or around one.
    pub fn hold_apart<'a>(
        &self,
        workspace: &Path,
        others: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), Failure> {
        let real = |path: &Path| {
            let named = if path.as_os_str().is_empty() {
                Path::new(".")
            } else {
                path
            };
            named.canonicalize().map_err(at(path))
        };
        let own = real(&self.anchor)?.join(&self.inner);
        let workspace = real(workspace)?;
        for other in others {
            let other = workspace.join(other);
            if own.starts_with(&other) || other.starts_with(&own) {
                return Err(at(&self.anchor.join(&self.inner))(Cause::NotItsOwn));
            }
        }
        Ok(())
    }

    /// The files in the folder and below it, by their paths in it: those that are ours, and, of the others, only where
    /// they are. None when there is no such folder.
    ///
    /// # Errors
    /// When a folder or file cannot be read, or the folder is reached through a symbolic link.
    pub fn standing(&self) -> Result<Standing, Failure> {
        refuse_links(&self.anchor, &self.inner)?;
        let Some(top) = Boundary::open(&self.anchor)?.folder(&self.inner, Links::Refused)? else {
            return Ok(Standing::new());
        };
        let (mut found, mut files) = (Standing::new(), Vec::new());
        look(&top, "", &mut found, &mut files)?;
        let read = files.into_par_iter().map(|path| {
            let bytes = top.read(&path, MOST, Links::Refused)?;
            Ok((path, what(bytes)))
        });
        found.extend(read.collect::<Result<Vec<_>, Failure>>()?);
        Ok(found)
    }

    /// Makes one change: a new text replaces the old one at once. Folders that become empty go along.
    ///
    /// # Errors
    /// When the disk refuses, or a link is in the way; then the old text stays.
    pub fn write(&self, change: &Change) -> Result<(), Failure> {
        let path = format!("{}/{}", self.inner, change.path);
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", &path));
        refuse_links(&self.anchor, directory)?;
        let boundary = Boundary::open(&self.anchor)?;
        let folder = boundary.parent(Path::new(directory))?;
        let Some(text) = &change.new else {
            let removed = folder.dir.remove_file(name);
            removed.map_err(at(&folder.shown(name)))?;
            self.remove_empty(&boundary, &path);
            return Ok(());
        };
        write_over(&folder, OsStr::new(name), text)
    }

    /// Removes what a killed run has left unfinished.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sweep(&self, path: &str) -> Result<(), Failure> {
        let path = format!("{}/{path}", self.inner);
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", &path));
        refuse_links(&self.anchor, directory)?;
        let folder = Boundary::open(&self.anchor)?.parent(Path::new(directory))?;
        discard(&folder, name)
    }

    /// Removes the folders that held a file, as long as nothing else is in them.
    fn remove_empty(&self, boundary: &Boundary, path: &str) {
        let above = path.rmatch_indices('/').map(|(at, _)| at);
        for at in above.take_while(|at| *at > self.inner.len()) {
            let is_gone = path
                .get(..at)
                .is_some_and(|folder| boundary.dir.remove_dir(folder).is_ok());
            if !is_gone {
                break;
            }
        }
    }
}

/// Finds what is in a folder, `path` below the one of the handoffs, and below it.
fn look(
    folder: &Boundary,
    path: &str,
    found: &mut Standing,
    files: &mut Vec<String>,
) -> Result<(), Failure> {
    for entry in folder.list()? {
        let name = entry.file_name();
        let path = format!("{path}{}", name.to_string_lossy());
        let kind = entry.file_type().map_err(at(&folder.shown(&name)))?;
        if is_unfinished(&entry) {
            found.insert(path, Found::Unfinished);
        } else if kind.is_symlink() {
            found.insert(path, Found::Foreign(Foreign::Link));
        } else if kind.is_file() {
            files.push(path);
        } else if !kind.is_dir() {
            found.insert(path, Found::Foreign(Foreign::Irregular));
        } else if path.matches('/').count() < DEPTH
            && let Some(inner) = folder.folder(&name, Links::Refused)?
        {
            look(&inner, &format!("{path}/"), found, files)?;
            found.insert(path, Found::Foreign(Foreign::Folder));
        }
    }
    Ok(())
}

fn what(bytes: Vec<u8>) -> Found {
    if bytes.len() > MOST {
        return Found::Foreign(Foreign::Large);
    }
    if !is_ours(&bytes) {
        return Found::Foreign(Foreign::Header);
    }
    let text = String::from_utf8(bytes);
    text.map_or(Found::Foreign(Foreign::NotText), Found::Generated)
}
