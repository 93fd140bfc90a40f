//! The emulated AWS: a server on a free port of loopback, which ends when this is dropped.
#![expect(clippy::disallowed_methods, reason = "waits for a server")]

use std::{
    path::{Path, PathBuf},
    process::Child,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{FOLDER, SOURCES, table::Table};
use crate::{command::Program, files, json, step::Done};

const LOG: &str = "target/apply/server.log";
const PORT: &str = "target/apply/port.txt";
/// Even a busy machine loads the emulator in this time.
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(100);
/// Lines of the server's log that a failure shows.
const LAST_LINES: usize = 40;
/// Settings of the user that would win over the emulated ones.
const NOT_HERE: [&str; 4] = [
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_SESSION_TOKEN",
];
/// Credentials that are none, and no way to others.
const CREDENTIALS: [(&str, &str); 6] = [
    ("AWS_ACCESS_KEY_ID", "emulated"),
    ("AWS_SECRET_ACCESS_KEY", "emulated"),
    ("AWS_CONFIG_FILE", "target/apply/none"),
    ("AWS_SHARED_CREDENTIALS_FILE", "target/apply/none"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    // An error of the emulator shows at once; it never throttles.
    ("AWS_MAX_ATTEMPTS", "2"),
];

/// A running server.
pub(crate) struct Cloud {
    server: Child,
    python: PathBuf,
    address: String,
}

impl Cloud {
    pub(crate) fn start(python: &Path) -> Result<Self, String> {
        let program = Path::new(SOURCES).join("server.py");
        let server = Program::new(python, &[&program.to_string_lossy(), PORT])
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .env("PYTHONDONTWRITEBYTECODE", "1");
        let server = isolated(server).start(Path::new(LOG))?;
        let mut cloud = Self {
            server,
            python: python.to_owned(),
            address: String::new(),
        };
        let start = Instant::now();
        while start.elapsed() < PATIENCE && matches!(cloud.server.try_wait(), Ok(None)) {
            let port = files::read(Path::new(PORT)).unwrap_or_default();
            if port.ends_with('\n') {
                cloud.address = format!("http://127.0.0.1:{}", port.trim_end());
                return Ok(cloud);
            }
            thread::sleep(PAUSE);
        }
        Err(format!("no emulated AWS\n\n{}", Self::last_words()))
    }

    /// Lets a program find it, and nothing but it.
    pub(crate) fn lead(&self, program: Program) -> Program {
        isolated(program).env("AWS_ENDPOINT_URL", &self.address)
    }

    /// Runs one of the programs that know the emulated AWS: what it printed.
    pub(crate) fn ask(&self, program: &str, argument: &str) -> Done {
        let path = Path::new(SOURCES).join("checks").join(program);
        let asking = Program::new(&self.python, &[&path.to_string_lossy(), argument])
            .env("PYTHONDONTWRITEBYTECODE", "1");
        self.lead(asking).read()
    }

    /// Adds the checks that such a program made to the table.
    pub(crate) fn check(&self, program: &str, table: &mut Table) -> Result<(), String> {
        for line in self.ask(program, FOLDER)?.lines() {
            let row: Value =
                serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))?;
            let problems = json::list(&row, "problems").iter();
            let problems = problems.filter_map(Value::as_str).map(str::to_owned);
            table.add(json::text(&row, "check"), problems.collect());
        }
        Ok(())
    }

    /// Whether the server has answered a request whose line contains all of these.
    pub(crate) fn has_seen(parts: &[&str]) -> Result<bool, String> {
        let log = files::read(Path::new(LOG))?;
        let mut lines = log.lines();
        Ok(lines.any(|line| parts.iter().all(|part| line.contains(part))))
    }

    /// The end of the server's log.
    pub(crate) fn last_words() -> String {
        let log = files::read(Path::new(LOG)).unwrap_or_default();
        format!("the end of {LOG}:\n{}", tail(&log, LAST_LINES))
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A program without the user's own AWS.
fn isolated(program: Program) -> Program {
    let program = NOT_HERE.into_iter().fold(program, Program::without);
    let credentials = CREDENTIALS.into_iter();
    credentials.fold(program, |program, (name, value)| program.env(name, value))
}

/// The last lines of a text.
pub(crate) fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    let from = all.len().saturating_sub(lines);
    all.get(from..).unwrap_or_default().join("\n")
}
