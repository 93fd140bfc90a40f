//! Roots whose own files are the same, but not the modules that they call.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{Comparison, Ground, Unreadable};
use crate::{
    compile::{
        WORKSPACE_FILE,
        snapshot::{Content, Files, RootChange},
    },
    io::{
        Failure,
        git::Mode,
        snapshot::{
            folder,
            modules::{Calls, Dependencies},
        },
    },
    terraform::{
        lower,
        read::{MAX_BYTES, ReadError},
    },
    text::path::normal,
};

impl Comparison<'_> {
    /// Adds to the roots which of the modules that they call differ, and the roots in which nothing else does.
    pub(super) fn add_calls(
        &self,
        ground: &Ground,
        roots: &mut Vec<RootChange>,
    ) -> Result<(), Unreadable> {
        let loose = self.loose(ground);
        if loose.is_empty() {
            return Ok(());
        }
        let mut calls: BTreeMap<String, Calls> = ground
            .head
            .par_iter()
            .map(|directory| {
                let calls = Calls::of(&self.repository.top, directory)?;
                Ok((directory.clone(), calls))
            })
            .collect::<Result<_, Failure>>()?;
        let absent = self.absent(ground)?;
        for (directory, files) in &absent {
            calls.insert(directory.clone(), of_files(directory, files));
        }
        let modules: BTreeSet<&String> = calls.values().flat_map(|one| &one.modules).collect();
        let touched: BTreeSet<&String> = modules
            .into_par_iter()
            .map(|module| {
                let found = Dependencies::of(&self.repository.top, module)?;
                found.check()?;
                let is_touched = loose.iter().any(|path| found.is_touched_by(path));
                Ok(is_touched.then_some(module))
            })
            .filter_map(Result::transpose)
            .collect::<Result<_, Unreadable>>()?;
        let known: BTreeMap<String, usize> = roots
            .iter()
            .enumerate()
            .map(|(at, root)| (root.directory.clone(), at))
            .collect();
        for (directory, calls) in &calls {
            let modules: Vec<String> = calls
                .modules
                .iter()
                .filter(|module| touched.contains(module))
                .cloned()
                .collect();
            let doubt = doubt(calls, &loose);
            if modules.is_empty() && doubt.is_none() {
                continue;
            }
            if let Some(root) = known.get(directory).and_then(|at| roots.get_mut(*at)) {
                if root.base.is_some() {
                    root.modules = modules;
                    root.doubt = root.doubt.take().or(doubt);
                }
                continue;
            }
            let files = match absent.get(directory) {
                Some(files) => Some(files.clone()),
                None => folder::files(&self.repository.top.join(directory))?,
            };
            let Some(files) = files.filter(folder::is_ours) else {
                continue;
            };
            roots.push(RootChange {
                directory: directory.clone(),
                base: Some(files.clone()),
                head: Some(files),
                modules,
                doubt,
                is_foreign: false,
            });
        }
        Ok(())
    }

    /// Whether the files of a module differ, given the paths that do; its folder is relative to the workspace.
    ///
    /// # Errors
    /// When it leads out of the repository, or cannot be read.
    pub fn differs(&self, paths: &BTreeSet<String>, module: &str) -> Result<bool, Unreadable> {
        let folder = normal(&format!("{}{module}", self.repository.prefix));
        let found = Dependencies::of(&self.repository.top, &folder)?;
        found.check()?;
        Ok(paths.iter().any(|path| found.is_touched_by(path)))
    }

    /// What differs outside of the roots, and could be part of a module.
    fn loose<'a>(&self, ground: &'a Ground) -> Vec<&'a str> {
        let prefix = &self.repository.prefix;
        let own = format!("{}/", ground.output);
        let workspace = format!("{prefix}{WORKSPACE_FILE}");
        let configs: Vec<_> = self
            .environments
            .iter()
            .map(|one| format!("{}/", normal(&format!("{prefix}{}", one.spec.configs))))
            .collect();
        let is_config = |path: &str| {
            let yaml = path.strip_suffix(".yaml").is_some();
            yaml && configs.iter().any(|folder| path.starts_with(folder))
        };
        ground
            .changed
            .iter()
            .map(|one| one.path.as_str())
            .filter(|path| *path != workspace && !is_config(path))
            // A root may call a module that lies in it, or in another one.
            .filter(|path| !path.starts_with(&own) || is_below_a_root(path, &own))
            .collect()
    }

    /// The roots that a sparse checkout leaves out, with their files.
    fn absent(&self, ground: &Ground) -> Result<BTreeMap<String, Files>, Unreadable> {
        let mut found: BTreeMap<String, Files> = BTreeMap::new();
        if !self.repository.is_sparse {
            return Ok(found);
        }
        let folders: Vec<_> = ground
            .base
            .difference(&ground.head)
            .map(|one| format!("{one}/"))
            .collect();
        let entries: Vec<_> = self
            .repository
            .list(self.base, &folders, false)?
            .into_iter()
            .filter(|entry| entry.mode == Some(Mode::File))
            .filter(|entry| !ground.changed.iter().any(|one| one.path == entry.path))
            .filter_map(|entry| {
                let (directory, name) = entry.path.rsplit_once('/')?;
                let parts = (directory.to_owned(), name.to_owned());
                lower::FILES
                    .contains(&name)
                    .then_some((parts, entry.object))
            })
            .collect();
        let wanted = entries.iter().map(|(_, object)| object.clone()).collect();
        let blobs = self.repository.blobs(&wanted, MAX_BYTES)?;
        for ((directory, name), object) in entries {
            let content = match blobs.get(&object) {
                Some(Some(bytes)) => folder::text(bytes.clone()),
                _ => Content::Unreadable(ReadError::TooLarge),
            };
            found.entry(directory).or_default().insert(name, content);
        }
        Ok(found)
    }
}

/// Whether a path is in a folder inside a root.
fn is_below_a_root(path: &str, output: &str) -> bool {
    let inner = path.strip_prefix(output).unwrap_or_default();
    inner.matches('/').count() > 2
}

fn of_files(directory: &str, files: &Files) -> Calls {
    let mut calls = Calls::default();
    for content in files.values() {
        if let Content::Text(text) = content {
            calls.add(directory, text);
        }
    }
    calls
}

/// Why a root may differ although none of its files does.
fn doubt(calls: &Calls, loose: &[&str]) -> Option<String> {
    if let Some(link) = calls
        .links
        .iter()
        .find(|link| loose.contains(&link.as_str()))
    {
        return Some(format!("a file of the root is a link, and {link} differs"));
    }
    calls.is_unknown.then(|| {
        "the address of a module has to be evaluated, so it may be any folder that differs"
            .to_owned()
    })
}
