//! How far a long run is: one line on standard error that comes and goes, on a terminal alone.

use std::{
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A run that takes less than this says nothing.
const PATIENCE: Duration = Duration::from_millis(400);
const PERIOD: Duration = Duration::from_millis(100);

/// A line that lives as long as the work; the work ticks it.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    waiting: Option<Waiting>,
}

/// The thread that shows the line when patience ends before the work.
#[derive(Debug)]
struct Waiting {
    over: Sender<()>,
    thread: JoinHandle<()>,
}

impl Progress {
    /// Begins. `of` is the number of ticks to come, or 0 when nobody knows.
    #[must_use]
    pub fn start(verb: &'static str, of: usize) -> Self {
        Self::start_on(ProgressDrawTarget::stderr(), PATIENCE, verb, of)
    }

    fn start_on(
        screen: ProgressDrawTarget,
        patience: Duration,
        verb: &'static str,
        of: usize,
    ) -> Self {
        let end = u64::try_from(of).ok().filter(|end| *end > 0);
        let bar = ProgressBar::with_draw_target(end, ProgressDrawTarget::hidden());
        bar.set_style(style(end.is_some()));
        bar.set_message(verb);
        let waiting = (!screen.is_hidden()).then(|| {
            let (over, ended) = mpsc::channel();
            let bar = bar.clone();
            let thread = thread::spawn(move || {
                if ended.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
                    bar.set_draw_target(screen);
                    bar.enable_steady_tick(PERIOD);
                }
            });
            Waiting { over, thread }
        });
        Self { bar, waiting }
    }

    /// One more is done.
    pub fn tick(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(Waiting { over, thread }) = self.waiting.take() {
            drop(over);
            // The line is gone either way.
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}

/// A bar when the end is known, otherwise something that moves.
fn style(has_end: bool) -> ProgressStyle {
    if has_end {
        let bar = ProgressStyle::with_template("{msg} [{bar:24}] {pos}/{len}");
        let bar = bar.unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.progress_chars("= ")
    } else {
        let dots = ProgressStyle::with_template("{msg}{spinner}");
        let dots = dots.unwrap_or_else(|_| ProgressStyle::default_spinner());
        dots.tick_strings(&[".", "..", "...", "..."])
    }
}

#[cfg(test)]
mod tests {
    use std::{thread, time::Duration};

    use indicatif::{InMemoryTerm, ProgressDrawTarget};

    use super::{PERIOD, Progress};

    fn start(screen: &InMemoryTerm, patience: Duration, of: usize) -> Progress {
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        Progress::start_on(target, patience, "writing", of)
    }

    /// Waits until a screen shows this.
    fn assert_shows(screen: &InMemoryTerm, expected: &str) {
        const LOOKS: u32 = 2000;
        let is_shown = (0..LOOKS).any(|_| {
            thread::sleep(PERIOD / 10);
            screen.contents() == expected
        });
        assert!(is_shown, "{:?} instead of {expected:?}", screen.contents());
    }

    #[test]
    fn a_long_run_is_shown_as_far_as_it_is_and_wiped_away() {
        let screen = InMemoryTerm::new(10, 80);
        let progress = start(&screen, Duration::ZERO, 8);
        assert_shows(&screen, "writing [                        ] 0/8");
        (0..4).for_each(|_| progress.tick());
        assert_shows(&screen, "writing [============            ] 4/8");
        (0..4).for_each(|_| progress.tick());
        assert_shows(&screen, "writing [========================] 8/8");
        drop(progress);
        assert_eq!(screen.contents(), "");
    }

    #[test]
    fn a_run_without_a_known_end_moves() {
        let screen = InMemoryTerm::new(10, 80);
        let progress = start(&screen, Duration::ZERO, 0);
        assert_shows(&screen, "writing.");
        assert_shows(&screen, "writing...");
        drop(progress);
        assert_eq!(screen.contents(), "");
    }

    #[test]
    fn a_short_run_says_nothing() {
        let screen = InMemoryTerm::new(10, 80);
        let progress = start(&screen, Duration::from_secs(60), 2);
        progress.tick();
        drop(progress);
        assert_eq!(screen.moves_since_last_check(), "");
    }
}
