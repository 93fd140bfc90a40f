//! What is known of each engine. One file an engine, all of it data.

mod aurora_mysql;
mod aurora_postgresql;
mod mariadb;
mod mysql;
mod names;
pub mod parameter;
mod postgres;

use std::collections::BTreeSet;

use super::engine_version::EngineVersion;
use crate::text::{date::Date, words::words};
use parameter::Parameter;

words! {
    /// The database engine.
    Engine {
        /// Aurora MySQL.
        AuroraMysql = "aurora-mysql",
        /// Aurora PostgreSQL.
        AuroraPostgresql = "aurora-postgresql",
        /// RDS for MariaDB.
        Mariadb = "mariadb",
        /// RDS for MySQL.
        Mysql = "mysql",
        /// RDS for PostgreSQL.
        Postgres = "postgres",
    }
}

words! {
    /// A log that RDS can send to CloudWatch.
    LogExport {
        /// What an audit plugin writes.
        Audit = "audit",
        /// The error log.
        Error = "error",
        /// Every statement.
        General = "general",
        /// Failed IAM logins.
        IamDbAuthError = "iam-db-auth-error",
        /// The server log.
        Postgresql = "postgresql",
        /// Statements that took long.
        Slowquery = "slowquery",
        /// The log of major upgrades.
        Upgrade = "upgrade",
    }
}

words! {
    /// Type of the storage.
    StorageType {
        /// Aurora's, paid by the request.
        Aurora = "aurora",
        /// Aurora's, paid by the size alone.
        AuroraIopt1 = "aurora-iopt1",
        /// General purpose, second generation.
        Gp2 = "gp2",
        /// General purpose, third generation.
        Gp3 = "gp3",
        /// Provisioned IOPS.
        Io1 = "io1",
        /// Provisioned IOPS, second generation.
        Io2 = "io2",
    }
}

words! {
    /// What RDS Proxy leaves out when it decides whether a session is pinned to a connection.
    SessionPinningFilter {
        /// `SET` of a variable.
        ExcludeVariableSets = "EXCLUDE_VARIABLE_SETS",
    }
}

impl Engine {
    /// What is known of it.
    #[must_use]
    pub fn facts(self) -> &'static Facts {
        match self {
            Self::AuroraMysql => &aurora_mysql::FACTS,
            Self::AuroraPostgresql => &aurora_postgresql::FACTS,
            Self::Mariadb => &mariadb::FACTS,
            Self::Mysql => &mysql::FACTS,
            Self::Postgres => &postgres::FACTS,
        }
    }

    /// The words of the engines of which something holds.
    #[must_use]
    pub fn with(holds: impl Fn(&Facts) -> bool) -> Vec<&'static str> {
        let engines = Self::ALL.iter().filter(|engine| holds(engine.facts()));
        engines.map(|engine| engine.as_str()).collect()
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the macro that makes words marks none of them"
)]
impl Default for Engine {
    fn default() -> Self {
        Self::Postgres
    }
}

/// The known major of a version whose engine is not told: no two engines have one in common.
#[must_use]
pub fn major_of(version: EngineVersion) -> Option<EngineVersion> {
    let mut engines = Engine::ALL.iter();
    engines.find_map(|engine| Some(engine.facts().major(version)?.version))
}

/// What AWS makes of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An instance with a volume of its own.
    Instance,
    /// A cluster: a storage that grows by itself, an instance that writes and others that read.
    Cluster,
}

impl Form {
    /// The module that makes one.
    #[must_use]
    pub const fn module(self) -> &'static str {
        match self {
            Self::Instance => "rds",
            Self::Cluster => "aurora",
        }
    }

    /// The form in a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Cluster => "cluster",
        }
    }
}

/// Which upgrades between majors AWS offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrades {
    /// To any later major, when the target appeared no earlier than what runs: the minors of all majors appear together.
    ToAnyAsNew,
    /// To any later major.
    ToAny,
    /// To the next major alone.
    ToNext,
}

