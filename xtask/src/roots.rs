//! The generated roots of the fixtures, with the modules where their calls expect them.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

use crate::{
    files, shell,
    terraform::{self, PROVIDER},
};

/// The modules that they call.
pub(crate) const MODULES: &str = "target/roots/modules";
/// Roots that call every module.
pub(crate) const CITY: &str = "target/roots/fixtures/city/generated";
/// The `valet.yaml` of workspaces that have none of their own.
pub(crate) const SHARED: &str = "fixtures/valet.yaml";
const FOLDER: &str = "target/roots";
/// Day on which roots are generated: they are the same on any other, but warnings are not.
const TODAY: &str = "2026-11-01";

/// Copies the modules and the fixtures, and generates every root.
pub(crate) fn generate(sh: &Shell) -> Result<String> {
    files::clear(sh, FOLDER)?;
    copy_modules(sh, Path::new(MODULES))?;
    let mut fixtures = files::folders(sh, "fixtures/ok")?;
    fixtures.push(sh.current_dir().join("fixtures/city"));
    for fixture in &fixtures {
        let workspace = Path::new(FOLDER).join(fixture.strip_prefix(sh.current_dir())?);
        assemble(sh, fixture, &workspace)?;
        generate_in(sh, &workspace)?;
    }
    let roots = list(sh, &Path::new(FOLDER).join("fixtures"))?.len();
    Ok(format!("{roots} roots of {} workspaces", fixtures.len()))
}

/// Copies a workspace, with the `valet.yaml` of those that have none.
pub(crate) fn assemble(sh: &Shell, fixture: &Path, workspace: &Path) -> Result<()> {
    files::copy(sh, fixture, workspace)?;
    if !fixture.join("valet.yaml").is_file() {
        sh.copy_file(SHARED, workspace.join("valet.yaml"))?;
    }
    Ok(())
}

/// Generates the roots of one workspace, with the command that users have.
pub(crate) fn generate_in(sh: &Shell, workspace: &Path) -> Result<()> {
    let valet_rds = shell::valet_rds(sh)?;
    shell::output(cmd!(
        sh,
        "{valet_rds} --workspace {workspace} --today {TODAY} generate"
    ))?;
    Ok(())
}

/// Pins the provider of each copy, so that what is proved does not depend on what was released today.
pub(crate) fn copy_modules(sh: &Shell, to: &Path) -> Result<()> {
    let pin = format!(
        "terraform {{\n  required_providers {{\n    aws = {{\n      source  = \"hashicorp/aws\"\n      version = \"{PROVIDER}\"\n    }}\n  }}\n}}\n"
    );
    for module in files::folders(sh, "modules")? {
        let copy = to.join(files::name(&module));
        files::copy(sh, &module, &copy)?;
        sh.write_file(copy.join("provider_override.tf"), &pin)?;
    }
    Ok(())
}

/// Has Terraform look at the format of all roots, and validate them.
///
/// Most of them are validated at once, as modules of one root: starting the provider takes longer than anything else.
pub(crate) fn validate(sh: &Shell) -> Result<String> {
    terraform::find(sh)?;
    shell::output(cmd!(
        sh,
        "terraform fmt -check -diff -recursive {FOLDER}/fixtures"
    ))?;
    let (mut calls, mut together, mut alone, mut elsewhere) = (String::new(), 0, 0, 0);
    for root in list(sh, &Path::new(FOLDER).join("fixtures"))? {
        let text = text(sh, &root)?;
        if text.contains("\"git::") {
            elsewhere += 1;
        } else if text.lines().any(|line| line.starts_with("import ")) {
            // Only a root may import. What Terraform writes stays outside: others read the roots.
            let _data = sh.push_env("TF_DATA_DIR", sh.current_dir().join("target/roots/data"));
            terraform::validate(sh, &root)?;
            alone += 1;
        } else {
            let source = Path::new("..").join(root.strip_prefix(sh.current_dir().join(FOLDER))?);
            writeln!(
                calls,
                "module \"root-{together}\" {{\n  source = {:?}\n}}",
                source.display()
            )?;
            together += 1;
        }
    }
    let all = Path::new(FOLDER).join("all");
    sh.write_file(all.join("main.tf"), calls)?;
    ensure!(together > 0, "there are no roots");
    terraform::validate(sh, &all)?;
    Ok(format!(
        "{together} valid as modules of one root, {alone} by themselves; {elsewhere} call modules that are elsewhere"
    ))
}

/// All that Terraform reads of a root.
fn text(sh: &Shell, root: &Path) -> Result<String> {
    let mut text = String::new();
    for path in sh.read_dir(root)? {
        if files::has_extension(&path, "tf") {
            text += &sh.read_file(path)?;
        }
    }
    Ok(text)
}

/// The folders with a `terraform.tf`, at any depth.
fn list(sh: &Shell, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut roots = Vec::new();
    if folder.join("terraform.tf").is_file() {
        roots.push(folder.to_owned());
    }
    for inside in files::folders(sh, folder)? {
        if files::name(&inside) != ".terraform" {
            roots.extend(list(sh, &inside)?);
        }
    }
    Ok(roots)
}
