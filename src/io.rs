//! The only module that touches the file system.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place they belong"
)]

mod boundary;
mod configs;
mod endpoints;
pub mod git;
mod handoffs;
mod providers;
mod repository;
mod roots;
pub mod snapshot;
pub mod terraform;
mod versions;
mod write;

use std::{
    collections::BTreeMap,
    error, fmt, fs,
    io::{self, Read, Write},
    path::{Component, Path, PathBuf},
};

use boundary::{Boundary, Links};

use rayon::prelude::*;

use crate::{
    compile::{WORKSPACE_FILE, consumer},
    connect::outputs,
    model::{Database, identity::UnitId},
    terraform::applied::{self, Applied, Unreadable, Waiting},
    text::unicode::spelt_out,
    yaml::MAX_BYTES,
};

pub use configs::{config_path, configs, linked_configs, namespaces};
pub use endpoints::holders;
pub use handoffs::Handoffs;
pub use providers::{Checksums, Wanted, checksums};
pub use repository::{create_inside, find_inside, replace_inside};
pub use roots::{
    Listing, Roots, apply, create_root, former_outputs, listing, remove_root, root_of, standing,
    standing_root, sweep,
};
pub use versions::asked;
pub use write::{refuse_links, write_config, write_configs};

/// What went wrong with a file or folder.
#[derive(Debug)]
pub struct Failure {
    path: PathBuf,
    cause: Cause,
}

