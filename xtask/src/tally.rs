//! Steps of the check: each does one thing, says in one line how it went, and is timed.

use std::{
    collections::VecDeque,
    env,
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use xshell::Shell;

use crate::shell::{self, Missing};

/// By how much a filler gives way: with 5, a third of a processor is left to it where another wants all.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

type Action = dyn FnOnce(&Shell) -> Result<String> + Send;

/// One thing to do: a remark about how it went.
pub(crate) struct Step {
    name: String,
    action: Box<Action>,
    fills: bool,
}

impl Step {
    pub(crate) fn new(
        name: impl Into<String>,
        action: impl FnOnce(&Shell) -> Result<String> + Send + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            action: Box::new(action),
            fills: false,
        }
    }

    /// One that takes what the others leave of the processors: they wait for much else, and decide how long everything takes.
    pub(crate) fn filler(self) -> Self {
        Self {
            fills: true,
            ..self
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Passed,
    Failed,
    Skipped,
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "FAILED",
            Self::Skipped => "SKIPPED",
        }
    }
}

/// How the steps so far have gone.
pub(crate) struct Tally {
    begin: Instant,
    rows: Vec<(Verdict, Duration, String)>,
}

impl Tally {
    pub(crate) fn begin() -> Self {
        Self {
            begin: Instant::now(),
            rows: Vec::new(),
        }
    }

    /// Runs one step.
    pub(crate) fn run(
        &mut self,
        name: &str,
        action: impl FnOnce(&Shell) -> Result<String> + Send + 'static,
    ) {
        self.run_by(1, vec![Step::new(name, action)]);
    }

    /// Runs steps side by side, the first ones first, and fillers last: who has run one is left with their priority.
    pub(crate) fn run_by(&mut self, workers: usize, steps: Vec<Step>) {
        let steps = Mutex::new(VecDeque::from(steps));
        let tally = Mutex::new(self);
        let work = || {
            let mut gives_way = false;
            loop {
                let next = steps
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .pop_front();
                let Some(step) = next else { break };
                if step.fills && !gives_way {
                    give_way();
                    gives_way = true;
                }
                let begin = Instant::now();
                let done = shell::open().and_then(|sh| (step.action)(&sh));
                let took = begin.elapsed();
                let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
                tally.note(step.name, done, took);
            }
        };
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(work);
            }
        });
    }

    /// A step without its engine is skipped; where engines are required, it has failed.
    fn note(&mut self, name: String, done: Result<String>, took: Duration) {
        let (verdict, remark) = match done {
            Ok(remark) => (Verdict::Passed, remark),
            Err(error) if error.is::<Missing>() && !engines_are_required() => {
                (Verdict::Skipped, error.to_string())
            }
            Err(error) => (Verdict::Failed, format!("{error:#}\n\n")),
        };
        println!("{}{}", line(verdict, took, &name), shown(&remark));
        self.rows.push((verdict, took, name));
    }

    /// Repeats which step took how long, and counts.
    pub(crate) fn close(self) -> Result<String> {
        println!();
        for (verdict, took, name) in &self.rows {
            println!("{}", line(*verdict, *took, name));
        }
        let count = |wanted| self.rows.iter().filter(|row| row.0 == wanted).count();
        let failed = count(Verdict::Failed);
        println!(
            "\nsteps: {} passed, {failed} failed, {} skipped",
            count(Verdict::Passed),
            count(Verdict::Skipped)
        );
        let took = format!("in {:.1} s", self.begin.elapsed().as_secs_f32());
        if failed > 0 {
            bail!("{took}");
        }
        Ok(took)
    }
}

/// Has this thread, and what it starts, wait for others. On systems that know no priority of threads nothing happens, and it only
/// takes longer.
fn give_way() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(NICENESS);
}

fn engines_are_required() -> bool {
    env::var_os("VALET_ENGINE").is_some_and(|value| value == "required")
}

fn line(verdict: Verdict, took: Duration, name: &str) -> String {
    format!(
        "{:<7} {:>6.1} s  {name}",
        verdict.word(),
        took.as_secs_f32()
    )
}

/// A remark of one line goes behind the name, a longer one below it.
fn shown(remark: &str) -> String {
    match remark.trim_end() {
        "" => String::new(),
        lines if lines.contains('\n') => format!("\n{lines}"),
        line => format!(": {line}"),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::{Step, Tally, Verdict};
    use crate::shell;

    #[test]
    fn only_what_lacks_its_engine_is_skipped() {
        let mut tally = Tally::begin();
        tally.run("fine", |_| Ok(String::new()));
        let lacking = Step::new("lacking", |sh| {
            Ok(shell::find(sh, &["no-such-engine"], "--version")?.1)
        });
        tally.run_by(2, vec![lacking, Step::new("broken", |_| bail!("broken"))]);
        let verdict = |name: &str| tally.rows.iter().find(|row| row.2 == name).map(|row| row.0);
        assert_eq!(verdict("fine"), Some(Verdict::Passed));
        assert_eq!(verdict("broken"), Some(Verdict::Failed));
        let required = super::engines_are_required();
        let wanted = if required {
            Verdict::Failed
        } else {
            Verdict::Skipped
        };
        assert_eq!(verdict("lacking"), Some(wanted));
        assert!(tally.close().is_err());
    }
}
