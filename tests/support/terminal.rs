//! Runs of `valet-rds` at a terminal.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    process::{Child, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::command::command;

/// How long anything may take to be shown.
const PATIENCE: Duration = Duration::from_secs(20);

/// A run at a terminal of its own.
pub(crate) struct Terminal {
    child: Child,
    keys: File,
    shown: mpsc::Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let keys = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keys).unwrap();
        unlockpt(&keys).unwrap();
        let name = ptsname(&keys, Vec::new()).unwrap().into_string().unwrap();
        let screen = || {
            const NO_CONTROLLING_TERMINAL: i32 = rustix::fs::OFlags::NOCTTY.bits().cast_signed();
            let mut options = OpenOptions::new();
            options
                .read(true)
                .write(true)
                .custom_flags(NO_CONTROLLING_TERMINAL);
            Stdio::from(options.open(&name).unwrap())
        };
        let child = command(folder, arguments)
            .stdin(screen())
            .stdout(screen())
            .stderr(screen())
            .spawn()
            .unwrap();
        let keys = File::from(keys);
        let mut reader = keys.try_clone().unwrap();
        let (send, shown) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            keys,
            shown,
            seen: String::new(),
        }
    }

    /// Waits for a text after what was waited for before, then types.
    pub(crate) fn answer(&mut self, question: &str, keys: &str) {
        self.wait_for(question);
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    pub(crate) fn wait_for(&mut self, text: &str) {
        let start = Instant::now();
        loop {
            assert!(
                start.elapsed() < PATIENCE,
                "{text:?} is not shown: {:?}",
                self.seen
            );
            if let Some(at) = self.seen.find(text) {
                self.seen.drain(..at + text.len());
                return;
            }
            if let Ok(bytes) = self.shown.recv_timeout(Duration::from_millis(50)) {
                self.seen.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
    }

    pub(crate) fn end(mut self) -> (i32, String) {
        let status = self.child.wait().unwrap();
        while let Ok(bytes) = self.shown.recv_timeout(Duration::from_millis(200)) {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        (status.code().unwrap(), self.seen.replace('\r', ""))
    }
}
