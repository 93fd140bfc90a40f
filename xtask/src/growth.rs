//! How long Terraform plans one changed unit when more and more units share its environment: a state for each, as this
//! tool lays them out, against one root that reads a folder of configs.
#![expect(clippy::disallowed_methods, reason = "a stopwatch reads the clock")]

mod chart;

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use crate::{command::Program, files, roots, step::Done, terraform::Engine};

const FOLDER: &str = "target/growth";
/// Units in the environment, and plans to take the median of; the largest takes minutes.
const SIZES: [(usize, usize); 3] = [(10, 3), (50, 3), (200, 1)];
/// The unit that a whole root is a copy of; its names are found in its text.
const NAMESPACE: &str = "growing-team";
const SHORTNAME: &str = "growing";

/// A provider that answers without AWS: what is left is Terraform's own work.
const TEST: &str = "mock_provider \"aws\" {}\n\nrun \"plan\" {\n  command = plan\n}\n";
const ROOT: &str = r#"locals {
  configs = {
    for file in fileset("${path.module}/configs", "*.yaml") :
    trimsuffix(file, ".yaml") => yamldecode(file("${path.module}/configs/${file}"))
  }
}

module "unit" {
  source    = "./unit"
  for_each  = local.configs
  namespace = each.key
  shortname = each.value.shortname
}
"#;
const VARIABLES: &str = "variable \"namespace\" {\n  type = string\n}\n\nvariable \"shortname\" {\n  type = string\n}\n";

/// Seconds of one plan.
pub(crate) struct Point {
    pub(crate) units: usize,
    /// With a state for each unit.
    pub(crate) own: f64,
    /// With all units in one root.
    pub(crate) shared: f64,
}

/// Measures, and draws the chart of the README.
pub(crate) fn run() -> Done {
    let engine = Engine::find()?;
    files::clear(Path::new(FOLDER))?;
    roots::copy_modules(&Path::new(FOLDER).join("modules"))?;
    let own = own_root()?;
    prepare(&engine, &own)?;
    let mut points = Vec::new();
    for (units, rounds) in SIZES {
        let shared = shared_root(&own, units)?;
        prepare(&engine, &shared)?;
        let mut times = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            times.0.push(plan(&engine, &own)?);
            times.1.push(plan(&engine, &shared)?);
        }
        points.push(Point {
            units,
            own: median(times.0),
            shared: median(times.1),
        });
    }
    files::write(Path::new("docs/growth.svg"), chart::draw(&points))?;
    let line = |point: &Point| {
        let Point { units, own, shared } = point;
        format!("{units} units: {own:.1} s in a root of its own, {shared:.1} s in one root of all")
    };
    Ok(points.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// A root as it is generated, in a workspace of its own.
fn own_root() -> Result<PathBuf, String> {
    let workspace = Path::new(FOLDER).join("workspace");
    let city = files::read(Path::new("fixtures/city/valet.yaml"))?;
    files::write(
        &workspace.join("valet.yaml"),
        city.replace("../../modules", "../modules"),
    )?;
    let config = format!("shortname: {SHORTNAME}\n");
    files::write(
        &workspace.join(format!("configs/prod/{NAMESPACE}.yaml")),
        config,
    )?;
    files::write(
        &workspace.join("configs/dev3/other.yaml"),
        "shortname: other\n",
    )?;
    roots::generate_in(&workspace)?;
    Ok(workspace.join("generated/prod").join(NAMESPACE))
}

/// One root for many units, each of them the generated one under another name.
fn shared_root(own: &Path, units: usize) -> Result<PathBuf, String> {
    let folder = Path::new(FOLDER).join(format!("shared-{units}"));
    for number in 0..units {
        let config = format!("shortname: unit{number:03}\n");
        files::write(
            &folder.join(format!("configs/team-{number:03}.yaml")),
            config,
        )?;
    }
    let unit = files::read(&own.join("main.tf"))?
        .replace("../../../../modules/", "../../modules/")
        .replace(NAMESPACE, "${var.namespace}")
        .replace(SHORTNAME, "${var.shortname}");
    files::write(&folder.join("unit/main.tf"), unit)?;
    files::write(&folder.join("unit/variables.tf"), VARIABLES)?;
    files::write(&folder.join("main.tf"), ROOT)?;
    files::copy(&own.join("terraform.tf"), &folder.join("terraform.tf"))?;
    Ok(folder)
}

fn prepare(engine: &Engine, root: &Path) -> Result<(), String> {
    files::write(&root.join("plan.tftest.hcl"), TEST)?;
    engine.run(root, &["init", "-backend=false"]).map(drop)
}

fn plan(engine: &Engine, root: &Path) -> Result<f64, String> {
    let program: Program = engine.program(root, &["test"]);
    let start = Instant::now();
    program.run()?;
    Ok(start.elapsed().as_secs_f64())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}
