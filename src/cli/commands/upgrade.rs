//! `valet-rds upgrade`: the databases of an engine to a version, wave after wave.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;

use crate::{
    aws::{engine::Engine, engine_version::EngineVersion, upgrade::Offers},
    cli::{
        context::Context,
        json::{self, upgrade::Upgrade},
        session::Session,
        stop::Stop,
        terminal::{note, print},
    },
    compile::{self, Compiled},
    diagnostic::{Diagnostics, Problem, report::plural, rule::Severity},
    inspect::fleet::{Condition, Conditions, Fleet},
    io,
    model::{identity::UnitId, wave::Waves, world::World},
    review::campaign::{self, Campaign, Goal, State, Unit},
    text::{screen::Screen, suggest},
};

/// Arguments of `upgrade`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The waves stand in valet.yaml, below `upgrades`. `apply` writes `engineVersion` into the configs of one
wave, the first that is not through, and nothing else; who cannot go is named and left. What is written
is then generated, reviewed and applied as every change. A run that was interrupted goes on with the next.

For example:
  valet-rds upgrade plan --engine postgres --to 17 --where environment=dev3
  valet-rds upgrade apply --engine postgres --to 17
  valet-rds upgrade status --engine postgres --to 17")]
pub struct Arguments {
    /// What to do
    #[arg(value_name = "ACTION")]
    action: Action,
    /// The engine
    #[arg(long, value_name = "ENGINE", value_parser = engine_named)]
    engine: Engine,
    /// The version: a major, or an exact one
    #[arg(long, value_name = "VERSION")]
    to: EngineVersion,
    /// Only this wave
    #[arg(long, value_name = "NAME")]
    wave: Option<String>,
    /// Show only databases with this value in force, with `*` for any characters; `environment` and `modules` are keys, too
    #[arg(long = "where", value_name = "KEY=VALUE")]
    conditions: Vec<String>,
    /// With `apply`: write nothing, and name what would be written
    #[arg(long)]
    dry_run: bool,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Print what every database has to do, and what that does to it
    Plan,
    /// Write the next version into the configs of a wave
    Apply,
    /// Print how far every database is
    Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One JSON document
    Json,
    /// A page for an issue
    Markdown,
}

fn engine_named(text: &str) -> Result<Engine, String> {
    let mut engines = Engine::ALL.iter();
    let found = engines.find(|engine| engine.as_str() == text).copied();
    found.ok_or_else(|| {
        let known = Engine::with(|_| true);
        suggest::question_and_list(text, &known, "the engines are")
    })
}

/// Runs the command.
///
/// # Errors
/// When the workspace is wrong, AWS has no such version, or a config cannot go.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    arguments.fit()?;
    let writes = arguments.action == Action::Apply && !arguments.dry_run;
    let (session, _lock) = if writes {
        let (session, lock) = context.open_locked(&[])?;
        (session, Some(lock))
    } else {
        (context.open()?, None)
    };
    let compiled = session.compile_sound()?;
    let mut campaign = arguments.campaign(&session, &compiled)?;
    if let Some(wave) = &arguments.wave {
        campaign.only(wave).map_err(Stop::Usage)?;
    }
    arguments.keep(&mut campaign, &session, &compiled)?;
    if arguments.action == Action::Apply {
        return apply(arguments, &session, &compiled, campaign);
    }
    match (arguments.format, arguments.action) {
        (Format::Json, _) => json::print(&Upgrade::new(&campaign, &[], &session.prefix)),
        (Format::Markdown, _) => print(&campaign::markdown(&campaign).screen()),
        (Format::Human, Action::Plan) => print(&campaign::plan(&campaign)),
        (Format::Human, _) => print(&campaign::status(&campaign)),
    }
}

impl Arguments {
    /// That the options go with the action.
    fn fit(&self) -> Result<(), Stop> {
        let wrong = |message: &str| Err(Stop::Usage(message.to_owned()));
        if self.action == Action::Apply {
            if !self.conditions.is_empty() {
                return wrong(
                    "--where goes with `plan` and `status`: a wave is applied as a whole",
                );
            }
            if self.format == Format::Markdown {
                return wrong("--format markdown goes with `plan` and `status`");
            }
        } else if self.dry_run {
            return wrong("--dry-run goes with `apply`: nothing else writes");
        }
        Ok(())
    }

    /// The campaign of the whole workspace.
    fn campaign(&self, session: &Session, compiled: &Compiled) -> Result<Campaign, Stop> {
        let versions = session.environments.first();
        let versions = versions.and_then(|one| one.versions.as_ref());
        let offers = Offers {
            facts: self.engine.facts(),
            added: versions.map_or(&[], |added| added.of(self.engine)),
            today: session.today,
        };
        offers
            .target(self.to)
            .map_err(|no_target| Stop::Usage(format!("--to: {no_target}")))?;
        let goal = Goal {
            engine: self.engine,
            to: self.to,
        };
        let world = World::new(session.today, session);
        let waves = Waves::of(&session.environments);
        Ok(campaign::campaign(goal, &compiled.databases, world, &waves))
    }

