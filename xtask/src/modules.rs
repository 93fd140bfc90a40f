//! The modules: valid, and what their own tests say.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::{files, roots, shell, tally::Step, terraform};

/// A step for the copy of each module, those with the most tests first: they take longest.
pub(crate) fn steps(sh: &Shell) -> Result<Vec<Step>> {
    let mut modules = Vec::new();
    for module in files::folders(sh, "modules")? {
        modules.push((runs(sh, &module)?, module));
    }
    modules.sort_by(|a, b| b.cmp(a));
    let step = |(_, module): (usize, PathBuf)| {
        let name = files::name(&module).to_owned();
        Step::new(format!("module {name}"), move |sh| prove(sh, &name))
    };
    Ok(modules.into_iter().map(step).collect())
}

/// Number of `run` blocks in a module's tests.
fn runs(sh: &Shell, module: &Path) -> Result<usize> {
    let mut runs = 0;
    for path in sh.read_dir(module.join("tests"))? {
        if files::name(&path).ends_with(".tftest.hcl") {
            let text = sh.read_file(&path)?;
            runs += text.lines().filter(|line| line.starts_with("run ")).count();
        }
    }
    Ok(runs)
}

fn prove(sh: &Shell, name: &str) -> Result<String> {
    let module = Path::new(roots::MODULES).join(name);
    terraform::validate(sh, &module)?;
    let _folder = sh.push_dir(module);
    let printed = shell::output(cmd!(sh, "terraform test"))?;
    let counts = printed
        .lines()
        .find_map(|line| line.strip_prefix("Success! "));
    let counts = counts.filter(|counts| !counts.starts_with("0 "));
    Ok(counts
        .with_context(|| format!("no test ran\n{printed}"))?
        .to_owned())
}
