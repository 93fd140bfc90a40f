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
    let tests = cmd!(sh, "cargo test --workspace --quiet");
    // Without a stop at the first one, all that differ inside the tests wait together.
    let tests = tests
        .env("INSTA_UPDATE", "always")
        .env("INSTA_FORCE_PASS", "1");
    shell::output(tests)?;
    let waiting = sh.read_dir("tests")?;
    if waiting
        .iter()
        .any(|path| files::name(path).ends_with(".pending-snap"))
    {
        note += "snapshots inside the tests differ, too: take them with `cargo insta review`\n";
    }
    Ok(note + "blessed: read `git diff snapshots`")
}

/// Whether a snapshot's fixture is gone, or it was only proposed.
fn is_stale(kind: &str, snapshot: &str) -> bool {
    let case = snapshot.strip_suffix(".snap");
    case.is_none_or(|case| !Path::new("fixtures").join(kind).join(case).is_dir())
}
