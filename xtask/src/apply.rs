//! `apply`: the proof that generated roots go up, plan clean, change in place and come down, with the real provider.
//!
//! AWS is emulated on loopback. The roots are what `valet-rds generate` wrote; credentials, endpoints and the
//! settings of the backend come through the environment and `-backend-config` alone.

use std::path::Path;

use crate::{files, python, roots, step::Done, terraform::Engine};

mod clock;
mod cloud;
mod end;
mod plan;
mod story;
mod table;
mod unit;

use clock::Clock;
use cloud::Cloud;
use table::Table;

/// Everything that the proof writes.
const FOLDER: &str = "target/apply";
/// The workspace that it generates from.
const WORKSPACE: &str = "target/apply/workspace";
/// The programs that emulate AWS and ask it, and the workspace as it is committed.
const SOURCES: &str = "xtask/src/apply";

/// Looks for what it needs, and proves it.
pub(crate) fn find_and_run() -> Done {
    run(&Engine::find()?, python::find()?)
}

/// Proves it, and says what was checked.
pub(crate) fn run(engine: &Engine, python: &str) -> Done {
    let clock = Clock::start();
    let python = python::environment(python, python::EMULATOR)?;
    files::clear(Path::new(FOLDER))?;
    files::copy(&Path::new(SOURCES).join("workspace"), Path::new(WORKSPACE))?;
    roots::copy_modules(&Path::new(FOLDER).join("modules"))?;
    let cloud = Cloud::start(&python)?;
    clock.says("the emulated AWS is there");

    let mut table = Table::default();
    let told = story::tell(engine, &cloud, &clock, &mut table);
    let shown = format!("{table}{} in {}", table.count(), clock.reads());
    match told {
        Ok(()) if table.is_good() => Ok(shown),
        Ok(()) => Err(format!("{shown}\n\n{}", Cloud::last_words())),
        Err(message) => Err(format!("{shown}\n\n{message}\n\n{}", Cloud::last_words())),
    }
}
