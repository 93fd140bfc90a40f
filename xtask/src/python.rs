//! Python in environments of its own: pinned packages, kept below `target/`.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::{files, shell};

/// Packages, and the folder of an environment of them.
type Environment = (&'static str, &'static str);

/// What emulates AWS and asks it.
pub(crate) const EMULATOR: Environment = ("xtask/requirements.txt", "target/python");
/// What scans Terraform.
pub(crate) const SCANNER: Environment = ("xtask/checkov.txt", "target/checkov");
/// What draws the book.
pub(crate) const PRINTER: Environment = ("xtask/book.txt", "target/book-python");
/// What finds mistakes in pipelines.
pub(crate) const LINTERS: Environment = ("xtask/linters/requirements.txt", "target/linters");
/// What `valet-rds` is measured against.
pub(crate) const YARDSTICK: Environment = ("xtask/bench/yardstick.txt", "target/bench-python");

/// Runs the unit tests of the functions that the modules bring along, and of the emulated AWS.
pub(crate) fn test(sh: &Shell) -> Result<String> {
    let python = environment(sh, EMULATOR)?;
    let tests = cmd!(
        sh,
        "{python} -m pytest --quiet -p no:cacheprovider modules xtask/emulator"
    );
    // Nothing is written beside the sources, which others read meanwhile.
    let tests = tests.env("PYTHONDONTWRITEBYTECODE", "1");
    let printed = shell::output(tests.env("PYTHONPATH", "xtask"))?;
    let passed = printed.lines().rfind(|line| line.contains(" passed"));
    Ok(passed.with_context(|| printed.clone())?.to_owned())
}

/// The Python with the pinned packages, which is made when it is not there or not the same.
pub(crate) fn environment(sh: &Shell, (list, folder): Environment) -> Result<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let (python, _) = shell::find(sh, &["python3", "python"], "--version")?;
    let made_of = Path::new(folder).join("made-of.txt");
    let inside = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    let inside = sh.current_dir().join(folder).join(inside);
    let packages = sh.read_file(list)?;
    if sh.read_file(&made_of).is_ok_and(|known| known == packages) {
        return Ok(inside);
    }
    files::clear(sh, folder)?;
    shell::output(cmd!(sh, "{python} -m venv {folder}"))?;
    shell::output(cmd!(
        sh,
        "{inside} -m pip install --quiet --no-deps --requirement {list}"
    ))?;
    sh.write_file(&made_of, packages)?;
    Ok(inside)
}
