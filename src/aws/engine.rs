//! What is known of each engine. One file an engine, all of it data.

#[cfg(test)]
mod mariadb;
#[cfg(test)]
mod mysql;
pub mod parameter;
mod postgres;

use super::engine_version::EngineVersion;
use crate::text::{date::Date, words::words};
use parameter::Parameter;

words! {
    /// The database engine.
    Engine {
        /// RDS for PostgreSQL.
        Postgres = "postgres",
    }
}

words! {
    /// A log that RDS can send to CloudWatch.
    LogExport {
        /// Failed IAM logins.
        IamDbAuthError = "iam-db-auth-error",
        /// The server log.
        Postgresql = "postgresql",
        /// The log of major upgrades.
        Upgrade = "upgrade",
    }
}

impl Engine {
    /// What is known of it.
    #[must_use]
    pub fn facts(self) -> &'static Facts {
        match self {
            Self::Postgres => &postgres::FACTS,
        }
    }
}

/// What is known of an engine.
#[derive(Debug)]
pub struct Facts {
    /// The versions that are known, oldest major first.
    pub majors: &'static [Major],
    /// The day on which the versions were compared with what AWS offers.
    pub as_of: Date,
    /// What `engineVersion` is when nobody sets it.
    ///
    /// Raising it upgrades every database that leaves the key out, so it is a major release of this tool.
    pub default_major: EngineVersion,
    /// What the name of a parameter group family starts with; the major follows.
    pub family: &'static str,
    /// The port that the engine listens on when nobody sets one, and that the proxy always listens on.
    pub port: u32,
    /// The family of engines, as RDS Proxy calls it.
    pub proxy_family: &'static str,
    /// The database that always exists.
    pub default_database: &'static str,
    /// The logs that go to CloudWatch when nobody chooses.
    pub default_log_exports: &'static [LogExport],
    /// Whether it runs out of transaction ids when nobody vacuums, so that there is an alarm on them.
    pub transaction_ids: bool,
    /// How its clients name things.
    pub client: Client,
    /// What no user's name may start with, and why.
    pub reserved_prefixes: &'static [(&'static str, &'static str)],
    /// Names that no user may have.
    pub reserved_users: &'static [&'static str],
    /// Databases that exist beside the default one.
    pub existing_databases: &'static [&'static str],
    /// Words of its SQL that neither a user nor a database can be called.
    pub reserved_words: &'static [&'static str],
    /// The parameter with which the rds module forces TLS.
    pub forced_tls_parameter: &'static str,
    /// Parameters that are known by their full name, sorted.
    pub parameters: &'static [Parameter],
    /// Extensions with parameters of their own, which start with the extension's name.
    pub extensions: &'static [&'static str],
}

/// How the clients of an engine name things.
#[derive(Debug)]
pub struct Client {
    /// The scheme of a connection URL.
    pub url_scheme: &'static str,
    /// The name of its port in a service mesh, which tells the protocol.
    pub port_name: &'static str,
    /// The connection option that decides on TLS.
    pub tls_option: &'static str,
    /// The value of that option which verifies certificate and host name.
    pub tls_level: &'static str,
}

/// One major version of an engine.
#[derive(Debug)]
pub struct Major {
    /// As written in `engineVersion`.
    pub version: EngineVersion,
    /// The exact versions that AWS knows, oldest first.
    minors: &'static [u32],
    /// The oldest of them that AWS creates no more, from a day on.
    closed: Option<Closed>,
    /// Last day of standard support; AWS charges extra afterwards.
    pub standard_support_ends: Date,
}

/// When AWS gives up the oldest minors of a major.
#[derive(Clone, Copy, Debug)]
pub struct Closed {
    /// The last minor that it gives up.
    until: u32,
    /// The first day on which none of them is created any more.
    pub creation: Date,
    /// The last day of their support: then AWS upgrades what still runs.
    pub support: Date,
}

const fn major(
    version: EngineVersion,
    minors: &'static [u32],
    standard_support_ends: Date,
) -> Major {
    Major {
        version,
        minors,
        closed: None,
        standard_support_ends,
    }
}

impl Major {
    /// The minors up to one are given up: created no more from a day on, supported until another.
    const fn closed(mut self, until: u32, creation: Date, support: Date) -> Self {
        self.closed = Some(Closed {
            until,
            creation,
            support,
        });
        self
    }

    /// When AWS gives up an exact version, as far as it is known.
    #[must_use]
    pub fn closing(&self, version: EngineVersion) -> Option<Closed> {
        let is_given_up =
            |closed: &Closed| version != self.version && version <= self.version.then(closed.until);
        self.closed.filter(is_given_up)
    }

