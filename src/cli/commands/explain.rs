//! `valet-rds explain`: where a value comes from, and what a line leads to.

use std::path::Path;

use clap::ValueEnum;

use crate::{
    cli::{
        complete,
        context::Context,
        json::{self, explain::Explain},
        session::Session,
        stop::Stop,
        terminal::print,
    },
    compile::WORKSPACE_FILE,
    inspect::explain::{self, Value},
    io,
    model::identity::UnitId,
    terraform::lower::Owner,
    text::{screen::Screen, suggest},
};

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A unit, as ENVIRONMENT/NAMESPACE or the path of its config, or a line of a config, of `valet.yaml` or of a generated file
    #[arg(value_name = "UNIT|FILE[:LINE]", add = complete::unit_names())]
    what: String,
    /// Only this value of the unit, or those below it, such as `module.rds.instance_class`
    #[arg(value_name = "ADDRESS")]
    address: Option<String>,
    /// How to print the values
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Human,
    /// One JSON document
    Json,
}

/// Runs the command.
///
/// # Errors
/// When there is no such unit, address or line.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let what = &arguments.what;
    let file = line_of(what).map_or(what.as_str(), |(file, _)| file);
    let session = context.open_around(&[file.to_owned()])?;
    let values = match (line_of(what), &arguments.address) {
        (Some((file, line)), None) => at_line(&session, file, line)?,
        (Some(_), Some(_)) => {
            return Err(Stop::Usage(
                "an address goes with a unit, not with a line".to_owned(),
            ));
        }
        (None, address) => of_unit(&session, what, address.as_deref())?,
    };
    match arguments.format {
        Format::Human => print(&human(&values, &session.base)),
        Format::Json => json::print(&Explain::new(&values, &session.prefix)),
    }
}

fn line_of(what: &str) -> Option<(&str, usize)> {
    let (file, line) = what.rsplit_once(':')?;
    Some((file, line.parse().ok()?))
}

fn of_unit(session: &Session, unit: &str, address: Option<&str>) -> Result<Vec<Value>, Stop> {
    let id: Option<UnitId> = unit.parse().ok();
    let shared = session
        .environments
        .iter()
        .find(|one| Some(one.unit()) == id);
    let values = if let Some(environment) = shared {
        of(Owner::Environment(environment))
    } else if let Some(consumer) = id.and_then(|id| session.consumer(&id).transpose()) {
        of(Owner::Consumer(&consumer?))
    } else {
        let (environment, path) = session.find(unit)?;
        let (database, _) = session.compile_config(&environment, &path)?;
        of(Owner::Unit(&database))
    };
    let Some(address) = address else {
        return Ok(values);
    };
    let below = |value: &&Value| {
        let rest = value.address.strip_prefix(address);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let found: Vec<_> = values.iter().filter(below).cloned().collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let known: Vec<_> = values.iter().map(|value| value.address.as_str()).collect();
    let hint = suggest::hint("", address, &known);
    Err(Stop::Usage(format!("{unit} has no `{address}`{hint}")))
}

fn of(owner: Owner) -> Vec<Value> {
    explain::values(&owner.root(), owner)
}

fn at_line(session: &Session, file: &str, line: usize) -> Result<Vec<Value>, Stop> {
    let nothing = |why: &str| Err(Stop::Usage(format!("{file}:{line}: {why}")));
    let Some(path) = io::inside(&session.workspace, Path::new(file)) else {
        return nothing("no file of this workspace");
    };
    let (compiled, _) = session.compile()?;
    let is_generated = path.starts_with(&format!("{}/", session.output()));
    let mut values = Vec::new();
    for owner in session.owners(&compiled) {
        let is_config = matches!(owner, Owner::Unit(database) if database.file.path == path);
        let is_asked = path == WORKSPACE_FILE
            || is_config
            || path.starts_with(&format!("{}/", owner.directory()));
        if is_asked {
            values.extend(of(owner));
        }
    }
    if values.is_empty() {
        return nothing("neither a config of a unit, nor valet.yaml, nor a generated file of one");
    }
    values.retain(|value| {
        if is_generated {
            value.stands_at(&path, line)
        } else {
            value.comes_from(&path, line)
        }
    });
    if values.is_empty() {
        let why = if is_generated {
            "no value stands there"
        } else {
            "no value comes from there"
        };
        return nothing(why);
    }
    Ok(values)
}

fn human(values: &[Value], base: &str) -> Screen {
    let mut text = Screen::new();
    for value in values {
        text.line(format_args!("{} = {}", value.address, value.value));
        text.line(format_args!(
            "  {base}{}:{}",
            value.file,
            value.lines.start()
        ));
        text.line(format_args!("  {}", value.provenance));
        if !value.becomes.is_empty() {
            text.line(format_args!("  becomes {}", value.becomes));
        }
    }
    text
}
