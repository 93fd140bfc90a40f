//! What a run of Terraform that locks a state leaves in its log: enough for the next run to know whether it is over, and which
//! lock was its own.
//!
//! Terraform holds the log open, locked, and so tells the next run that it lives, whatever became of whoever has started it.

use std::{
    fs::{self, File, TryLockError},
    io::{Seek, SeekFrom, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::io::{Failure, at};

/// What Terraform is told to write into its log, as the setting and its value: which lock it takes is among it.
pub(super) const NOISE: (&str, &str) = ("TF_LOG_CORE", "INFO");

/// The first line of such a log, before the place that it was written at.
const BEGUN: &str = "valet-rds begins ";

/// The last line, when the run was seen to its end.
const ENDED: &str = "valet-rds has seen it end";

/// What becomes of the last run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Last {
    /// There was none.
    None,
    /// Terraform is still at work.
    Alive,
    /// It is over.
    Over {
        /// Whether it was seen to its end, good or bad; otherwise it was killed with whoever had started it.
        is_seen: bool,
        /// The id of the lock that it has perhaps left. None as well when nobody can be certain that the run is over: a copy of
        /// the log says nothing of a Terraform on another machine.
        lock: Option<String>,
    },
}

/// Where a log is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    /// Name of the machine.
    machine: Option<String>,
    /// Which start of it.
    boot: Option<String>,
    /// What tells the file from a copy of it.
    file: Option<String>,
}

impl Place {
    fn of(file: &File) -> Self {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
        Self {
            machine: machine(),
            boot: boot.map(|id| id.trim().to_owned()),
            file: identity(file),
        }
    }

    /// Whether a lock on the file would be seen from one as from the other. Containers of a machine share its start; a machine
    /// that was started again keeps its name.
    fn is_same(&self, other: &Self) -> bool {
        let is = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
        let is_machine = is(&self.boot, &other.boot) || is(&self.machine, &other.machine);
        is_machine && is(&self.file, &other.file)
    }
}

#[cfg(unix)]
fn machine() -> Option<String> {
    let name = rustix::system::uname();
    let name = name.nodename().to_str().ok()?;
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(not(unix))]
fn machine() -> Option<String> {
    None
}

/// The number of a file, with the time at which it was made: the number of one that is gone is used again.
#[cfg(unix)]
fn identity(file: &File) -> Option<String> {
    use std::{os::unix::fs::MetadataExt, time::UNIX_EPOCH};

    let metadata = file.metadata().ok()?;
    let made = metadata.created().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{}-{}", metadata.ino(), made.as_nanos()))
}

#[cfg(not(unix))]
fn identity(_: &File) -> Option<String> {
    None
}

/// Begins the log of a run, and locks it until everybody who has it open is gone.
///
/// # Errors
/// When another run writes there, or the disk refuses.
pub(super) fn begin(path: &Path) -> Result<File, Failure> {
    let mut options = File::options();
    let options = options.create(true).truncate(false).read(true).write(true);
    let mut file = options.open(path).map_err(at(path))?;
    file.try_lock().map_err(|error| match error {
        TryLockError::Error(error) => at(path)(error),
        TryLockError::WouldBlock => at(path)(std::io::Error::other("another run writes there")),
    })?;
    file.set_len(0).map_err(at(path))?;
    file.seek(SeekFrom::Start(0)).map_err(at(path))?;
    let place = serde_json::to_string(&Place::of(&file)).unwrap_or_default();
    writeln!(file, "{BEGUN}{place}").map_err(at(path))?;
    Ok(file)
}

/// Ends it: Terraform was seen to end.
///
/// # Errors
/// When the disk refuses.
pub(super) fn end(mut file: File, path: &Path) -> Result<(), Failure> {
    writeln!(file, "\n{ENDED}").map_err(at(path))
}

