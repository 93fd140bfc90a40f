//! `valet-rds gate`: stop a plan that takes away what no config has declared.

use std::{fmt::Display, path::PathBuf, sync::Arc};

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
    model::{
        Database, Environment,
        consumer::Consumer,
        identity::{UnitId, of_cluster},
        world::World,
    },
    review::{gate, retirement},
    terraform::{
        lower::Owner,
        plan::{self, Identity, MAX_BYTES},
    },
};

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
        |reason: &dyn Display| Stop::Usage(format!("{}: {reason}", arguments.plan.display()));
    let plan = plan::read(&bytes).map_err(|error| unusable(&error))?;
    let identity = plan.identity();
    let subject = match (&arguments.unit, &identity) {
        (Some(unit), _) => Some(named(&session, unit)?),
        (None, Some(identity)) => told(&session, identity)?,
        (None, None) => None,
    };
    let owner = subject.as_ref().map(Subject::owner);
    if let Some(unit) = &arguments.unit
        && (identity.is_some() || plan.configuration.is_some())
        && identity != owner.map(gate::identity)
    {
        let whose = identity.map_or(
            "a root that this tool has not written: its provider gives no identity tags".to_owned(),
            |identity| identity.to_string(),
        );
        return Err(unusable(&format_args!(
            "the plan is not that of {unit}, but of {whose}"
        )));
    }
    let mut verdict = gate::judge(&plan, owner, session.today);
    if let Some(Owner::Unit(database)) = owner
        && retirement::is_retired(database)
    {
        gate::hold_for(&mut verdict, &io::holders(&session.workspace, database)?);
    }
    let unit = owner.map(|owner| owner.unit());
    let unit = unit.as_ref();
    match arguments.format {
        Format::Human => print(&gate::human(&verdict, unit)),
        Format::Markdown => print(&gate::markdown(&verdict, unit).screen()),
        Format::Json => json::print(&Gate::new(&verdict, unit)),
    }?;
    if !verdict.passes() {
        return Err(Stop::Rejected);
    }
    if plan.configuration.is_none() {
        return Err(unusable(
            &"the plan has been cut: it has no `configuration`, so it cannot pass",
        ));
    }
    Ok(())
}

/// What a plan is held against.
enum Subject {
    Unit(Box<Database>),
    Environment(Arc<Environment>),
    Consumer(Box<Consumer>),
}

impl Subject {
    fn owner(&self) -> Owner<'_> {
        match self {
            Self::Unit(database) => Owner::Unit(database),
            Self::Environment(environment) => Owner::Environment(environment),
            Self::Consumer(consumer) => Owner::Consumer(consumer),
        }
    }
}

/// What the tags of a plan tell of, if it is there.
fn told(session: &Session, identity: &Identity) -> Result<Option<Subject>, Stop> {
    let Identity {
        environment,
        shortname,
        cluster,
    } = identity;
    if let (None, Some(cluster)) = (shortname, cluster) {
        let unit = UnitId::new(environment, of_cluster(cluster));
        let consumer = session.consumer(&unit)?;
        return Ok(consumer.map(|one| Subject::Consumer(Box::new(one))));
    }
    if shortname.is_none() {
        let mut environments = session.environments.iter();
        let found = environments.find(|one| one.name == *environment);
        return Ok(found.cloned().map(Subject::Environment));
    }
    let (compiled, _) = session.compile()?;
    let mut databases = compiled.databases.into_iter();
    let found = databases.find(|database| gate::identity(Owner::Unit(database)) == *identity);
    Ok(found.map(|one| Subject::Unit(Box::new(one))))
}

/// What has this name.
fn named(session: &Session, unit: &UnitId) -> Result<Subject, Stop> {
    if let Some(environment) = session.environments.iter().find(|one| one.unit() == *unit) {
        return Ok(Subject::Environment(Arc::clone(environment)));
    }
    if let Some(consumer) = session.consumer(unit)? {
        return Ok(Subject::Consumer(Box::new(consumer)));
    }
    database(session, unit).map(|one| Subject::Unit(Box::new(one)))
}

/// The database of a unit.
fn database(session: &Session, unit: &UnitId) -> Result<Database, Stop> {
    let (environment, path) = session.find_unit(unit)?;
    let bytes = io::read_in(&session.workspace, &path)?;
    let (database, problems) = compile::unit(
        &environment,
        &path,
        bytes,
        World::new(session.today, session),
    );
    // An acknowledgement that has expired is no reason to say nothing: it just does not count.
    let wrong = problems
        .iter()
        .any(|one| one.is_error() && !is_about_dates(one));
    match database.filter(|_| !wrong) {
        Some(database) => Ok(database),
        None => Err(session.problems(problems)),
    }
}

fn is_about_dates(problem: &Problem) -> bool {
    problem.rule.code == crate::diagnostic::rule::ACKNOWLEDGEMENT_EXPIRED.code
}
