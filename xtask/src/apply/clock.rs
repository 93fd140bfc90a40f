//! How far the proof is: it takes minutes.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "measures time and says so"
)]

use std::time::Instant;

/// Time since the start.
pub(crate) struct Clock(Instant);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn says(&self, what: &str) {
        eprintln!("apply  {:>6}  {what}", self.reads());
    }

    pub(crate) fn reads(&self) -> String {
        format!("{:.0} s", self.0.elapsed().as_secs_f32())
    }
}
