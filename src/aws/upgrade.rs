//! The way of a database to another version, as AWS offers it: which upgrades it takes in one step, and what comes before.

use std::fmt;

use super::{
    engine::{Facts, Major, Upgrades},
    engine_version::EngineVersion,
};
use crate::text::{date::Date, suggest};

/// What AWS offers of an engine on a day, as far as this tool and a workspace know.
#[derive(Clone, Copy, Debug)]
pub struct Offers<'a> {
    /// What is known of the engine.
    pub facts: &'static Facts,
    /// Exact versions that AWS has added since.
    pub added: &'a [EngineVersion],
    /// The day.
    pub today: Date,
}

/// What AWS says to an upgrade from one major to another in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// It offers it.
    Sure,
    /// It offers it when the target is at least as new as what runs, which nobody knows; the newest of the target's major.
    IfAsNew(EngineVersion),
    /// The target is older than what runs; the oldest of its major that AWS offers, if any is known.
    Older(Option<EngineVersion>),
    /// It skips no major, and this one is between them.
    Skips(EngineVersion),
}

/// Why there is no way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoWay {
    /// Nobody knows the version that it starts from.
    Unknown(EngineVersion),
    /// The target is older than what runs; the oldest of its major that AWS offers, if any is known.
    Older {
        /// What runs.
        from: EngineVersion,
        /// The target.
        to: EngineVersion,
        /// What would do.
        instead: Option<EngineVersion>,
    },
    /// Minors follow by themselves, so that something newer than the target may run.
    MayBeOlder {
        /// The newest that may run.
        newest: EngineVersion,
        /// The target.
        to: EngineVersion,
        /// What would do.
        instead: EngineVersion,
    },
    /// No exact version of a major can be upgraded to.
    Closed(EngineVersion),
}

impl fmt::Display for NoWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(version) => {
                write!(f, "nobody knows {version}, nor what AWS makes of it")
            }
            Self::Older { from, to, instead } => {
                write!(
                    f,
                    "{from} is newer than {to}, so AWS offers no upgrade between them; "
                )?;
                match instead {
                    Some(version) => write!(f, "go to {version}, or to a newer one"),
                    None => {
                        f.write_str("what AWS has added since goes into `versions` of valet.yaml")
                    }
                }
            }
            Self::MayBeOlder {
                newest,
                to,
                instead,
            } => write!(
                f,
                "its minors follow by themselves, so that {newest} may run, which is newer than {to}; go to {instead}, or to the major"
            ),
            Self::Closed(version) => {
                write!(f, "AWS takes no upgrade to {version} any more")
            }
        }
    }
}

/// Why a version is no target.
#[derive(Clone, Debug)]
pub enum NoTarget {
    /// The engine has no such major.
    Major(EngineVersion, &'static Facts),
    /// AWS offers no such exact version.
    Version(EngineVersion, Vec<EngineVersion>),
    /// AWS has given it up.
    Closed(EngineVersion, Date, Vec<EngineVersion>),
}

impl fmt::Display for NoTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = |versions: &[EngineVersion]| {
            let texts: Vec<_> = versions.iter().map(ToString::to_string).collect();
            suggest::list(&texts)
        };
        match self {
            Self::Major(version, facts) => {
                let majors: Vec<_> = facts.majors.iter().map(|major| major.version).collect();
                write!(
                    f,
                    "there is no {} {version}; the majors are {}",
                    facts.title,
                    texts(&majors)
                )
            }
            Self::Version(version, open) => {
                write!(f, "AWS offers no {version}; there are {}", texts(open))
            }
            Self::Closed(version, day, open) => write!(
                f,
                "AWS makes no {version} since {day}; there are {}",
                texts(open)
            ),
        }
    }
}