/// Why a file or folder cannot be read or written.
#[derive(Debug)]
enum Cause {
    /// The system refuses.
    System(io::Error),
    /// It leads out of this folder.
    LeadsOut(String),
    /// It is a symbolic link, and this is what does not happen with it.
    Link(&'static str),
    /// It is something else than a file.
    NotFile,
    /// It is something else than a folder.
    NotFolder,
    /// It is where git keeps what it knows.
    OfGit,
    /// It has more bytes than this.
    TooLarge(usize),
    /// Its path does not go down from the workspace.
    OutsideWorkspace,
    /// Its path does not go down from the repository.
    OutsideRepository,
    /// It is a folder among the files of a root.
    StrangeFolder,
    /// It is no folder of its own.
    NotItsOwn,
    /// Something is there already, where something new is to be.
    Occupied,
    /// It is no record of an apply.
    NotRecord(Unreadable),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System(error) => error.fmt(f),
            Self::LeadsOut(folder) => write!(f, "it leads out of {folder}"),
            Self::Link(what) => write!(f, "a symbolic link{what}"),
            Self::NotFile => f.write_str("not a regular file"),
            Self::NotFolder => f.write_str("not a folder"),
            Self::OfGit => f.write_str("git's own; nothing is read or written there"),
            Self::TooLarge(most) => write!(f, "more than {most} bytes"),
            Self::OutsideWorkspace => {
                f.write_str("outside the workspace; nothing is written there")
            }
            Self::OutsideRepository => {
                f.write_str("outside of the repository; only files in it are changed")
            }
            Self::Occupied => f.write_str("it is there already, and is not overwritten"),
            Self::StrangeFolder => f.write_str("a folder that no run has made; remove it"),
            Self::NotItsOwn => f.write_str(
                "not a folder of its own, apart from configs and roots; name another one",
            ),
            Self::NotRecord(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.to_string_lossy();
        write!(f, "{}: {}", spelt_out(&path), self.cause)
    }
}

impl error::Error for Failure {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.cause {
            Cause::System(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl From<Unreadable> for Cause {
    fn from(error: Unreadable) -> Self {
        Self::NotRecord(error)
    }
}

fn at<C: Into<Cause>>(path: &Path) -> impl FnOnce(C) -> Failure {
    let path = path.to_owned();
    |cause| Failure {
        path,
        cause: cause.into(),
    }
}

/// The nearest folder with a `valet.yaml`, from a folder upwards, as it is named from here.
#[must_use]
pub fn find_workspace(from: &Path) -> Option<PathBuf> {
    // A link on the way must not choose the workspace, but only the real path knows what is above `..`.
    let goes_up = from.components().any(|part| part == Component::ParentDir);
    let from = if goes_up {
        from.canonicalize()
    } else {
        std::path::absolute(from)
    };
    let from = from.ok()?;
    let found = from
        .ancestors()
        .find(|folder| is_there(&folder.join(WORKSPACE_FILE)))?;
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

/// Reads a config, `valet.yaml` or another input of a workspace, but never more than an input may have and a little.
///
/// # Errors
/// When it cannot be read, or is not a regular file of the workspace.
pub fn read_in(workspace: &Path, path: &str) -> Result<Vec<u8>, Failure> {
    Boundary::open(workspace)?.read(path, MAX_BYTES, Links::Followed)
}

/// The same; nothing when there is no such file.
///
/// # Errors
/// As [`read_in`].
pub fn find_in(workspace: &Path, path: &str) -> Result<Option<Vec<u8>>, Failure> {
    Boundary::open(workspace)?.find(path, MAX_BYTES, Links::Followed)
}

/// What applies have told of the units that consumer sides lead to.
///
/// # Errors
/// When outputs are there and cannot be read.
pub fn told(workspace: &Path, databases: &[Database]) -> Result<consumer::Told, Failure> {
    let consumed = databases
        .par_iter()
        .filter(|database| consumer::is_consumed(database));
    let read = consumed.map(|database| {
        let path = outputs::path(database);
        Ok(find_in(workspace, &path)?.map(|bytes| (path, bytes)))
    });
    let read: Vec<_> = read.collect::<Result<_, Failure>>()?;
    Ok(read.into_iter().flatten().collect())
}

/// What AWS keeps for the maintenance windows of units, as far as the records of their last applies tell.
///
/// # Errors
/// When a record is there and cannot be read.
pub fn waiting(
    workspace: &Path,
    databases: &[Database],
) -> Result<BTreeMap<UnitId, Waiting>, Failure> {
    let boundary = Boundary::open(workspace)?;
    let read = databases.par_iter().map(|database| {
        let path = format!("{}/{}", database.directory(), applied::FILE);
        let Some(bytes) = boundary.find(&path, MAX_BYTES, Links::Followed)? else {
            return Ok(None);
        };
        let record = Applied::read(&bytes).map_err(at(&workspace.join(&path)))?;
        Ok(Some((database.unit(), record.waiting)))
    });
    let read: Vec<_> = read.collect::<Result<_, Failure>>()?;
    Ok(read.into_iter().flatten().collect())
}

/// Reads an input that the user names by its path. A checkout may have put a link there, so no link leads out of the
/// current folder, or of the folder that is named when it is another one.
///
/// # Errors
/// When it cannot be read, or is not a regular file.
pub fn read_named(path: &Path) -> Result<Vec<u8>, Failure> {
    let is_below = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    let (folder, rest) = match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if !path.components().all(is_below) => (parent, Path::new(name)),
        _ => (Path::new(""), path),
    };
    let read =
        Boundary::open(folder).and_then(|boundary| boundary.read(rest, MAX_BYTES, Links::Followed));
    read.map_err(|failure| at(path)(failure.cause))
}

/// Reads standard input, but never more than an input may have and a little.
///
/// # Errors
/// When it cannot be read.
pub fn read_stdin() -> Result<Vec<u8>, Failure> {
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX) + 1;
    let mut bytes = Vec::new();
    io::stdin()
        .take(limit)
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

/// The text of a generated file in a folder; empty when there is none.
///
/// # Errors
/// When it cannot be read, or a link stands in its place.
pub(crate) fn generated_text(folder: &Path, name: &str) -> Result<String, Failure> {
    if !folder.is_dir() {
        return Ok(String::new());
    }
    let limit = crate::terraform::read::MAX_BYTES;
    let bytes = Boundary::open(folder)?.find(name, limit, Links::Refused)?;
    Ok(String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned())
}

/// Reads the whole of what the user names, be it a file or a pipe.
///
/// # Errors
/// When it cannot be read, or has more bytes than `most`.
pub fn read_all(most: usize, path: &Path) -> Result<Vec<u8>, Failure> {
    let file = fs::File::open(path).map_err(at(path))?;
    read_up_to(most, file, path)
}

/// Reads the whole of standard input.
///
/// # Errors
/// When it cannot be read, or has more bytes than `most`.
pub fn read_all_of_stdin(most: usize) -> Result<Vec<u8>, Failure> {
    read_up_to(most, io::stdin(), Path::new("<stdin>"))
}

/// The JSON files in a folder that the user names, by name.
///
/// # Errors
/// When it cannot be listed.
pub fn json_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).map_err(at(folder))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<_> = paths.collect::<io::Result<_>>().map_err(at(folder))?;
    paths.retain(|path| {
        let extension = path.extension();
        extension.is_some_and(|extension| extension.eq_ignore_ascii_case("json")) && path.is_file()
    });
    paths.sort();
    Ok(paths)
}

fn read_up_to(most: usize, from: impl Read, path: &Path) -> Result<Vec<u8>, Failure> {
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    from.take(limit).read_to_end(&mut bytes).map_err(at(path))?;
    within(most, bytes, path)
}

fn within(most: usize, bytes: Vec<u8>, path: &Path) -> Result<Vec<u8>, Failure> {
    if bytes.len() > most {
        return Err(at(path)(Cause::TooLarge(most)));
    }
    Ok(bytes)
}

/// The path of a file inside the workspace, with `/` between folders.
#[must_use]
pub fn inside(workspace: &Path, path: &Path) -> Option<String> {
    let (root, path) = (workspace.canonicalize().ok()?, path.canonicalize().ok()?);
    let inner = path.strip_prefix(root).ok()?;
    Some(inner.to_string_lossy().replace('\\', "/"))
}