    /// Leaves the units that are asked for.
    fn keep(
        &self,
        campaign: &mut Campaign,
        session: &Session,
        compiled: &Compiled,
    ) -> Result<(), Stop> {
        if self.conditions.is_empty() {
            return Ok(());
        }
        let waiting = BTreeMap::new();
        let (databases, problems) = (&compiled.databases, &compiled.problems);
        let mut fleet = Fleet::of(&session.environments, databases, problems, &waiting);
        let values = self.conditions.iter();
        let conditions = Conditions {
            values: values
                .map(|text| Condition::parse(text, &fleet))
                .collect::<Result<_, _>>()?,
            ..Conditions::default()
        };
        conditions.apply(&mut fleet);
        let meant: BTreeSet<UnitId> = fleet.units.iter().map(|one| one.database.unit()).collect();
        campaign.retain(|unit| meant.contains(&unit.id));
        Ok(())
    }
}

/// Writes the configs of one wave.
fn apply(
    arguments: &Arguments,
    session: &Session,
    compiled: &Compiled,
    mut campaign: Campaign,
) -> Result<(), Stop> {
    if arguments.wave.is_none() && campaign.waves.iter().any(|wave| wave.name.is_some()) {
        campaign.first();
    }
    let edits: Vec<(&Unit, &str)> = campaign
        .units()
        .filter(|unit| unit.state == State::Open)
        .filter_map(|unit| Some((unit, unit.edited.as_deref()?)))
        .collect();
    refuse_wrong(session, compiled, &edits)?;
    let mut written = Vec::new();
    if !arguments.dry_run {
        for (unit, text) in &edits {
            io::write_config(&session.workspace, &unit.file, text)?;
            written.push(unit.file.as_str());
        }
    }
    let left = campaign
        .units()
        .filter(|unit| matches!(unit.state, State::Blocked | State::Later));
    let left: Vec<_> = left.collect();
    if arguments.format == Format::Json {
        json::print(&Upgrade::new(&campaign, &written, &session.prefix))?;
    } else {
        print(&told(arguments, session, &campaign, &edits))?;
        for unit in &left {
            note(format!("left {}: {}", unit.id, unit.why));
        }
        if !written.is_empty() {
            note("next: run `valet-rds generate` and commit what both wrote for review");
        }
    }
    if left.is_empty() {
        Ok(())
    } else {
        Err(Stop::Rejected)
    }
}

/// What is written, and how far the others are.
fn told(
    arguments: &Arguments,
    session: &Session,
    campaign: &Campaign,
    edits: &[(&Unit, &str)],
) -> Screen {
    let verb = if arguments.dry_run {
        "would update"
    } else {
        "updated"
    };
    let mut text = Screen::new();
    for (unit, _) in edits {
        let to = unit.way.first().map_or(unit.from, |hop| hop.to);
        text.line(format_args!(
            "{verb} {}{}: {} -> {to}",
            session.base, unit.file, unit.from
        ));
    }
    let names: Vec<_> = campaign
        .waves
        .iter()
        .filter_map(|one| one.name.as_deref())
        .collect();
    let whose = match names.as_slice() {
        [name] => format!("wave {name}: "),
        _ => String::new(),
    };
    text.line(format_args!(
        "{whose}{} written, {} blocked, {} waiting, {} done",
        plural(edits.len(), "config"),
        campaign.count(State::Blocked) + campaign.count(State::Later),
        campaign.count(State::Waiting) + campaign.count(State::Window),
        campaign.count(State::Done),
    ));
    text
}

/// Refuses edits that break something together that none breaks alone.
fn refuse_wrong(
    session: &Session,
    compiled: &Compiled,
    edits: &[(&Unit, &str)],
) -> Result<(), Stop> {
    if edits.is_empty() {
        return Ok(());
    }
    let edits: BTreeMap<&str, &str> = edits
        .iter()
        .map(|(unit, text)| (unit.file.as_str(), *text))
        .collect();
    let (mut files, _) = io::configs(&session.workspace, &session.environments)?;
    for file in &mut files {
        if let Some(text) = edits.get(file.path.as_str()) {
            file.bytes = text.as_bytes().to_vec();
        }
    }
    let world = World::new(session.today, session);
    let after = compile::compile(&session.environments, files, world).problems;
    let is_new = |problem: &Problem| {
        let known =
            |old: &Problem| old.rule.code == problem.rule.code && old.message == problem.message;
        problem.rule.severity == Severity::Error && !compiled.problems.iter().any(known)
    };
    let new: Vec<_> = after.into_iter().filter(is_new).collect();
    if new.is_empty() {
        return Ok(());
    }
    Err(session.problems(Diagnostics::from(new)))
}
