//! The texts of the modules that Terraform has found for a root.

use std::{io, path::Path};

use serde::Deserialize;

use crate::{
    compile::snapshot::Content,
    io::{Failure, at, read_all, snapshot::folder},
    terraform::dataflow::Texts,
};

#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "Modules")]
    modules: Vec<Module>,
}

#[derive(Deserialize)]
struct Module {
    /// The names of the calls on the way to it; empty for the root.
    #[serde(rename = "Key")]
    key: String,
    /// Its folder, seen from the root.
    #[serde(rename = "Dir")]
    folder: String,
}

/// The texts of a root and of its modules, after `init`, which has written down where they are. `data` is the folder for what
/// Terraform keeps. Without a list of modules there are only those of the root.
///
/// # Errors
/// When a file cannot be read, or the list is something else.
pub fn texts(root: &Path, data: &Path) -> Result<Texts, Failure> {
    const MOST: usize = 16 * 1024 * 1024;
    let mut texts = Texts::new();
    texts.insert(String::new(), of_folder(root)?);
    let list = data.join("modules/modules.json");
    if !list.is_file() {
        return Ok(texts);
    }
    let bytes = read_all(MOST, &list)?;
    let found = serde_json::from_slice(&bytes).map_err(io::Error::from);
    let Manifest { modules } = found.map_err(at(&list))?;
    for module in modules {
        let folder = root.join(&module.folder);
        texts.insert(module.key, of_folder(&folder)?);
    }
    Ok(texts)
}

fn of_folder(folder: &Path) -> Result<Vec<String>, Failure> {
    let files = folder::files(folder)?.unwrap_or_default();
    let text = |(name, content): (String, Content)| match content {
        Content::Text(text) if Path::new(&name).extension().is_some_and(|end| end == "tf") => {
            Some(text)
        }
        _ => None,
    };
    Ok(files.into_iter().filter_map(text).collect())
}
