//! Opening what a checkout holds: one rule for every file that any command reads or writes in it.
//!
//! A path is resolved beneath a folder by the kernel in one step, links included, so nobody can exchange a part of it
//! between a look and the opening. Whether it is a regular file is asked of the open file; opening never waits for the
//! other end of a pipe; and no more is read than a limit.

use std::{
    ffi::OsStr,
    fs,
    io::{self, Read},
    path::{Component, Path, PathBuf},
};

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::{
    ambient_authority,
    fs::{Dir, DirEntry, File, OpenOptions},
};

use super::{Cause, Failure, at};

/// A folder that no path leads out of.
#[derive(Debug)]
pub(super) struct Boundary {
    folder: PathBuf,
    pub(super) dir: Dir,
}

/// What happens with a link at the end of a path. On the way, links that stay beneath the folder are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    /// It is followed, as long as it stays beneath the folder.
    Followed,
    /// It is an error.
    Refused,
}

impl Boundary {
    /// A folder that the user has named, or that holds what the user has named.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let named = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let dir = Dir::open_ambient_dir(named, ambient_authority()).map_err(at(folder))?;
        Ok(Self {
            folder: folder.to_owned(),
            dir,
        })
    }

    /// A folder beneath this one; none when nothing is there.
    pub(super) fn folder(
        &self,
        path: impl AsRef<Path>,
        links: Links,
    ) -> Result<Option<Self>, Failure> {
        let path = path.as_ref();
        let opened = match links {
            Links::Followed => self.dir.open_dir(path),
            Links::Refused => self.dir.open_dir_nofollow(path),
        };
        match opened {
            Ok(dir) => Ok(Some(Self {
                folder: self.folder.join(path),
                dir,
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.refusal(path, error, What::Folder)),
        }
    }

    /// A folder beneath this one, which is made with those above it when it is not there.
    pub(super) fn parent(&self, path: &Path) -> Result<Self, Failure> {
        if path.as_os_str().is_empty() {
            let dir = self.dir.try_clone().map_err(at(&self.folder))?;
            return Ok(Self {
                folder: self.folder.clone(),
                dir,
            });
        }
        if path.components().any(is_of_git) {
            return Err(at(&self.folder.join(path))(Cause::OfGit));
        }
        let refused = |error| self.refusal(path, error, What::Folder);
        self.dir.create_dir_all(path).map_err(refused)?;
        let dir = self.dir.open_dir(path).map_err(refused)?;
        Ok(Self {
            folder: self.folder.join(path),
            dir,
        })
    }

    /// The first bytes of a regular file: all, or one more than the limit.
    pub(super) fn read(
        &self,
        path: impl AsRef<Path>,
        limit: usize,
        links: Links,
    ) -> Result<Vec<u8>, Failure> {
        let path = path.as_ref();
        self.open_file(path, links)
            .and_then(|file| read_up_to(limit, file))
            .map_err(|cause| self.refusal(path, cause, What::File))
    }

    /// The same; none when nothing is there.
    pub(super) fn find(
        &self,
        path: impl AsRef<Path>,
        limit: usize,
        links: Links,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let path = path.as_ref();
        match self.open_file(path, links) {
            Err(Cause::System(error))
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            opened => opened
                .and_then(|file| read_up_to(limit, file))
                .map(Some)
                .map_err(|cause| self.refusal(path, cause, What::File)),
        }
    }

    /// What is in the folder itself, by name.
    pub(super) fn list(&self) -> Result<Vec<DirEntry>, Failure> {
        let listed = self
            .dir
            .entries()
            .and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = listed.map_err(at(&self.folder))?;
        entries.sort_by_cached_key(DirEntry::file_name);
        Ok(entries)
    }

    /// The path of something in the folder, as it is shown.
    pub(super) fn shown(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.join(name)
    }

    fn open_file(&self, path: &Path, links: Links) -> Result<File, Cause> {
        if path.components().any(is_of_git) {
            return Err(Cause::OfGit);
        }
        let follow = match links {
            Links::Followed => FollowSymlinks::Yes,
            Links::Refused => FollowSymlinks::No,
        };
        let mut options = OpenOptions::new();
        options.read(true).follow(follow).nonblock(true);
        Ok(self.dir.open_with(path, &options)?)
    }

    /// Why a path is refused.
    fn refusal(&self, path: &Path, cause: impl Into<Cause>, what: What) -> Failure {
        let shown = self.folder.join(path);
        let refused = at(&shown);
        let error = match cause.into() {
            Cause::System(error) => error,
            other => return refused(other),
        };
        let is_link = || {
            self.dir
                .symlink_metadata(path)
                .is_ok_and(|metadata| metadata.is_symlink())
        };
        let is_system = error.raw_os_error().is_some();
        refused(if is_escape(&error) {
            Cause::LeadsOut(self.named())
        } else if is_system && is_link() {
            what.link()
        } else if error.kind() == io::ErrorKind::NotADirectory {
            what.other()
        } else {
            Cause::System(error)
        })
    }

    fn named(&self) -> String {
        match self.folder.to_string_lossy() {
            folder if folder.is_empty() || folder == "." => "this folder".to_owned(),
            folder => folder.into_owned(),
        }
    }
}

/// A link where something is to be written.
pub(super) const NOT_THROUGH: Cause = Cause::Link("; nothing is written through it");

/// What is wanted at the end of a path.
#[derive(Clone, Copy)]
enum What {
    File,
    Folder,
}

impl What {
    /// What a link in its place is.
    const fn link(self) -> Cause {
        match self {
            Self::File => Cause::Link("; it is not followed"),
            Self::Folder => NOT_THROUGH,
        }
    }

    /// What something else in its place is.
    const fn other(self) -> Cause {
        match self {
            Self::File => Cause::NotFile,
            Self::Folder => Cause::NotFolder,
        }
    }
}

/// Whether a path was refused because it leads out: the system has not been asked, or has said so.
fn is_escape(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}

/// Whether a part of a path is where git keeps what it knows, however a file system spells it.
fn is_of_git(part: Component) -> bool {
    let is_git = |name: &OsStr| name.eq_ignore_ascii_case(".git");
    matches!(part, Component::Normal(name) if is_git(name))
}

/// Reads a regular file up to a limit in bytes, and one more.
fn read_up_to(limit: usize, file: File) -> Result<Vec<u8>, Cause> {
    const ROOM: usize = 64;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Cause::NotFile);
    }
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    // Files that the system makes up have no size: nothing of them is read.
    let size = metadata.len().min(limit);
    // With room for all of it, the whole file is one read, and nobody asks for more.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + ROOM);
    file.take(size).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a folder is there; an error, when something else is. It looks before anything happens, for the sake of words:
/// that nothing happens outside is held by [`Boundary`].
pub(super) fn refuse_link(path: &Path) -> Result<bool, Failure> {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return Ok(false);
    };
    if metadata.is_symlink() {
        Err(at(path)(NOT_THROUGH))
    } else if metadata.is_dir() {
        Ok(true)
    } else {
        Err(at(path)(Cause::NotFolder))
    }
}
