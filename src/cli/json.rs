//! The JSON documents that commands print. Each is one type, and its published schema is made from that type.

pub mod adopt;
pub mod affected;
pub mod check;
pub mod diff;
pub mod drift;
pub mod explain;
pub mod gate;
pub mod info;
pub mod list;
pub mod rules;
pub mod run;
pub mod upgrade;

use std::fmt;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;

use super::{stop::Stop, terminal};
use crate::{
    text::{json, screen::Screen},
    yaml,
};

/// The version of the format, such as `1.0`. A minor version only adds keys; whoever reads a document takes those that
/// it knows.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct FormatVersion(#[schemars(regex(pattern = r"^1\.[0-9]+$"))] &'static str);

/// The version that is printed.
pub const FORMAT: FormatVersion = FormatVersion("1.0");

/// Prints a document, and nothing else, to standard output.
///
/// # Errors
/// When standard output takes no more.
pub fn print(document: &impl Serialize) -> Result<(), Stop> {
    let text = json::pretty(document).map_err(unprintable)?;
    terminal::print(&Screen::lines(&text))
}

/// Prints a document on one line.
///
/// # Errors
/// When standard output takes no more.
pub fn print_line(document: &impl Serialize) -> Result<(), Stop> {
    let text = json::line(document).map_err(unprintable)?;
    terminal::print(&Screen::lines(&text))
}

/// Prints a document as YAML.
///
/// # Errors
/// When standard output takes no more.
pub fn print_yaml(document: &impl Serialize) -> Result<(), Stop> {
    let text = yaml::print(document, false).map_err(unprintable)?;
    terminal::print(&Screen::lines(&text))
}

fn unprintable(error: impl fmt::Display) -> Stop {
    Stop::Machine(error.to_string())
}

/// The schema of what a command prints, as it is published.
#[must_use]
pub fn schema<T: JsonSchema>(command: &str) -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert(
        "$id".to_owned(),
        format!("https://storage-valet.example/schemas/rds-{command}.json").into(),
    );
    schema.insert(
        "title".to_owned(),
        format!("What `valet-rds {command} --format json` prints").into(),
    );
    format!("{:#}\n", schema.to_value())
}
