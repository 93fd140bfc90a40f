//! Versions of engines: which AWS offers, to whom, and until when; and how much is known of that.

use std::sync::Arc;

use super::Found;
use crate::{
    aws::engine::{Engine, Major},
    diagnostic::{Problem, rule},
    model::{Database, Environment, world::World},
    text::{date::Date, suggest},
};

/// How long before its last day the end of standard support is announced.
const MONTHS_OF_NOTICE: i8 = 6;

/// How long the catalogue of versions is taken for what AWS offers.
const DAYS_OF_USE: i32 = 60;

impl Found<'_> {
    pub(super) fn version(&mut self, world: World) {
        let database = self.database;
        let (engine, facts) = (database.engine.value, database.facts());
        let version = database.engine_version.value;
        let origin = database.engine_version.origin;
        let Some(major) = facts.major(version) else {
            let majors: Vec<_> = facts
                .majors
                .iter()
                .map(|one| one.version.to_string())
                .collect();
            let message = format!("there is no {} {version}", engine.as_str());
            let help = format!("the majors are {}", suggest::list(&majors));
            self.add_unless_kept(&rule::UNKNOWN_VERSION, origin, message, help);
            return;
        };
        if version == major.version || database.version_is_known() {
            self.closing(major, world);
        } else {
            let message = format!("AWS offers no {} {version}", engine.as_str());
            let mut help = choices(database, major, world.today);
            if major.minors().next_back() < Some(version) {
                let newer = "; one that AWS has added since goes into `versions` of valet.yaml";
                help.push_str(newer);
            }
            self.add_unless_kept(&rule::UNKNOWN_VERSION, origin, message, help);
        }
        self.support(major, world.today);
    }

    /// The end of one exact version.
    fn closing(&mut self, major: &Major, world: World) {
        let database = self.database;
        let version = database.engine_version.value;
        let Some(closed) = major.closing(version) else {
            return;
        };
        if world.today < closed.creation {
            return;
        }
        let engine = database.engine.value.as_str();
        let origin = database.engine_version.origin;
        let help = choices(database, major, world.today);
        if world.has(database) {
            let verb = if world.today > closed.support {
                "ended"
            } else {
                "ends"
            };
            let message = format!(
                "support of {engine} {version} {verb} on {}: AWS upgrades it by itself",
                closed.support
            );
            self.add(&rule::VERSION_ENDING, origin, message, help);
        } else {
            let message = format!(
                "AWS creates no {engine} {version} since {}",
                closed.creation
            );
            self.add(&rule::VERSION_CLOSED, origin, message, help);
        }
    }

    /// The end of a major.
    fn support(&mut self, major: &Major, today: Date) {
        let engine = self.database.engine.value;
        let ends = major.standard_support_ends;
        let (rule, words) = if today > ends {
            (&rule::SUPPORT_ENDED, "ended")
        } else if today > ends.months_before(MONTHS_OF_NOTICE) {
            (&rule::SUPPORT_ENDING, "ends")
        } else {
            return;
        };
        let message = format!(
            "standard support of {} {} {words} on {ends}",
            engine.as_str(),
            major.version
        );
        let help = format!("move to `\"{}\"`", self.database.facts().default_major);
        self.add(rule, self.database.engine_version.origin, message, help);
    }
}

/// What to write: the major, or an exact version that AWS creates.
fn choices(database: &Database, major: &Major, today: Date) -> String {
    let follow = format!("write `\"{}\"` to follow its minors", major.version);
    let open = database.offers(today).open(major);
    if open.is_empty() {
        return follow;
    }
    let open: Vec<_> = open.iter().map(ToString::to_string).collect();
    format!("{follow}, or one of {}", suggest::list(&open))
}

/// Versions that a workspace adds, and that belong to no known major.
pub(super) fn added(environment: &Environment) -> Vec<Problem> {
    let Some(versions) = &environment.versions else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    for engine in Engine::ALL {
        let facts = engine.facts();
        for (at, version) in versions.of(*engine).iter().enumerate() {
            let message = match facts.major(*version) {
                None => format!(
                    "there is no {} {version} in this version of the tool",
                    engine.as_str()
                ),
                Some(major) if major.version == *version => {
                    format!("`{version}` is a major, not an exact version")
                }
                Some(_) => continue,
            };
            let span = environment
                .file
                .span(&format!("/versions/{}/{at}", engine.as_str()));
            let majors: Vec<_> = facts
                .majors
                .iter()
                .map(|one| one.version.to_string())
                .collect();
            problems.push(Problem::new(&rule::UNKNOWN_VERSION, span, message).help(format!(
                "write an exact version of {}; a new major comes with a newer version of the tool",
                suggest::list(&majors)
            )));
        }
    }
    problems
}

/// That the catalogue is old, said once.
pub(super) fn catalogue(environments: &[Arc<Environment>], today: Date) -> Option<Problem> {
    let environment = environments.first()?;
    let versions = environment.versions.as_ref();
    // A day to come is no day on which anybody has looked.
    let looked = versions.map(|one| one.as_of).filter(|day| *day <= today);
    let engines = Engine::ALL.iter().map(|engine| engine.facts().as_of);
    let known = engines.min()?.max(looked.unwrap_or(Date::MIN));
    if today.days_before(DAYS_OF_USE) <= known {
        return None;
    }
    let mut span = environment.file.span("/versions/asOf");
    if span.range.is_empty() {
        span = environment.file.span("/environments#");
    }
    let message =
        format!("what is known of engine versions is of {known}, more than {DAYS_OF_USE} days ago");
    Some(Problem::new(&rule::CATALOGUE_OLD, span, message).help(format!(
        "take a newer version of this tool, or compare with AWS and write `versions: {{asOf: {today}}}` in valet.yaml, with the minors that are missing"
    )))
}
