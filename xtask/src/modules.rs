//! The modules: formatted, valid, and what their own tests say.

use std::path::{Path, PathBuf};

use crate::{
    files,
    roots::MODULES,
    step::{Done, Step},
    terraform::Engine,
};

pub(crate) fn format(engine: &Engine) -> Step {
    let engine = engine.clone();
    Step::new("terraform fmt", move || {
        let arguments = [
            "fmt",
            "-check",
            "-diff",
            "-recursive",
            "modules",
            "fixtures",
        ];
        engine.run(Path::new("."), &arguments)?;
        Ok(format!("{}, {}", engine.version, engine.supply()))
    })
}

/// A step for each module, those with the most tests first: they take longest.
pub(crate) fn steps(engine: &Engine) -> Result<Vec<Step>, String> {
    let mut modules = Vec::new();
    for module in files::folders(Path::new(MODULES))? {
        modules.push((runs(&module)?, module));
    }
    modules.sort_by(|a, b| b.cmp(a));
    let step = |(_, module): (usize, PathBuf)| {
        let engine = engine.clone();
        Step::new(format!("module {}", files::name(&module)), move || {
            prove(&engine, &module)
        })
    };
    Ok(modules.into_iter().map(step).collect())
}

/// Number of `run` blocks in a module's tests.
fn runs(module: &Path) -> Result<usize, String> {
    let mut runs = 0;
    for path in files::list(&module.join("tests"))? {
        if files::name(&path).ends_with(".tftest.hcl") {
            let text = files::read(&path)?;
            runs += text.lines().filter(|line| line.starts_with("run ")).count();
        }
    }
    Ok(runs)
}

fn prove(engine: &Engine, module: &Path) -> Done {
    validate(engine, module)?;
    let printed = engine.run(module, &["test"])?;
    let said = printed
        .lines()
        .rev()
        .find(|line| line.contains(" passed, "));
    match said.and_then(|line| line.strip_prefix("Success! ")) {
        Some(counts) if !counts.starts_with("0 ") => Ok(counts.to_owned()),
        _ => Err(format!("no test ran\n{printed}")),
    }
}

/// Initializes and validates a folder of Terraform.
pub(crate) fn validate(engine: &Engine, folder: &Path) -> Done {
    engine.run(folder, &["init", "-backend=false"])?;
    engine.run(folder, &["validate"])?;
    Ok(String::new())
}
