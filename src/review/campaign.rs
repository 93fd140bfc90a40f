//! An upgrade campaign: what takes each database of an engine to a version, who goes before whom, and how far all are.

mod human;
mod markdown;

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde_json::json;

use super::{
    cause::{self, Causes},
    change::{self, Line},
    forbidden, upgrade,
};
use crate::{
    aws::{engine::Engine, engine_version::EngineVersion},
    compile::{self, snapshot::Head},
    config::Lifecycle,
    diagnostic::{Diagnostics, Problem, rule::Severity},
    model::{
        Database, Origin,
        identity::UnitId,
        wave::Waves,
        world::{Asked, ByApply, World},
    },
    rules,
    terraform::{diff, lower::Owner, print::print_root, read::Root},
    text::{date::Date, suggest, words::words},
    yaml::edit,
};

pub use human::{plan, status};
pub use markdown::markdown;

/// Where the databases of an engine are to go.
#[derive(Clone, Copy, Debug)]
pub struct Goal {
    /// The engine.
    pub engine: Engine,
    /// The version.
    pub to: EngineVersion,
}

words! {
    /// How far a database is.
    State {
        /// It is there, or will be made there.
        Done = "done",
        /// Its config is there, and AWS keeps the upgrade for the maintenance window.
        Window = "window",
        /// Its config is there, or on the way, and the record of the last apply does not say so.
        Waiting = "waiting",
        /// Its config can be edited.
        Open = "open",
        /// Its config can be edited once an earlier wave is through.
        Later = "later",
        /// Somebody has to do something else first.
        Blocked = "blocked",
        /// It is on its way out, and stays as it is.
        Retiring = "retiring",
    }
}

/// One version after another.
#[derive(Clone, Debug)]
pub struct Hop {
    /// What to write.
    pub to: EngineVersion,
    /// Whether it is another major.
    pub is_major: bool,
    /// What that does, the worst first.
    pub lines: Vec<Line>,
}

/// A database in a campaign.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its name.
    pub id: UnitId,
    /// Its config, inside the workspace.
    pub file: String,
    /// The version in force.
    pub from: EngineVersion,
    /// Last day of standard support of that major; none when nobody knows it.
    pub support_ends: Option<Date>,
    /// Its maintenance window.
    pub window: String,
    /// How far it is.
    pub state: State,
    /// Why, in words; empty when there is nothing to say.
    pub why: String,
    /// What is still to be written, one after the other.
    pub way: Vec<Hop>,
    /// The extensions that its parameters name.
    pub extensions: Vec<String>,
    /// What else to know.
    pub notes: Vec<String>,
    /// The text of its config after the first step.
    pub edited: Option<String>,
    /// Whether it may go before its wave, and later ones pass it.
    is_excused: bool,
}

/// The units that go together.
#[derive(Clone, Debug)]
pub struct Wave {
    /// Its name; none of those that no wave names.
    pub name: Option<String>,
    /// Its units, in the order of their names.
    pub units: Vec<Unit>,
}

/// What a step from one major to another takes and gives, whatever the database.
#[derive(Clone, Debug)]
pub struct MajorStep {
    /// The major before.
    pub from: EngineVersion,
    /// The major after.
    pub to: EngineVersion,
    /// Parameters that are gone.
    pub lost: Vec<&'static str>,
    /// Parameters that are new.
    pub gained: Vec<&'static str>,
}

/// A campaign.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Where it goes.
    pub goal: Goal,
    /// Who goes, in the order of the waves.
    pub waves: Vec<Wave>,
}

impl Unit {
    /// Whether later waves wait for it.
    fn holds_up(&self) -> bool {
        !self.is_excused && !matches!(self.state, State::Done | State::Retiring)
    }

    fn is(self, state: State, why: impl Into<String>) -> Self {
        Self {
            state,
            why: why.into(),
            ..self
        }
    }

    fn blocked(self, why: impl Into<String>) -> Self {
        Self {
            way: Vec::new(),
            edited: None,
            ..self.is(State::Blocked, why)
        }
    }
}

/// The campaign of these databases, which are all of the workspace.
#[must_use]
pub fn campaign(goal: Goal, databases: &[Database], world: World, waves: &Waves) -> Campaign {
    let meant: Vec<_> = databases
        .iter()
        .filter(|database| database.engine.value == goal.engine)
        .collect();
    let units: Vec<_> = meant
        .par_iter()
        .map(|database| {
            let position = waves.position(&database.unit());
            (position, unit(goal, database, world))
        })
        .collect();
    let names = waves.names().into_iter().map(|name| Some(name.to_owned()));
    let mut all: Vec<_> = names
        .chain([None])
        .map(|name| Wave {
            name,
            units: Vec::new(),
        })
        .collect();
    for (position, unit) in units {
        if let Some(wave) = all.get_mut(position) {
            wave.units.push(unit);
        }
    }
    all.retain(|wave| wave.name.is_some() || !wave.units.is_empty());
    hold_back(&mut all);
    Campaign { goal, waves: all }
}

