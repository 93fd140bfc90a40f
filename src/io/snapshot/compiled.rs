//! A whole side of a comparison, compiled: for workspaces that do not commit their roots.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use super::Unreadable;
use crate::{
    compile::{self, ConfigFile, WORKSPACE_FILE, consumer, snapshot::Side},
    io::{
        self,
        git::{Commit, Mode, Refusal, Repository, TreeEntry},
    },
    model::{Environment, world::World},
    terraform::lock,
    text::{date::Date, path::normal},
    yaml::MAX_BYTES,
};

/// Where the files of a side are.
#[derive(Clone, Copy, Debug)]
pub enum Files<'a> {
    /// In a folder.
    Folder(&'a Path),
    /// In a commit.
    Commit(&'a Repository, &'a Commit),
}

/// Reads and compiles a side; none without a `valet.yaml`. What applies have told is what the workspace has now, so that only
/// files that people write make a difference.
///
/// # Errors
/// When files or git fail, or `valet.yaml` is wrong.
pub fn read(files: Files, workspace: &Path, today: Date) -> Result<Option<Side>, Unreadable> {
    let Some(valet) = files.beside(WORKSPACE_FILE)? else {
        return Ok(None);
    };
    let lock = files.beside(lock::FILE)?;
    let environments = compile::open_former(valet, lock).map_err(Unreadable::Problems)?;
    let configs = files.configs(&environments)?;
    let paths: BTreeSet<String> = configs.iter().map(|file| file.path.clone()).collect();
    let compiled = compile::compile(&environments, configs, World::on(today));
    let told = io::told(workspace, &compiled.databases)?;
    let (consumers, _) = consumer::consumers(&environments, &compiled.databases, &told);
    Ok(Some(Side::new(
        environments,
        compiled.databases,
        consumers,
        &paths,
    )))
}

impl Files<'_> {
    /// A file at the root of the workspace.
    fn beside(&self, name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        match self {
            Self::Folder(folder) => Ok(io::find_in(folder, name)?),
            Self::Commit(repository, commit) => {
                let path = format!("{}{name}", repository.prefix);
                let entries = repository.list(commit, &[path], false)?;
                let mut contents = contents(repository, commit, entries)?;
                Ok(contents.pop().map(|(_, bytes)| bytes))
            }
        }
    }

    fn configs(&self, environments: &[Arc<Environment>]) -> Result<Vec<ConfigFile>, Unreadable> {
        let (repository, commit) = match self {
            Self::Folder(folder) => return Ok(io::configs(folder, environments)?.0),
            Self::Commit(repository, commit) => (repository, commit),
        };
        let folders: Vec<(&Arc<Environment>, String)> = environments
            .iter()
            .map(|one| {
                let path = format!("{}{}", repository.prefix, one.spec.configs);
                (one, normal(&path))
            })
            .collect();
        let listed: Vec<_> = folders.iter().map(|(_, path)| format!("{path}/")).collect();
        let entries = repository.list(commit, &listed, false)?;
        let configs = entries.into_iter().filter(|entry| {
            let name = entry.path.rsplit('/').next().unwrap_or_default();
            let is_config = name.strip_suffix(".yaml").is_some() && !name.starts_with('.');
            is_config && entry.mode.is_some()
        });
        let files = contents(repository, commit, configs.collect())?
            .into_iter()
            .filter_map(|(path, bytes)| {
                let (folder, name) = path.rsplit_once('/')?;
                let (environment, _) = folders.iter().find(|(_, known)| known == folder)?;
                Some(ConfigFile {
                    environment: environment.name.clone(),
                    path: format!("{}/{name}", environment.spec.configs),
                    bytes,
                })
            })
            .collect();
        Ok(files)
    }
}

/// The contents of entries, each under its path; links are followed inside the repository.
fn contents(
    repository: &Repository,
    commit: &Commit,
    entries: Vec<TreeEntry>,
) -> Result<Vec<(String, Vec<u8>)>, Unreadable> {
    const MOST_LINKS: usize = 8;
    let mut found = BTreeMap::new();
    // Under which path a content goes.
    let mut open: Vec<(String, TreeEntry)> = entries
        .into_iter()
        .map(|entry| (entry.path.clone(), entry))
        .collect();
    for _ in 0..MOST_LINKS {
        if open.is_empty() {
            break;
        }
        let wanted = open.iter().map(|(_, entry)| entry.object.clone()).collect();
        let blobs = repository.blobs(&wanted, MAX_BYTES + 1)?;
        let mut targets = Vec::new();
        for (path, entry) in open {
            let too_large = || Refusal::TooLarge(entry.path.clone());
            let bytes = blobs.get(&entry.object).cloned().flatten();
            let bytes = bytes.ok_or_else(too_large)?;
            if entry.mode == Some(Mode::Link) {
                let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let target = String::from_utf8_lossy(&bytes);
                targets.push((path, normal(&format!("{folder}/{target}"))));
            } else {
                found.insert(path, bytes);
            }
        }
        let asked: Vec<_> = targets.iter().map(|(_, target)| target.clone()).collect();
        let entries = repository.list(commit, &asked, false)?;
        open = targets
            .into_iter()
            .filter_map(|(path, target)| {
                let entry = entries.iter().find(|entry| entry.path == target)?;
                Some((path, entry.clone()))
            })
            .filter(|(_, entry)| entry.mode.is_some())
            .collect();
    }
    Ok(found.into_iter().collect())
}
