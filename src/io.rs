//! The only module that touches the file system.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place they belong"
)]

mod configs;
pub mod git;
mod repository;
mod roots;
pub mod snapshot;
mod write;

use std::{
    fmt, fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::{compile::WORKSPACE_FILE, text::unicode::spelt_out, yaml::MAX_BYTES};

pub use configs::{config_path, configs, namespaces};
pub use repository::{read_inside, replace_inside};
pub use roots::{
    apply, create_root, remove_root, standing, standing_root, standing_there, stray_roots, sweep,
    terraform,
};
pub use write::{refuse_links, write_config};

/// What went wrong with a file or folder.
#[derive(Debug)]
pub struct Failure {
    path: PathBuf,
    error: io::Error,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.to_string_lossy();
        write!(f, "{}: {}", spelt_out(&path), self.error)
    }
}

impl std::error::Error for Failure {}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = path.to_owned();
    |error| Failure { path, error }
}

/// The nearest folder with a `valet.yaml`, from a folder upwards, as it is named from here.
#[must_use]
pub fn find_workspace(from: &Path) -> Option<PathBuf> {
    let from = from.canonicalize().ok()?;
    let found = from
        .ancestors()
        .find(|folder| folder.join(WORKSPACE_FILE).is_file())?;
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let here = here.ok()?;
    Some(if here == found {
        PathBuf::from(".")
    } else if let Ok(below) = found.strip_prefix(&here) {
        below.to_owned()
    } else if let Ok(above) = here.strip_prefix(found) {
        above.components().map(|_| "..").collect()
    } else {
        found.to_owned()
    })
}

/// The nearest folder with a `valet.yaml` around a file, which need not be there.
#[must_use]
pub fn find_workspace_of(file: &Path) -> Option<PathBuf> {
    find_workspace(&folder_of(file))
}

/// Whether a file is in a folder or below it, whatever the file itself is a link to.
#[must_use]
pub fn is_in(folder: &Path, file: &Path) -> bool {
    let (folder, parent) = (folder.canonicalize(), folder_of(file).canonicalize());
    folder.is_ok_and(|folder| parent.is_ok_and(|parent| parent.starts_with(folder)))
}

/// The folder that a file is in, for whoever stands in the current one.
fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Whether something that is not a folder has this path.
#[must_use]
pub fn is_file(path: &Path) -> bool {
    path.exists() && !path.is_dir()
}

/// Whether anything at all has this path.
#[must_use]
pub fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Writes a file that must not be there yet, and the folders above it.
///
/// # Errors
/// When it is there, or the disk refuses.
pub fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    let mut file = fs::File::create_new(path).map_err(at(path))?;
    file.write_all(text.as_bytes()).map_err(at(path))
}

/// Reads a whole file, but never more than an input may have and a little.
///
/// # Errors
/// When it cannot be read, or is not a regular file.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    if !fs::metadata(path).map_err(at(path))?.is_file() {
        return Err(at(path)(io::Error::other("not a regular file")));
    }
    read_at_most(limit(), path, Links::Followed)
}

/// Whether a link at the end of a path leads on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Links {
    Followed,
    Refused,
}

/// Reads a file that a folder has listed as a regular one.
fn read_listed(path: &Path) -> Result<Vec<u8>, Failure> {
    read_at_most(limit(), path, Links::Refused)
}

/// Bytes that are read of an input: as many as it may have, and one more.
fn limit() -> u64 {
    u64::try_from(MAX_BYTES).unwrap_or(u64::MAX) + 1
}

