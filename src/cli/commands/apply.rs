//! `valet-rds apply`: apply what was reviewed, and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use crate::{
    cli::{
        commands::plan::{Format, find, finish},
        complete,
        context::Context,
        runner::{DONE, Earlier, RunArguments, Runner},
        session::Session,
        stop::Stop,
    },
    config::Lifecycle,
    connect::outputs,
    io,
    model::identity::UnitId,
    review::run::{self, Outcome, Reviewed, Run, UnitRun},
    terraform::{
        applied::{self, Applied, Waiting, Writing},
        lower::Owner,
    },
    text,
};

/// Arguments of `apply`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder with what was planned and reviewed: the `--out` of `plan`
    #[arg(long, value_name = "DIR")]
    plans: PathBuf,
    /// Apply a unit although its plan is not the one that was reviewed; the gate is asked all the same
    #[arg(long, value_name = "UNIT", add = complete::unit_names())]
    accept: Vec<UnitId>,
    #[command(flatten)]
    run: RunArguments,
    /// How to print the summary
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

/// Runs the command.
///
/// # Errors
/// When a unit cannot be applied, or its plan is not the one that was reviewed.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    let compiled = session.compile_sound()?;
    let owners = session.owners(&compiled);
    let reviewed = read(&arguments.plans)?;
    for unit in &arguments.accept {
        if !reviewed.iter().any(|one| one.unit == *unit) {
            return Err(Stop::Usage(format!(
                "--accept {unit}: it is not in {}",
                arguments.plans.display()
            )));
        }
    }
    let pairs = reviewed
        .iter()
        .map(|one| Ok((one, find(&owners, &one.unit)?)))
        .collect::<Result<Vec<_>, Stop>>()?;
    let runner = Runner::new(&session, &arguments.run, &arguments.plans)?;
    let ended =
        |owner: &Owner, outcome| UnitRun::new(owner.unit(), session.in_repository(owner), outcome);
    let one = |(reviewed, owner): &(&Reviewed, Owner)| {
        let applied = apply(&runner, &session, reviewed, owner, &arguments.accept);
        ended(owner, applied.unwrap_or_else(|outcome| outcome))
    };
    let order = Order::of(pairs);
    // An endpoint goes before what it leads to.
    let mut units = runner.each("applying", &order.removals, one)?;
    let held = order.held(&units);
    // What the units of an environment share comes before them: they need it.
    let shared = runner.each("applying", &order.shared, one)?;
    let broken: BTreeSet<String> = shared
        .iter()
        .filter(|unit| !unit.outcome.is_fine())
        .map(|unit| unit.unit.environment.clone())
        .collect();
    units.extend(shared);
    units.extend(runner.each("applying", &order.units, |pair| {
        let owner = &pair.1;
        if broken.contains(owner.environment()) {
            return ended(owner, Outcome::Waiting);
        }
        if let Some(consumer) = held.get(&owner.unit()) {
            return ended(owner, Outcome::Held(consumer.clone()));
        }
        one(pair)
    })?);
    units.extend(runner.each("applying", &order.additions, one)?);
    units.sort_by(|a, b| a.unit.cmp(&b.unit));
    finish(
        &Run {
            verb: "apply",
            units,
        },
        arguments.format,
    )
}

/// What is applied, in the order in which it is.
struct Order<'a> {
    /// Consumer sides that take an endpoint away.
    removals: Vec<(&'a Reviewed, Owner<'a>)>,
    /// What the units of environments share.
    shared: Vec<(&'a Reviewed, Owner<'a>)>,
    units: Vec<(&'a Reviewed, Owner<'a>)>,
    /// Consumer sides that only add endpoints.
    additions: Vec<(&'a Reviewed, Owner<'a>)>,
}

impl<'a> Order<'a> {
    fn of(pairs: Vec<(&'a Reviewed, Owner<'a>)>) -> Self {
        let mut order = Self {
            removals: Vec::new(),
            shared: Vec::new(),
            units: Vec::new(),
            additions: Vec::new(),
        };
        for (reviewed, owner) in pairs {
            let place = match owner {
                Owner::Environment(_) => &mut order.shared,
                Owner::Unit(_) => &mut order.units,
                Owner::Consumer(_) if removed(reviewed).next().is_some() => &mut order.removals,
                Owner::Consumer(_) => &mut order.additions,
            };
            place.push((reviewed, owner));
        }
        order
    }

    /// The units on their way out that wait, each for the consumer side that has not taken its endpoint away.
    fn held(&self, ended: &[UnitRun]) -> BTreeMap<UnitId, UnitId> {
        let mut held = BTreeMap::new();
        let failed = self.removals.iter().zip(ended);
        for ((reviewed, owner), _) in failed.filter(|(_, unit)| !unit.outcome.is_fine()) {
            let shortnames: BTreeSet<&str> = removed(reviewed).collect();
            let leaving = self.units.iter().filter_map(|(_, unit)| match unit {
                Owner::Unit(database) => Some(database),
                Owner::Environment(_) | Owner::Consumer(_) => None,
            });
            let leaving = leaving.filter(|database| {
                database.lifecycle.value != Lifecycle::Active
                    && database.environment.name == owner.environment()
                    && shortnames.contains(database.shortname.as_str())
            });
            held.extend(leaving.map(|database| (database.unit(), owner.unit())));
        }
        held
    }
}

