//! Text in a config comes out of Terraform as it was written, evaluated and not read by eye.

use std::{fmt::Write, path::Path};

use serde_json::Value;

use crate::{
    files,
    roots::{self, SHARED},
    step::{Done, Step},
    terraform::Engine,
};

const WORKSPACE: &str = "target/roots/strings";
const ROOT: &str = "target/roots/strings/root";
const TEXTS: [&str; 4] = [
    "${file(\"/etc/hosts\")}%{ if true }\"\n",
    "${file(\"/etc/hosts\")}%{ if true }\"\\n",
    "$${path.root} %%{ endif } $$ %% ~} \\${x} \\u0041 \\\\ '",
    "<<EOT\n  SELECT 'é 漢字 🐘';\n\tEOT\n# comment // */",
];

pub(crate) fn step(engine: &Engine) -> Step {
    let engine = engine.clone();
    Step::new("hostile text, evaluated", move || evaluate(&engine))
}

fn evaluate(engine: &Engine) -> Done {
    let workspace = Path::new(WORKSPACE);
    files::clear(workspace)?;
    files::copy(Path::new(SHARED), &workspace.join("valet.yaml"))?;
    for (number, text) in TEXTS.iter().enumerate() {
        let path = workspace.join(format!("configs/dev/text-{number}.yaml"));
        // A string of JSON is a string of YAML.
        let query = Value::from(*text);
        files::write(
            &path,
            format!("shortname: text{number}\nproxy:\n  initQuery: {query}\n"),
        )?;
    }
    roots::generate_in(workspace)?;
    let mut outputs = String::new();
    for number in 0..TEXTS.len() {
        let expression = emitted(&workspace.join(format!("generated/dev/text-{number}/main.tf")))?;
        let _ = writeln!(
            outputs,
            "output \"text_{number}\" {{\n  value = {expression}\n}}"
        );
    }
    compare(engine, &outputs)
}

/// The expression of the argument, exactly as it was emitted.
fn emitted(path: &Path) -> Result<String, String> {
    let text = files::read(path)?;
    let mut arguments = text.lines().filter_map(|line| line.split_once('='));
    arguments
        .find(|(name, _)| name.trim() == "init_query")
        .map(|(_, expression)| expression.trim().to_owned())
        .ok_or_else(|| files::about(path, "no init_query"))
}

fn compare(engine: &Engine, outputs: &str) -> Done {
    let root = Path::new(ROOT);
    files::write(&root.join("main.tf"), outputs)?;
    engine.run(root, &["apply", "-auto-approve"])?;
    let printed = engine.read(root, &["output", "-json"])?;
    let evaluated: Value =
        serde_json::from_str(&printed).map_err(|error| format!("{error}\n{printed}"))?;
    for (number, text) in TEXTS.iter().enumerate() {
        let value = evaluated.pointer(&format!("/text_{number}/value"));
        if value.and_then(Value::as_str) != Some(text) {
            return Err(format!("written: {text:?}\nTerraform: {value:?}"));
        }
    }
    Ok(format!("{} texts", TEXTS.len()))
}
