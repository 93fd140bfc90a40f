//! Roots of another copy of the workspace against those here, without git.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{
    Unreadable,
    committed::Committed,
    folder,
    modules::{self, Calls},
};
use crate::{
    compile::snapshot::{Changes, Content, Files, RootChange},
    io::{
        self, Failure,
        boundary::{Boundary, Links},
    },
    model::{self, Environment},
};

/// What differs between the roots of a copy of the workspace and those of the workspace. Paths are relative to it.
///
/// # Errors
/// When a file cannot be read, or the copy has no modules to compare with.
pub fn read(
    base: &Path,
    workspace: &Path,
    environments: &[Arc<Environment>],
) -> Result<Committed, Unreadable> {
    let output = model::output(environments);
    let names = |side: &Path| -> Result<BTreeSet<String>, Failure> {
        io::refuse_links(side, output)?;
        let below = folder::below(&side.join(output))?;
        Ok(below.into_iter().map(|(name, _)| name).collect())
    };
    let (before, after) = (names(base)?, names(workspace)?);
    let all: BTreeSet<&String> = before.union(&after).collect();
    let pairs = all
        .into_par_iter()
        .map(|name| {
            let directory = format!("{output}/{name}");
            let side = |folder: &Path| -> Result<Option<Files>, Failure> {
                let files = folder::files(&folder.join(&directory))?;
                Ok(files.filter(folder::is_ours))
            };
            Ok(RootChange {
                base: side(base)?,
                head: side(workspace)?,
                directory,
                ..RootChange::default()
            })
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let has_root = pairs.iter().any(|root| root.base.is_some());
    let uncommitted = environments
        .iter()
        .map(|one| &one.name)
        .filter(|name| {
            let own = format!("{output}/{name}/");
            let is_own = |root: &&RootChange| root.directory.starts_with(&own);
            !pairs.iter().filter(is_own).any(|root| root.base.is_some())
        })
        .cloned()
        .collect();
    let mut digests = BTreeMap::new();
    let mut roots = Vec::new();
    for mut root in pairs {
        if root.base.is_some() && root.head.is_some() {
            root.modules = differing(&root, base, workspace, &mut digests)?;
        }
        let is_same = plain(root.base.as_ref()) == plain(root.head.as_ref());
        if !is_same || !root.modules.is_empty() {
            roots.push(root);
        }
    }
    Ok(Committed {
        changes: Changes {
            output: output.to_owned(),
            moves: model::state_moves(environments),
            roots,
            ..Changes::default()
        },
        uncommitted,
        unrooted: BTreeSet::new(),
        has_root,
    })
}

/// Files with the line ends that git keeps.
fn plain(files: Option<&Files>) -> Option<BTreeMap<&String, Content>> {
    let plain = |content: &Content| match content {
        Content::Text(text) => Content::Text(text.replace("\r\n", "\n")),
        other => other.clone(),
    };
    let files = files?.iter();
    Some(
        files
            .map(|(name, content)| (name, plain(content)))
            .collect(),
    )
}

/// The modules of a root whose files differ, by folder relative to the workspace.
fn differing(
    root: &RootChange,
    base: &Path,
    workspace: &Path,
    digests: &mut BTreeMap<String, bool>,
) -> Result<Vec<String>, Unreadable> {
    let mut calls = Calls::default();
    for content in root.head.iter().flat_map(Files::values) {
        if let Content::Text(text) = content {
            calls.add(&root.directory, text);
        }
    }
    let mut found = Vec::new();
    for module in calls.modules {
        let known = digests.get(&module).copied();
        let differs = known.map_or_else(|| differs(base, workspace, &module), Ok)?;
        digests.insert(module.clone(), differs);
        if differs {
            found.push(module);
        }
    }
    Ok(found)
}

/// Whether the files of a module differ; its folder is relative to both sides.
///
/// # Errors
/// When a file cannot be read, or only the copy has no such folder.
pub fn differs(base: &Path, workspace: &Path, module: &str) -> Result<bool, Unreadable> {
    let (old, new) = (digest(base, module)?, digest(workspace, module)?);
    match (old, new) {
        (None, Some(_)) => Err(Unreadable::NoModules(base.join(module))),
        (old, new) => Ok(old != new),
    }
}

/// A digest of what Terraform reads of a module; none without such a folder.
fn digest(side: &Path, module: &str) -> Result<Option<Vec<u8>>, Unreadable> {
    let (boundary, path) = modules::around(side, module)?;
    let mut digest = Sha256::new();
    let is_there = add(&mut digest, &boundary, &path, "")?;
    Ok(is_there.then(|| digest.finalize().to_vec()))
}

/// Adds what is in a folder, and below it, to a digest; whether there is such a folder. Line ends do not count.
fn add(digest: &mut Sha256, beneath: &Boundary, path: &str, inner: &str) -> Result<bool, Failure> {
    const MOST: usize = 64 * 1024 * 1024;
    let Some(folder) = beneath.folder(path, Links::Followed)? else {
        return Ok(false);
    };
    for entry in folder.list()? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let (path, inner) = (format!("{path}/{name}"), format!("{inner}/{name}"));
        if name.starts_with('.') || !counts(&inner) {
            continue;
        }
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            add(digest, beneath, &path, &inner)?;
            continue;
        }
        let bytes = beneath.read(&path, MOST, Links::Followed)?;
        let bytes = io::within(MOST, bytes, Path::new(&path))?;
        let bytes = match str::from_utf8(&bytes) {
            Ok(text) => text.replace("\r\n", "\n").into_bytes(),
            Err(_) => bytes,
        };
        digest.update(format!("{inner}\0{}\0", bytes.len()));
        digest.update(bytes);
    }
    Ok(true)
}

/// Whether a file of a module can matter to an apply.
fn counts(path: &str) -> bool {
    let left_out = |part: &str| ["tests", "__pycache__"].contains(&part);
    !path.split('/').any(left_out) && path.strip_suffix(".md").is_none()
}
