//! Everything that Terraform reads of one root: its files, its lock file, and the local modules that it calls, as the work
//! tree or a commit has them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use sha2::{Digest, Sha256};

use super::{Unreadable, folder, modules::Calls};
use crate::{
    compile::snapshot::Files,
    io::{
        Failure, at,
        git::{Commit, Mode, Repository},
    },
    terraform::{applied::Digests, lock},
    text::hexadecimal::hexadecimal,
};

/// Bytes of a file that is read.
const MOST: usize = 64 * 1024 * 1024;

/// Contents of files, by path.
type Contents = BTreeMap<String, Vec<u8>>;

/// What Terraform reads of a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// Folder of the root: its path in the repository, or in the folder that everything is in.
    directory: String,
    /// The files of the root.
    root: Contents,
    /// The files of each module, by its folder.
    modules: BTreeMap<String, Contents>,
    /// A folder of a module in which there is nothing, as in one that is another repository.
    pub missing: Option<String>,
}

impl Inputs {
    /// As the work tree has them; `top` is the folder that holds the root and its modules. None without a root.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn here(top: &Path, directory: &str) -> Result<Option<Self>, Failure> {
        Self::read(directory, |folder| below(top, folder))
    }

    /// As a commit has them. None without a root.
    ///
    /// # Errors
    /// When git refuses, or something is a link or another repository there.
    pub fn at(
        repository: &Repository,
        commit: &Commit,
        directory: &str,
    ) -> Result<Option<Self>, Unreadable> {
        Self::read(directory, |folder| committed(repository, commit, folder))
    }

    fn read<E>(
        directory: &str,
        list: impl Fn(&str) -> Result<Contents, E>,
    ) -> Result<Option<Self>, E> {
        let mut root = list(directory)?;
        root.retain(|path, _| {
            let name = path.get(directory.len() + 1..).unwrap_or_default();
            !name.contains('/') && folder::is_read(name)
        });
        if root.is_empty() {
            return Ok(None);
        }
        let (modules, missing) = modules(directory, &root, list)?;
        Ok(Some(Self {
            directory: directory.to_owned(),
            root,
            modules,
            missing,
        }))
    }

    /// The same root with the modules that it calls as the work tree below `top` has them now, which `now` is of: what that calls,
    /// is not read again. Those that are not there stay.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn with_modules_of(&self, now: &Self, top: &Path) -> Result<Self, Failure> {
        let list = |folder: &str| match now.modules.get(folder) {
            Some(files) => Ok(files.clone()),
            None => below(top, folder),
        };
        let (now, missing) = modules(&self.directory, &self.root, list)?;
        let mut with = self.clone();
        with.modules.extend(now);
        with.missing = missing.filter(|folder| !with.modules.contains_key(folder));
        Ok(with)
    }

    /// The files of the root, by name, as a review compares them.
    #[must_use]
    pub fn files(&self) -> Files {
        let name = |path: &String| path.rsplit('/').next().unwrap_or(path).to_owned();
        self.root
            .iter()
            .map(|(path, bytes)| (name(path), folder::text(bytes.clone())))
            .collect()
    }

    /// Their digests. How lines end is no difference.
    #[must_use]
    pub fn digests(&self) -> Digests {
        let is_lock = |(path, _): &(&String, _)| path.ends_with(lock::FILE);
        let (locks, own): (Vec<_>, Vec<_>) = self.root.iter().partition(is_lock);
        Digests {
            root: digest(own.into_iter()),
            lock: digest(locks.into_iter()),
            modules: digest(self.module_files().into_iter()),
        }
    }

    /// Whether a file of the root is the same in another one.
    #[must_use]
    pub fn has_the_same(&self, name: &str, other: &Self) -> bool {
        let of = |one: &Self| one.root.get(&format!("{}/{name}", one.directory)).cloned();
        of(self) == of(other)
    }

    /// The same root with the lock file of another.
    #[must_use]
    pub fn with_lock_of(&self, other: &Self) -> Self {
        let mut with = self.clone();
        with.root.retain(|path, _| !path.ends_with(lock::FILE));
        let theirs = other
            .root
            .iter()
            .find(|(path, _)| path.ends_with(lock::FILE));
        if let Some((_, bytes)) = theirs {
            let path = format!("{}/{}", self.directory, lock::FILE);
            with.root.insert(path, bytes.clone());
        }
        with
    }

    /// The files of all modules. One below another is in both.
    fn module_files(&self) -> BTreeMap<&String, &Vec<u8>> {
        self.modules.values().flatten().collect()
    }

    /// Lays them out below a folder that is not there yet, with more files in the folder of the root: its path.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn lay_out(
        &self,
        below: &Path,
        more: &[(&str, &[u8])],
    ) -> Result<std::path::PathBuf, Failure> {
        let root = below.join(&self.directory);
        for (path, bytes) in self.root.iter().chain(self.module_files()) {
            write(&below.join(path), bytes)?;
        }
        for (name, bytes) in more {
            write(&root.join(name), bytes)?;
        }
        Ok(root)
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(above) = path.parent() {
        fs::create_dir_all(above).map_err(at(above))?;
    }
    fs::write(path, bytes).map_err(at(path))
}