/// Reads a regular file up to a limit in bytes. What it is, is asked of the open file, so that nothing can take its
/// place in between; opening never waits for the other end of a pipe.
fn read_at_most(limit: u64, path: &Path, links: Links) -> Result<Vec<u8>, Failure> {
    const ROOM: usize = 64;
    let file = options(links).read(true).open(path).map_err(at(path))?;
    let metadata = file.metadata().map_err(at(path))?;
    if !metadata.is_file() {
        return Err(at(path)(io::Error::other("not a regular file")));
    }
    // Files that the system makes up have no size.
    let size = match metadata.len() {
        0 => limit,
        size => size.min(limit),
    };
    // With room for all of it, the whole file is one read, and nobody asks for more.
    let mut bytes =
        Vec::with_capacity(usize::try_from(metadata.len().min(limit)).unwrap_or(0) + ROOM);
    file.take(size).read_to_end(&mut bytes).map_err(at(path))?;
    Ok(bytes)
}

#[cfg(unix)]
fn options(links: Links) -> fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let no_follow = match links {
        Links::Followed => 0,
        Links::Refused => libc::O_NOFOLLOW,
    };
    let mut options = fs::OpenOptions::new();
    options.custom_flags(libc::O_NONBLOCK | no_follow);
    options
}

#[cfg(not(unix))]
fn options(_: Links) -> fs::OpenOptions {
    fs::OpenOptions::new()
}

/// Reads standard input, but never more than an input may have and a little.
///
/// # Errors
/// When it cannot be read.
pub fn read_stdin() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    io::stdin()
        .take(limit())
        .read_to_end(&mut bytes)
        .map_err(at(Path::new("<stdin>")))?;
    Ok(bytes)
}

/// Keeps a second run out until it is dropped; nothing, when another run is at work. The lock vanishes with the process.
///
/// # Errors
/// When there is nothing to lock, or the file system has no locks.
pub fn try_lock(workspace: &Path) -> Result<Option<fs::File>, Failure> {
    let (path, file) = open_for_lock(workspace)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(at(&path)(error)),
    }
}

/// The same, but waits until the other run has ended.
///
/// # Errors
/// When there is nothing to lock, or the file system has no locks.
pub fn lock(workspace: &Path) -> Result<fs::File, Failure> {
    let (path, file) = open_for_lock(workspace)?;
    file.lock().map_err(at(&path))?;
    Ok(file)
}

/// What is locked: the folder, which stays the same when an editor puts a new `valet.yaml` in the place of the old one.
/// Windows cannot open folders.
fn open_for_lock(workspace: &Path) -> Result<(PathBuf, fs::File), Failure> {
    let path = if cfg!(unix) {
        workspace.to_owned()
    } else {
        workspace.join(WORKSPACE_FILE)
    };
    let file = fs::File::open(&path).map_err(at(&path))?;
    Ok((path, file))
}

fn entries(folder: &Path) -> Result<Vec<fs::DirEntry>, Failure> {
    let listed = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = listed.map_err(at(folder))?;
    entries.sort_by_cached_key(fs::DirEntry::file_name);
    Ok(entries)
}

/// The regular files below a folder, relative to it, with `/` between folders; none when there is no such folder.
///
/// # Errors
/// When a folder cannot be read.
pub fn files_below(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    let hidden = |entry: &walkdir::DirEntry| {
        entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
    };
    for entry in walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_entry(|entry| !hidden(entry))
    {
        let entry = entry.map_err(|error| at(folder)(error.into()))?;
        if entry.file_type().is_file()
            && let Ok(inner) = entry.path().strip_prefix(folder)
        {
            found.push(inner.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(found)
}

/// Reads a whole file of whatever size.
///
/// # Errors
/// When it cannot be read.
pub fn read_whole(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(at(path))
}

/// Reads the whole of standard input, of whatever size.
///
/// # Errors
/// When it cannot be read.
pub fn read_whole_stdin() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    io::stdin()
        .read_to_end(&mut bytes)
        .map_err(at(Path::new("<stdin>")))?;
    Ok(bytes)
}

/// The path of a file inside the workspace, with `/` between folders.
#[must_use]
pub fn inside(workspace: &Path, path: &Path) -> Option<String> {
    let (root, path) = (workspace.canonicalize().ok()?, path.canonicalize().ok()?);
    let inner = path.strip_prefix(root).ok()?;
    Some(inner.to_string_lossy().replace('\\', "/"))
}
