//! The rules that look at one instance, or one environment, alone.

mod adoption;
mod arn;
mod catalog;
mod confusable;
mod consumer;
mod engine;
mod environment;
pub mod fleet;
mod lifecycle;
mod lock;
mod modules;
mod output;
mod parameters;
mod pipeline;
mod policy;
mod quota;
mod required_version;
mod storage;
mod tags;
mod upgrade;
mod users;
mod version;
pub mod waiver;

use crate::{
    aws::{engine::LogExport, window::SHORTEST},
    config::Authentication,
    diagnostic::{
        Problem, Span,
        rule::{self, Rule},
    },
    model::{Database, Origin, world::World},
    text::{suggest, unicode::first_non_ascii},
};

pub use catalog::{Relations, relations};
pub use environment::{environment, environments};
pub use lock::{lock, missing_lock};
pub use modules::missing as missing_modules;
pub use pipeline::check as pipeline;
pub use quota::{Usage, usage};
pub use required_version::check as required_version;
pub use upgrade::{is_excused, waves};

/// Everything wrong with one instance.
#[must_use]
pub fn database(database: &Database, stem: &str, world: World) -> Vec<Problem> {
    let mut found = Found {
        database,
        problems: Vec::new(),
    };
    found.identity(stem);
    found.engine();
    found.class();
    found.version(world);
    found.parameters();
    found.access();
    found.users();
    found.storage();
    found.windows();
    found.proxy();
    found.tags();
    found.catalog();
    found.confusables();
    found.trust_policy();
    found.restore();
    found.adoption();
    found.policy();
    found.lifecycle(world.today);
    found.warnings();
    found.problems
}

struct Found<'a> {
    database: &'a Database,
    problems: Vec<Problem>,
}

