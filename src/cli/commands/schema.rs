//! `valet-rds schema`: the JSON Schemas.

use clap::ValueEnum;

use crate::{
    cli::{stop::Stop, terminal::print},
    config::schema,
};

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Which files the schema describes
    #[arg(value_name = "WHICH")]
    which: Which,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    /// A service team's config
    Config,
    /// The platform team's `valet.yaml`
    Workspace,
}

/// Runs the command.
///
/// # Errors
/// Never.
pub fn run(arguments: &Arguments) -> Result<(), Stop> {
    let schema = match arguments.which {
        Which::Config => &schema::CONFIG,
        Which::Workspace => &schema::WORKSPACE,
    };
    print(schema.text())
}
