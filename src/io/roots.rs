//! Reading and writing generated roots: atomically, never through a link, never over somebody else's file.
//!
//! A run can be killed at any moment: a file is whole or has a name of its own until it is. A new text is on the disk
//! before it takes the place of an old one; a new root has nothing to lose, so it is not waited for.

use std::{collections::BTreeSet, ffi::OsStr, io, path::Path};

use cap_std::fs::DirEntry;
use rayon::prelude::*;

use super::{
    Cause, Failure, at,
    boundary::{Boundary, Links},
    write::{UNFINISHED, refuse_links, write_new, write_over},
};
use crate::{
    diagnostic::Diagnostics,
    model::Database,
    review::{
        beside::{self, Kind},
        foreign,
        retirement::{Leaving, StandingRoot},
    },
    terraform::{
        lower::TERRAFORM,
        print,
        tree::{Change, Foreign, Found, Standing, Tree},
    },
};

/// Bytes of a file that can be one of ours: many times what the largest config comes to.
const MAX_GENERATED: usize = 8 * 1024 * 1024;

/// What the folders of the environments hold.
#[derive(Debug, Default)]
pub struct Listing {
    /// The folders among those that are expected.
    pub expected: BTreeSet<String>,
    /// Generated roots that are not expected.
    pub strays: Vec<StandingRoot>,
    /// The files in those that are not ours.
    pub problems: Diagnostics,
    /// Whether there is anything that [`sweep`] may have to remove.
    pub is_untidy: bool,
}

/// Lists the folders of the environments.
///
/// # Errors
/// When a folder cannot be read, or the output folder is reached through a symbolic link.
pub fn listing(
    workspace: &Path,
    output: &str,
    expected: &BTreeSet<String>,
) -> Result<Listing, Failure> {
    let mut listing = Listing::default();
    for (environment, folder) in environments(workspace, output)? {
        let parent = format!("{output}/{environment}");
        for root in folder.list()? {
            let directory = format!("{parent}/{}", root.file_name().to_string_lossy());
            let is_folder = root.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && expected.contains(&directory) {
                listing.expected.insert(directory);
                continue;
            }
            if is_unfinished(&root) {
                listing.is_untidy = true;
                continue;
            }
            if expected.contains(&directory) || is_link_to_folder(&folder, &root) {
                refuse_links(workspace, &directory)?;
            }
            listing.is_untidy = true;
            if !is_folder {
                continue;
            }
            let standing = standing(workspace, &directory)?.unwrap_or_default();
            if let Some(root) = StandingRoot::of(&directory, &standing) {
                listing.strays.push(root);
                let problems = foreign::problems(&directory, &standing);
                listing.problems.extend(problems);
            }
        }
    }
    Ok(listing)
}

/// Whether whoever goes through a folder would follow an entry into another one.
fn is_link_to_folder(folder: &Boundary, entry: &DirEntry) -> bool {
    let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
    is_link && folder.shown(entry.file_name()).is_dir()
}

