//! How far a long run is: one line on standard error that comes and goes, on a terminal alone.

use std::{
    io::{IsTerminal, Write},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// A run that takes less than this says nothing.
const PATIENCE: Duration = Duration::from_millis(400);
const PERIOD: Duration = Duration::from_millis(100);
const WIPE: &str = "\r\u{1b}[K";

/// A line that lives as long as the work; the work ticks it.
#[derive(Debug)]
pub struct Progress {
    shared: Arc<Shared>,
    drawing: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    done: AtomicUsize,
    over: Mutex<bool>,
    wake: Condvar,
}

impl Progress {
    /// Begins. `of` is the number of ticks to come, or 0 when nobody knows.
    #[must_use]
    pub fn start(verb: &'static str, of: usize) -> Self {
        let shared = Arc::new(Shared::default());
        let drawing = std::io::stderr().is_terminal().then(|| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || draw(&shared, verb, of, PATIENCE, &mut std::io::stderr()))
        });
        Self { shared, drawing }
    }

    /// One more is done.
    pub fn tick(&self) {
        self.shared.done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        *self
            .shared
            .over
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = true;
        self.shared.wake.notify_all();
        if let Some(drawing) = self.drawing.take() {
            // The line is gone either way.
            let _ = drawing.join();
        }
    }
}

/// Draws until the work is over, then leaves an empty line. A screen that has gone away does not matter.
fn draw(shared: &Shared, verb: &str, of: usize, patience: Duration, screen: &mut impl Write) {
    let mut wait = patience;
    let mut drawn = 0;
    let mut over = shared.over.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let waited = shared.wake.wait_timeout_while(over, wait, |over| !*over);
        over = waited.unwrap_or_else(PoisonError::into_inner).0;
        if *over {
            break;
        }
        drawn += 1;
        wait = PERIOD;
        let line = line(verb, shared.done.load(Ordering::Relaxed), of, drawn);
        let _ = write!(screen, "{WIPE}{line}").and_then(|()| screen.flush());
    }
    if drawn > 0 {
        let _ = write!(screen, "{WIPE}").and_then(|()| screen.flush());
    }
}

/// The line itself: a bar when the end is known, otherwise something that moves.
fn line(verb: &str, done: usize, of: usize, drawn: usize) -> String {
    const WIDTH: usize = 24;
    if of == 0 {
        return format!("{verb}{}", ".".repeat(1 + drawn / 5 % 3));
    }
    let done = done.min(of);
    let full = done * WIDTH / of;
    format!(
        "{verb} [{}{}] {done}/{of}",
        "=".repeat(full),
        " ".repeat(WIDTH - full)
    )
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, thread, time::Duration};

    use super::{PERIOD, Shared, draw, line};

    #[test]
    fn the_bar_fills_and_never_overflows() {
        assert_eq!(
            line("writing", 0, 8, 1),
            "writing [                        ] 0/8"
        );
        assert_eq!(
            line("writing", 4, 8, 1),
            "writing [============            ] 4/8"
        );
        assert_eq!(
            line("writing", 9, 8, 1),
            "writing [========================] 8/8"
        );
        assert_eq!(line("compiling", 0, 0, 10), "compiling...");
    }

    /// What a run of some periods leaves on the screen.
    fn screen(patience: Duration, lasts: Duration) -> String {
        let shared = Arc::new(Shared::default());
        let drawing = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let mut screen = Vec::new();
                draw(&shared, "writing", 2, patience, &mut screen);
                String::from_utf8(screen).unwrap()
            })
        };
        thread::sleep(lasts);
        *shared.over.lock().unwrap() = true;
        shared.wake.notify_all();
        drawing.join().unwrap()
    }

    #[test]
    fn a_long_run_is_shown_and_wiped_away_and_a_short_one_is_silent() {
        let long = screen(Duration::ZERO, PERIOD * 3);
        assert!(
            long.starts_with("\r\u{1b}[Kwriting [                        ] 0/2"),
            "{long:?}"
        );
        assert!(long.ends_with("\r\u{1b}[K"), "{long:?}");
        assert_eq!(screen(Duration::from_secs(60), Duration::ZERO), "");
    }
}
