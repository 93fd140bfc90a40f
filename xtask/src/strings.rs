//! Text in a config comes out of Terraform as it was written, evaluated and not read by eye.

use std::{fmt::Write, path::Path};

use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use serde_json::Value;
use xshell::{Shell, cmd};

use crate::{
    files,
    roots::{self, SHARED},
    shell, terraform,
};

const WORKSPACE: &str = "target/roots/strings";
const ROOT: &str = "target/roots/strings/root";
/// Texts that somebody thought of.
const TEXTS: [&str; 4] = [
    "${file(\"/etc/hosts\")}%{ if true }\"\n",
    "${file(\"/etc/hosts\")}%{ if true }\"\\n",
    "$${path.root} %%{ endif } $$ %% ~} \\${x} \\u0041 \\\\ '",
    "<<EOT\n  SELECT 'é 漢字 🐘';\n\tEOT\n# comment // */",
];
/// Texts that are put together from pieces.
const GENERATED: usize = 500;
/// Apart by a broken bar.
const PIECES: &str = "${¦%{¦$${¦%%{¦$$${¦$¦%¦{¦}¦~}¦\\¦\\\\¦\"¦'¦\n¦\r¦\r\n¦\t¦ ¦  ¦\\n¦\\u0041¦\\U0001F418¦\
    \\x41¦<<EOT\n¦\nEOT\n¦<<-EOT\n¦#¦//¦/*¦*/¦ = ¦[¦]¦(¦)¦,¦.¦...¦*¦?¦:¦=>¦if true¦endif¦\
    for x in y¦file(\"/etc/hosts\")¦path.module¦var.x¦null¦true¦1e9¦é¦ß¦İ¦漢字¦🐘¦👩\u{200d}🚀¦\
    \u{202e}¦\u{2028}¦\u{85}¦\u{feff}¦\u{7f}¦\u{1}¦\u{1b}[31m¦\u{fffd}¦\u{fffe}¦\u{e000}¦\
    \u{10ffff}¦A¦z¦0¦SELECT 1;¦-- x¦NUL";

/// The same texts in every run.
fn texts() -> Vec<String> {
    let pieces: Vec<_> = PIECES.split('¦').collect();
    let mut random = Rng::with_seed(1);
    let mut text = || {
        let count = random.usize(1..=30);
        (0..count)
            .filter_map(|_| random.choice(&pieces))
            .copied()
            .collect()
    };
    let generated = (0..GENERATED).map(|_| text());
    TEXTS
        .map(str::to_owned)
        .into_iter()
        .chain(generated)
        .collect()
}

/// A text in double quotes, as YAML takes it.
fn quoted(text: &str) -> Result<String> {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            _ if matches!(letter, ' '..='~') || letter.is_alphanumeric() => quoted.push(letter),
            // What a reader cannot see has to be written so, and anything else may.
            _ => write!(quoted, r"\U{:08X}", u32::from(letter))?,
        }
    }
    Ok(quoted + "\"")
}

/// Writes each text into a config, and has Terraform say what became of it.
pub(crate) fn evaluate(sh: &Shell) -> Result<String> {
    terraform::find(sh)?;
    let workspace = Path::new(WORKSPACE);
    files::clear(sh, WORKSPACE)?;
    let shared = sh.read_file(SHARED)?;
    let quotas = "    quotas: {proxies: 9999, loadBalancers: 9999, endpointsPerVpc: 9999, instances: 9999, subnetGroups: 9999, parameterGroups: 9999, roles: 99999, allocatedStorage: 9999999}\n";
    sh.write_file(workspace.join("valet.yaml"), shared + quotas)?;
    let texts = texts();
    for (number, text) in texts.iter().enumerate() {
        let query = quoted(text)?;
        let config = format!("shortname: text{number}\nproxy:\n  initQuery: {query}\n");
        sh.write_file(
            workspace.join(format!("configs/dev/text-{number}.yaml")),
            config,
        )?;
    }
    roots::generate_in(sh, workspace)?;
    let mut outputs = String::new();
    for number in 0..texts.len() {
        let root = workspace.join(format!("generated/dev/text-{number}/main.tf"));
        let expression = emitted(&sh.read_file(root)?)?;
        writeln!(
            outputs,
            "output \"text_{number}\" {{\n  value = {expression}\n}}"
        )?;
    }
    sh.write_file(Path::new(ROOT).join("main.tf"), outputs)?;
    compare(sh, &texts)
}

/// The expression of the argument, exactly as it was emitted.
fn emitted(root: &str) -> Result<String> {
    let mut arguments = root.lines().filter_map(|line| line.split_once('='));
    let found = arguments.find(|(name, _)| name.trim() == "init_query");
    Ok(found.context("no init_query")?.1.trim().to_owned())
}

fn compare(sh: &Shell, texts: &[String]) -> Result<String> {
    let _folder = sh.push_dir(ROOT);
    shell::output(cmd!(sh, "terraform apply -auto-approve"))?;
    let evaluated: Value = serde_json::from_str(&shell::read(cmd!(sh, "terraform output -json"))?)?;
    for (number, text) in texts.iter().enumerate() {
        let value = evaluated.pointer(&format!("/text_{number}/value"));
        ensure!(
            value.and_then(Value::as_str) == Some(text),
            "written: {text:?}\nTerraform: {value:?}"
        );
    }
    Ok(format!("{} texts", texts.len()))
}
