//! The only module that touches the file system.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place they belong"
)]

mod configs;
mod roots;

use std::{
    fmt, fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::{compile::WORKSPACE_FILE, source::MAX_BYTES};

pub use configs::{config_path, configs, namespaces};
pub use roots::{apply, create_root, remove_root, standing, stray_roots, sweep};

/// What went wrong with a file or folder.
#[derive(Debug)]
pub struct Failure {
    path: PathBuf,
    error: io::Error,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for Failure {}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = path.to_owned();
    |error| Failure { path, error }
}

/// The nearest folder with a `valet.yaml`, from here upwards.
#[must_use]
pub fn find_workspace() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let depth = here
        .ancestors()
        .position(|folder| folder.join(WORKSPACE_FILE).is_file())?;
    Some(if depth == 0 {
        PathBuf::from(".")
    } else {
        (0..depth).map(|_| "..").collect()
    })
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
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX) + 1;
    let regular = fs::metadata(path).map_err(at(path))?.is_file();
    if !regular {
        return Err(at(path)(io::Error::other("not a regular file")));
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(at(path))?;
    file.take(limit).read_to_end(&mut bytes).map_err(at(path))?;
    Ok(bytes)
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

/// Keeps a second run out until it is dropped. The lock is on `valet.yaml` itself and vanishes with the process.
///
/// # Errors
/// When the file cannot be opened or locked.
pub fn lock(workspace: &Path) -> Result<fs::File, Failure> {
    let path = workspace.join(WORKSPACE_FILE);
    let file = fs::File::open(&path).map_err(at(&path))?;
    file.lock().map_err(at(&path))?;
    Ok(file)
}

fn entries(folder: &Path) -> Result<Vec<fs::DirEntry>, Failure> {
    let listed = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = listed.map_err(at(folder))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    Ok(entries)
}
