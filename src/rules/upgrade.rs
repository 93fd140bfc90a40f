//! What `valet.yaml` says of upgrades, and who goes before whom.

use std::{collections::BTreeSet, sync::Arc};

use rayon::prelude::*;
use wildmatch::WildMatch;

use super::waiver;
use crate::{
    aws::engine_version::EngineVersion,
    config::Lifecycle,
    diagnostic::{Problem, rule},
    model::{
        Database, Environment,
        wave::Waves,
        world::{ByApply, World},
    },
    text::{date::Date, suggest},
};

/// Waves that name nobody, or what is not there.
#[must_use]
pub fn waves(environments: &[Arc<Environment>]) -> Vec<Problem> {
    let Some(first) = environments.first() else {
        return Vec::new();
    };
    let names: Vec<_> = environments.iter().map(|known| &known.name).collect();
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for (at, wave) in first.upgrades.waves.iter().enumerate() {
        let mut add = |key: &str, message: String, help: String| {
            let span = first.file.span(&format!("/upgrades/waves/{at}{key}"));
            problems.push(Problem::new(&rule::BAD_WAVE, span, message).help(help));
        };
        if !seen.insert(&wave.name) {
            let message = format!("there are two waves `{}`", wave.name);
            add("/name", message, "give each a name of its own".to_owned());
        }
        if wave.environments.is_empty() && wave.units.is_empty() {
            let message = format!("the wave `{}` names nobody", wave.name);
            add(
                "",
                message,
                "write `environments`, `units`, or both".to_owned(),
            );
        }
        for (number, name) in wave.environments.iter().enumerate() {
            if !names.contains(&name) {
                let message = format!("there is no environment `{name}`");
                let help = suggest::question_and_list(name, &names, "the environments are");
                add(&format!("/environments/{number}"), message, help);
            }
        }
        for (number, pattern) in wave.units.iter().enumerate() {
            let environment = pattern.split('/').next().unwrap_or(pattern);
            let glob = WildMatch::new(environment);
            if !names.iter().any(|name| glob.matches(name)) {
                let message = format!("there is no environment `{environment}`");
                let help = suggest::question_and_list(environment, &names, "the environments are");
                add(&format!("/units/{number}"), message, help);
            }
        }
    }
    problems
}

/// Waves of units that are not there, and units that go before their wave.
pub(super) fn fleet(
    environments: &[Arc<Environment>],
    databases: &[Database],
    world: World,
) -> Vec<Problem> {
    let waves = Waves::of(environments);
    if waves.names().is_empty() {
        return Vec::new();
    }
    let mut problems = empty(environments, databases);
    problems.extend(ahead(&waves, databases, world));
    problems
}

fn empty(environments: &[Arc<Environment>], databases: &[Database]) -> Vec<Problem> {
    let Some(first) = environments.first() else {
        return Vec::new();
    };
    let units: Vec<_> = databases.iter().map(|one| one.unit().to_string()).collect();
    let mut problems = Vec::new();
    for (at, wave) in first.upgrades.waves.iter().enumerate() {
        for (number, pattern) in wave.units.iter().enumerate() {
            let glob = WildMatch::new(pattern);
            if units.iter().any(|unit| glob.matches(unit)) {
                continue;
            }
            let place = format!("/upgrades/waves/{at}/units/{number}");
            let message = format!("no unit is called `{pattern}`");
            problems.push(
                Problem::new(&rule::EMPTY_WAVE, first.file.span(&place), message).help(
                    suggest::question(pattern, &units)
                        .unwrap_or_else(|| "remove it, or name units that are there".to_owned()),
                ),
            );
        }
    }
    problems
}

/// A unit of a wave, with its major.
struct Placed<'a> {
    database: &'a Database,
    wave: usize,
    major: EngineVersion,
}

/// Whether a unit may go before its wave, or be passed over by later ones.
#[must_use]
pub fn is_excused(database: &Database, today: Date) -> bool {
    waiver::holds(database, &rule::POLICY_UPGRADE_WAVE, today)
}

fn ahead(waves: &Waves, databases: &[Database], world: World) -> Vec<Problem> {
    let names = waves.names();
    let is_meant = |database: &&Database| {
        database.lifecycle.value == Lifecycle::Active && !is_excused(database, world.today)
    };
    let placed: Vec<_> = databases
        .iter()
        .filter(is_meant)
        .map(|database| Placed {
            database,
            wave: waves.position(&database.unit()),
            major: database.facts().major_of(database.engine_version.value),
        })
        .collect();
    // A database that is made with its version is not upgraded.
    let is_upgrade = |one: &&Placed| {
        let before = world.asked(one.database).before();
        one.wave > 0 && before.is_some_and(|before| before.is_older_than(one.major))
    };
    let upgraded: Vec<_> = placed.par_iter().filter(is_upgrade).collect();
    let problem = |late: &Placed| {
        let engine = late.database.engine.value;
        let mut earlier = placed
            .iter()
            .filter(|one| one.wave < late.wave && one.database.engine.value == engine);
        let (early, behind) =
            earlier.find_map(|one| Some((one, behind(one, late.major, world)?)))?;
        let wave = names.get(early.wave).copied().unwrap_or_default();
        let version = &late.database.engine_version;
        let message = format!(
            "`{}` goes to {} {} before the wave `{wave}` is through: {behind}",
            late.database.unit(),
            engine.as_str(),
            late.major,
        );
        let span = late.database.span(version.origin);
        let there = early.database.engine_version.origin;
        Some(
            Problem::new(&rule::POLICY_UPGRADE_WAVE, span, message)
                .help(format!(
                    "leave it at its version until then; `valet-rds upgrade status --engine {} --to {}` says how far all are",
                    engine.as_str(),
                    late.major
                ))
                .also(early.database.span(there), "this one comes first"),
        )
    };
    upgraded.into_iter().filter_map(problem).collect()
}

/// What a unit lacks to a major, in words; none when it is there.
fn behind(one: &Placed, major: EngineVersion, world: World) -> Option<String> {
    let unit = one.database.unit();
    if one.major.is_older_than(major) {
        return Some(format!("`{unit}` has {}", one.major));
    }
    match world.asked(one.database).by_apply {
        ByApply::Version { version, .. } if version.is_older_than(major) => {
            Some(format!("{version} is what was applied last of `{unit}`"))
        }
        ByApply::Version { waits: true, .. } => {
            Some(format!("`{unit}` waits for its maintenance window"))
        }
        _ => None,
    }
}
