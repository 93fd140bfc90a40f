//! The generated roots of the fixtures, with the modules where their calls expect them.

use std::path::{Path, PathBuf};

use crate::{
    command::{self, Program},
    files, modules,
    step::{Done, Step},
    terraform::{Engine, PROVIDER},
};

/// Where roots are generated.
pub(crate) const FOLDER: &str = "target/roots";
/// The modules that they call.
pub(crate) const MODULES: &str = "target/roots/modules";
/// The `valet.yaml` of workspaces that have none of their own.
pub(crate) const SHARED: &str = "fixtures/valet.yaml";
/// Day on which roots are generated: they are the same on any other, but warnings are not.
const TODAY: &str = "2026-11-01";

/// Copies the modules and the fixtures, and generates every root.
pub(crate) fn generate() -> Done {
    files::clear(Path::new(FOLDER))?;
    copy_modules(Path::new(MODULES))?;
    let workspaces = workspaces()?;
    for fixture in &workspaces {
        let workspace = Path::new(FOLDER).join(fixture);
        assemble(fixture, &workspace)?;
        generate_in(&workspace)?;
    }
    let roots = list(Path::new(FOLDER))?.len();
    Ok(format!("{roots} roots of {} workspaces", workspaces.len()))
}

/// Copies a workspace, with the `valet.yaml` of those that have none.
pub(crate) fn assemble(fixture: &Path, workspace: &Path) -> Result<(), String> {
    files::copy(fixture, workspace)?;
    if !fixture.join("valet.yaml").is_file() {
        files::copy(Path::new(SHARED), &workspace.join("valet.yaml"))?;
    }
    Ok(())
}

/// Generates the roots of one workspace.
pub(crate) fn generate_in(workspace: &Path) -> Done {
    valet(workspace, &["generate"])
}

/// Runs the command that users have on a workspace.
pub(crate) fn valet(workspace: &Path, arguments: &[&str]) -> Done {
    let workspace = workspace.to_string_lossy();
    let first = ["--workspace", &*workspace, "--today", TODAY];
    Program::new(command::valet()?, &[first.as_slice(), arguments].concat()).run()
}

fn workspaces() -> Result<Vec<PathBuf>, String> {
    let mut workspaces = files::folders(Path::new("fixtures/ok"))?;
    workspaces.insert(0, PathBuf::from("fixtures/city"));
    Ok(workspaces)
}

/// Pins the provider of each copy, so that what is proved does not depend on what was released today.
pub(crate) fn copy_modules(to: &Path) -> Result<(), String> {
    let pin = format!(
        "terraform {{\n  required_providers {{\n    aws = {{\n      source  = \"hashicorp/aws\"\n      version = \"{PROVIDER}\"\n    }}\n  }}\n}}\n"
    );
    for module in files::folders(Path::new("modules"))? {
        let copy = to.join(files::name(&module));
        files::copy(&module, &copy)?;
        files::write(&copy.join("provider_override.tf"), &pin)?;
    }
    Ok(())
}

/// A step for the format of all roots, and one for each root.
pub(crate) fn steps(engine: &Engine) -> Result<Vec<Step>, String> {
    let folder = Path::new(FOLDER).join("fixtures");
    let mut steps = Vec::new();
    for root in list(&folder)? {
        let engine = engine.clone();
        let name = root
            .strip_prefix(FOLDER)
            .unwrap_or(&root)
            .display()
            .to_string();
        steps.push(Step::new(name, move || prove(&engine, &root)));
    }
    Ok(steps)
}

fn prove(engine: &Engine, root: &Path) -> Done {
    engine.run(root, &["fmt", "-check", "-diff"])?;
    // A retired root calls no module any more.
    let calls = root.join("main.tf");
    if calls.is_file() && files::read(&calls)?.contains("\"git::") {
        return Ok("format only, its modules are elsewhere".to_owned());
    }
    modules::validate(engine, root)
}

/// The folders with a `terraform.tf`, at any depth.
fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut roots = Vec::new();
    if folder.join("terraform.tf").is_file() {
        roots.push(folder.to_owned());
    }
    for inside in files::folders(folder)? {
        if files::name(&inside) != ".terraform" {
            roots.extend(list(&inside)?);
        }
    }
    Ok(roots)
}
