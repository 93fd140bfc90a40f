//! `check`: everything that CI does, the quick parts first.

use std::process::ExitCode;

use crate::{
    apply, archive, bench, checkov, docs, long, man, modules, python, readers, roots, rust,
    step::{Step, Tally},
    strings,
    terraform::Engine,
};

/// Terraform keeps one core busy for each of them.
const WORKERS: usize = 2;

pub(crate) fn run() -> ExitCode {
    let mut tally = Tally::default();
    tally.run(rust::steps());
    tally.run([
        Step::new("docs --check", docs::check),
        Step::new("man --check", man::check),
        Step::new("zip --check", archive::check),
    ]);
    let (python, engine) = (python::find(), Engine::find());
    match python {
        Ok(python) => tally.run([Step::new("target sync", move || python::test(python))]),
        Err(ref reason) => tally.missing("target sync", reason),
    }
    match python {
        Ok(_) => tally.run([Step::new("bench --smoke", bench::smoke)]),
        Err(ref reason) => tally.missing("bench --smoke", reason),
    }
    match readers::find() {
        Ok(()) => tally.run([
            Step::new("editor", readers::language_server),
            Step::new("published schemas", readers::objects),
            Step::new("reports", readers::reports),
        ]),
        Err(reason) => tally.missing("readers", &reason),
    }
    match engine {
        Ok(ref engine) => terraform(&mut tally, engine),
        Err(ref reason) => tally.missing("terraform", reason),
    }
    match python {
        Ok(python) => tally.run(checkov::steps(python)),
        Err(ref reason) => tally.missing("checkov", reason),
    }
    match engine.and_then(|engine| Ok((engine, python?))) {
        Ok((engine, python)) => {
            tally.run([Step::new("apply", move || apply::run(&engine, python))]);
        }
        Err(reason) => tally.missing("apply", &reason),
    }
    tally.close()
}

/// One step that needs Terraform, alone.
pub(crate) fn with_engine(step: impl FnOnce(&Engine) -> Step) -> ExitCode {
    let mut tally = Tally::default();
    match Engine::find() {
        Ok(engine) => tally.run([step(&engine)]),
        Err(reason) => tally.missing("terraform", &reason),
    }
    tally.close()
}

fn terraform(tally: &mut Tally, engine: &Engine) {
    tally.run([
        modules::format(engine),
        Step::new("generate", roots::generate),
        strings::step(engine),
        long::properties(engine),
    ]);
    let found = modules::steps(engine).and_then(|modules| Ok((modules, roots::steps(engine)?)));
    match found {
        Ok((mut steps, roots)) => {
            steps.extend(roots);
            tally.run_by(WORKERS, steps);
        }
        Err(message) => tally.run([Step::new("modules and roots", || Err(message))]),
    }
}
