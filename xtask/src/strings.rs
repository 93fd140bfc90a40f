//! Text in a config comes out of Terraform as it was written, evaluated and not read by eye.

use std::{fmt::Write, path::Path};

use serde_json::Value;
use storage_valet_rds::text::unicode::is_hidden;

use crate::{
    files,
    roots::{self, SHARED},
    step::{Done, Step},
    terraform::Engine,
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
const PIECES: &[&str] = &[
    "${",
    "%{",
    "$${",
    "%%{",
    "$$${",
    "$",
    "%",
    "{",
    "}",
    "~}",
    "\\",
    "\\\\",
    "\"",
    "'",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "  ",
    "\\n",
    "\\u0041",
    "\\U0001F418",
    "\\x41",
    "<<EOT\n",
    "\nEOT\n",
    "<<-EOT\n",
    "#",
    "//",
    "/*",
    "*/",
    " = ",
    "[",
    "]",
    "(",
    ")",
    ",",
    ".",
    "...",
    "*",
    "?",
    ":",
    "=>",
    "if true",
    "endif",
    "for x in y",
    "file(\"/etc/hosts\")",
    "path.module",
    "var.x",
    "null",
    "true",
    "1e9",
    "é",
    "ß",
    "İ",
    "漢字",
    "🐘",
    "👩\u{200d}🚀",
    "\u{202e}",
    "\u{2028}",
    "\u{85}",
    "\u{feff}",
    "\u{7f}",
    "\u{1}",
    "\u{1b}[31m",
    "\u{fffd}",
    "\u{fffe}",
    "\u{e000}",
    "\u{10ffff}",
    "A",
    "z",
    "0",
    "SELECT 1;",
    "-- x",
    "NUL",
];

pub(crate) fn step(engine: &Engine) -> Step {
    let engine = engine.clone();
    Step::new("hostile text, evaluated", move || evaluate(&engine))
}

/// The same texts in every run.
fn texts() -> Vec<String> {
    let mut state: usize = 0x9e37_79b9;
    let mut below = |end: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 8) % end
    };
    let generated = (0..GENERATED).map(|_| {
        let count = 1 + below(30);
        let pieces = (0..count).filter_map(|_| PIECES.get(below(PIECES.len())).copied());
        pieces.collect()
    });
    TEXTS
        .map(str::to_owned)
        .into_iter()
        .chain(generated)
        .collect()
}

/// A text in double quotes, as YAML takes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() || is_hidden(letter) => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted + "\""
}

fn evaluate(engine: &Engine) -> Done {
    let workspace = Path::new(WORKSPACE);
    files::clear(workspace)?;
    let shared = files::read(Path::new(SHARED))?;
    let quotas = "    quotas: {proxies: 9999, loadBalancers: 9999, endpointsPerVpc: 9999}\n";
    files::write(&workspace.join("valet.yaml"), shared + quotas)?;
    let texts = texts();
    for (number, text) in texts.iter().enumerate() {
        let path = workspace.join(format!("configs/dev/text-{number}.yaml"));
        let query = quoted(text);
        files::write(
            &path,
            format!("shortname: text{number}\nproxy:\n  initQuery: {query}\n"),
        )?;
    }
    roots::generate_in(workspace)?;
    let mut outputs = String::new();
    for number in 0..texts.len() {
        let expression = emitted(&workspace.join(format!("generated/dev/text-{number}/main.tf")))?;
        let _ = writeln!(
            outputs,
            "output \"text_{number}\" {{\n  value = {expression}\n}}"
        );
    }
    compare(engine, &texts, &outputs)
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

fn compare(engine: &Engine, texts: &[String], outputs: &str) -> Done {
    let root = Path::new(ROOT);
    files::write(&root.join("main.tf"), outputs)?;
    engine.run(root, &["apply", "-auto-approve"])?;
    let printed = engine.read(root, &["output", "-json"])?;
    let evaluated: Value =
        serde_json::from_str(&printed).map_err(|error| format!("{error}\n{printed}"))?;
    for (number, text) in texts.iter().enumerate() {
        let value = evaluated.pointer(&format!("/text_{number}/value"));
        if value.and_then(Value::as_str) != Some(text.as_str()) {
            return Err(format!("written: {text:?}\nTerraform: {value:?}"));
        }
    }
    Ok(format!("{} texts", texts.len()))
}
