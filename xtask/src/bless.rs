//! `bless`: accepts what the tests show now. The diff of the snapshots is then the review.

use std::path::Path;

use crate::{command::Program, files, step::Done};

pub(crate) fn run() -> Done {
    let mut note = String::new();
    for kind in ["ok", "bad"] {
        for path in files::list(&Path::new("snapshots").join(kind))? {
            if is_stale(kind, files::name(&path)) {
                files::delete(&path)?;
                note.push_str(&files::about(&path, "deleted\n"));
            }
        }
    }
    Program::new("cargo", &["test", "--workspace", "--quiet"])
        .env("INSTA_UPDATE", "always")
        .run()?;
    Ok(note + "blessed: read `git diff snapshots`")
}

/// Whether a snapshot's fixture is gone, or it was only proposed.
fn is_stale(kind: &str, snapshot: &str) -> bool {
    let case = snapshot.strip_suffix(".snap");
    case.is_none_or(|case| files::list(&Path::new("fixtures").join(kind).join(case)).is_err())
}
