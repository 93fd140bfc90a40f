//! Terraform, started by one function. What it prints goes into files and never to us, so it outlives whoever has started
//! it and ends what it has begun.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place that starts Terraform"
)]

mod advice;
mod folder;
mod modules;
mod plan_file;
mod stopping;
mod trace;

use std::{
    env, error, fmt,
    fs::File,
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use serde::Deserialize;

use super::{Failure, at};
pub use advice::{advice, last_words, unframed};
pub use folder::{
    BadFolder, forget, hold_folder, keep_journal, log, make_folder, move_plan, of_units, remove,
    remove_folder, shown, units,
};
pub use modules::{add_to_module, texts};
pub use plan_file::{States, states};
pub use stopping::Stopping;
pub use trace::{Last, last, without_trace};

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
    /// Whether its state is kept beside it, so that nothing that is said of other backends holds.
    pub is_local: bool,
    /// Whether it locks a state, so that its log has to tell the next run of it.
    pub locks: bool,
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
    name != INIT && known.iter().any(|known| name.starts_with(known))
}

/// Arguments that the caller adds to `init`.
const INIT: &str = "TF_CLI_ARGS_init";

/// Those that are not about a backend.
fn without_backend(arguments: &str) -> String {
    let mut kept = Vec::new();
    let mut words = arguments.split_whitespace();
    while let Some(word) = words.next() {
        match word.trim_start_matches('-') {
            "backend-config" => drop(words.next()),
            name if name.starts_with("backend-config=") => {}
            _ => kept.push(word),
        }
    }
    kept.join(" ")
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
        let log = if run.locks {
            trace::begin(run.log)
        } else {
            File::create(run.log).map_err(at(run.log))
        }?;
        let trace = log.try_clone().map_err(at(run.log))?;
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
        if run.is_local
            && let Ok(arguments) = env::var(INIT)
        {
            command.env(INIT, without_backend(&arguments));
        }
        if env::var_os("GOGC").is_none() {
            // Most of a run is reading the schema of the provider: collecting less of it is a tenth of the time.
            command.env("GOGC", "300");
        }
        if run.locks {
            command.env(trace::NOISE.0, trace::NOISE.1);
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
                if run.locks {
                    trace::end(trace, run.log)?;
                }
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

#[cfg(test)]
mod tests {
    use super::without_backend;

    #[test]
    fn what_is_said_of_a_backend_is_left_out() {
        for (all, kept) in [
            ("", ""),
            (
                "-upgrade -backend-config=a=b -no-color",
                "-upgrade -no-color",
            ),
            ("--backend-config a=b -plugin-dir=x", "-plugin-dir=x"),
        ] {
            assert_eq!(without_backend(all), kept);
        }
    }
}