/// What a log says of itself: without what it says for the next run.
#[must_use]
pub fn without_trace(log: &str) -> String {
    let is_ours =
        |line: &&str| line.starts_with(BEGUN) || *line == ENDED || line.contains(" [INFO] ");
    let lines = log.lines().filter(|line| !is_ours(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// What became of the run that a log is of.
///
/// # Errors
/// When it cannot be read.
pub fn last(path: &Path) -> Result<Last, Failure> {
    // To lock it, a file on a network has to be open for writing.
    let file = match File::options().read(true).write(true).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Last::None),
        opened => opened.map_err(at(path))?,
    };
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(Last::Alive),
        Err(TryLockError::Error(error)) => return Err(at(path)(error)),
    }
    Ok(over(&super::log(path)?, &Place::of(&file)))
}

/// What the log of a run tells that nobody writes to here.
fn over(log: &str, here: &Place) -> Last {
    let is_seen = log.lines().any(|line| line == ENDED);
    let place = log.lines().find_map(|line| line.strip_prefix(BEGUN));
    let place = place.and_then(|place| serde_json::from_str::<Place>(place).ok());
    let is_certain = is_seen || place.is_some_and(|place| place.is_same(here));
    Last::Over {
        is_seen,
        lock: lock(log).filter(|_| is_certain),
    }
}

/// The id of the lock that Terraform has asked for and not given back, as far as its log tells.
fn lock(log: &str) -> Option<String> {
    let mut held = None;
    for line in log.lines() {
        let id = || {
            let (_, rest) = line.split_once("tf_backend.lock.id=")?;
            rest.split_whitespace().next().map(str::to_owned)
        };
        if line.contains("Attempting to lock remote state") {
            held = id();
        } else if line.contains("Unlocked remote state") && id() == held {
            held = None;
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::{Last, Place, over};

    const ASKED: &str = "2026-11-01T10:00:00.000Z [INFO]  backend-s3: Attempting to lock remote state (S3 Native only)...: tf_backend.lock.id=0a1b tf_backend.lock.info=\"\" tf_backend.lock.who=a@b\n";
    const GIVEN_BACK: &str = "2026-11-01T10:00:01.000Z [INFO]  backend-s3: Unlocked remote state (S3 Native only): tf_backend.lock.id=0a1b tf_backend.operation=Unlock\n";

    fn place(machine: &str, boot: &str, file: &str) -> Place {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Place {
            machine: some(machine),
            boot: some(boot),
            file: some(file),
        }
    }

    fn left(log: &str, here: &Place) -> (bool, Option<String>) {
        match over(log, here) {
            Last::Over { is_seen, lock } => (is_seen, lock),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_lock_is_ours_when_the_run_that_took_it_is_certainly_over() {
        let begun = r#"valet-rds begins {"machine":"m","boot":"1","file":"f"}"#;
        let ours = Some("0a1b".to_owned());
        for (machine, boot, file, expected) in [
            ("m", "1", "f", &ours),
            // Another container of the machine; the machine after a new start.
            ("n", "1", "f", &ours),
            ("m", "2", "f", &ours),
            // Another machine; a copy.
            ("n", "2", "f", &None),
            ("m", "1", "g", &None),
            ("", "", "", &None),
        ] {
            let log = format!("{begun}\n{ASKED}");
            let here = place(machine, boot, file);
            assert_eq!(left(&log, &here), (false, expected.clone()), "{here:?}");
        }
        let elsewhere = place("n", "2", "g");
        let here = place("m", "1", "f");
        let seen = "\nvalet-rds has seen it end\n";
        assert_eq!(
            left(&format!("{begun}\n{ASKED}{seen}"), &elsewhere),
            (true, ours)
        );
        // Cut in the middle of a line.
        let cut = format!("{begun}\n{}", &ASKED[..80]);
        assert_eq!(left(&cut, &here), (false, None));
        let back = format!("{begun}\n{ASKED}{GIVEN_BACK}");
        assert_eq!(left(&back, &here), (false, None));
        // Of another version of this tool, which tells nothing.
        assert_eq!(left(ASKED, &here), (false, None));
        let unknown = r#"valet-rds begins {"machine":null,"boot":null,"file":null}"#;
        let log = format!("{unknown}\n{ASKED}");
        assert_eq!(left(&log, &place("", "", "")), (false, None));
    }
}