    /// The exact versions that AWS knows, oldest first.
    #[must_use]
    pub fn minors(&self) -> impl DoubleEndedIterator<Item = EngineVersion> + ExactSizeIterator {
        self.minors.iter().map(|minor| self.version.then(*minor))
    }
}

impl Facts {
    /// The known major that a version belongs to.
    #[must_use]
    pub fn major(&self, version: EngineVersion) -> Option<&'static Major> {
        let mut majors = self.majors.iter();
        majors.find(|major| version.is_of(major.version))
    }

    /// The parameter group family of a version.
    #[must_use]
    pub fn family(&self, version: EngineVersion) -> String {
        let major = self.major(version).map_or(version, |major| major.version);
        format!("{}{major}", self.family)
    }

    /// Why AWS refuses a master user of this name, if it does.
    #[must_use]
    pub fn refuses_user(&self, name: &str) -> Option<&'static str> {
        let name = name.to_ascii_lowercase();
        let mut prefixes = self.reserved_prefixes.iter();
        match prefixes.find(|(prefix, _)| name.starts_with(prefix)) {
            Some((_, why)) => Some(why),
            None if self.reserved_users.contains(&name.as_str()) => Some("it is reserved"),
            None => self.refuses_word(&name),
        }
    }

    /// Why the function of an environment makes no user of this name, if it does not. It takes names for what they are, without quotes.
    #[must_use]
    pub fn refuses_app_user(&self, name: &str) -> Option<&'static str> {
        /// What SQL or RDS means by a name, besides what is reserved for a master.
        const MEANT: &[&str] = &[
            "all",
            "current_role",
            "current_user",
            "master",
            "none",
            "postgres",
            "public",
            "session_user",
            "user",
        ];
        if name.len() > 63 {
            return Some("it has more than 63 characters");
        }
        if MEANT.contains(&name) {
            return Some("it is reserved");
        }
        self.refuses_user(name)
    }

    /// Why AWS refuses a first database of this name, if it does.
    #[must_use]
    pub fn refuses_database(&self, name: &str) -> Option<&'static str> {
        let name = name.to_ascii_lowercase();
        if self.existing_databases.contains(&name.as_str()) {
            return Some("it exists already");
        }
        self.refuses_word(&name)
    }

    fn refuses_word(&self, name: &str) -> Option<&'static str> {
        let is_reserved = self.reserved_words.contains(&name);
        is_reserved.then_some("it is a reserved word of SQL")
    }

    /// A parameter that is known by its full name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        let compare = |one: &Parameter| one.name.cmp(name);
        let at = self.parameters.binary_search_by(compare).ok()?;
        self.parameters.get(at)
    }

    /// Whether a parameter is one of an extension, by the start of its name.
    #[must_use]
    pub fn is_of_extension(&self, name: &str) -> bool {
        let extension = name.split_once('.').map(|(extension, _)| extension);
        extension.is_some_and(|extension| self.extensions.contains(&extension))
    }

    /// How a change of a parameter reaches the server, as `apply_method` spells it.
    #[must_use]
    pub fn apply_method(&self, parameter: &str) -> &'static str {
        match self.parameter(parameter) {
            Some(known) if known.is_static => "pending-reboot",
            _ => "immediate",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Engine, parameter::Kind};

    #[test]
    fn parameters_stand_in_order_and_say_what_they_take() {
        for engine in Engine::ALL {
            let facts = engine.facts();
            let names: Vec<_> = facts.parameters.iter().map(|one| one.name).collect();
            assert!(names.is_sorted_by(|one, next| one < next));
            for one in facts.parameters {
                match one.kind {
                    Kind::Words(words) => assert!(words.is_sorted() && words.len() > 1, "{one:?}"),
                    Kind::Integer { least, most, .. } => assert!(least < most, "{one:?}"),
                    Kind::Real { least, most, .. } => assert!(least < most, "{one:?}"),
                    Kind::Boolean | Kind::BooleanBefore(_) | Kind::Text => {}
                }
            }
        }
    }

    #[test]
    fn versions_stand_in_order_and_the_default_is_one_of_them() {
        for engine in Engine::ALL {
            let facts = engine.facts();
            let versions = facts.majors.iter().map(|major| major.version);
            assert!(versions.is_sorted());
            for major in facts.majors {
                assert!(major.minors().is_sorted());
            }
            let default = facts.major(facts.default_major).unwrap();
            assert_eq!(default.version, facts.default_major);
        }
    }
}
