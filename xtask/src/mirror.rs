//! A folder of providers that is already on this machine, wherever it is.
#![expect(clippy::disallowed_methods, reason = "looks at folders")]

use std::{
    collections::VecDeque,
    fs::{self, DirEntry},
    path::{Path, PathBuf},
};

/// A mirror is `MIRROR/HOST/hashicorp/aws/VERSION…`; system-wide ones are at most this deep.
const DEPTH: usize = 9;
/// Folders in which tools keep copies, or that are not on disk.
const PASSED_OVER: [&str; 7] = [
    ".cargo",
    ".git",
    ".terraform",
    "node_modules",
    "proc",
    "sys",
    "target",
];

/// Looks for a mirror that has a version of the AWS provider, the shallowest folders first.
pub(crate) fn find(version: &str) -> Option<PathBuf> {
    let start = Path::new("/");
    let disk = disk(start)?;
    let mut folders = VecDeque::from([start.to_owned()]);
    while let Some(folder) = folders.pop_front() {
        let inside = subfolders(&folder);
        if folder.ends_with("hashicorp/aws") {
            if inside.iter().any(|path| name(path).starts_with(version)) {
                return folder.ancestors().nth(3).map(Path::to_owned);
            }
            continue;
        }
        if folder.components().count() <= DEPTH {
            let same_disk = |path: &PathBuf| self::disk(path) == Some(disk);
            folders.extend(inside.into_iter().filter(same_disk));
        }
    }
    None
}

/// The real folders in a folder, sorted; none when it cannot be read.
fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let is_folder = |entry: &DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let mut folders: Vec<_> = entries
        .flatten()
        .filter(is_folder)
        .map(|entry| entry.path())
        .collect();
    folders.retain(|path| !PASSED_OVER.contains(&name(path)));
    folders.sort();
    folders
}

fn name(path: &Path) -> &str {
    crate::files::name(path)
}

#[cfg(unix)]
fn disk(path: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|data| data.dev())
}

#[cfg(not(unix))]
fn disk(_: &Path) -> Option<u64> {
    None
}
