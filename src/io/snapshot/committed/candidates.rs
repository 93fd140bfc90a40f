//! The folders in which something differs, on both sides.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{Comparison, Ground, Unreadable};
use crate::{
    compile::snapshot::{Content, Files, RootChange},
    io::{
        git::{Blobs, ChangedPath, Mode},
        snapshot::folder::{self, has_generated_name, is_ours, is_read},
    },
    terraform::{
        lower,
        read::{MAX_BYTES, ReadError},
    },
};

/// A folder in which something differs.
struct Candidate<'a> {
    directory: &'a str,
    /// What differs, by its name in the folder.
    changed: BTreeMap<&'a str, &'a ChangedPath>,
    /// What the work tree has; none without such a folder.
    head: Option<Files>,
    /// Files that a sparse checkout leaves out: the names of their contents.
    left_out: BTreeMap<String, String>,
}

impl Comparison<'_> {
    /// The roots in whose folders something differs.
    pub(super) fn candidates(&self, ground: &Ground) -> Result<Vec<RootChange>, Unreadable> {
        let mut folders: BTreeMap<&str, BTreeMap<&str, &ChangedPath>> = BTreeMap::new();
        for one in &ground.changed {
            if let Some((directory, name)) = place(&one.path, &ground.output) {
                folders.entry(directory).or_default().insert(name, one);
            }
        }
        let mut candidates = folders
            .into_par_iter()
            .map(|(directory, changed)| {
                let head = folder::files(&self.repository.top.join(directory))?;
                Ok(Candidate {
                    directory,
                    changed,
                    head,
                    left_out: BTreeMap::new(),
                })
            })
            .collect::<Result<Vec<_>, Unreadable>>()?;
        if self.repository.is_sparse {
            self.add_left_out(&mut candidates)?;
        }
        let wanted: BTreeSet<String> = candidates.iter().flat_map(Candidate::wanted).collect();
        let blobs = self.repository.blobs(&wanted, MAX_BYTES)?;
        let roots = candidates
            .into_par_iter()
            .filter_map(|candidate| {
                let mut root = candidate.root(&blobs)?;
                root.doubt = doubt(&root, &ground.changed);
                Some(root)
            })
            .collect();
        Ok(roots)
    }

    /// Names the contents of files that are not on disk because the checkout is sparse.
    fn add_left_out(&self, candidates: &mut [Candidate]) -> Result<(), Unreadable> {
        let folders: Vec<_> = candidates
            .iter()
            .map(|one| format!("{}/", one.directory))
            .collect();
        let listed = self.repository.list(self.base, &folders, false)?;
        let listed: BTreeMap<&str, &str> = listed
            .iter()
            .filter(|entry| entry.mode == Some(Mode::File))
            .map(|entry| (entry.path.as_str(), entry.object.as_str()))
            .collect();
        for candidate in candidates {
            for name in lower::FILES {
                let path = format!("{}/{name}", candidate.directory);
                let on_disk = candidate
                    .head
                    .as_ref()
                    .is_some_and(|files| files.contains_key(name));
                if let Some(object) = listed.get(path.as_str())
                    && !on_disk
                    && !candidate.changed.contains_key(name)
                {
                    candidate
                        .left_out
                        .insert(name.to_owned(), (*object).to_owned());
                }
            }
        }
        Ok(())
    }
}

/// The folder of the root that a path belongs to, and its name there; none for what is in no root.
fn place<'a>(path: &'a str, output: &str) -> Option<(&'a str, &'a str)> {
    let inner = path
        .strip_prefix(output)
        .and_then(|rest| rest.strip_prefix('/'));
    if let Some(inner) = inner {
        // environment, namespace, and what is below.
        let mut slashes = inner.match_indices('/').map(|(at, _)| at);
        let at = path.len() - inner.len() + slashes.nth(1)?;
        return Some((path.get(..at)?, path.get(at + 1..)?));
    }
    let (directory, name) = path.rsplit_once('/')?;
    lower::FILES.contains(&name).then_some((directory, name))
}

impl Candidate<'_> {
    /// The contents of the base that have to be read, and those of the head that are not on disk.
    fn wanted(&self) -> Vec<String> {
        let base = self
            .changed
            .iter()
            .filter(|(name, one)| one.base == Mode::File && is_read(name))
            .map(|(_, one)| one.object.clone());
        let head = self
            .changed
            .iter()
            .filter(|(name, one)| self.is_left_out(name, one) && is_read(name))
            .map(|(_, one)| one.index.clone());
        base.chain(head)
            .chain(self.left_out.values().cloned())
            .collect()
    }

    /// Whether the head has a file that is not on disk.
    fn is_left_out(&self, name: &str, one: &ChangedPath) -> bool {
        let on_disk = self
            .head
            .as_ref()
            .is_some_and(|files| files.contains_key(name));
        one.head == Mode::File && !one.index.is_empty() && !on_disk
    }

    /// Both sides of the root; none, when neither is one of ours.
    fn root(mut self, blobs: &Blobs) -> Option<RootChange> {
        let blob = |object: &String| match blobs.get(object) {
            Some(Some(bytes)) => folder::text(bytes.clone()),
            _ => Content::Unreadable(ReadError::TooLarge),
        };
        let mut head = self.head.take().unwrap_or_default();
        for (name, object) in &self.left_out {
            head.insert(name.clone(), blob(object));
        }
        let mut base = head.clone();
        for (name, one) in &self.changed {
            let is_read = is_read(name);
            let old = match one.base {
                Mode::Missing => None,
                Mode::File if is_read => Some(blob(&one.object)),
                Mode::File => Some(Content::Unread),
                Mode::Link => Some(Content::Unreadable(ReadError::Link)),
                Mode::Repository => Some(Content::Unreadable(ReadError::Repository)),
            };
            let new = match one.head {
                Mode::Missing => None,
                Mode::File if !is_read => Some(Content::Unread),
                Mode::File if !head.contains_key(*name) && !one.index.is_empty() => {
                    Some(blob(&one.index))
                }
                Mode::Repository => Some(Content::Unreadable(ReadError::Repository)),
                Mode::File | Mode::Link => head.get(*name).cloned(),
            };
            for (side, content) in [(&mut base, old), (&mut head, new)] {
                match content {
                    Some(content) => drop(side.insert((*name).to_owned(), content)),
                    None => drop(side.remove(*name)),
                }
            }
        }
        // A root that has lost its header on one side is still what stands there.
        let is_root = is_ours(&base) || is_ours(&head);
        let side = |files: Files| (is_root && has_generated_name(&files)).then_some(files);
        let change = RootChange {
            directory: self.directory.to_owned(),
            base: side(base),
            head: side(head),
            ..RootChange::default()
        };
        (change.base.is_some() || change.head.is_some()).then_some(change)
    }
}

/// Why a root that only the head has may have been there all the same.
fn doubt(root: &RootChange, changed: &[ChangedPath]) -> Option<String> {
    if root.base.is_some() {
        return None;
    }
    let is_above = |path: &str| {
        let rest = root.directory.strip_prefix(path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let hidden = changed
        .iter()
        .find(|one| [Mode::Link, Mode::Repository].contains(&one.base) && is_above(&one.path))?;
    let what = match hidden.base {
        Mode::Link => "a symbolic link",
        _ => "another repository",
    };
    Some(format!(
        "{} was {what} before, so nobody knows what stood here",
        hidden.path
    ))
}
