//! Root to files.

use crate::terraform::{print::print, root_module::RootModule, tree::Tree};

/// Writes the files of a root, by path inside the workspace.
#[must_use]
pub fn emit(root: &RootModule) -> Tree {
    root.files
        .iter()
        .map(|file| {
            let path = format!("{}/{}", root.directory, file.name);
            (path, print(&root.written_in, &file.blocks))
        })
        .collect()
}
