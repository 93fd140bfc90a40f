//! `valet-rds gate`: stop a plan that takes away what no config has declared.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::{
    cli::{
        complete,
        context::Context,
        json::{self, gate::Gate},
        session::Session,
        stop::Stop,
        terminal::print,
    },
    compile,
    diagnostic::Problem,
    io,
    model::{Database, identity::UnitId},
    review::{gate, retirement},
};

/// Bytes of the largest plan that is read.
const MAX_BYTES: usize = 256 * 1024 * 1024;

/// Arguments of `gate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Output of `terraform show -json PLAN`, or `-` for standard input
    #[arg(value_name = "PLAN.json")]
    plan: PathBuf,
    /// The unit that the plan is for, as ENVIRONMENT/NAMESPACE [default: told by the tags in the plan]
    #[arg(long, value_name = "UNIT", add = complete::unit_names())]
    unit: Option<UnitId>,
    /// How to print the verdict
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Human,
    /// The comment of a pull request
    Markdown,
    /// One JSON document
    Json,
}

/// Runs the command.
///
/// # Errors
/// When the plan cannot be read, or takes away what is not declared.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    let bytes = if arguments.plan.as_os_str() == "-" {
        io::read_all_of_stdin(MAX_BYTES)?
    } else {
        io::read_all(MAX_BYTES, &arguments.plan)?
    };
    let unusable =
        |message: String| Stop::Usage(format!("{}: {message}", arguments.plan.display()));
    let plan = gate::read(&bytes).map_err(unusable)?;
    let database = match &arguments.unit {
        Some(unit) => named(&session, unit)?,
        None => told(&session, plan.identity.as_ref())?,
    };
    let verdict = gate::judge(&plan.steps, database.as_ref(), session.today);
    let unit = database.as_ref().map(Database::unit);
    let unit = unit.as_ref().or(arguments.unit.as_ref());
    match arguments.format {
        Format::Human => print(gate::human(&verdict, unit)),
        Format::Markdown => print(gate::markdown(&verdict, unit)),
        Format::Json => json::print(&Gate::new(&verdict, unit)),
    }?;
    if verdict.passes() {
        Ok(())
    } else {
        Err(Stop::Rejected)
    }
}

/// The instance that the tags of a plan tell of.
fn told(
    session: &Session,
    identity: Option<&retirement::Identity>,
) -> Result<Option<Database>, Stop> {
    let Some(identity) = identity else {
        return Ok(None);
    };
    let (compiled, _) = session.compile()?;
    let mut databases = compiled.databases.into_iter();
    Ok(databases.find(|database| retirement::identity(database) == *identity))
}

/// The instance of a unit; none for what the units of an environment share.
fn named(session: &Session, unit: &UnitId) -> Result<Option<Database>, Stop> {
    if session.environments.iter().any(|one| one.unit() == *unit) {
        return Ok(None);
    }
    let (environment, path) = session.find_unit(unit)?;
    let bytes = io::read_in(&session.workspace, &path)?;
    let (database, problems) = compile::unit(&environment, &path, bytes, session.today);
    // An acknowledgement that has expired is no reason to say nothing: it just does not count.
    let wrong = problems
        .iter()
        .any(|one| one.is_error() && !is_about_dates(one));
    match database.filter(|_| !wrong) {
        Some(database) => Ok(Some(database)),
        None => Err(session.problems(problems)),
    }
}

fn is_about_dates(problem: &Problem) -> bool {
    problem.rule.code == crate::diagnostic::rule::ACKNOWLEDGEMENT_EXPIRED.code
}