/// Lets nobody go before the waves that come first.
fn hold_back(waves: &mut [Wave]) {
    let mut holder: Option<String> = None;
    for wave in waves {
        if let Some(holder) = &holder {
            let is_held = |unit: &&mut Unit| unit.state == State::Open && !unit.is_excused;
            for unit in wave.units.iter_mut().filter(is_held) {
                unit.state = State::Later;
                unit.why.clone_from(holder);
            }
        }
        let mut units = wave.units.iter();
        if holder.is_none()
            && let Some(unit) = units.find(|unit| unit.holds_up())
        {
            let name = wave.name.as_deref().unwrap_or_default();
            holder = Some(format!(
                "the wave `{name}` is not through: `{}` is {}",
                unit.id,
                unit.state.as_str()
            ));
        }
    }
}

/// One database by itself.
fn unit(goal: Goal, database: &Database, world: World) -> Unit {
    let from = database.engine_version.value;
    let facts = database.facts();
    let parameters = database.parameters.iter();
    let parameters = parameters.map(|(name, given)| (name.as_str(), given.value.as_str()));
    let unit = Unit {
        id: database.unit(),
        file: database.file.path.clone(),
        from,
        support_ends: facts.major(from).map(|major| major.standard_support_ends),
        window: database.maintenance_window.value.to_string(),
        state: State::Open,
        why: String::new(),
        way: Vec::new(),
        extensions: facts.extensions_in(parameters).into_iter().collect(),
        notes: Vec::new(),
        edited: None,
        is_excused: rules::is_excused(database, world.today),
    };
    if database.lifecycle.value != Lifecycle::Active {
        return unit.is(State::Retiring, "it is on its way out");
    }
    let asked = world.asked(database);
    if !from.is_older_than(goal.to) {
        return reached(unit, goal, asked);
    }
    if asked
        .before()
        .is_some_and(|before| before.is_older_than(from))
    {
        let (state, why) = unapplied(from, asked);
        return unit.is(state, format!("{why}; the next step comes after that"));
    }
    let way = database.offers(world.today).way(from, goal.to);
    match way.map_err(|no_way| no_way.to_string()) {
        Ok(way) => match steps(&unit, database, &way, world) {
            Ok(unit) => unit,
            Err(why) => unit.blocked(why),
        },
        Err(why) => unit.blocked(why),
    }
}

/// A database whose config is there.
fn reached(unit: Unit, goal: Goal, asked: Asked) -> Unit {
    if !asked.is_made() {
        return unit.is(State::Done, "it is not made yet");
    }
    match asked {
        Asked {
            by_apply:
                ByApply::Version {
                    version,
                    waits: false,
                },
            ..
        } if !version.is_older_than(goal.to) => unit.is(State::Done, ""),
        _ => {
            let (state, why) = unapplied(unit.from, asked);
            unit.is(state, why)
        }
    }
}

/// What a version in a config still lacks.
fn unapplied(version: EngineVersion, asked: Asked) -> (State, String) {
    match (asked.by_apply, asked.by_root) {
        (ByApply::Version { version: last, .. }, _) if last.is_older_than(version) => (
            State::Waiting,
            format!("{version} is not applied: the last apply asked for {last}"),
        ),
        (ByApply::Version { .. }, _) => (
            State::Window,
            "AWS kept it for the maintenance window; the next apply records what came of it"
                .to_owned(),
        ),
        (_, Some(root)) if root.is_older_than(version) => (
            State::Waiting,
            format!("{version} is not applied: its root still asks for {root}"),
        ),
        (ByApply::Unclear, _) => (
            State::Waiting,
            "the record of its last apply does not tell a version; apply it again".to_owned(),
        ),
        (ByApply::NoRecord, _) => (
            State::Waiting,
            "there is no record of an apply with it".to_owned(),
        ),
    }
}

fn root(database: &Database) -> Root {
    Root::of_tree(&print_root(&Owner::Unit(database).root()))
}

