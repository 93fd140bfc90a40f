//! Files that are made from others: rewritten, or only compared with what they should be.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use xshell::Shell;

/// What to do about stale files.
#[derive(Clone, Copy, clap::Args)]
pub(crate) struct Mode {
    /// Fail when something is stale, and rewrite nothing
    #[arg(long)]
    check: bool,
}

/// A file as it should be.
pub(crate) type Derived = (PathBuf, Vec<u8>);

impl Mode {
    /// Only compares.
    pub(crate) const CHECK: Self = Self { check: true };

    /// Looks at the files of a chore: what was rewritten.
    pub(crate) fn settle(self, sh: &Shell, chore: &str, files: Vec<Derived>) -> Result<String> {
        let is_stale = |(path, content): &Derived| {
            !sh.read_binary_file(path)
                .is_ok_and(|found| found == *content)
        };
        let stale: Vec<_> = files.into_iter().filter(is_stale).collect();
        let names: Vec<_> = stale
            .iter()
            .map(|(path, _)| path.display().to_string())
            .collect();
        let names = names.join(", ");
        if self.check {
            ensure!(
                stale.is_empty(),
                "stale, run `cargo xtask {chore}`: {names}"
            );
            return Ok(String::new());
        }
        for (path, content) in &stale {
            sh.write_file(path, content)?;
        }
        Ok(if stale.is_empty() {
            "nothing is stale".to_owned()
        } else {
            format!("rewrote {names}")
        })
    }
}
