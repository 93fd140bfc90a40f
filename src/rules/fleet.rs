//! The rules that look at all units together: what two of them must not share.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use rayon::prelude::*;

use super::{consumer, quota, upgrade, version};
use crate::{
    aws::name::{self, Kind, SharedNames},
    diagnostic::{Problem, rule},
    model::{Database, Environment, Origin, world::World},
};

/// Everything that units and environments do to each other.
#[must_use]
pub fn check(
    environments: &[Arc<Environment>],
    databases: &[Database],
    world: World,
) -> Vec<Problem> {
    let mut problems = issuers(environments);
    problems.extend(entries(environments));
    problems.extend(shortnames(databases, world));
    problems.extend(names(databases, world));
    problems.extend(roles(environments, databases));
    problems.extend(consumer::fleet(environments, databases));
    problems.extend(quota::check(environments, databases));
    problems.extend(upgrade::fleet(environments, databases, world));
    problems.extend(version::catalogue(environments, world.today));
    problems
}

fn issuers(environments: &[Arc<Environment>]) -> Vec<Problem> {
    let mut owners: BTreeMap<(&str, &str), (&Environment, &str)> = BTreeMap::new();
    let mut problems = Vec::new();
    for environment in environments {
        for (name, cluster, _) in environment.owned_clusters() {
            let key = (
                environment.spec.account_id.as_str(),
                cluster.oidc_issuer.as_str(),
            );
            let path = |name: &str| format!("clusters/{name}/oidcIssuer");
            match owners.get(&key) {
                Some((owner, first)) if owner.name != environment.name => problems.push(
                    Problem::new(
                        &rule::ISSUER_TAKEN,
                        environment.span(&path(name)),
                        format!(
                            "environment `{}` already makes this OIDC provider in the account",
                            owner.name
                        ),
                    )
                    .help("write `oidcProvider: external` for this cluster in one of the two")
                    .also(owner.span(&path(first)), "the first one is here"),
                ),
                Some(_) => {}
                None => {
                    owners.insert(key, (environment, name));
                }
            }
        }
    }
    problems
}

/// Clusters of one name that are not one, where a private-link file knows them by their names.
fn entries(environments: &[Arc<Environment>]) -> Vec<Problem> {
    let mut owners: BTreeMap<&str, (&Environment, &str)> = BTreeMap::new();
    let mut problems = Vec::new();
    let listed = environments
        .iter()
        .filter(|environment| environment.privatelink.is_some());
    for environment in listed {
        for (name, cluster) in &environment.spec.clusters {
            let issuer = cluster.oidc_issuer.as_str();
            let (owner, first) = *owners.entry(name).or_insert((environment, issuer));
            if first == issuer {
                continue;
            }
            let message = format!(
                "`{name}` of environment `{}` is another cluster, and the private-link file tells them apart by their names alone",
                owner.name
            );
            let place = format!("clusters/{name}#");
            problems.push(
                Problem::new(
                    &rule::PRIVATELINK_COLLISION,
                    environment.span(&place),
                    message,
                )
                .help("give one of the two the name that the cluster team's file has for it")
                .also(owner.span(&place), "the first one is here"),
            );
        }
    }
    problems
}

/// Of two units that cannot both be, the one that is asked to change, and the other: never a database that is there
/// already when the other is not.
fn newer<'a>(one: &'a Database, other: &'a Database, world: World) -> (&'a Database, &'a Database) {
    if world.has_here(one) && !world.has_here(other) {
        (other, one)
    } else {
        (one, other)
    }
}

fn shortnames(databases: &[Database], world: World) -> Vec<Problem> {
    let mut seen: BTreeMap<(&str, &str), &Database> = BTreeMap::new();
    let mut problems = Vec::new();
    for database in databases {
        let key = (
            database.environment.name.as_str(),
            database.shortname.as_str(),
        );
        let Some(first) = seen.get(&key).copied() else {
            seen.insert(key, database);
            continue;
        };
        let (wrong, right) = newer(database, first, world);
        seen.insert(key, right);
        let help = if world.has_here(right) {
            format!(
                "choose another shortname here; {} is a live database and keeps its own",
                right.unit()
            )
        } else if world.has(right) {
            format!(
                "one of them is a live database whose file has got another name, and keeps its shortname; choose another for the one that is new: {} or {}",
                wrong.unit(),
                right.unit()
            )
        } else {
            "choose another shortname".to_owned()
        };
        let message = format!(
            "`{}` already has the shortname `{}`",
            right.unit(),
            wrong.shortname
        );
        problems.push(both(
            &rule::SHORTNAME_TAKEN,
            wrong,
            right,
            Origin::Config("shortname"),
            message,
            &help,
        ));
    }
    problems
}

/// Where a name must be unique: the account, and for most kinds the Region.
type Scope<'a> = (Kind, &'a str, &'a str, Cow<'a, str>);

