//! A step of the check: does one thing, and says in one line how it went and how long it took.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a step reports and is timed"
)]

use std::{
    collections::VecDeque,
    process::ExitCode,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// A remark for the step's line, or the output that shows why it failed.
pub(crate) type Done = Result<String, String>;

/// One thing to do.
pub(crate) struct Step {
    name: String,
    action: Box<dyn FnOnce() -> Done + Send>,
}

impl Step {
    pub(crate) fn new(
        name: impl Into<String>,
        action: impl FnOnce() -> Done + Send + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            action: Box::new(action),
        }
    }
}

/// How the steps so far have gone.
#[derive(Default)]
pub(crate) struct Tally {
    passed: usize,
    skipped: Vec<String>,
    failed: Vec<String>,
}

impl Tally {
    /// Runs steps one after the other.
    pub(crate) fn run(&mut self, steps: impl IntoIterator<Item = Step>) {
        for step in steps {
            let (name, done, took) = perform(step);
            self.note(name, done, took);
        }
    }

    /// Runs steps side by side, the first ones first.
    pub(crate) fn run_by(&mut self, workers: usize, steps: Vec<Step>) {
        let steps = Mutex::new(VecDeque::from(steps));
        let tally = Mutex::new(self);
        let work = || {
            loop {
                let next = lock(&steps).pop_front();
                let Some(step) = next else { break };
                let (name, done, took) = perform(step);
                lock(&tally).note(name, done, took);
            }
        };
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(work);
            }
        });
    }

    /// Notes a step that cannot run here; where engines are required, it has failed.
    pub(crate) fn missing(&mut self, name: &str, reason: &str) {
        if std::env::var_os("VALET_ENGINE").is_some_and(|value| value == "required") {
            let message = format!("{reason}, and VALET_ENGINE=required");
            self.note(name.to_owned(), Err(message), Duration::ZERO);
        } else {
            println!("SKIPPED         {name}: {reason}");
            self.skipped.push(name.to_owned());
        }
    }

    /// Ends the check.
    pub(crate) fn close(self) -> ExitCode {
        let (failed, skipped) = (self.failed.len(), self.skipped.len());
        println!(
            "\nsteps: {} passed, {failed} failed, {skipped} skipped",
            self.passed
        );
        for (word, names) in [("FAILED", &self.failed), ("SKIPPED", &self.skipped)] {
            for name in names {
                println!("{word:<7} {name}");
            }
        }
        if self.failed.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn note(&mut self, name: String, done: Done, took: Duration) {
        let seconds = took.as_secs_f32();
        match done {
            Ok(remark) => {
                println!("passed {seconds:>6.1} s  {name}{}", remarked(&remark));
                self.passed += 1;
            }
            Err(output) => {
                println!("FAILED {seconds:>6.1} s  {name}\n{}\n", output.trim_end());
                self.failed.push(name);
            }
        }
    }
}

/// A remark of one line goes behind the name, a longer one below it.
fn remarked(remark: &str) -> String {
    match remark.trim_end() {
        "" => String::new(),
        lines if lines.contains('\n') => format!("\n{lines}"),
        line => format!(": {line}"),
    }
}

fn perform(step: Step) -> (String, Done, Duration) {
    let start = Instant::now();
    let done = (step.action)();
    (step.name, done, start.elapsed())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
