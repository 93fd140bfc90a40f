//! The files in the folder of a root, as the work tree has them.

use std::path::{Path, PathBuf};

use crate::{
    compile::snapshot::{Content, Files},
    io::{
        Cause, Failure, at,
        boundary::{Boundary, Links},
    },
    review::beside::{self, Kind},
    terraform::{
        print,
        read::{MAX_BYTES, ReadError},
    },
};

/// What a file in a folder holds; links are not followed.
fn content(folder: &Boundary, name: &str, is_link: bool) -> Result<Content, Failure> {
    if is_link {
        return Ok(Content::Unreadable(ReadError::Link));
    }
    Ok(text(folder.read(name, MAX_BYTES, Links::Refused)?))
}

/// The text of bytes.
pub(super) fn text(bytes: Vec<u8>) -> Content {
    if bytes.len() > MAX_BYTES {
        return Content::Unreadable(ReadError::TooLarge);
    }
    String::from_utf8(bytes).map_or_else(|_| Content::Unreadable(ReadError::NotText), Content::Text)
}

/// The files in a folder that Terraform reads; none, when there is no such folder, or a link in its place.
///
/// # Errors
/// When one cannot be read.
pub fn files(folder: &Path) -> Result<Option<Files>, Failure> {
    let is_folder = folder
        .symlink_metadata()
        .is_ok_and(|metadata| metadata.is_dir());
    if !is_folder {
        return Ok(None);
    }
    let folder = Boundary::open(folder)?;
    let mut files = Files::new();
    for entry in folder.list()? {
        let kind = entry.file_type().ok();
        let is_inner = kind.is_some_and(|kind| kind.is_dir());
        let is_link = kind.is_some_and(|kind| kind.is_symlink());
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if !is_inner && is_read(&name) {
            let content = content(&folder, &name, is_link)?;
            files.insert(name, content);
        }
    }
    Ok(Some(files))
}

/// Whether Terraform reads a file of this name by itself.
pub(super) fn is_read(name: &str) -> bool {
    !matches!(beside::kind(name), Kind::Told | Kind::Other)
}

/// Whether one of the files that the generator writes carries its header.
pub(super) fn is_ours(files: &Files) -> bool {
    files.iter().any(|(name, content)| {
        let text = match content {
            Content::Text(text) => text.as_bytes(),
            Content::Unreadable(_) | Content::Unread => return false,
        };
        beside::kind(name) == Kind::Generated && print::is_generated(text)
    })
}

/// Whether any file has a name that the generator gives.
pub(super) fn has_generated_name(files: &Files) -> bool {
    files
        .keys()
        .any(|name| beside::kind(name) == Kind::Generated)
}

/// The folders two levels below another one, each with its path; a link in the place of one is an error.
pub(super) fn below(output: &Path) -> Result<Vec<(String, PathBuf)>, Failure> {
    let mut found = Vec::new();
    for environment in list(output)? {
        for root in list(&environment)? {
            let names = [&environment, &root].map(|path| path.file_name().unwrap_or_default());
            let names = names.map(|name| name.to_string_lossy().into_owned());
            found.push((names.join("/"), root));
        }
    }
    found.sort();
    Ok(found)
}

/// The folders in a folder; none when it is not there.
fn list(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    let opened = Boundary::open(folder)?;
    for entry in opened.dir.entries().map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let kind = entry.file_type().map_err(at(folder))?;
        let path = opened.shown(entry.file_name());
        if kind.is_symlink() && path.is_dir() {
            let what = " in the place of a root; put the folder itself there";
            return Err(at(&path)(Cause::Link(what)));
        }
        if kind.is_dir() {
            found.push(path);
        }
    }
    Ok(found)
}
