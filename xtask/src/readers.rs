//! What we publish, read by what others wrote: an editor's language server, schemas of Kubernetes objects, and the
//! readers of reports.

use std::path::Path;

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{files, node, roots, shell};

const SOURCES: &str = "xtask/readers";
const FOLDER: &str = "target/readers";
const BAD: &str = "target/bad";
const OBJECTS: [&str; 2] = ["snapshots/k8s/password.snap", "snapshots/k8s/iam.snap"];

/// All of them, one after the other.
pub(crate) fn run(sh: &Shell) -> Result<String> {
    node::install(sh, SOURCES, FOLDER)?;
    let valet_rds = shell::valet_rds(sh)?;
    let mut notes = Vec::new();
    for name in ["config", "workspace"] {
        let schema = shell::read(cmd!(sh, "{valet_rds} schema {name}"))?;
        sh.write_file(format!("{FOLDER}/{name}.schema.json"), schema)?;
    }
    // Opens configs and `valet.yaml` in yaml-language-server, as an editor does.
    notes.push(shell::output(cmd!(sh, "node {FOLDER}/client.mjs"))?);
    // Holds the reviewed Kubernetes objects against the published schemas.
    notes.push(shell::output(cmd!(
        sh,
        "node {FOLDER}/objects.mjs {OBJECTS...}"
    ))?);
    // Holds the reports of every bad workspace against the toolkit of GitHub Actions and the schema of SARIF.
    files::clear(sh, BAD)?;
    for fixture in files::folders(sh, "fixtures/bad")? {
        roots::assemble(sh, &fixture, &Path::new(BAD).join(files::name(&fixture)))?;
    }
    notes.push(shell::output(cmd!(
        sh,
        "node {FOLDER}/reports.mjs {valet_rds} {BAD}"
    ))?);
    Ok(notes.concat())
}
