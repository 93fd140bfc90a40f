//! Terraform, started by one function. What it prints goes into files and never to us, so it outlives whoever has started
//! it and ends what it has begun.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place that starts Terraform"
)]

mod advice;
mod stopping;

use std::{
    env, error, fmt,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use serde::Deserialize;

use super::{
    Failure, at,
    git::{self, Refusal},
};
pub use advice::{advice, last_words, unframed};
pub use stopping::Stopping;

/// The oldest version that the roots take, as they say themselves.
pub const OLDEST: Version = Version(1, 11);

/// A version of Terraform, as far as anything depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// Why Terraform cannot be used.
#[derive(Debug)]
pub enum Unusable {
    /// It does not start.
    Start(PathBuf, io::Error),
    /// It does not say its version.
    NoVersion(PathBuf),
    /// It is older than the roots take.
    TooOld(String),
    /// Nobody could tell it to stop.
    Signals(io::Error),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(program, error) if error.kind() == io::ErrorKind::NotFound => write!(
                f,
                "there is no {}: install Terraform {OLDEST} or newer, or name it with --terraform",
                program.display()
            ),
            Self::Start(program, error) => write!(f, "{}: {error}", program.display()),
            Self::NoVersion(program) => write!(
                f,
                "{} does not say which version it is: `version -json` should",
                program.display()
            ),
            Self::Signals(error) => write!(f, "signals cannot be listened for: {error}"),
            Self::TooOld(version) => write!(
                f,
                "Terraform {version} is older than {OLDEST}, which the roots ask for: install a newer one, or name it with --terraform"
            ),
        }
    }
}

impl error::Error for Unusable {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Start(_, error) | Self::Signals(error) => Some(error),
            Self::NoVersion(_) | Self::TooOld(_) => None,
        }
    }
}

/// How a run of Terraform has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With this exit code; without one, it was killed.
    Code(Option<i32>),
    /// It was asked to stop, and has.
    Stopped,
}

/// Terraform, as it is on this machine.
#[derive(Clone, Debug)]
pub struct Terraform {
    program: PathBuf,
    /// Its whole version.
    pub version: String,
}

/// The plan of a root, in the folder for what Terraform keeps; it is only there while its unit is worked on, because it
/// may hold what nobody may read.
pub const PLAN: &str = "valet-rds.plan";

/// What Terraform prints of a plan or of outputs, in the same place for the same reason.
pub const SHOWN: &str = "valet-rds.json";

/// One run: where, and where what it prints goes.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Folder of the root.
    pub root: &'a Path,
    /// Folder for what Terraform keeps beside a root, as an absolute path.
    pub data: &'a Path,
    /// File for standard output; none for the log.
    pub output: Option<&'a Path>,
    /// File for standard error.
    pub log: &'a Path,
}

/// What the caller's environment says to Terraform and would change what a run means. Arguments of `init` stay: they say
/// where the backend and the providers are.
fn is_inherited(name: &str) -> bool {
    let known = [
        "TF_CLI_ARGS",
        "TF_VAR_",
        "TF_WORKSPACE",
        "TF_DATA_DIR",
        "TF_LOG",
    ];
    name != "TF_CLI_ARGS_init" && known.iter().any(|known| name.starts_with(known))
}

impl Terraform {
    /// Finds Terraform: the program of this name, or the one on the path.
    ///
    /// # Errors
    /// When it does not start, or is too old.
    pub fn find(named: Option<&Path>) -> Result<Self, Unusable> {
        #[derive(Deserialize)]
        struct Said {
            terraform_version: String,
        }
        let program = named.unwrap_or(Path::new("terraform")).to_owned();
        // What is named by a path is seen from here, not from the root that it runs in.
        let program = if program.components().count() > 1 {
            std::path::absolute(&program).unwrap_or(program)
        } else {
            program
        };
        let output = Command::new(&program)
            .args(["version", "-json"])
            .env("CHECKPOINT_DISABLE", "1")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| Unusable::Start(program.clone(), error))?;
        let said: Said = serde_json::from_slice(&output.stdout)
            .map_err(|_| Unusable::NoVersion(program.clone()))?;
        let version = said.terraform_version;
        let mut numbers = version.split('.').map(str::parse::<u32>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) if Version(major, minor) >= OLDEST => {}
            (Some(Ok(_)), Some(Ok(_))) => return Err(Unusable::TooOld(version)),
            _ => return Err(Unusable::NoVersion(program)),
        }
        Ok(Self { program, version })
    }

    /// Runs Terraform to its end, or until it is told to stop.
    ///
    /// # Errors
    /// When it does not start, or a file cannot be written.
    pub fn run(&self, run: Run, arguments: &[&str], stopping: &Stopping) -> Result<Ended, Failure> {
        const LOOK: Duration = Duration::from_millis(25);
        if stopping.is_asked() {
            return Ok(Ended::Stopped);
        }
        let log = File::create(run.log).map_err(at(run.log))?;
        let output = match run.output {
            Some(path) => File::create(path).map_err(at(path))?,
            None => log.try_clone().map_err(at(run.log))?,
        };
        let mut command = Command::new(&self.program);
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(is_inherited) {
                command.env_remove(name);
            }
        }
        if env::var_os("GOGC").is_none() {
            // Most of a run is reading the schema of the provider: collecting less of it is a tenth of the time.
            command.env("GOGC", "300");
        }
        command
            .args(arguments)
            .current_dir(run.root)
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_DATA_DIR", run.data)
            .env("TF_INPUT", "0")
            .env("TF_IN_AUTOMATION", "1")
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(log);
        stopping::stand_apart(&mut command);
        let mut child = command.spawn().map_err(at(&self.program))?;
        let mut is_told = false;
        loop {
            if let Some(status) = child.try_wait().map_err(at(&self.program))? {
                return Ok(if is_told {
                    Ended::Stopped
                } else {
                    Ended::Code(status.code())
                });
            }
            if stopping.is_asked() && !is_told {
                stopping::interrupt(&mut child);
                is_told = true;
            }
            thread::sleep(LOOK);
        }
    }
}

