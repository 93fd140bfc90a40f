//! Packages of Node, kept below `target/`.

use std::path::Path;

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{files, shell};

/// Installs exactly the packages that a folder has locked, when other ones are there, and what is beside the lock.
pub(crate) fn install(sh: &Shell, sources: &str, folder: &str) -> Result<()> {
    shell::find(sh, &["node"], "--version")?;
    let (npm, _) = shell::find(sh, &["npm", "npm.cmd"], "--version")?;
    let lock = sh.read_file(format!("{sources}/package-lock.json"))?;
    let made_of = format!("{folder}/made-of.txt");
    if sh.read_file(&made_of).is_ok_and(|known| known == lock) {
        return files::copy(sh, Path::new(sources), Path::new(folder));
    }
    files::clear(sh, folder)?;
    files::copy(sh, Path::new(sources), Path::new(folder))?;
    let options = "--ignore-scripts --no-audit --no-fund --no-engine-strict".split(' ');
    {
        let _folder = sh.push_dir(folder);
        shell::output(cmd!(sh, "{npm} ci").args(options))?;
    }
    sh.write_file(made_of, lock)?;
    Ok(())
}
