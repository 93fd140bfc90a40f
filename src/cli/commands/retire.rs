//! `valet-rds retire`: the next step out, written into the config.

use serde_json::json;

use crate::{
    cli::{
        complete,
        context::Context,
        stop::Stop,
        terminal::{note, print},
    },
    config::Lifecycle,
    io,
    model::{
        Database,
        identity::{UnitId, of_cluster},
    },
    review::retirement,
    text::screen::Screen,
    yaml::edit,
};

/// Arguments of `retire`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The unit, as ENVIRONMENT/NAMESPACE
    #[arg(value_name = "UNIT", add = complete::unit_names())]
    unit: UnitId,
    /// Forget the database and everything around it in the end, instead of destroying it
    #[arg(long)]
    retain: bool,
}

/// The consumer sides that lead to a database, in words.
fn consumers(database: &Database) -> String {
    let environment = &database.environment.name;
    let units = database.consumers().into_keys();
    let units: Vec<_> = units
        .map(|cluster| UnitId::new(environment, of_cluster(cluster)).to_string())
        .collect();
    units.join(", ")
}

/// Runs the command.
///
/// # Errors
/// When the config does not compile, or cannot be edited.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let (session, _lock) = context.open_locked(&[])?;
    let name = &arguments.unit;
    let (database, _) = session.compile_unit(name)?;
    let path = &database.file.path;
    let shown = format!("{}{path}", session.base);
    let mut keys = Vec::new();
    let next = match database.lifecycle.value {
        Lifecycle::Active => {
            keys.push(("lifecycle", json!(Lifecycle::Retiring.as_str())));
            keys.push(("retirementRequested", json!(session.today)));
            let consumers = consumers(&database);
            let with = if consumers.is_empty() {
                String::new()
            } else {
                format!(
                    " together with {consumers}, which takes the endpoint away before: pods are cut off, and `lifecycle: active` connects them again"
                )
            };
            format!("generate, merge and apply it{with}; then run `valet-rds retire {name}` again")
        }
        Lifecycle::Retiring => {
            let holders = io::holders(&session.workspace, &database)?;
            if let Some(problem) = retirement::endpoint_lives(&database, &holders) {
                return Err(Stop::Usage(format!(
                    "{}: apply that first, then run `valet-rds retire {name}` again",
                    problem.message
                )));
            }
            keys.push(("lifecycle", json!(Lifecycle::Retired.as_str())));
            format!("generate, merge and apply it; then delete {shown} and generate")
        }
        Lifecycle::Retired => {
            note(format!(
                "{name} is retired: once that is applied, delete {shown} and generate"
            ));
            return Ok(());
        }
    };
    if arguments.retain && !database.retain.value {
        keys.push(("retain", json!(true)));
    }
    let edited = keys
        .iter()
        .try_fold(database.file.text.clone(), |text, (key, value)| {
            edit::set(&text, &[key], value)
        })
        .map_err(|refused| Stop::Usage(format!("{shown}: {refused}")))?;
    io::write_config(&session.workspace, path, &edited)?;
    print(&Screen::of_line(format_args!("updated {shown}")))?;
    note(next);
    Ok(())
}