/// Why a folder is no place for what a run keeps.
#[derive(Debug)]
pub enum BadFolder {
    /// It is, or is reached through, a symbolic link.
    Link(PathBuf),
    /// Git has something of it, so a checkout can say what is in it.
    InGit(PathBuf),
    /// Git cannot tell.
    Git(Refusal),
}

impl fmt::Display for BadFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(path) => write!(
                f,
                "{} is a symbolic link, which whoever commits could lay anywhere; name another folder",
                path.display()
            ),
            Self::InGit(path) => write!(
                f,
                "{} is in git, so what stands there may not be what was planned; name another folder",
                path.display()
            ),
            Self::Git(refusal) => refusal.fmt(f),
        }
    }
}

impl error::Error for BadFolder {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Git(refusal) => Some(refusal),
            Self::Link(_) | Self::InGit(_) => None,
        }
    }
}

/// Holds a folder that the user has named for a run to what nobody else can have laid out.
///
/// # Errors
/// When a commit could have.
pub fn hold_folder(folder: &Path) -> Result<(), BadFolder> {
    let parts: Vec<&Path> = if folder.is_absolute() {
        vec![folder]
    } else {
        folder.ancestors().collect()
    };
    let is_link = |path: &&Path| {
        fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_symlink())
    };
    if let Some(link) = parts.into_iter().find(is_link) {
        return Err(BadFolder::Link(link.to_owned()));
    }
    match git::tracks(folder) {
        Ok(false) => Ok(()),
        Ok(true) => Err(BadFolder::InGit(folder.to_owned())),
        Err(refusal) => Err(BadFolder::Git(refusal)),
    }
}

/// Makes a folder, and those above it.
///
/// # Errors
/// When the disk refuses.
pub fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(at(path))
}

/// Removes the plan of a root, and what was printed of it, from the folder for what Terraform keeps.
///
/// # Errors
/// When the disk refuses.
pub fn forget(data: &Path) -> Result<(), Failure> {
    remove(&data.join(PLAN))?;
    remove(&data.join(SHOWN))
}

/// What Terraform has printed, up to a limit in bytes.
///
/// # Errors
/// When it cannot be read.
pub fn shown(data: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    super::read_all(limit, &data.join(SHOWN))
}

/// A log, as far as it is text; empty, when there is none.
///
/// # Errors
/// When it cannot be read.
pub fn log(path: &Path) -> Result<String, Failure> {
    // A long apply says every ten seconds of each resource that it is still at it.
    const MOST: usize = 256 * 1024 * 1024;
    if !super::is_there(path) {
        return Ok(String::new());
    }
    let bytes = super::read_all(MOST, path)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Removes a file of a run; it need not be there.
///
/// # Errors
/// When the disk refuses.
pub fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// The files of this name in the folders of units below the folder of a run.
///
/// # Errors
/// When a folder cannot be read.
pub fn of_units(folder: &Path, name: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for environment in folders(folder)? {
        for unit in folders(&environment)? {
            let path = unit.join(name);
            if path.is_file() {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Adds the journal of the last apply to those of the runs before it.
///
/// # Errors
/// When the disk refuses.
pub fn keep_journal(journal: &Path, all: &Path) -> Result<(), Failure> {
    let mut last = match File::open(journal) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(at(journal))?,
    };
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .create(true)
        .append(true)
        .open(all)
        .map_err(at(all))?;
    io::copy(&mut last, &mut file).map_err(at(all))?;
    file.sync_data().map_err(at(all))?;
    remove(journal)
}
