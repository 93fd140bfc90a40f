//! `valet-rds info`: everything that is decided about a unit.

use std::fmt::Write;

use clap::ValueEnum;
use serde_json::Value;

use crate::{
    cli::{
        context::Context,
        outputs_argument::OutputsArgument,
        stop::Stop,
        terminal::{print, show_problems},
        unit_argument::UnitArgument,
    },
    connect::outputs::{self, Outputs},
    inspect::{names, resolved},
    model::Database,
    yaml::edit,
};

/// Arguments of `info`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(in crate::cli) unit: UnitArgument,
    #[command(flatten)]
    outputs: OutputsArgument,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables
    Human,
    /// One YAML document
    Yaml,
    /// One JSON document
    Json,
}

/// Runs the command.
///
/// # Errors
/// When there is no such unit, it does not compile, or the outputs are not its own.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    let (database, problems) = session.compile_unit(&arguments.unit.unit()?)?;
    let outputs = arguments.outputs.read(&session, &database)?;
    show_problems(&problems, &session.base, context.color);
    let document = || resolved::document(&database, outputs.as_ref());
    match arguments.format {
        Format::Human => print(human(&database, outputs.as_ref())),
        Format::Json => print(format!("{:#}\n", document())),
        Format::Yaml => print(yaml(&document(), 0)),
    }
}

fn human(database: &Database, outputs: Option<&Outputs>) -> String {
    let written = &database.environment.spec;
    let entries: Vec<_> = resolved::entries(database)
        .into_iter()
        .filter(|entry| !entry.value.is_null())
        .map(|entry| (entry.key.join("."), shown(&entry.value), entry.origin))
        .collect();
    let width = |texts: &mut dyn Iterator<Item = &String>| {
        texts.map(|text| text.chars().count()).max().unwrap_or(0)
    };
    let keys = width(&mut entries.iter().map(|(key, ..)| key));
    // A long value moves its own origin alone.
    let values = width(&mut entries.iter().map(|(_, value, _)| value)).min(32);
    let mut text = format!(
        "{} in account {}, {}\nconfig {}\nroot   {}\n\n",
        database.unit(),
        written.account_id,
        written.region,
        database.file.path,
        database.directory()
    );
    for (key, value, origin) in &entries {
        let _ = writeln!(text, "{key:keys$}  {value:values$}  {origin}");
    }
    text.push_str("\nNames in AWS\n");
    let names = names::names(database).into_iter();
    let names: Vec<_> = names
        .map(|named| (named.kind.as_str(), named.name))
        .collect();
    text.push_str(&table(&names));
    text.push_str("\nKnown after apply\n");
    match outputs {
        Some(outputs) => text.push_str(&table(&resolved::told(outputs))),
        None => {
            let _ = writeln!(
                text,
                "nothing yet: commit what `terraform output -json` prints as {}/{}, or name it with --outputs",
                database.directory(),
                outputs::FILE
            );
        }
    }
    text
}

fn table(rows: &[(&str, String)]) -> String {
    let kinds = rows.iter().map(|(kind, _)| kind.len()).max().unwrap_or(0);
    let line = |(kind, name): &(&str, String)| format!("{kind:kinds$}  {name}\n");
    rows.iter().map(line).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// YAML of a document, mappings in blocks and everything else on one line.
fn yaml(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let mut text = String::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        let key = edit::inline(&Value::from(key.as_str()));
        let _ = match value {
            Value::Object(map) if !map.is_empty() => {
                write!(text, "{indent}{key}:\n{}", yaml(value, depth + 1))
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                let items = items
                    .iter()
                    .map(|item| format!("{indent}  - {}\n", edit::inline(item)));
                write!(text, "{indent}{key}:\n{}", items.collect::<String>())
            }
            _ => writeln!(text, "{indent}{key}: {}", edit::inline(value)),
        };
    }
    text
}
