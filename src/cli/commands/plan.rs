//! `valet-rds plan`: what Terraform does to each unit, asked of Terraform, and whether it may.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use clap::ValueEnum;

use crate::{
    cli::{
        base_argument::BaseArgument,
        complete,
        context::Context,
        json,
        runner::{Baseline, Explanation, RunArguments, Runner, Shard, base_commit},
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
    /// Units to plan, as ENVIRONMENT/NAMESPACE, ENVIRONMENT/_environment for what units share, or
    /// ENVIRONMENT/_cluster-NAME for the consumer side of a cluster
    #[arg(value_name = "UNIT", add = complete::unit_names(), conflicts_with = "all")]
    units: Vec<UnitId>,
    /// Plan every unit
    #[arg(long, conflicts_with = "reference")]
    all: bool,
    /// Plan the units that differ from where HEAD left this branch, tag or commit, or those of them that are named
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
    let compiled = session.compile_sound()?;
    let owners = session.owners(&compiled);
    let wanted = wanted(arguments, &session, &owners, context)?;
    let wanted: Vec<(Owner, Baseline)> = match arguments.shard {
        Some(shard) => shard.of(wanted),
        None => wanted,
    };
    let runner = Runner::new(&session, &arguments.run, &arguments.out)?;
    refuse_others(&arguments.out, &wanted)?;
    let units = runner.each("planning", &wanted, |(owner, baseline)| {
        let directory = session.in_repository(owner);
        match plan(&runner, owner, baseline) {
            Ok((outcome, explanation)) => UnitRun {
                causes: explanation.causes,
                notes: explanation
                    .unplanned
                    .into_iter()
                    .map(|one| one.note)
                    .collect(),
                ..UnitRun::new(owner.unit(), directory, outcome)
            },
            Err(outcome) => UnitRun::new(owner.unit(), directory, outcome),
        }
    })?;
    finish(
        &Run {
            verb: "plan",
            units,
        },
        arguments.format,
    )
}

/// Refuses a folder with plans that an apply of this run's would take along.
fn refuse_others(folder: &Path, wanted: &[(Owner, Baseline)]) -> Result<(), Stop> {
    if !io::is_there(folder) {
        return Ok(());
    }
    let units: BTreeSet<UnitId> = wanted.iter().map(|(owner, _)| owner.unit()).collect();
    for path in io::terraform::of_units(folder, REVIEWED)? {
        let above = path.parent().unwrap_or(folder);
        let unit = UnitId::of_root(&above.to_string_lossy());
        if !units.contains(&unit) {
            return Err(Stop::Usage(format!(
                "{} holds a plan of {unit}, which `apply` would take along: remove the folder, or name another one with --out",
                folder.display()
            )));
        }
    }
    Ok(())
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

/// The roots to plan, in the order of their units, each with what it is compared with.
fn wanted<'a>(
    arguments: &Arguments,
    session: &Session,
    owners: &[Owner<'a>],
    context: &Context,
) -> Result<Vec<(Owner<'a>, Baseline)>, Stop> {
    let mut wanted: BTreeMap<UnitId, Baseline> = BTreeMap::new();
    if let Some(reference) = &arguments.base {
        let base = BaseArgument::commit(reference, arguments.first);
        let review = base.compare(session)?;
        show_problems(&review.stale, &session.base, context.color);
        if review.has_errors() {
            return Err(session.problems(review.problems));
        }
        let commit = base_commit(session, reference)?;
        let named = &arguments.units;
        let there = review.units.into_iter().filter(|unit| {
            unit.kind != Kind::Gone && (named.is_empty() || named.contains(&unit.id))
        });
        wanted.extend(there.map(|unit| {
            let baseline = Baseline {
                base: Some((commit.clone(), unit.base)),
                lines: unit.lines,
            };
            (unit.id, baseline)
        }));
        // A unit that is as it was in the base is planned all the same, when it is named.
        for unit in named {
            let base = find(owners, unit)?;
            let directory = session.in_repository(&base);
            wanted.entry(unit.clone()).or_insert_with(|| Baseline {
                base: Some((commit.clone(), Some(directory))),
                lines: Vec::new(),
            });
        }
    } else if arguments.all {
        let all = owners.iter().map(Owner::unit);
        wanted.extend(all.map(|unit| (unit, Baseline::default())));
    } else if arguments.units.is_empty() {
        return Err(Stop::Usage(
            "name units, or say --base REF or --all".to_owned(),
        ));
    } else {
        let named = arguments.units.iter().cloned();
        wanted.extend(named.map(|unit| (unit, Baseline::default())));
    }
    wanted
        .into_iter()
        .map(|(unit, baseline)| Ok((find(owners, &unit)?, baseline)))
        .collect()
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
fn plan(
    runner: &Runner,
    owner: &Owner,
    baseline: &Baseline,
) -> Result<(Outcome, Explanation), Outcome> {
    let unit = owner.unit();
    runner.begin(&unit)?;
    let mut planned = runner.plan(owner, &unit)?;
    let explained = runner.explain(owner, &unit, baseline, &planned);
    let outside = runner.outside(owner, &unit, &planned);
    runner.forget(&unit)?;
    let (explanation, outside) = (explained?, outside?);
    let needs = explanation.needs();
    if let Some(verdict) = &mut planned.verdict {
        runner.hold(owner, verdict, &needs);
    }
    let folder = runner.folder(&unit);
    let reviewed = Reviewed {
        format_version: FORMAT.to_owned(),
        unit,
        state: owner.state().to_string(),
        terraform: runner.terraform.version.clone(),
        plan: planned.form,
        outside,
        unplanned: explanation.unplanned.clone(),
        causes: run::causes(&explanation.causes),
        needs,
    };
    let text = text::json::pretty(&reviewed).map_err(|error| Outcome::failed("write", error))?;
    io::write_config(&folder, REVIEWED, &text)?;
    let outcome = match planned.verdict {
        None => Outcome::Unchanged,
        Some(verdict) if verdict.passes() => Outcome::Planned(verdict),
        Some(verdict) => Outcome::Refused(verdict),
    };
    Ok((outcome, explanation))
}
