//! What takes too long, or needs Terraform, for `cargo test`.

use std::path::Path;

use crate::{
    command::{self, Program},
    files, python,
    step::{Done, Step},
    terraform::Engine,
};

/// What the tests write.
const WRITTEN: &str = "target/tmp";

/// Kills two hundred runs of five hundred units.
pub(crate) fn kill() -> Done {
    ignored(
        &["--profile", "quick"],
        "killed::two_hundred_killed_runs_of_five_hundred_units",
    )?;
    files::read(&Path::new(WRITTEN).join("killed.txt"))
}

/// A step that has Terraform format the roots of configs that nobody thought of.
pub(crate) fn properties(engine: &Engine) -> Step {
    let engine = engine.clone();
    Step::new("generated configs, format", move || {
        ignored(&[], "properties::write_roots_for_terraform")?;
        let folder = Path::new(WRITTEN).join("properties");
        engine.run(&folder, &["fmt", "-check", "-diff", "-recursive"])?;
        let roots = files::list(&folder.join("generated/dev"))?.len();
        Ok(format!("{roots} roots"))
    })
}

/// Records what the real provider plans for each change of a key.
pub(crate) fn grades() -> Done {
    let (engine, python) = (Engine::find()?, python::find()?);
    let python = python::environment(python, python::EMULATOR)?;
    let valet = command::valet()?;
    let recording = Program::new(python, &["xtask/grades.py", &valet.to_string_lossy()]);
    engine.lead(recording).run()
}

fn ignored(profile: &[&str], test: &str) -> Done {
    let command = [
        "test",
        "--quiet",
        "--package",
        "storage-valet-rds",
        "--test",
        "main",
    ];
    let filter = ["--", "--ignored", "--exact", test];
    Program::new("cargo", &[command.as_slice(), profile, &filter].concat()).run()
}
