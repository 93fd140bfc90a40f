//! Ending a run in good order: who is told to stop tells Terraform, which saves its state and gives back its lock.

use std::{
    process::{Child, Command},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::Unusable;

/// Whether somebody has asked this process to end.
#[derive(Clone, Debug, Default)]
pub struct Stopping(Arc<AtomicBool>);

impl Stopping {
    /// Listens from now on: an interrupt, or being told to terminate, no longer ends the process at once.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> Result<Self, Unusable> {
        let stopping = Self::default();
        #[cfg(unix)]
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&stopping.0))
                .map_err(Unusable::Signals)?;
        }
        Ok(stopping)
    }

    /// Whether it has been asked.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Puts a program where a terminal's interrupt does not reach it: only this process tells it to stop, and once.
pub(super) fn stand_apart(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Asks a program to stop in good order.
pub(super) fn interrupt(child: &mut Child) {
    #[cfg(unix)]
    if let Some(process) = rustix::process::Pid::from_raw(child.id().try_into().unwrap_or(0)) {
        // A program that has just ended needs no word.
        let _ = rustix::process::kill_process(process, rustix::process::Signal::INT);
    }
    #[cfg(not(unix))]
    let _ = child.kill();
}
