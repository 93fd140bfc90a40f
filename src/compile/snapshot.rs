//! One side of a comparison, as data.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    model::{Database, Environment},
    terraform::root_module::{BlockKind, Expression, RootModule},
};

/// A workspace, compiled.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Its environments.
    pub environments: Vec<Arc<Environment>>,
    /// Its units.
    pub databases: Vec<Database>,
    /// Configs that give no unit because they are wrong, by path.
    pub broken: BTreeSet<String>,
    /// What is in the modules' local folders, by folder relative to the workspace.
    pub modules: BTreeMap<String, String>,
}

/// The local folders of the modules that a root calls, relative to the workspace.
#[must_use]
pub fn module_folders(root: &RootModule) -> Vec<String> {
    let blocks = root.files.iter().flat_map(|file| file.blocks.iter());
    let sources = blocks
        .filter(|block| block.kind == BlockKind::Module)
        .flat_map(|block| &block.arguments)
        .filter(|argument| argument.name == "source");
    sources
        .filter_map(|argument| match &argument.value {
            Expression::Text(source) if source.starts_with("../") => {
                Some(normal(&format!("{}/{source}", root.directory)))
            }
            _ => None,
        })
        .collect()
}

/// A path without `.` and, where possible, without `..`.
pub(crate) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}
