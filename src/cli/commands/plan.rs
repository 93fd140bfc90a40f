//! `valet-rds plan`: what Terraform does to each unit, asked of Terraform, and whether it may.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::{
    cli::{
        base_argument::BaseArgument,
        complete,
        context::Context,
        json,
        runner::{RunArguments, Runner, Shard},
        session::Session,
        stop::Stop,
        terminal::{print, show_problems},
    },
    io,
    model::identity::UnitId,
    review::{
        Kind,
        run::{self, FORMAT, Outcome, REVIEWED, Reviewed, Run, UnitRun},
    },
    terraform::lower::Owner,
    text::{self, suggest},
};

/// Arguments of `plan`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Units to plan, as ENVIRONMENT/NAMESPACE, or ENVIRONMENT/_environment for what units share
    #[arg(value_name = "UNIT", add = complete::unit_names(), conflicts_with_all = ["all", "reference"])]
    units: Vec<UnitId>,
    /// Plan every unit
    #[arg(long, conflicts_with = "reference")]
    all: bool,
    /// Plan the units that differ from where HEAD left this branch, tag or commit
    #[arg(long = "base", value_name = "REF", id = "reference")]
    base: Option<String>,
    /// Take a base without any root for the beginning: everything is new
    #[arg(long, requires = "reference")]
    first: bool,
    /// Plan one of so many parts of the units
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Folder for what is planned, which `apply --plans` reads, and for the logs
    #[arg(long, value_name = "DIR", default_value = "valet-plans")]
    out: PathBuf,
    #[command(flatten)]
    run: RunArguments,
    /// How to print the summary
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

/// How a summary is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
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
/// When a unit cannot be planned, or its plan is refused.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    let databases = session.compile_sound()?;
    let owners = session.owners(&databases);
    let wanted = wanted(arguments, &session, &owners, context)?;
    let wanted = match arguments.shard {
        Some(shard) => shard.of(wanted),
        None => wanted,
    };
    let runner = Runner::new(&session, &arguments.run, &arguments.out)?;
    let prefix = io::git::prefix(&session.workspace);
    let units = runner.each("planning", &wanted, |owner| UnitRun {
        unit: owner.unit(),
        directory: format!("{prefix}{}", owner.directory()),
        outcome: plan(&runner, owner).unwrap_or_else(|outcome| outcome),
    })?;
    finish(
        &Run {
            verb: "plan",
            units,
        },
        arguments.format,
    )
}

/// Prints the summary of a run, and ends as it has.
///
/// # Errors
/// When a unit is not as it should be.
pub fn finish(run: &Run, format: Format) -> Result<(), Stop> {
    match format {
        Format::Human => print(&run::human(run)),
        Format::Markdown => print(&run::markdown(run).screen()),
        Format::Json => json::print(&json::run::RunDocument::new(run)),
    }?;
    if run.is_fine() {
        Ok(())
    } else {
        Err(Stop::Rejected)
    }
}

/// The roots to plan, in the order of their units.
fn wanted<'a>(
    arguments: &Arguments,
    session: &Session,
    owners: &[Owner<'a>],
    context: &Context,
) -> Result<Vec<Owner<'a>>, Stop> {
    let mut named: Vec<UnitId> = arguments.units.clone();
    if let Some(reference) = &arguments.base {
        let base = BaseArgument::commit(reference, arguments.first);
        let review = base.compare(session)?;
        show_problems(&review.stale, &session.base, context.color);
        if review.has_errors() {
            return Err(session.problems(review.problems));
        }
        let there = review
            .units
            .into_iter()
            .filter(|unit| unit.kind != Kind::Gone);
        named = there.map(|unit| unit.id).collect();
    } else if arguments.all {
        named = owners.iter().map(Owner::unit).collect();
    } else if named.is_empty() {
        return Err(Stop::Usage(
            "name units, or say --base REF or --all".to_owned(),
        ));
    }
    named.sort();
    named.dedup();
    named
        .iter()
        .map(|unit| find(owners, unit))
        .collect::<Result<_, _>>()
}

/// The root of a unit.
///
/// # Errors
/// When there is no such unit.
pub fn find<'a>(owners: &[Owner<'a>], unit: &UnitId) -> Result<Owner<'a>, Stop> {
    let found = owners.iter().find(|owner| owner.unit() == *unit);
    found.copied().ok_or_else(|| {
        let known: Vec<_> = owners
            .iter()
            .map(|owner| owner.unit().to_string())
            .collect();
        let hint = suggest::hint("", &unit.to_string(), &known);
        Stop::Usage(format!("there is no unit `{unit}`{hint}"))
    })
}

/// Plans one unit, and writes down what was planned.
fn plan(runner: &Runner, owner: &Owner) -> Result<Outcome, Outcome> {
    let unit = owner.unit();
    runner.begin(&unit)?;
    let planned = runner.plan(owner, &unit)?;
    runner.forget(&unit)?;
    let folder = runner.folder(&unit);
    let reviewed = Reviewed {
        format_version: FORMAT.to_owned(),
        unit,
        state: owner.state().to_string(),
        terraform: runner.terraform.version.clone(),
        plan: planned.form,
    };
    let text = text::json::pretty(&reviewed).map_err(|error| {
        Outcome::Failed(run::Failed {
            step: "write",
            words: error.to_string(),
            advice: None,
            log: None,
        })
    })?;
    io::write_config(&folder, REVIEWED, &text)?;
    Ok(match planned.verdict {
        None => Outcome::Unchanged,
        Some(verdict) if verdict.passes() => Outcome::Planned(verdict),
        Some(verdict) => Outcome::Refused(verdict),
    })
}
