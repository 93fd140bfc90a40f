//! `valet-rds catalog`: the databases as Backstage reads them.

use clap::ValueEnum;

use crate::{
    cli::{context::Context, json, stop::Stop, terminal::print},
    diagnostic::{Problem, rule},
    inspect::catalog::entities,
    text::screen::Screen,
    yaml,
};

/// Arguments of `catalog`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "yaml")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A YAML document for each database, as in a catalog-info.yaml
    Yaml,
    /// One JSON list of all
    Json,
}

/// Runs the command.
///
/// # Errors
/// When a config is wrong, `valet.yaml` has no `catalog`, or a database has no owner.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    if let Some(environment) = session.environments.first()
        && environment.catalog.is_none()
    {
        let span = environment.file.span("/environments#");
        let problem = Problem::new(&rule::MISSING_KEY, span, "`catalog` is missing");
        let help = "write `catalog: {ownerTag: team}` above, with the tag that names the owner of a database";
        return Err(session.problems(vec![problem.help(help)].into()));
    }
    let compiled = session.compile_sound()?;
    let entities = entities(&compiled.databases, &session.prefix);
    let entities = entities.map_err(|problems| session.problems(problems))?;
    match arguments.format {
        Format::Json => json::print(&entities),
        Format::Yaml => {
            let mut text = String::new();
            for entity in &entities {
                let printed = yaml::print(entity, false);
                text.push_str("---\n");
                text.push_str(&printed.map_err(|error| Stop::Machine(error.to_string()))?);
            }
            print(&Screen::lines(&text))
        }
    }
}