/// Other folders of a workspace that are laid out like an output folder with one of these environments: where roots were
/// before the output folder got another name.
///
/// # Errors
/// When a folder cannot be read.
pub fn former_outputs(
    workspace: &Path,
    output: &str,
    environments: &BTreeSet<&str>,
) -> Result<Vec<String>, Failure> {
    const DEEPEST: usize = 3;
    let boundary = Boundary::open(workspace)?;
    let mut found = Vec::new();
    let is_folder = |entry: &DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    // A folder of configs has the name of its environment, too, and thousands of files: it is listed once.
    let folders = |folder: &Boundary| -> Result<Vec<DirEntry>, Failure> {
        let mut listed = folder.list()?;
        listed.retain(is_folder);
        Ok(listed)
    };
    let top = folders(&boundary)?;
    let mut open = vec![(String::new(), boundary, top)];
    while let Some((path, folder, listed)) = open.pop() {
        let names = listed
            .iter()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| !name.starts_with('.'));
        for name in names {
            let Some(inner) = folder.folder(&name, Links::Refused)? else {
                continue;
            };
            let roots = folders(&inner)?;
            let has_root = |root: &DirEntry| {
                let terraform = format!("{}/{TERRAFORM}", root.file_name().to_string_lossy());
                inner.dir.symlink_metadata(terraform).is_ok()
            };
            if environments.contains(name.as_str()) && roots.iter().any(has_root) {
                found.push(path.clone());
                continue;
            }
            let path = if path.is_empty() {
                name
            } else {
                format!("{path}/{name}")
            };
            if path != output && path.matches('/').count() + 1 < DEEPEST {
                open.push((path, inner, roots));
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The folders of environments in the output folder, by name; none when there is no output folder.
fn environments(workspace: &Path, output: &str) -> Result<Vec<(String, Boundary)>, Failure> {
    refuse_links(workspace, output)?;
    let mut found = Vec::new();
    let Some(folder) = Boundary::open(workspace)?.folder(output, Links::Refused)? else {
        return Ok(found);
    };
    for entry in folder.list()? {
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let name = entry.file_name();
        if let Some(environment) = folder.folder(&name, Links::Refused)? {
            found.push((name.to_string_lossy().into_owned(), environment));
        }
    }
    Ok(found)
}

/// What a generated root says about itself; nothing, when none of its files was generated.
///
/// # Errors
/// When the folder or a file cannot be read.
pub fn standing_root(workspace: &Path, directory: &str) -> Result<Option<StandingRoot>, Failure> {
    let standing = standing(workspace, directory)?.unwrap_or_default();
    Ok(StandingRoot::of(directory, &standing))
}

/// The folder of the root that holds the state of a database: its own, or the one that it had before a move. What stands
/// in its own and cannot be read counts, too.
#[must_use]
pub fn root_of(workspace: &Path, database: &Database) -> Option<String> {
    let own = database.directory();
    let is_there = match standing_root(workspace, &own) {
        Ok(Some(root)) => match root.state() {
            Some(state) => {
                let is_own = state == database.state() || Some(state) == database.former_state();
                is_own && root.root.is_live()
            }
            None => true,
        },
        Ok(None) => false,
        Err(_) => true,
    };
    if is_there {
        return Some(own);
    }
    let output = &database.environment.output;
    let others = listing(workspace, output, &BTreeSet::from([own])).ok()?;
    let state = Some(database.state());
    let mut others = others.strays.into_iter();
    let other = others.find(|root| root.state() == state && root.root.is_live());
    other.map(|root| root.directory)
}

/// The files in a folder that Terraform reads; none when there is no such folder.
///
/// # Errors
/// When the folder or a file cannot be read.
pub fn standing(workspace: &Path, directory: &str) -> Result<Option<Standing>, Failure> {
    refuse_links(workspace, directory)?;
    Roots::open(workspace)?.standing(directory)
}

/// Many roots of a workspace, for whoever has looked with [`refuse_links`] at the folders that they are in.
#[derive(Debug)]
pub struct Roots(Boundary);

impl Roots {
    /// Those of a workspace.
    ///
    /// # Errors
    /// When its folder cannot be opened.
    pub fn open(workspace: &Path) -> Result<Self, Failure> {
        Boundary::open(workspace).map(Self)
    }

    /// The files in a folder that Terraform reads; none when there is no such folder.
    ///
    /// # Errors
    /// When the folder or a file cannot be read.
    pub fn standing(&self, directory: &str) -> Result<Option<Standing>, Failure> {
        self.look(directory, |_| true)
    }

    /// The same, but only what [`TERRAFORM`] holds is read.
    ///
    /// # Errors
    /// When the folder or that file cannot be read.
    pub fn glance(&self, directory: &str) -> Result<Option<Standing>, Failure> {
        self.look(directory, |name| name == TERRAFORM)
    }

    fn look(
        &self,
        directory: &str,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Option<Standing>, Failure> {
        let Some(folder) = self.0.folder(directory, Links::Refused)? else {
            return Ok(None);
        };
        let mut found = Standing::new();
        let listed = folder.dir.entries().map_err(at(&folder.shown("")))?;
        for entry in listed {
            let entry = entry.map_err(at(&folder.shown("")))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_unfinished(&entry) {
                found.insert(name, Found::Unfinished);
                continue;
            }
            let kind = entry.file_type().map_err(at(&folder.shown(&name)))?;
            let what = match beside::kind(&name) {
                Kind::Generated if kind.is_file() && is_wanted(&name) => generated(&folder, &name)?,
                Kind::Generated if kind.is_file() => Found::Unread,
                Kind::Generated if kind.is_symlink() => Found::Foreign(Foreign::Link),
                Kind::Generated if kind.is_dir() => Found::Foreign(Foreign::Folder),
                Kind::Generated => Found::Foreign(Foreign::Irregular),
                // Whoever wrote it last: it is what Terraform takes for its own.
                Kind::Lock if kind.is_file() && is_wanted(&name) => {
                    let bytes = folder.read(&name, MAX_GENERATED, Links::Refused)?;
                    Found::Lock(String::from_utf8_lossy(&bytes).into_owned())
                }
                // Terraform does not look into folders, whatever their names.
                Kind::Override | Kind::Configuration if !kind.is_dir() => {
                    Found::Foreign(Foreign::Name)
                }
                _ => continue,
            };
            found.insert(name, what);
        }
        Ok(Some(found))
    }
}

/// A file that has one of our names.
fn generated(folder: &Boundary, name: &str) -> Result<Found, Failure> {
    let bytes = folder.read(name, MAX_GENERATED, Links::Refused)?;
    if bytes.len() > MAX_GENERATED {
        return Ok(Found::Foreign(Foreign::Large));
    }
    // A file without a byte, or of zeros, is what a crash of the machine leaves of a new one; nothing is lost with it.
    let is_blank = bytes.iter().all(|byte| *byte == 0);
    if !is_blank && !print::is_generated(&bytes) {
        return Ok(Found::Foreign(Foreign::Header));
    }
    let text = String::from_utf8(bytes);
    Ok(text.map_or(Found::Foreign(Foreign::NotText), Found::Generated))
}

/// Writes a root that is not there yet: a whole folder appears at once.
///
/// # Errors
/// When the disk refuses; what was begun is removed, now or by a later run.
pub fn create_root(workspace: &Path, directory: &str, tree: &Tree) -> Result<(), Failure> {
    refuse_links(workspace, directory)?;
    let (parent, name) = directory.rsplit_once('/').unwrap_or(("", directory));
    let parent = Boundary::open(workspace)?.parent(Path::new(parent))?;
    let staging = format!("{UNFINISHED}{name}");
    let written = stage(&parent, &staging, tree).and_then(|()| {
        let renamed = parent.dir.rename(&staging, &parent.dir, name);
        renamed.map_err(at(&parent.shown(name)))
    });
    if written.is_err() {
        // The first failure is the one to tell.
        let _ = discard(&parent, &staging);
    }
    written
}

/// Writes the files of a root into a new folder.
fn stage(parent: &Boundary, staging: &str, tree: &Tree) -> Result<(), Failure> {
    let made = parent.dir.create_dir(staging);
    made.map_err(at(&parent.shown(staging)))?;
    let Some(folder) = parent.folder(staging, Links::Refused)? else {
        let gone = io::Error::from(io::ErrorKind::NotFound);
        return Err(at(&parent.shown(staging))(gone));
    };
    tree.iter().try_for_each(|(path, text)| {
        let name = path.rsplit('/').next().unwrap_or(path);
        write_new(&folder, name, text, None).map(drop)
    })
}

/// Makes one change to a root that is there: a new text replaces the old one at once.
///
/// # Errors
/// When the disk refuses; then the old text stays.
pub fn apply(workspace: &Path, change: &Change) -> Result<(), Failure> {
    let (directory, name) = change.path.rsplit_once('/').unwrap_or(("", &change.path));
    refuse_links(workspace, directory)?;
    let folder = Boundary::open(workspace)?.parent(Path::new(directory))?;
    match &change.new {
        Some(text) => write_over(&folder, OsStr::new(name), text),
        None => folder
            .dir
            .remove_file(name)
            .map_err(at(&folder.shown(name))),
    }
}

/// Removes the generated files of a root, its lock file where the workspace gives roots theirs, and its folder when nothing else is in it. What Terraform or a person has put
/// beside them goes along to the root's heir, unless that has one of the same name; the names of what stays are the result.
///
/// # Errors
/// When the disk refuses.
pub fn remove_root(
    workspace: &Path,
    root: &Leaving,
    gives_locks: bool,
) -> Result<Vec<String>, Failure> {
    let directory = &root.directory;
    refuse_links(workspace, directory)?;
    let standing = standing(workspace, directory)?.unwrap_or_default();
    let boundary = Boundary::open(workspace)?;
    let (parent, own) = directory.rsplit_once('/').unwrap_or(("", directory));
    let parent = boundary.parent(Path::new(parent))?;
    let Some(folder) = parent.folder(own, Links::Refused)? else {
        return Ok(Vec::new());
    };
    let heir = match &root.moved_to {
        Some(moved_to) => boundary.folder(moved_to, Links::Refused)?,
        None => None,
    };
    for (name, found) in standing {
        let is_ours = match found {
            Found::Generated(_) => true,
            Found::Lock(_) => gives_locks,
            Found::Foreign(_) | Found::Unread | Found::Unfinished => false,
        };
        if is_ours {
            folder
                .dir
                .remove_file(&name)
                .map_err(at(&folder.shown(name)))?;
        }
    }
    let mut left = Vec::new();
    for entry in folder.list()? {
        let name = entry.file_name();
        let is_free = |heir: &&Boundary| heir.dir.symlink_metadata(&name).is_err();
        match heir.as_ref().filter(is_free) {
            Some(heir) => {
                let moved = folder.dir.rename(&name, &heir.dir, &name);
                moved.map_err(at(&heir.shown(&name)))?;
            }
            None => left.push(name.to_string_lossy().into_owned()),
        }
    }
    if left.is_empty() {
        parent.dir.remove_dir(own).map_err(at(&parent.shown(own)))?;
        // The folders above it go along when it was the last one in them; others are not empty.
        for (at, _) in directory.rmatch_indices('/') {
            let is_gone = directory
                .get(..at)
                .is_some_and(|folder| boundary.dir.remove_dir(folder).is_ok());
            if !is_gone {
                break;
            }
        }
    }
    Ok(left)
}

/// Removes what killed runs left in the output folder: unfinished roots, unfinished files of roots, and the empty folder
/// of a root that was being removed.
///
/// # Errors
/// When the disk refuses.
pub fn sweep(workspace: &Path, output: &str) -> Result<(), Failure> {
    for (_, environment) in environments(workspace, output)? {
        environment.list()?.par_iter().try_for_each(|root| {
            let name = root.file_name();
            if is_unfinished(root) {
                return discard(&environment, &name);
            }
            if !root.file_type().is_ok_and(|kind| kind.is_dir()) {
                return Ok(());
            }
            let Some(folder) = environment.folder(&name, Links::Refused)? else {
                return Ok(());
            };
            let inside = folder.list()?;
            if inside.is_empty() {
                let removed = environment.dir.remove_dir(&name);
                return removed.map_err(at(&environment.shown(&name)));
            }
            let mut unfinished = inside.iter().filter(|entry| is_unfinished(entry));
            unfinished.try_for_each(|entry| discard(&folder, entry.file_name()))
        })?;
    }
    Ok(())
}

pub(super) fn is_unfinished(entry: &DirEntry) -> bool {
    entry
        .file_name()
        .to_str()
        .is_some_and(|name| name.starts_with(UNFINISHED))
}

/// Removes an unfinished file, a link, or a folder with the files in it. Ours holds no folders.
pub(super) fn discard(parent: &Boundary, name: impl AsRef<Path>) -> Result<(), Failure> {
    let name = name.as_ref();
    let metadata = parent
        .dir
        .symlink_metadata(name)
        .map_err(at(&parent.shown(name)))?;
    if !metadata.is_dir() {
        return parent
            .dir
            .remove_file(name)
            .map_err(at(&parent.shown(name)));
    }
    let Some(folder) = parent.folder(name, Links::Refused)? else {
        return Ok(());
    };
    for file in folder.list()? {
        let inner = file.file_name();
        if file.file_type().is_ok_and(|kind| kind.is_dir()) {
            return Err(at(&folder.shown(&inner))(Cause::StrangeFolder));
        }
        folder
            .dir
            .remove_file(&inner)
            .map_err(at(&folder.shown(&inner)))?;
    }
    parent.dir.remove_dir(name).map_err(at(&parent.shown(name)))
}
