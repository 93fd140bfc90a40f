//! Python in environments of its own: pinned packages, kept below `target/`.

use std::path::{Path, PathBuf};

use crate::{command::Program, files, step::Done};

/// Its packages and its folder: what emulates AWS.
pub(crate) const EMULATOR: (&str, &str) = ("xtask/requirements.txt", "target/python");
const SYNC: &str = "modules/nlb/sync";

/// The name of the Python of this machine.
pub(crate) fn find() -> Result<&'static str, String> {
    ["python3", "python"]
        .into_iter()
        .find(|name| Program::new(name, &["--version"]).run().is_ok())
        .ok_or_else(|| "there is no Python".to_owned())
}

/// Runs the unit tests of the target sync.
pub(crate) fn test(python: &str) -> Done {
    let printed = Program::new(
        environment(python, EMULATOR)?,
        &["-m", "unittest", "discover", "--start-directory", SYNC],
    )
    .env("PYTHONDONTWRITEBYTECODE", "1")
    .run()?;
    let ran = printed.lines().find(|line| line.starts_with("Ran "));
    ran.map(str::to_owned).ok_or(printed)
}

/// The Python with the pinned packages, which is made when it is not there or not the same.
pub(crate) fn environment(python: &str, (list, folder): (&str, &str)) -> Result<PathBuf, String> {
    let folder = Path::new(folder);
    let made_of = folder.join("made-of.txt");
    let inside = std::path::absolute(folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    }))
    .map_err(|error| files::about(folder, error))?;
    let packages = files::read(Path::new(list))?;
    if files::read(&made_of).is_ok_and(|known| known == packages) {
        return Ok(inside);
    }
    files::clear(folder)?;
    Program::new(python, &["-m", "venv", &folder.to_string_lossy()]).run()?;
    Program::new(
        &inside,
        &[
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--requirement",
            list,
        ],
    )
    .run()?;
    files::write(&made_of, packages)?;
    Ok(inside)
}