/// The modules that the files of a folder call, and those that they call, by folder; and one of which there is nothing.
fn modules<E>(
    directory: &str,
    root: &Contents,
    list: impl Fn(&str) -> Result<Contents, E>,
) -> Result<(BTreeMap<String, Contents>, Option<String>), E> {
    let mut found = BTreeMap::new();
    let mut missing = None;
    let mut seen = BTreeSet::new();
    let mut open = called(directory, root);
    while let Some(module) = open.pop() {
        if !seen.insert(module.clone()) {
            continue;
        }
        let mut files = list(&module)?;
        if files.is_empty() {
            missing.get_or_insert(module);
            continue;
        }
        files.retain(|path, _| counts(path.get(module.len() + 1..).unwrap_or_default()));
        open.extend(called(&module, &files));
        found.insert(module, files);
    }
    Ok((found, missing))
}

fn digest<'a>(files: impl Iterator<Item = (&'a String, &'a Vec<u8>)>) -> String {
    let mut hash = Sha256::new();
    for (path, bytes) in files {
        let plain: Vec<u8> = match std::str::from_utf8(bytes) {
            Ok(text) => text.replace("\r\n", "\n").into_bytes(),
            Err(_) => bytes.clone(),
        };
        hash.update(path.as_bytes());
        hash.update([0]);
        hash.update(plain.len().to_be_bytes());
        hash.update(plain);
    }
    hexadecimal(&hash.finalize())
}

/// Whether a file of a module may matter to a plan: what is only for people and tests does not.
fn counts(inner: &str) -> bool {
    let first = inner.split('/').next().unwrap_or(inner);
    let is_markdown = first == inner && Path::new(first).extension().is_some_and(|end| end == "md");
    !first.starts_with('.') && first != "tests" && !is_markdown
}

/// The local folders of modules that the files in a folder call.
fn called(directory: &str, files: &Contents) -> Vec<String> {
    let mut calls = Calls::default();
    for (path, bytes) in files {
        let is_own = path
            .get(directory.len() + 1..)
            .is_some_and(|inner| !inner.contains('/'));
        if is_own && let Ok(text) = std::str::from_utf8(bytes) {
            calls.add(directory, text);
        }
    }
    calls.modules.into_iter().collect()
}

/// The files below a folder of the work tree.
fn below(top: &Path, folder: &str) -> Result<Contents, Failure> {
    let mut files = Contents::new();
    let path = top.join(folder);
    if !path.is_dir() {
        return Ok(files);
    }
    // What Terraform keeps beside a root is large, and nothing of ours.
    let is_hidden = |entry: &walkdir::DirEntry| {
        entry.depth() > 0
            && entry.file_type().is_dir()
            && entry.file_name().as_encoded_bytes().starts_with(b".")
    };
    let entries = walkdir::WalkDir::new(&path).follow_links(true).into_iter();
    for entry in entries.filter_entry(|entry| !is_hidden(entry)) {
        let entry = entry.map_err(|error| at(&path)(std::io::Error::from(error)))?;
        let Some(inner) = entry.path().strip_prefix(&path).ok().and_then(Path::to_str) else {
            continue;
        };
        if entry.file_type().is_file() {
            let bytes = crate::io::read_all(MOST, entry.path())?;
            files.insert(format!("{folder}/{}", inner.replace('\\', "/")), bytes);
        }
    }
    Ok(files)
}

/// The files below a folder of a commit.
fn committed(
    repository: &Repository,
    commit: &Commit,
    folder: &str,
) -> Result<Contents, Unreadable> {
    let entries = repository.list(commit, &[format!("{folder}/")], true)?;
    if let Some(other) = entries.iter().find(|entry| entry.mode != Some(Mode::File)) {
        return Err(Unreadable::NotFiles(other.path.clone()));
    }
    let objects = entries.iter().map(|entry| entry.object.clone()).collect();
    let blobs = repository.blobs(&objects, MOST)?;
    let mut files = Contents::new();
    for entry in entries {
        let bytes = blobs.get(&entry.object).cloned().flatten();
        let bytes = bytes.ok_or_else(|| Unreadable::NotFiles(entry.path.clone()))?;
        files.insert(entry.path, bytes);
    }
    Ok(files)
}
