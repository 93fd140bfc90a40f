//! `apply`: has pytest prove that generated roots go up, plan clean, change in place and come down, with the real
//! provider on an emulated AWS.

use std::path::Path;

use anyhow::Result;
use xshell::{Cmd, Shell, cmd};

use crate::{files, python, roots, shell, terraform};

/// Everything that the proof writes.
const FOLDER: &str = "target/apply";
const PROOF: &str = "xtask/proof";

/// Proves it, and shows how far it is.
pub(crate) fn watch(sh: &Shell, options: &[String]) -> Result<String> {
    prepare(sh)?.args(options).quiet().run()?;
    Ok("proved".to_owned())
}

/// Proves it: how many tests passed.
pub(crate) fn run(sh: &Shell) -> Result<String> {
    let printed = shell::output(prepare(sh)?)?;
    let last = printed.lines().rfind(|line| line.contains(" passed"));
    Ok(last.unwrap_or_default().trim_matches(['=', ' ']).to_owned())
}

/// A workspace, the modules that its roots call, and what is still to be run.
fn prepare(sh: &Shell) -> Result<Cmd<'_>> {
    terraform::find(sh)?;
    let (python, valet_rds) = (
        python::environment(sh, python::EMULATOR)?,
        shell::valet_rds(sh)?,
    );
    files::clear(sh, FOLDER)?;
    roots::copy_modules(sh, &Path::new(FOLDER).join("modules"))?;
    files::copy(
        sh,
        &Path::new(PROOF).join("workspace"),
        &Path::new(FOLDER).join("workspace"),
    )?;
    Ok(cmd!(sh, "{python} -m pytest {PROOF}")
        .env("PROOF_FOLDER", FOLDER)
        .env(
            "PROOF_POLICIES",
            sh.current_dir().join("docs/deploy-policy"),
        )
        .env("VALET_RDS", valet_rds))
}
