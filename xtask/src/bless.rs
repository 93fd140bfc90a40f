//! `bless`: accepts what the tests show now. The diff of the snapshots is then the review.

use std::{fmt::Write, path::Path};

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{files, shell};

pub(crate) fn run(sh: &Shell) -> Result<String> {
    let mut note = String::new();
    for kind in ["ok", "bad"] {
        for path in sh.read_dir(Path::new("snapshots").join(kind))? {
            if is_stale(kind, files::name(&path)) {
                sh.remove_path(&path)?;
                writeln!(note, "deleted {}", path.display())?;
            }
        }
    }
    shell::output(cmd!(sh, "cargo test --workspace --quiet").env("INSTA_UPDATE", "always"))?;
    Ok(note + "blessed: read `git diff snapshots`")
}

/// Whether a snapshot's fixture is gone, or it was only proposed.
fn is_stale(kind: &str, snapshot: &str) -> bool {
    let case = snapshot.strip_suffix(".snap");
    case.is_none_or(|case| !Path::new("fixtures").join(kind).join(case).is_dir())
}