/// Shortnames of the units whose endpoints a plan takes away.
fn removed(reviewed: &Reviewed) -> impl Iterator<Item = &str> {
    let endpoints = reviewed.plan.removed("aws_vpc_endpoint");
    endpoints.filter_map(|address| address.split('"').nth(1))
}

/// The plans in a folder, in the order of their units.
fn read(folder: &Path) -> Result<Vec<Reviewed>, Stop> {
    let mut found = Vec::new();
    for path in io::terraform::of_units(folder, run::REVIEWED)? {
        let bytes = io::read_all(run::MOST, &path)?;
        let unusable = |error| Stop::Usage(format!("{}: {error}", path.display()));
        found.push(Reviewed::read(&bytes).map_err(unusable)?);
    }
    if found.is_empty() {
        return Err(Stop::Usage(format!(
            "{}: nothing was planned there; run `valet-rds plan --out {0}`",
            folder.display()
        )));
    }
    found.sort_by(|a, b| a.unit.cmp(&b.unit));
    Ok(found)
}

/// Applies one unit.
fn apply(
    runner: &Runner,
    session: &Session,
    reviewed: &Reviewed,
    owner: &Owner,
    accept: &[UnitId],
) -> Result<Outcome, Outcome> {
    let unit = &reviewed.unit;
    if reviewed.state != owner.state().to_string() {
        return Ok(Outcome::Differs(vec![format!(
            "the state was {} and is {} now",
            reviewed.state,
            owner.state()
        )]));
    }
    if reviewed.plan.is_empty() {
        return Ok(Outcome::Unchanged);
    }
    let folder = runner.folder(unit);
    if io::is_there(&folder.join(DONE)) {
        return Ok(Outcome::AppliedBefore);
    }
    // What an interrupted apply has told stays, whatever comes after it.
    let earlier = runner.earlier(unit)?;
    let applied = plan_and_apply(runner, reviewed, owner, earlier, accept);
    let _ = runner.forget(unit);
    let (outcome, waiting) = applied?;
    if matches!(outcome, Outcome::Applied(_) | Outcome::AppliedBefore) {
        keep(runner, session, owner, waiting)?;
        io::write_config(&folder, DONE, "applied\n")?;
    }
    Ok(outcome)
}

/// How a unit has ended, and what of it waits for the maintenance window.
fn plan_and_apply(
    runner: &Runner,
    reviewed: &Reviewed,
    owner: &Owner,
    mut earlier: Earlier,
    accept: &[UnitId],
) -> Result<(Outcome, Waiting), Outcome> {
    let unit = &reviewed.unit;
    let now = runner.plan_rest(owner, reviewed, &mut earlier)?;
    let (journal, there) = (&earlier.journal, &earlier.there);
    let mut deviations = run::deviations(&reviewed.plan, &now.form, journal, there);
    deviations.extend(earlier.lost.iter().cloned());
    let nothing = |outcome| Ok((outcome, Waiting::new()));
    if !deviations.is_empty() && !accept.contains(unit) {
        return nothing(Outcome::Differs(deviations));
    }
    let Some(mut verdict) = now.verdict else {
        return nothing(if journal.is_empty() {
            Outcome::Unchanged
        } else {
            Outcome::AppliedBefore
        });
    };
    runner.hold(owner, &mut verdict, &reviewed.needs);
    if !verdict.passes() {
        return nothing(Outcome::Refused(verdict));
    }
    runner.apply(owner, unit, &earlier)?;
    let waiting = applied::waiting(&now.form, &now.waits);
    Ok((Outcome::Applied(verdict), waiting))
}

/// Writes down beside the root what an apply leaves: the outputs that Kubernetes and consumers need, and the record that
/// later plans are explained by. A root that tells nothing has no outputs.
fn keep(
    runner: &Runner,
    session: &Session,
    owner: &Owner,
    waiting: Waiting,
) -> Result<(), Outcome> {
    let unit = owner.unit();
    let state = runner.state(owner, &unit)?;
    let write = |name: &str, text: &str| {
        let path = format!("{}/{name}", owner.directory());
        io::write_config(&session.workspace, &path, text)
    };
    if let Owner::Unit(_) = owner {
        let known =
            outputs::known(&state.outputs).map_err(|error| Outcome::failed("state", error))?;
        if let Some(text) = known {
            write(outputs::FILE, &text)?;
        }
    }
    let (inputs, commit) = runner.inputs(owner)?;
    let endpoints = match owner {
        Owner::Consumer(consumer) => consumer.keys(),
        Owner::Unit(_) | Owner::Environment(_) => BTreeSet::new(),
    };
    let version = match owner {
        Owner::Unit(database) => Some(database.engine_version.value),
        Owner::Consumer(_) | Owner::Environment(_) => None,
    };
    let record = Applied::new(commit, inputs, Writing::of(&state), waiting)
        .asking_for(version)
        .leading_to(endpoints);
    let text = text::json::pretty(&record).map_err(|error| Outcome::failed("state", error))?;
    Ok(write(applied::FILE, &text)?)
}
