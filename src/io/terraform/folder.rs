//! The folder of a run: what is planned, and what Terraform tells, unit by unit.

use std::{
    error, fmt,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{PLAN, SHOWN};
use crate::io::{
    Failure, at,
    git::{self, Refusal},
    is_there, read_all,
};

/// Why a folder is no place for what a run keeps.
#[derive(Debug)]
pub enum BadFolder {
    /// It is, or is reached through, a symbolic link.
    Link(PathBuf),
    /// Git has something of it, so a checkout can say what is in it.
    InGit(PathBuf),
    /// Git cannot tell.
    Git(Refusal),
}

impl fmt::Display for BadFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(path) => write!(
                f,
                "{} is a symbolic link, which whoever commits could lay anywhere; name another folder",
                path.display()
            ),
            Self::InGit(path) => write!(
                f,
                "{} is in git, so what stands there may not be what was planned; name another folder",
                path.display()
            ),
            Self::Git(refusal) => refusal.fmt(f),
        }
    }
}

impl error::Error for BadFolder {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Git(refusal) => Some(refusal),
            Self::Link(_) | Self::InGit(_) => None,
        }
    }
}

/// Holds a folder that the user has named for a run to what nobody else can have laid out.
///
/// # Errors
/// When a commit could have.
pub fn hold_folder(folder: &Path) -> Result<(), BadFolder> {
    let parts: Vec<&Path> = if folder.is_absolute() {
        vec![folder]
    } else {
        folder.ancestors().collect()
    };
    let is_link = |path: &&Path| {
        fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_symlink())
    };
    if let Some(link) = parts.into_iter().find(is_link) {
        return Err(BadFolder::Link(link.to_owned()));
    }
    match git::tracks(folder) {
        Ok(false) => Ok(()),
        Ok(true) => Err(BadFolder::InGit(folder.to_owned())),
        Err(refusal) => Err(BadFolder::Git(refusal)),
    }
}

/// Makes a folder, and those above it.
///
/// # Errors
/// When the disk refuses.
pub fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(at(path))
}

/// Removes the plan of a root, and what was printed of it, from the folder for what Terraform keeps.
///
/// # Errors
/// When the disk refuses.
pub fn forget(data: &Path) -> Result<(), Failure> {
    remove(&data.join(PLAN))?;
    remove(&data.join(SHOWN))
}

/// Moves a plan from one folder for what Terraform keeps to another.
///
/// # Errors
/// When the disk refuses.
pub fn move_plan(from: &Path, to: &Path) -> Result<(), Failure> {
    let plan = from.join(PLAN);
    fs::rename(&plan, to.join(PLAN)).map_err(at(&plan))
}

/// What Terraform has printed, up to a limit in bytes.
///
/// # Errors
/// When it cannot be read.
pub fn shown(data: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    read_all(limit, &data.join(SHOWN))
}

/// A log, as far as it is text; empty, when there is none.
///
/// # Errors
/// When it cannot be read.
pub fn log(path: &Path) -> Result<String, Failure> {
    // A long apply says every ten seconds of each resource that it is still at it.
    const MOST: usize = 256 * 1024 * 1024;
    if !is_there(path) {
        return Ok(String::new());
    }
    let bytes = read_all(MOST, path)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Removes a file of a run; it need not be there.
///
/// # Errors
/// When the disk refuses.
pub fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// Removes a folder of a run with everything in it; it need not be there.
///
/// # Errors
/// When the disk refuses.
pub fn remove_folder(path: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// The files of this name in the folders of units below the folder of a run.
///
/// # Errors
/// When a folder cannot be read.
pub fn of_units(folder: &Path, name: &str) -> Result<Vec<PathBuf>, Failure> {
    let files = units(folder)?.into_iter().map(|unit| unit.join(name));
    Ok(files.filter(|path| path.is_file()).collect())
}

/// The folders of units below the folder of a run.
///
/// # Errors
/// When a folder cannot be read.
pub fn units(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for environment in folders(folder)? {
        found.extend(folders(&environment)?);
    }
    Ok(found)
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Adds the journal of the last apply to those of the runs before it.
///
/// # Errors
/// When the disk refuses.
pub fn keep_journal(journal: &Path, all: &Path) -> Result<(), Failure> {
    let mut last = match File::open(journal) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(at(journal))?,
    };
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .create(true)
        .append(true)
        .open(all)
        .map_err(at(all))?;
    io::copy(&mut last, &mut file).map_err(at(all))?;
    file.sync_data().map_err(at(all))?;
    remove(journal)
}
