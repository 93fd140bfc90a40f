//! `users`: the function that makes the users of databases, on PostgreSQL itself, of every version that RDS has, and on
//! MariaDB; and what becomes of its tests without each thing that keeps users from doing more than they should.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

use crate::{
    files, node, python, shell,
    tally::{Step, Tally},
};

const SOURCES: &str = "xtask/users";
/// Where the servers are.
pub(crate) const FOLDER: &str = "target/users";
/// All programs of a version; the servers come without most.
const PROGRAMS: &str = "xtask/users/upgrade.txt";

/// The newest has the most tests: what is the same for every version is asked of it alone.
const VERSIONS: [&str; 5] = ["18", "15", "16", "17", "14"];
/// What is taken away is missed by every version.
const SABOTAGED: &str = "16";
/// The server of MySQL's family that systems have as a package.
const MARIADB: &str = "mariadb";

/// A step for each version and for MariaDB, and for each engine one for what is taken away.
pub(crate) fn steps() -> Vec<Step> {
    let on = |version| {
        let name = format!("users, PostgreSQL {version}");
        Step::new(name, move |sh| test(sh, SOURCES, version))
    };
    let mut steps: Vec<_> = VERSIONS.into_iter().map(on).collect();
    steps.push(Step::new("users, MariaDB", |sh| test(sh, SOURCES, MARIADB)));
    for (name, version) in [
        ("users, sabotaged", SABOTAGED),
        ("users, MariaDB, sabotaged", MARIADB),
    ] {
        steps.push(Step::new(name, move |sh| {
            test(sh, &format!("{SOURCES}/sabotage.py"), version)
        }));
    }
    steps
}

/// These steps alone.
pub(crate) fn run() -> Result<String> {
    let mut tally = Tally::begin();
    tally.run_by(2, steps());
    tally.close()
}

/// Runs tests with a server: how many passed.
fn test(sh: &Shell, tests: &str, version: &str) -> Result<String> {
    let python = prepare(sh)?;
    let tests = cmd!(
        sh,
        "{python} -m pytest --quiet -p no:cacheprovider {tests} --versions {version}"
    );
    let printed = shell::output(tests.env("USERS_FOLDER", FOLDER))?;
    let last = printed.lines().rfind(|line| line.contains(" passed"));
    let passed = last.with_context(|| printed.clone())?.to_owned();
    ensure!(!passed.contains("skipped"), printed);
    Ok(passed)
}

/// The servers, fetched once.
pub(crate) fn install_servers(sh: &Shell) -> Result<()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    // Servers are published for more systems, but under other names.
    shell::require(
        "Linux on x86-64",
        cfg!(all(target_os = "linux", target_arch = "x86_64")),
    )?;
    node::install(sh, SOURCES, FOLDER)
}

/// The servers, all programs of one, and the Python that asks them, fetched once.
fn prepare(sh: &Shell) -> Result<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let python = python::environment(sh, python::EMULATOR)?;
    install_servers(sh)?;
    let is_wheel = |path: &PathBuf| files::has_extension(path, "whl");
    if !sh.read_dir(FOLDER)?.iter().any(is_wheel) {
        // Only programs are taken out of it, so it does not matter which Python it is for.
        let options = "--no-deps --require-hashes --only-binary :all: --python-version 3.11 --abi cp311 \
                       --implementation cp --platform manylinux2014_x86_64";
        let options = options.split_whitespace();
        shell::output(cmd!(
            sh,
            "{python} -m pip download --quiet {options...} --dest {FOLDER} --requirement {PROGRAMS}"
        ))?;
    }
    Ok(python)
}