/// A database with everything that is still to be written.
///
/// # Errors
/// In words, when a step cannot be written, what is written then does not compile, or its review would refuse it.
fn steps(
    unit: &Unit,
    database: &Database,
    way: &[EngineVersion],
    world: World,
) -> Result<Unit, String> {
    let facts = database.facts();
    let path = &database.file.path;
    let compile = |text: &str| {
        let bytes = text.as_bytes().to_vec();
        compile::unit(&database.environment, path, bytes, world)
    };
    let mut next = Unit {
        notes: origin(database).into_iter().collect(),
        ..unit.clone()
    };
    let is_made = world.asked(database).is_made();
    let (mut version, mut old) = (unit.from, root(database));
    let mut warnings = Diagnostics::new();
    for to in way {
        let text = edit::set(
            &database.file.text,
            &["engineVersion"],
            &json!(to.to_string()),
        )
        .map_err(|refused| refused.to_string())?;
        let (there, problems) = compile(&text);
        let mut errors = problems
            .iter()
            .filter(|one| one.rule.severity == Severity::Error);
        if let Some(error) = errors.next() {
            return Err(wrong(*to, error));
        }
        let there = there.ok_or_else(|| format!("with {to} it does not compile"))?;
        if is_made && let Some(refusal) = forbidden::check(&old, &there).first() {
            return Err(wrong(*to, refusal));
        }
        let new = root(&there);
        let is_major = facts.major_of(*to) != facts.major_of(version);
        if is_major {
            next.notes.extend(upgrade::notes(&old, &there));
        }
        next.way.push(Hop {
            to: *to,
            is_major,
            lines: lines(&old, &new, &there),
        });
        next.edited.get_or_insert(text);
        (version, old, warnings) = (*to, new, problems);
    }
    let (_, before) = compile(&database.file.text);
    let is_new = |one: &&Problem| !before.iter().any(|old| old.rule.code == one.rule.code);
    let warnings = warnings.iter().filter(is_new);
    next.notes
        .extend(warnings.map(|one| format!("warning: {} ({})", one.message, one.rule.code)));
    Ok(next)
}

/// What is wrong with a config after a step.
fn wrong(to: EngineVersion, error: &Problem) -> String {
    let help = error.help.as_deref().unwrap_or_default();
    let gap = if help.is_empty() { "" } else { ": " };
    format!(
        "with {to}: {}{gap}{help} ({})",
        error.message, error.rule.code
    )
}

/// That a config has no version of its own, and gets one.
fn origin(database: &Database) -> Option<String> {
    let given = &database.engine_version;
    let whence = match given.origin {
        Origin::Config(_) => return None,
        Origin::Default(_) => {
            let span = database.span(given.origin);
            let (line, _) = span.file.position(span.range.start);
            format!("from `defaults` ({}:{line})", span.file.path)
        }
        _ => "from this tool's default".to_owned(),
    };
    Some(format!(
        "its version comes {whence}; the config gets an `engineVersion` of its own"
    ))
}

/// What differs between two roots of a unit.
fn lines(old: &Root, new: &Root, database: &Database) -> Vec<Line> {
    let head = Head {
        owner: Owner::Unit(database),
        config_differs: true,
        workspace_differs: false,
    };
    let difference = diff::compare(old, new, "", "");
    let all = &difference.arguments;
    let causes = Causes::new(Some(head), all);
    let mut lines: Vec<_> = all
        .iter()
        .map(|delta| change::argument(delta, cause::behind(delta, all), &causes, (old, new)))
        .chain(difference.calls.iter().map(change::call))
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.grade));
    lines
}

impl Campaign {
    /// Every unit.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.waves.iter().flat_map(|wave| &wave.units)
    }

    /// How many units are in a state.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.units().filter(|unit| unit.state == state).count()
    }

    /// Leaves the units that are meant; what is said of them stays.
    pub fn retain(&mut self, is_meant: impl Fn(&Unit) -> bool) {
        for wave in &mut self.waves {
            wave.units.retain(&is_meant);
        }
    }

    /// Leaves one wave.
    ///
    /// # Errors
    /// In words, when there is none of this name.
    pub fn only(&mut self, name: &str) -> Result<(), String> {
        let names: Vec<_> = self
            .waves
            .iter()
            .filter_map(|one| one.name.clone())
            .collect();
        if names.is_empty() {
            return Err("valet.yaml names no waves".to_owned());
        }
        if !names.iter().any(|one| one == name) {
            let help = suggest::question_or_list(name, &names, "the waves are");
            return Err(format!("there is no wave `{name}`; {help}"));
        }
        self.waves.retain(|wave| wave.name.as_deref() == Some(name));
        Ok(())
    }

    /// Leaves the first wave that is not through; none when all are.
    pub fn first(&mut self) {
        let is_open = |wave: &Wave| wave.units.iter().any(Unit::holds_up);
        let at = self.waves.iter().position(is_open);
        let mut waves = std::mem::take(&mut self.waves).into_iter();
        self.waves.extend(at.and_then(|at| waves.nth(at)));
    }

    /// The steps between majors, each once.
    #[must_use]
    pub fn major_steps(&self) -> Vec<MajorStep> {
        let facts = self.goal.engine.facts();
        let mut steps = BTreeSet::new();
        for unit in self.units() {
            let mut from = facts.major_of(unit.from);
            for hop in &unit.way {
                let to = facts.major_of(hop.to);
                if hop.is_major {
                    steps.insert((from, to));
                }
                from = to;
            }
        }
        let step = |(from, to)| MajorStep {
            from,
            to,
            lost: facts.lost(from, to),
            gained: facts.lost(to, from),
        };
        steps.into_iter().map(step).collect()
    }
}