impl Found<'_> {
    fn add(
        &mut self,
        rule: &'static Rule,
        origin: Origin,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let span = self.database.span(origin);
        self.problems
            .push(Problem::new(rule, span, message).help(help));
    }

    /// The place of one entry of a list of texts.
    fn entry(&self, origin: Origin, text: &str) -> Span {
        let spans = (0..).map(|index| self.database.span_below(origin, &format!("/{index}")));
        let written = |span: &Span| {
            span.file
                .text
                .get(span.range.clone())
                .unwrap_or("")
                .to_owned()
        };
        spans
            .take_while(|span| !span.range.is_empty())
            .find(|span| written(span).trim_matches(['"', '\'']) == text)
            .unwrap_or_else(|| self.database.span(origin))
    }

    fn identity(&mut self, stem: &str) {
        let database = self.database;
        let namespace = &database.namespace.value;
        if !is_namespace(stem) {
            self.add(
                &rule::BAD_FILE_NAME,
                Origin::BuiltIn,
                format!("`{stem}` is not a namespace"),
                first_non_ascii(stem).unwrap_or_else(|| "name the file after the namespace: lower-case letters, digits and hyphens, at most 63".to_owned()),
            );
        } else if namespace != stem {
            self.add(
                &rule::NAMESPACE_MISMATCH,
                database.namespace.origin,
                format!("the file is named `{stem}.yaml`, but the namespace is `{namespace}`"),
                format!("write `namespace: {stem}`, or rename the file to `{namespace}.yaml`"),
            );
        }
        for reserved in ["internal", "sg"] {
            let rest = database.shortname.strip_prefix(reserved);
            if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-')) {
                self.add(
                    &rule::RESERVED_SHORTNAME,
                    Origin::Config("shortname"),
                    format!("AWS refuses names that start with `{reserved}-`"),
                    "choose another shortname",
                );
            }
        }
    }

    fn class(&mut self) {
        let database = self.database;
        let class = &database.instance_class.value;
        if class.is_serverless() {
            return;
        }
        if let Err(unknown) = class.capacity() {
            self.add_unless_kept(
                &rule::UNKNOWN_CLASS,
                database.instance_class.origin,
                unknown.to_string(),
                suggest::question_and_list(&unknown.part, &unknown.known, "there are"),
            );
        }
    }

    fn access(&mut self) {
        let database = self.database;
        let facts = database.facts();
        let user = &database.username;
        if let Some(why) = facts.refuses_user(&user.value) {
            self.add(
                &rule::RESERVED_USERNAME,
                user.origin,
                format!("the user cannot be called `{}`: {why}", user.value),
                "choose another name, for example `app`",
            );
        }
        if let Some(name) = &database.database_name.value
            && let Some(why) = facts.refuses_database(name)
        {
            self.add(
                &rule::RESERVED_DATABASE,
                database.database_name.origin,
                format!("the database cannot be called `{name}`: {why}"),
                "choose another name",
            );
        }
        let known: Vec<_> = database.environment.spec.clusters.keys().collect();
        for cluster in &database.clusters.value {
            if !known.contains(&cluster) {
                let help = suggest::question_or_list(cluster, &known, "the clusters are");
                let span = self.entry(database.clusters.origin, cluster);
                let message = format!("`{}` has no cluster `{cluster}`", database.environment.name);
                self.problems
                    .push(Problem::new(&rule::UNKNOWN_CLUSTER, span, message).help(help));
            }
        }
        let selected = database
            .clusters
            .value
            .iter()
            .filter_map(|name| Some((name, database.environment.spec.clusters.get(name)?)));
        let (open, listed): (Vec<_>, Vec<_>) =
            selected.partition(|(_, cluster)| cluster.client_cidrs.is_empty());
        if let (Some((open, _)), Some((listed, _))) = (open.first(), listed.first()) {
            let span = database.environment.span(&format!("clusters/{open}#"));
            self.problems.push(
                Problem::new(
                    &rule::MIXED_CLIENT_CIDRS,
                    span,
                    format!("`{open}` has no `clientCidrs`, but `{listed}` has"),
                )
                .help("list the pods' addresses of every cluster, or of none"),
            );
        }
    }

    fn windows(&mut self) {
        let database = self.database;
        let (backup, maintenance) = (&database.backup_window, &database.maintenance_window);
        for window in [backup, maintenance] {
            let minutes = window.value.minutes();
            if minutes < SHORTEST {
                self.add(
                    &rule::WINDOW_TOO_SHORT,
                    window.origin,
                    format!("`{}` lasts {minutes} minutes", window.value),
                    format!("make it at least {SHORTEST} minutes"),
                );
            }
        }
        if backup.value.overlaps(&maintenance.value) {
            let of_config = matches!(backup.origin, Origin::Config(_));
            let (here, there) = if of_config {
                (backup, maintenance)
            } else {
                (maintenance, backup)
            };
            let mut problem = Problem::new(
                &rule::WINDOW_OVERLAP,
                database.span(here.origin),
                format!(
                    "the backup window `{}` overlaps the maintenance window `{}`",
                    backup.value, maintenance.value
                ),
            )
            .help("move one of them; both are in UTC");
            if there.origin != Origin::BuiltIn {
                problem = problem.also(database.span(there.origin), "the other window is set here");
            }
            self.problems.push(problem);
        }
    }

    fn proxy(&mut self) {
        let proxy = &self.database.proxy;
        let (idle, max) = (
            &proxy.max_idle_connections_percent,
            &proxy.max_connections_percent,
        );
        if idle.value > max.value {
            self.add(
                &rule::PROXY_IDLE_ABOVE_MAX,
                idle.origin,
                format!(
                    "{} % idle of at most {} % connections",
                    idle.value, max.value
                ),
                format!("use {} or less", max.value),
            );
        }
    }

    fn warnings(&mut self) {
        let database = self.database;
        let rotation = &database.password_rotation_days;
        if rotation.value <= 2 && database.authentication.value == Authentication::Password {
            self.add(
                &rule::FAST_ROTATION,
                rotation.origin,
                format!("the password rotates every {} days", rotation.value),
                "use 3 or more days, or `authentication: iam`",
            );
        }
        if database
            .log_exports
            .value
            .contains(&LogExport::IamDbAuthError)
        {
            self.add(
                &rule::USELESS_LOG,
                database.log_exports.origin,
                "`iam-db-auth-error` would stay empty",
                "remove it; the proxy checks IAM tokens and has a log of its own",
            );
        }
        if !database.encrypted.value {
            self.add(
                &rule::UNENCRYPTED,
                database.encrypted.origin,
                "the volume is not encrypted",
                if database.adopted().is_some() {
                    "leave it: `encrypted: true` would replace the instance; restore an encrypted copy of a snapshot into a new database, and move"
                } else {
                    "write `encrypted: true` before the database exists; later it replaces the instance"
                },
            );
        }
        if database.backup_retention_period.value == 0 && !database.facts().is_cluster() {
            self.add(
                &rule::NO_BACKUPS,
                database.backup_retention_period.origin,
                "automated backups are off",
                "use 1 or more days",
            );
        }
        if !database.deletion_protection.value {
            self.add(
                &rule::UNPROTECTED,
                database.deletion_protection.origin,
                "deletion protection is off",
                "remove the key, unless the database may be lost",
            );
        }
    }
}

/// Whether a text is an RFC 1123 label.
#[must_use]
pub fn is_namespace(text: &str) -> bool {
    let inner =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    (1..=63).contains(&text.len())
        && text.chars().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}
