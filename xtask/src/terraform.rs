//! Terraform, which gets its provider by its own settings: `TF_CLI_CONFIG_FILE`, or `.terraformrc` in the home folder.

use std::path::Path;

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::shell;

/// The oldest provider that the modules admit: what they are validated and tested with.
pub(crate) const PROVIDER: &str = "5.100.0";

/// Its version; an error, when it is not there.
pub(crate) fn find(sh: &Shell) -> Result<String> {
    Ok(shell::find(sh, &["terraform"], "version")?.1)
}

/// The format of everything that is written by hand.
pub(crate) fn format(sh: &Shell) -> Result<String> {
    let version = find(sh)?;
    shell::output(cmd!(
        sh,
        "terraform fmt -check -diff -recursive modules fixtures"
    ))?;
    Ok(version)
}

/// Initializes and validates a folder of Terraform.
pub(crate) fn validate(sh: &Shell, folder: &Path) -> Result<()> {
    find(sh)?;
    let _folder = sh.push_dir(folder);
    shell::output(cmd!(sh, "terraform init -backend=false"))?;
    shell::output(cmd!(sh, "terraform validate"))?;
    Ok(())
}
