//! Which engine version was asked for of a unit before, as its root and the record of its last apply tell.

use std::path::Path;

use super::{find_in, git, root_of, roots::standing_root, snapshot::inputs::Inputs};
use crate::{
    aws::engine_version::EngineVersion,
    model::{
        Database,
        world::{Asked, ByApply},
    },
    terraform::applied::{self, Applied},
    text::path::below,
};

/// What root and record tell. What cannot be read tells nothing.
#[must_use]
pub fn asked(workspace: &Path, database: &Database) -> Asked {
    let own = database.directory();
    let directory = if super::is_there(&workspace.join(&own)) {
        Some(own)
    } else {
        root_of(workspace, database)
    };
    let Some(directory) = directory else {
        return Asked::default();
    };
    let by_root = || of_root(workspace, &directory);
    let record = find_in(workspace, &format!("{directory}/{}", applied::FILE));
    let by_apply = match record {
        Ok(None) => ByApply::NoRecord,
        Ok(Some(bytes)) => of_record(workspace, &directory, &bytes, by_root),
        Err(_) => ByApply::Unclear,
    };
    let by_root = match by_apply {
        ByApply::Version { .. } => None,
        ByApply::NoRecord | ByApply::Unclear => by_root(),
    };
    Asked { by_root, by_apply }
}

fn of_root(workspace: &Path, directory: &str) -> Option<EngineVersion> {
    let standing = standing_root(workspace, directory).ok()??;
    let version = standing.root.database_argument("engine_version")?;
    version.as_text()?.parse().ok()
}

fn of_record(
    workspace: &Path,
    directory: &str,
    bytes: &[u8],
    by_root: impl Fn() -> Option<EngineVersion>,
) -> ByApply {
    let Ok(record) = Applied::read(bytes) else {
        return ByApply::Unclear;
    };
    let waits = record.keeps("engine_version");
    // A record of before it told the version is of the root that stands, or of another one that nobody has.
    let version = record.engine_version.or_else(|| {
        let is_of_root = inputs_root(workspace, directory) == Some(record.inputs.root);
        by_root().filter(|_| is_of_root)
    });
    version.map_or(ByApply::Unclear, |version| ByApply::Version {
        version,
        waits,
    })
}

/// The digest of the files of a root, as records have it.
fn inputs_root(workspace: &Path, directory: &str) -> Option<String> {
    let (top, prefix) = git::place(workspace).unwrap_or((workspace.to_owned(), String::new()));
    let here = Inputs::here(&top, &below(&prefix, directory)).ok()??;
    Some(here.digests().root)
}
