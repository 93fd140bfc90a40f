//! `check`: everything that CI does, the quick parts first.

use anyhow::Result;
use xshell::Shell;

use crate::{
    apply, archive, bench, book, checkov,
    derived::Mode,
    docs, key, long, man, modules, pipelines, python, readers, report, roots, rust, strings,
    tally::{Step, Tally},
    terraform, users,
};

/// Each keeps a core busy, but for the four proofs at the start: they wait most of the time, as the provider does.
const WORKERS: usize = 5;

pub(crate) fn run(sh: &Shell) -> Result<String> {
    let modules = modules::steps(sh)?;
    let mut tally = Tally::begin();
    tally.run("cargo fmt", rust::format);
    tally.run("cargo clippy", rust::lint);
    tally.run("cargo test", rust::test);
    tally.run("docs --check", |sh| {
        Mode::CHECK.settle(sh, "docs", docs::make(sh)?)
    });
    tally.run("man --check", |sh| {
        Mode::CHECK.settle(sh, "man", man::make()?)
    });
    tally.run("zip --check, target sync", |sh| {
        Mode::CHECK.settle(sh, "zip", archive::target_sync(sh)?)
    });
    tally.run("zip --check, database users", |sh| {
        Mode::CHECK.settle(sh, "zip", archive::database_users(sh)?)
    });
    tally.run("book", book::draw);
    tally.run("bench --smoke", bench::smoke);
    tally.run("terraform fmt", terraform::format);
    tally.run("generate", roots::generate);
    // From here on nobody writes where another one reads. What takes longest begins first.
    let mut steps = vec![
        Step::new("delivery", |sh| apply::DELIVERY.run(sh)),
        Step::new("apply", |sh| apply::ROOTS.run(sh)),
    ];
    let mut fillers = vec![
        Step::new("consumer", |sh| apply::CONSUMER.run(sh)),
        Step::new("engines", |sh| apply::ENGINES.run(sh)),
        Step::new("an added key", key::add),
        Step::new("functions, emulator", python::test),
    ];
    fillers.extend(modules);
    fillers.extend(users::steps());
    fillers.extend([
        Step::new("checkov, modules", checkov::modules),
        Step::new("checkov, generated city", checkov::city),
        Step::new("generated roots", roots::validate),
        Step::new("pipelines", pipelines::run),
        Step::new("readers", readers::run),
        Step::new("page of a fleet", report::run),
        Step::new("templates", readers::templates),
        Step::new("hostile text, evaluated", strings::evaluate),
        Step::new("generated configs, format", long::properties),
    ]);
    steps.extend(fillers.into_iter().map(Step::filler));
    tally.run_by(WORKERS, steps);
    tally.close()
}

/// The modules alone.
pub(crate) fn modules(sh: &Shell) -> Result<String> {
    let steps = modules::steps(sh)?;
    let mut tally = Tally::begin();
    tally.run("terraform fmt", terraform::format);
    tally.run("generate", roots::generate);
    tally.run_by(2, steps);
    tally.close()
}