/// Every name of an instance in its scope; the role of the ServiceAccount comes last.
fn scopes(database: &Database) -> impl Iterator<Item = Scope<'_>> {
    let written = &database.environment.spec;
    let account = written.account_id.as_str();
    let names = database
        .names
        .unique(|presence| database.has(presence))
        .map(move |(kind, name)| {
            let region = if kind.is_account_wide() {
                ""
            } else {
                &written.region
            };
            (kind, account, region, lower(name))
        });
    let state = name::state_key(&written.state.key_prefix, &database.shortname);
    let state = (
        Kind::StateKey,
        written.state.bucket.as_str(),
        "",
        state.into(),
    );
    let access_role = (
        Kind::Role,
        account,
        "",
        lower(&database.iam_role_name.value),
    );
    let members = database.members();
    let members = members.map(move |name| (Kind::Database, account, &*written.region, name.into()));
    names.chain(members).chain([state, access_role])
}

fn lower(name: &str) -> Cow<'_, str> {
    let is_lower = name
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower {
        name.into()
    } else {
        name.to_lowercase().into()
    }
}

/// Whether no name stands twice in its scope. Fingerprints tell, which is far quicker than a map of all names; two
/// names with the same one only cost the longer look.
fn all_differ(databases: &[Database]) -> bool {
    let print = |scope: Scope| {
        let mut hasher = DefaultHasher::new();
        scope.hash(&mut hasher);
        hasher.finish()
    };
    let mut prints: Vec<u64> = databases
        .par_iter()
        .flat_map_iter(|database| scopes(database).map(print))
        .collect();
    prints.par_sort_unstable();
    prints.windows(2).all(|pair| pair.first() != pair.last())
}

fn names(databases: &[Database], world: World) -> Vec<Problem> {
    if all_differ(databases) {
        return Vec::new();
    }
    let mut owners: BTreeMap<Scope, &Database> = BTreeMap::new();
    let mut problems = Vec::new();
    for database in databases {
        let mut told = false;
        for scope in scopes(database) {
            let Some(first) = owners.get(&scope).copied() else {
                owners.insert(scope, database);
                continue;
            };
            let same_unit = std::ptr::eq(first, database);
            let same_shortname = first.shortname == database.shortname
                && first.environment.name == database.environment.name;
            // The same shortname is told once, by its own rule.
            if told || (same_shortname && !same_unit) {
                continue;
            }
            told = true;
            let (wrong, right) = newer(database, first, world);
            let (kind, .., name) = &scope;
            let is_access = *kind == Kind::Role && *name == lower(&wrong.iam_role_name.value);
            let (broken, origin) = match kind {
                Kind::StateKey => (&rule::STATE_COLLISION, Origin::Config("shortname")),
                Kind::Role if is_access => (&rule::ROLE_TAKEN, wrong.iam_role_name.origin),
                _ => (&rule::NAME_COLLISION, Origin::Config("shortname")),
            };
            let message = format!(
                "`{}` already has the {} `{name}`",
                right.unit(),
                kind.as_str()
            );
            let help = if is_access {
                "choose another `iamRoleName`"
            } else {
                "choose another shortname"
            };
            problems.push(both(broken, wrong, right, origin, message, help));
            owners.insert(scope, right);
        }
    }
    problems
}

/// Roles of pods that are called like one of an environment in their account, or like the one that Terraform assumes.
fn roles(environments: &[Arc<Environment>], databases: &[Database]) -> Vec<Problem> {
    let mut owners: BTreeMap<(&str, String), (&Environment, &str)> = BTreeMap::new();
    for environment in environments {
        let spec = &environment.spec;
        let shared = SharedNames::derive(&environment.name).all().into_iter();
        let shared = shared.filter(|(kind, ..)| *kind == Kind::Role);
        let shared = shared.map(|(_, name, _)| (name, ""));
        let assumed = spec.deploy_role_arn.as_ref().map(|arn| {
            let name = arn.rsplit('/').next().unwrap_or(arn);
            (name.to_owned(), "deployRoleArn")
        });
        owners.extend(shared.chain(assumed).map(|(name, key)| {
            let scope = (spec.account_id.as_str(), name.to_lowercase());
            (scope, (&**environment, key))
        }));
    }
    let taken = databases.iter().filter_map(|database| {
        let role = &database.iam_role_name;
        let account = database.environment.spec.account_id.as_str();
        let (owner, key) = owners.get(&(account, role.value.to_lowercase()))?;
        let name = &owner.name;
        let message = if key.is_empty() {
            format!(
                "environment `{name}` already has the IAM role `{}`",
                role.value
            )
        } else {
            format!(
                "`{}` is the role that Terraform assumes in environment `{name}`",
                role.value
            )
        };
        let problem = Problem::new(&rule::ROLE_TAKEN, database.span(role.origin), message);
        Some(problem.help("choose another `iamRoleName`"))
    });
    taken.collect()
}

fn both(
    rule: &'static rule::Rule,
    database: &Database,
    first: &Database,
    origin: Origin,
    message: String,
    help: &str,
) -> Problem {
    let problem = Problem::new(rule, database.span(origin), message).help(help);
    if std::ptr::eq(database, first) {
        return problem;
    }
    let there = match origin {
        Origin::Config("iamRoleName") => first.iam_role_name.origin,
        other => other,
    };
    problem.also(first.span(there), "the other one is here")
}
