//! Other programs: started in the repository with nothing to read, their output kept.

use std::{env, fmt, path::PathBuf, process::Output, sync::OnceLock};

use anyhow::{Result, bail};
use xshell::{Cmd, Shell, cmd};

/// What every program is told. Most of Terraform's time goes into the schema of the provider, of which there is nothing to
/// collect: with fewer collections it takes an eighth less.
const SETTINGS: [(&str, &str); 6] = [
    ("CHECKPOINT_DISABLE", "1"),
    ("GOGC", "300"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
    ("TF_CLI_ARGS", "-no-color"),
    ("TF_IN_AUTOMATION", "1"),
    ("TF_INPUT", "0"),
];

/// A program that a chore needs is not on this machine.
#[derive(Debug)]
pub(crate) struct Missing(String);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no {}", self.0)
    }
}

impl std::error::Error for Missing {}

/// A shell in the current folder.
pub(crate) fn open() -> Result<Shell> {
    let sh = Shell::new()?;
    for (name, value) in SETTINGS {
        sh.set_var(name, value);
    }
    Ok(sh)
}

/// Runs a command to its end: what it printed on both streams; an error, when it failed.
pub(crate) fn output(command: Cmd) -> Result<String> {
    let output = run(command)?;
    Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// The same, for what it printed on standard output alone.
pub(crate) fn read(command: Cmd) -> Result<String> {
    Ok(String::from_utf8(run(command)?.stdout)?)
}

fn run(command: Cmd) -> Result<Output> {
    let shown = command.to_string();
    let output = command.quiet().ignore_status().output()?;
    if !output.status.success() {
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed);
        bail!("$ {shown}\n{printed}{}", output.status);
    }
    Ok(output)
}

/// The first of these programs that is there: its name, and the first line that it says of its version.
pub(crate) fn find<'a>(sh: &Shell, names: &[&'a str], version: &str) -> Result<(&'a str, String)> {
    for name in names {
        if let Ok(printed) = read(cmd!(sh, "{name} {version}")) {
            return Ok((name, printed.lines().next().unwrap_or_default().to_owned()));
        }
    }
    bail!(Missing(names.join(" or ")))
}

/// Whether something that a chore needs is there; without it the chore lacks its engine.
pub(crate) fn require(what: &str, is_there: bool) -> Result<()> {
    if !is_there {
        bail!(Missing(what.to_owned()));
    }
    Ok(())
}

/// The command that users have, as a path from anywhere: the one in `VALET_RDS`, or else built once by each chore.
pub(crate) fn valet_rds(sh: &Shell) -> Result<PathBuf> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    if let Some(path) = env::var_os("VALET_RDS") {
        return Ok(path.into());
    }
    if let Some(path) = BUILT.get() {
        return Ok(path.clone());
    }
    // Together with this package, whose features were chosen with those of the library: nothing is built twice.
    let packages = ["--package", "xtask", "--package", "storage-valet-rds"];
    output(cmd!(
        sh,
        "cargo build --quiet {packages...} --bin valet-rds"
    ))?;
    let path = env::current_exe()?.with_file_name(format!("valet-rds{}", env::consts::EXE_SUFFIX));
    Ok(BUILT.get_or_init(|| path).clone())
}