/// What is known of an engine.
#[derive(Debug)]
pub struct Facts {
    /// Its name for people.
    pub title: &'static str,
    /// What AWS makes of a database of it.
    pub form: Form,
    /// Which upgrades between majors AWS offers.
    pub upgrades: Upgrades,
    /// The types of its storage; the first is taken when nobody chooses.
    pub storage_types: &'static [StorageType],
    /// The families of its instance classes; none when it takes every class.
    pub classes: Option<&'static [Classes]>,
    /// Whether it can run on capacity that follows the load, without a class.
    pub serverless: bool,
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
    /// What the proxy can leave out when it decides whether a session is pinned to a connection.
    pub session_pinning_filters: &'static [SessionPinningFilter],
    /// What its clients cannot do through the proxy, a sentence each.
    pub proxy_lacks: &'static [&'static str],
    /// The majors that RDS Proxy is documented to take.
    pub proxy_takes: &'static [EngineVersion],
    /// How the proxy logs clients in with a password, when AWS's default for the family is not for this engine.
    pub proxy_password_type: Option<&'static str>,
    /// Sizes of classes on which it has no Performance Insights.
    pub sizes_without_insights: &'static [&'static str],
    /// The database that always exists.
    pub default_database: &'static str,
    /// Whether pods can be sent to that one: it is no catalogue of the server.
    pub default_database_is_for_pods: bool,
    /// The logs that it can send to CloudWatch.
    pub log_exports: &'static [LogExport],
    /// Those that go there when nobody chooses.
    pub default_log_exports: &'static [LogExport],
    /// Whether it runs out of transaction ids when nobody vacuums, so that there is an alarm on them.
    pub transaction_ids: bool,
    /// How its clients name things.
    pub client: Client,
    /// How the function of an environment talks to it when it makes users.
    pub users_dialect: &'static str,
    /// The most characters of the master's name that AWS takes.
    pub longest_user: usize,
    /// The most characters of the name of a user that the function makes.
    pub longest_app_user: usize,
    /// The most characters of the name of a first database.
    pub longest_database: usize,
    /// The most characters of that name where rights are given on it, when some letters of it have to be quoted there.
    pub longest_grant: Option<usize>,
    /// What no user's name may start with, and why.
    pub reserved_prefixes: &'static [(&'static str, &'static str)],
    /// Names that no user may have.
    pub reserved_users: &'static [&'static str],
    /// Databases that exist beside the default one.
    pub existing_databases: &'static [&'static str],
    /// Words of its SQL that neither a user nor a database can be called.
    pub reserved_words: &'static [&'static str],
    /// What to look at on a copy before another major, a sentence each.
    pub before_major: &'static [&'static str],
    /// The parameter with which the rds module forces TLS.
    pub forced_tls_parameter: &'static str,
    /// Parameters that are known by their full name, sorted.
    pub parameters: &'static [Parameter],
    /// Extensions with parameters of their own, which start with the extension's name.
    pub extensions: &'static [&'static str],
}

/// The instance classes of one family that an engine takes.
#[derive(Debug)]
pub struct Classes {
    /// The family.
    pub family: &'static str,
    /// The sizes that the engine takes; empty for all of the family.
    pub sizes: &'static [&'static str],
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
    /// The releases of Aurora, where AWS names exact versions by those.
    releases: &'static [[u32; 3]],
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
        releases: &[],
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

    /// Whether a version belongs to it, in the form that its engine has: a release of Aurora, or a number more.
    #[must_use]
    pub fn has(&self, version: EngineVersion) -> bool {
        let is_of_form = version.is_release() != self.releases.is_empty();
        version == self.version || (is_of_form && version.is_of(self.version))
    }

    /// The exact versions that AWS knows, oldest first.
    #[must_use]
    pub fn minors(&self) -> impl DoubleEndedIterator<Item = EngineVersion> {
        let minors = self.minors.iter().map(|minor| self.version.then(*minor));
        let releases = self.releases.iter();
        minors.chain(releases.map(|release| self.version.release(*release)))
    }
}

