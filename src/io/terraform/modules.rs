//! The texts of the modules that Terraform has found for a root.

use std::{fs, io, path::Path};

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
    let mut texts = Texts::new();
    texts.insert(String::new(), of_folder(root)?);
    for module in list(data)? {
        let folder = root.join(&module.folder);
        texts.insert(module.key, of_folder(&folder)?);
    }
    Ok(texts)
}

/// Adds a file to a module of a root that is only looked at, by the name of the module; everything of the root and of its modules
/// is below a folder. Whether there is such a module.
///
/// # Errors
/// When the disk refuses.
pub fn add_to_module(
    below: &Path,
    (root, data): (&Path, &Path),
    module: &str,
    (name, text): (&str, &str),
) -> Result<bool, Failure> {
    let modules = list(data)?;
    let Some(module) = modules.into_iter().find(|one| one.key == module) else {
        return Ok(false);
    };
    let folder = root.join(module.folder);
    let folder = folder.canonicalize().map_err(at(&folder))?;
    let below = below.canonicalize().map_err(at(below))?;
    if !folder.starts_with(below) {
        return Ok(false);
    }
    let path = folder.join(name);
    fs::write(&path, text).map_err(at(&path))?;
    Ok(true)
}

/// The modules that `init` has found.
fn list(data: &Path) -> Result<Vec<Module>, Failure> {
    const MOST: usize = 16 * 1024 * 1024;
    let list = data.join("modules/modules.json");
    if !list.is_file() {
        return Ok(Vec::new());
    }
    let bytes = read_all(MOST, &list)?;
    let found = serde_json::from_slice(&bytes).map_err(io::Error::from);
    let Manifest { modules } = found.map_err(at(&list))?;
    Ok(modules)
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
