//! Writing a config: atomically, inside the workspace, never through a link.

use std::{
    fs,
    io::{self, Write},
    path::{Component, Path},
};

use super::{
    Failure, at,
    roots::{UNFINISHED, refuse_links},
};

/// Makes a text the content of a file in a folder that is there. The file keeps its permissions.
///
/// # Errors
/// When the path leads out of the workspace or through a link, or the disk refuses.
pub fn write_config(workspace: &Path, path: &str, text: &str) -> Result<(), Failure> {
    let target = workspace.join(path);
    let inside = |part| matches!(part, Component::Normal(_));
    if !Path::new(path).components().all(inside) {
        return Err(at(&target)(io::Error::other(
            "outside the workspace; nothing is written there",
        )));
    }
    refuse_links(workspace, path)?;
    let permissions = match fs::metadata(&target) {
        Ok(metadata) if metadata.is_file() => Some(metadata.permissions()),
        Ok(_) => return Err(at(&target)(io::Error::other("not a regular file"))),
        Err(_) => None,
    };
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let unfinished = workspace
        .join(directory)
        .join(format!("{UNFINISHED}{name}"));
    let write = || {
        let mut file = fs::File::create(&unfinished)?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        fs::rename(&unfinished, &target)
    };
    write().map_err(|error| {
        // Whatever could not be finished is of no use to anybody.
        let _ = fs::remove_file(&unfinished);
        at(&target)(error)
    })
}