impl Facts {
    /// The known major that a version belongs to.
    #[must_use]
    pub fn major(&self, version: EngineVersion) -> Option<&'static Major> {
        let mut majors = self.majors.iter();
        majors.find(|major| major.has(version))
    }

    /// The major of a version; of one that nobody knows, as many of its numbers as majors of this engine have.
    #[must_use]
    pub fn major_of(&self, version: EngineVersion) -> EngineVersion {
        let cut = || version.cut_like(self.default_major);
        self.major(version).map_or_else(cut, |major| major.version)
    }

    /// The parameter group family of a version.
    #[must_use]
    pub fn family(&self, version: EngineVersion) -> String {
        let major = self.major(version).map_or(version, |major| major.version);
        format!("{}{major}", self.family)
    }

    /// Whether AWS makes a cluster of it.
    #[must_use]
    pub fn is_cluster(&self) -> bool {
        self.form == Form::Cluster
    }

    /// The type of its storage when nobody chooses.
    #[must_use]
    pub fn default_storage_type(&self) -> StorageType {
        self.storage_types
            .first()
            .copied()
            .unwrap_or(StorageType::Gp3)
    }

    /// The families of classes that it takes, when it does not take this class.
    #[must_use]
    pub fn refuses_class(&self, family: &str, size: &str) -> Option<&'static [Classes]> {
        let classes = self.classes?;
        let takes = |one: &Classes| {
            one.family == family && (one.sizes.is_empty() || one.sizes.contains(&size))
        };
        (!classes.iter().any(takes)).then_some(classes)
    }

    /// Whether RDS Proxy is documented to take a version.
    #[must_use]
    pub fn is_proxied(&self, version: EngineVersion) -> bool {
        self.proxy_takes.iter().any(|major| version.is_of(*major))
    }

    /// A parameter that is known by its full name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        let compare = |one: &Parameter| one.name.cmp(name);
        let at = self.parameters.binary_search_by(compare).ok()?;
        self.parameters.get(at)
    }

    /// The parameters that one version has and another lacks, in the order of their names.
    #[must_use]
    pub fn lost(&self, from: EngineVersion, to: EngineVersion) -> Vec<&'static str> {
        let is_lost =
            |one: &&Parameter| one.missing_from(from).is_none() && one.missing_from(to).is_some();
        let lost = self.parameters.iter().filter(is_lost);
        lost.map(|one| one.name).collect()
    }

    /// The extensions that parameters name: by the start of their own names, and among the libraries that are loaded.
    #[must_use]
    pub fn extensions_in<'a>(
        &self,
        parameters: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (name, value) in parameters {
            if name == "shared_preload_libraries" {
                let libraries = value.split(',').map(str::trim);
                found.extend(libraries.filter(|one| !one.is_empty()).map(str::to_owned));
            } else if self.is_of_extension(name)
                && let Some((extension, _)) = name.split_once('.')
            {
                found.insert(extension.to_owned());
            }
        }
        found
    }

    /// Whether it has a parameter of this name, itself or by an extension.
    #[must_use]
    pub fn knows_parameter(&self, name: &str) -> bool {
        self.parameter(name).is_some() || self.is_of_extension(name)
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
    fn a_version_belongs_to_one_major_whichever_engine_it_is_of() {
        let engines = || Engine::ALL.iter().map(|engine| engine.facts());
        for major in engines().flat_map(|facts| facts.majors) {
            for version in major.minors().chain([major.version]) {
                let mut others = engines().filter_map(|facts| facts.major(version));
                assert!(
                    others.all(|other| other.version == major.version),
                    "{version}"
                );
            }
        }
    }

    #[test]
    fn a_version_of_another_form_is_of_no_major() {
        for (engine, text, expected) in [
            (Engine::AuroraMysql, "8.0.mysql_aurora.3.99.0", Some("8.0")),
            (Engine::AuroraMysql, "8.0", Some("8.0")),
            (Engine::AuroraMysql, "8.0.40", None),
            (Engine::Mysql, "8.0.mysql_aurora.3.10.1", None),
            (Engine::Mysql, "8.0.99", Some("8.0")),
        ] {
            let major = engine.facts().major(text.parse().unwrap());
            let major = major.map(|major| major.version.to_string());
            assert_eq!(major.as_deref(), expected, "{text}");
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