impl Offers<'_> {
    /// The exact versions of a major that AWS still makes, oldest first.
    #[must_use]
    pub fn open(&self, major: &Major) -> Vec<EngineVersion> {
        let is_open = |version: &EngineVersion| {
            let closing = major.closing(*version);
            closing.is_none_or(|closing| self.today < closing.creation)
        };
        let mut open: Vec<_> = major
            .minors()
            .chain(self.newer(major))
            .filter(is_open)
            .collect();
        open.sort();
        open
    }

    /// The versions of a major that the workspace adds, and that are newer than those that the tool knows.
    fn newer(&self, major: &Major) -> Vec<EngineVersion> {
        let newest = major.minors().next_back();
        let mut newer: Vec<_> = self
            .added
            .iter()
            .copied()
            .filter(|version| major.has(*version) && Some(*version) > newest)
            .collect();
        newer.sort();
        newer.dedup();
        newer
    }

    /// How many minors have come after a version, less than none for what the workspace adds. The same number is the same day
    /// in every major. None for a version that nobody knows.
    fn age(&self, major: &Major, version: EngineVersion) -> Option<isize> {
        let newer = self.newer(major);
        if let Some(at) = newer.iter().position(|one| *one == version) {
            return isize::try_from(at).ok().map(|at| -1 - at);
        }
        let at = major.minors().rev().position(|minor| minor == version)?;
        isize::try_from(at).ok()
    }

    /// The oldest version of a major that is at least as new as an age.
    fn oldest_as_new(&self, major: &Major, age: isize) -> Option<EngineVersion> {
        let mut open = self.open(major).into_iter();
        open.find(|version| self.age(major, *version).is_some_and(|one| one <= age))
    }

    /// What AWS says to an upgrade in one step; none when a major is not known, or stays.
    #[must_use]
    pub fn offer(&self, from: EngineVersion, to: EngineVersion) -> Option<Offer> {
        let before = self.facts.major(from)?;
        let after = self.facts.major(to)?;
        if before.version == after.version {
            return None;
        }
        let newest = after.minors().next_back().unwrap_or(after.version);
        Some(match self.facts.upgrades {
            Upgrades::ToAny => Offer::Sure,
            Upgrades::ToNext => match self.between(before, after).first() {
                Some(next) => Offer::Skips(next.version),
                None => Offer::Sure,
            },
            Upgrades::ToAnyAsNew => match (self.age(before, from), self.age(after, to)) {
                (Some(running), Some(wanted)) if wanted > running => {
                    Offer::Older(self.oldest_as_new(after, running))
                }
                (Some(_), Some(_)) => Offer::Sure,
                _ => Offer::IfAsNew(newest),
            },
        })
    }

    /// The majors between two of them.
    fn between(&self, before: &Major, after: &Major) -> Vec<&'static Major> {
        let majors = self.facts.majors.iter();
        majors
            .filter(|major| before.version < major.version && major.version < after.version)
            .collect()
    }

    /// Whether a version can be a target.
    ///
    /// # Errors
    /// When the engine has no such version, or AWS has given it up.
    pub fn target(&self, to: EngineVersion) -> Result<(), NoTarget> {
        let major = self.facts.major(to);
        let major = major.ok_or(NoTarget::Major(to, self.facts))?;
        let open = self.open(major);
        if to == major.version || open.contains(&to) {
            return Ok(());
        }
        Err(match major.closing(to) {
            Some(closing) if self.age(major, to).is_some() => {
                NoTarget::Closed(to, closing.creation, open)
            }
            _ => NoTarget::Version(to, open),
        })
    }

    /// What to write one after the other, so that AWS takes a database from a version to another: none when it is there. Who
    /// names an exact version is led to exact ones, who names a major to majors, unless the target itself is exact.
    ///
    /// # Errors
    /// When AWS offers no way, or nobody knows whether it does.
    pub fn way(&self, from: EngineVersion, to: EngineVersion) -> Result<Vec<EngineVersion>, NoWay> {
        if !from.is_older_than(to) {
            return Ok(Vec::new());
        }
        let before = self.facts.major(from).ok_or(NoWay::Unknown(from))?;
        let after = self.facts.major(to).ok_or(NoWay::Unknown(to))?;
        let follows = from == before.version;
        let in_form = |major: &Major| {
            if follows {
                return Ok(major.version);
            }
            let newest = self.open(major).pop();
            newest.ok_or(NoWay::Closed(major.version))
        };
        let goal = if to == after.version {
            in_form(after)?
        } else {
            to
        };
        if before.version == after.version {
            return Ok(vec![goal]);
        }
        let mut way = Vec::new();
        if !follows && self.age(before, from).is_none() {
            way.push(self.minor_first(before, from, (after, goal))?);
        }
        if self.facts.upgrades == Upgrades::ToNext {
            for major in self.between(before, after) {
                way.push(in_form(major)?);
            }
        }
        let last = way.last().copied().unwrap_or(from);
        self.is_as_new(last, (after, goal))?;
        way.push(goal);
        Ok(way)
    }

    /// From a version that AWS no longer offers to the newest of its major from which the target can be reached.
    fn minor_first(
        &self,
        before: &Major,
        from: EngineVersion,
        (after, goal): (&Major, EngineVersion),
    ) -> Result<EngineVersion, NoWay> {
        let is_way = |version: &EngineVersion| {
            from < *version && self.is_as_new(*version, (after, goal)).is_ok()
        };
        let mut open = self.open(before).into_iter().rev();
        open.find(is_way).ok_or(NoWay::Unknown(from))
    }

    /// That a target is at least as new as what runs, where AWS asks for that.
    fn is_as_new(
        &self,
        from: EngineVersion,
        (after, goal): (&Major, EngineVersion),
    ) -> Result<(), NoWay> {
        let Some(before) = self.facts.major(from) else {
            return Err(NoWay::Unknown(from));
        };
        if self.facts.upgrades != Upgrades::ToAnyAsNew || goal == after.version {
            return Ok(());
        }
        // Where minors follow by themselves, the newest may run.
        let newest = self.newer(before).pop().or(before.minors().next_back());
        let follows = from == before.version;
        let runs = newest.filter(|_| follows).unwrap_or(from);
        match (self.age(before, runs), self.age(after, goal)) {
            (Some(running), Some(wanted)) if wanted <= running => Ok(()),
            (Some(running), Some(_)) => {
                let instead = self.oldest_as_new(after, running);
                Err(match instead.filter(|_| follows) {
                    Some(instead) => NoWay::MayBeOlder {
                        newest: runs,
                        to: goal,
                        instead,
                    },
                    None => NoWay::Older {
                        from: runs,
                        to: goal,
                        instead,
                    },
                })
            }
            (None, _) => Err(NoWay::Unknown(runs)),
            (_, None) => Err(NoWay::Unknown(goal)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Offers;
    use crate::{
        aws::{engine::Engine, engine_version::EngineVersion},
        text::date::Date,
    };

    fn version(text: &str) -> EngineVersion {
        text.parse().unwrap()
    }

    fn way(engine: Engine, added: &[&str], from: &str, to: &str) -> String {
        let added: Vec<_> = added.iter().map(|text| version(text)).collect();
        let offers = Offers {
            facts: engine.facts(),
            added: &added,
            today: Date::constant(2026, 11, 1),
        };
        match offers.way(version(from), version(to)) {
            Ok(way) => way
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" "),
            Err(none) => format!("no: {none}"),
        }
    }

    #[test]
    fn who_follows_minors_goes_on_following_and_who_names_one_names_the_newest() {
        use Engine::{AuroraMysql, AuroraPostgresql, Mariadb, Mysql, Postgres};
        for (engine, from, to, expected) in [
            (AuroraMysql, "8.0", "8.4", "8.4"),
            (
                AuroraMysql,
                "8.0.mysql_aurora.3.10.1",
                "8.4",
                "8.4.mysql_aurora.8.4.8",
            ),
            (Postgres, "16", "17", "17"),
            (Postgres, "13", "17", "17"),
            (Postgres, "16.11", "17", "17.11"),
            (Postgres, "16.11", "17.9", "17.9"),
            (Postgres, "16", "17.11", "17.11"),
            (Postgres, "17.6", "17.9", "17.9"),
            // Nothing is older than what is there.
            (Postgres, "17", "17.9", ""),
            (Postgres, "17.6", "17", ""),
            (Postgres, "18", "17", ""),
            (AuroraPostgresql, "15.13", "17", "17.11"),
            (Mysql, "8.0", "8.4", "8.4"),
            (Mysql, "8.0.40", "8.4", "8.4.11"),
            (Mysql, "8.0.46", "8.4.3", "8.4.3"),
            (Mariadb, "10.6.20", "11.4.4", "11.4.4"),
            (Mariadb, "10.6", "11.8", "11.8"),
        ] {
            assert_eq!(way(engine, &[], from, to), expected, "{from} to {to}");
        }
    }

    #[test]
    fn what_aws_no_longer_offers_goes_to_a_minor_first() {
        use Engine::{AuroraMysql, AuroraPostgresql, Mysql, Postgres};
        for (engine, from, to, expected) in [
            (Postgres, "16.3", "17", "16.15 17.11"),
            // The newest 16 is newer than 17.9.
            (Postgres, "16.3", "17.9", "16.13 17.9"),
            // Aurora has left 16.12 out.
            (AuroraPostgresql, "16.12", "17.9", "16.13 17.9"),
            (Mysql, "8.0.35", "8.4", "8.0.46 8.4.11"),
            (
                AuroraMysql,
                "8.0.mysql_aurora.3.04.0",
                "8.4.mysql_aurora.8.4.7",
                "8.0.mysql_aurora.3.13.0 8.4.mysql_aurora.8.4.7",
            ),
        ] {
            assert_eq!(way(engine, &[], from, to), expected, "{from} to {to}");
        }
    }

    #[test]
    fn there_is_no_way_to_what_is_older_or_unknown() {
        for (added, from, to, expected) in [
            (
                &[][..],
                "16.15",
                "17.9",
                "no: 16.15 is newer than 17.9, so AWS offers no upgrade between them; go to 17.11, or to a newer one",
            ),
            (
                &[],
                "16",
                "17.9",
                "no: its minors follow by themselves, so that 16.15 may run, which is newer than 17.9; go to 17.11, or to the major",
            ),
            (
                &["16.16"],
                "16.16",
                "17",
                "no: 16.16 is newer than 17.11, so AWS offers no upgrade between them; what AWS has added since goes into `versions` of valet.yaml",
            ),
            (&["16.16", "17.12"], "16.16", "17", "17.12"),
            (&["17.12"], "16.15", "17", "17.12"),
            (
                &[],
                "12.4",
                "17",
                "no: nobody knows 12.4, nor what AWS makes of it",
            ),
            (
                &[],
                "16.99",
                "17",
                "no: nobody knows 16.99, nor what AWS makes of it",
            ),
        ] {
            assert_eq!(
                way(Engine::Postgres, added, from, to),
                expected,
                "{from} to {to}"
            );
        }
    }

    #[test]
    fn what_aws_has_given_up_is_no_target() {
        let offers = Offers {
            facts: Engine::Postgres.facts(),
            added: &[version("17.12")],
            today: Date::constant(2026, 11, 1),
        };
        for (to, expected) in [
            ("17", ""),
            ("17.9", ""),
            ("17.12", ""),
            (
                "17.6",
                "AWS makes no 17.6 since 2026-10-01; there are `17.7`, `17.8`, `17.9`, `17.10`, `17.11`, `17.12`",
            ),
            (
                "17.99",
                "AWS offers no 17.99; there are `17.7`, `17.8`, `17.9`, `17.10`, `17.11`, `17.12`",
            ),
            (
                "8.4",
                "there is no PostgreSQL 8.4; the majors are `13`, `14`, `15`, `16`, `17`, `18`",
            ),
        ] {
            let said = offers.target(version(to));
            let said = said.map_or_else(|none| none.to_string(), |()| String::new());
            assert_eq!(said, expected, "{to}");
        }
    }
}
