//! Rules about the database users that pods log in as.

use super::{Found, waiver};
use crate::{
    config::{Lifecycle, MasterLogin},
    diagnostic::{Problem, report::plural, rule},
    model::{Database, Environment},
    text::date::Date,
};

/// Whether a database is among those whose master its environment is warned of.
pub(super) fn is_counted(database: &Database, today: Date) -> bool {
    database.master_in_pods().is_some()
        && database.lifecycle.value != Lifecycle::Retired
        && !waiver::holds(database, &rule::MASTER_IN_PODS, today)
}

/// That pods of so many databases of an environment log in as the master.
pub(super) fn masters(environment: &Environment, databases: usize) -> Option<Problem> {
    if databases == 0 || !environment.lacks_users() {
        return None;
    }
    let name = &environment.name;
    let span = environment.file.span(&format!("/environments/{name}#"));
    let message = format!(
        "{} of `{name}`: pods log in as the master: they can read, change and drop everything in the database, and make users",
        plural(databases, "database")
    );
    Some(Problem::new(&rule::MASTER_IN_PODS, span, message).help(format!(
        "write `databaseUsers` here and apply `{name}/_environment`; each config then goes over to an `appUser` step by step. Or say in `waivers` here until when it may stay"
    )))
}

impl Found<'_> {
    pub(super) fn users(&mut self) {
        self.user_names();
        self.user_keys();
        let database = self.database;
        let spec = &database.environment.spec;
        // Where no function makes users, the environment is told; where a policy demands one, that speaks.
        if let Some(origin) = database.master_in_pods()
            && spec.database_users.is_some()
            && !spec.policy.require_app_user
        {
            let message = if database.app_user.value.is_some() {
                "pods can still log in as the master"
            } else {
                "pods log in as the master: they can read, change and drop everything in the database, and make users"
            };
            let help = if database.app_user.value.is_some() {
                "remove `masterLogin` once all pods have gone over to `appUser`"
            } else {
                "write `appUser`; a database that is in use goes over to it step by step"
            };
            self.add(&rule::MASTER_IN_PODS, origin, message, help);
        }
    }

    /// The names that the function refuses, and those that two users would share.
    fn user_names(&mut self) {
        let database = self.database;
        if let (Some(_), Some(name)) = (&database.app_user.value, &database.database_name.value)
            && let Some(why) = database.facts().refuses_users_in(name)
        {
            let message = format!("no user can be given rights on `{name}` alone: {why}");
            let help = "remove `appUser`, or choose another `databaseName` for a database that is still to be made";
            self.add(
                &rule::BAD_DATABASE_USER,
                database.app_user.origin,
                message,
                help,
            );
        }
        let master = database.username.value.to_ascii_lowercase();
        for given in [&database.app_user, &database.read_only_user] {
            let Some(user) = &given.value else {
                continue;
            };
            if let Some(why) = database.facts().refuses_app_user(user) {
                let message = format!("no user can be called `{user}`: {why}");
                self.add(
                    &rule::BAD_DATABASE_USER,
                    given.origin,
                    message,
                    "choose another name, for example `orders_app`",
                );
            } else if *user == master {
                let message = format!("`{user}` is the master");
                let help = "name another user: the point of it is that pods are not the master";
                self.add(&rule::BAD_DATABASE_USER, given.origin, message, help);
            }
        }
        let users = [&database.app_user.value, &database.read_only_user.value];
        for name in &database.adopt_users.value {
            if !users.iter().any(|user| user.as_ref() == Some(name)) {
                let span = self.entry(database.adopt_users.origin, name);
                let message = format!("`{name}` is neither `appUser` nor `readOnlyUser`");
                let problem = Problem::new(&rule::BAD_DATABASE_USER, span, message);
                self.problems
                    .push(problem.help("name only users that the database is to have"));
            }
        }
        if let (Some(app), Some(reader)) =
            (&database.app_user.value, &database.read_only_user.value)
            && app == reader
        {
            let span = database.span(database.read_only_user.origin);
            let message = format!("`{reader}` is the `appUser`, too");
            self.problems.push(
                Problem::new(&rule::BAD_DATABASE_USER, span, message)
                    .help("give the reader a name of its own")
                    .also(database.span(database.app_user.origin), "the other user"),
            );
        }
    }

    /// Keys that mean nothing without another one.
    fn user_keys(&mut self) {
        let database = self.database;
        let Some(_) = database.app_user.value else {
            if database.read_only_user.value.is_some() {
                let message =
                    "a `readOnlyUser` reads the tables of an `appUser`, and there is none";
                self.add(
                    &rule::NO_APP_USER,
                    database.read_only_user.origin,
                    message,
                    "write `appUser`, too",
                );
            }
            if database.master_login.value != MasterLogin::Pods {
                let message = "`masterLogin` is about the way to an `appUser`, and there is none";
                self.add(
                    &rule::NO_APP_USER,
                    database.master_login.origin,
                    message,
                    "write `appUser`, or remove the key",
                );
            }
            return;
        };
        let users = database.environment.spec.database_users.as_ref();
        if let Some(users) = users
            && !users.ports.contains(&database.port.value)
        {
            let span = database.span(database.port.origin);
            let message = format!(
                "the function that makes users does not reach port {}",
                database.port.value
            );
            self.problems.push(
                Problem::new(&rule::NO_DATABASE_USERS, span, message)
                    .help("use another port, or have the platform team add this one to `ports`")
                    .also(database.environment.span("databaseUsers"), "the function"),
            );
        }
        if users.is_none() {
            let span = database.span(database.app_user.origin);
            let environment = &database.environment;
            let name = &environment.name;
            self.problems.push(
                Problem::new(&rule::NO_DATABASE_USERS, span, format!("`{name}` has no function that makes users"))
                    .help(format!(
                        "have the platform team write `databaseUsers` into `environments.{name}` of valet.yaml, and apply `{name}/_environment` first"
                    ))
                    .also(environment.file.span(&format!("/environments/{name}#")), "the environment"),
            );
        }
    }
}
