//! The rules that look at all units together: what two of them must not share.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use rayon::prelude::*;

use crate::{
    aws::name::{self, Kind},
    config::workspace::Quotas,
    diagnostic::{Problem, rule},
    model::{Database, Environment, Origin},
};

/// Everything that units and environments do to each other.
#[must_use]
pub fn check(environments: &[Arc<Environment>], databases: &[Database]) -> Vec<Problem> {
    let mut problems = issuers(environments);
    problems.extend(shortnames(databases));
    problems.extend(names(databases));
    problems.extend(quotas(environments, databases));
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

fn shortnames(databases: &[Database]) -> Vec<Problem> {
    let mut seen: BTreeMap<(&str, &str), &Database> = BTreeMap::new();
    let mut problems = Vec::new();
    for database in databases {
        let key = (
            database.environment.name.as_str(),
            database.shortname.as_str(),
        );
        if let Some(first) = seen.get(&key) {
            problems.push(both(
                &rule::SHORTNAME_TAKEN,
                database,
                first,
                Origin::Config("shortname"),
                format!(
                    "`{}` already has the shortname `{}`",
                    first.unit(),
                    database.shortname
                ),
                "choose another shortname",
            ));
        } else {
            seen.insert(key, database);
        }
    }
    problems
}

/// Where a name must be unique: the account, and for most kinds the Region.
type Scope<'a> = (Kind, &'a str, &'a str, Cow<'a, str>);

/// Every name of an instance in its scope; the role of the ServiceAccount comes last.
fn scopes(database: &Database) -> impl Iterator<Item = Scope<'_>> {
    let written = &database.environment.spec;
    let account = written.account_id.as_str();
    let names = database.names.unique().map(move |(kind, name)| {
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
    names.chain([state, access_role])
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

fn names(databases: &[Database]) -> Vec<Problem> {
    if all_differ(databases) {
        return Vec::new();
    }
    let mut owners: BTreeMap<Scope, &Database> = BTreeMap::new();
    let mut problems = Vec::new();
    for database in databases {
        let access = lower(&database.iam_role_name.value);
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
            let (kind, .., name) = &scope;
            let is_access = *kind == Kind::Role && *name == access;
            let (broken, origin) = match kind {
                Kind::StateKey => (&rule::STATE_COLLISION, Origin::Config("shortname")),
                Kind::Role if is_access => (&rule::ROLE_TAKEN, database.iam_role_name.origin),
                _ => (&rule::NAME_COLLISION, Origin::Config("shortname")),
            };
            let message = format!(
                "`{}` already has the {} `{name}`",
                first.unit(),
                kind.as_str()
            );
            let help = if is_access {
                "choose another `iamRoleName`"
            } else {
                "choose another shortname"
            };
            problems.push(both(broken, database, first, origin, message, help));
        }
    }
    problems
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
    problem.also(first.span(there), "the first one is here")
}

/// A quota: what it counts, its key, the default of an account, and what shares it.
struct Quota {
    what: &'static str,
    key: &'static str,
    default: u32,
    stated: fn(&Quotas) -> Option<u32>,
    shared_by: fn(&Environment) -> String,
}

const QUOTAS: [Quota; 3] = [
    Quota {
        what: "RDS proxies",
        key: "quotas/proxies",
        default: 20,
        stated: |quotas| quotas.proxies,
        shared_by: region,
    },
    Quota {
        what: "network load balancers",
        key: "quotas/loadBalancers",
        default: 50,
        stated: |quotas| quotas.load_balancers,
        shared_by: region,
    },
    Quota {
        what: "interface endpoints",
        key: "quotas/endpointsPerVpc",
        default: 50,
        stated: |quotas| quotas.endpoints_per_vpc,
        shared_by: |environment| {
            format!(
                "{} of {}",
                environment.spec.network.vpc_id,
                region(environment)
            )
        },
    },
];

fn region(environment: &Environment) -> String {
    let written = &environment.spec;
    format!("account {} in {}", written.account_id, written.region)
}

fn quotas(environments: &[Arc<Environment>], databases: &[Database]) -> Vec<Problem> {
    let mut units: BTreeMap<&str, u32> = BTreeMap::new();
    for database in databases {
        *units.entry(&database.environment.name).or_default() += 1;
    }
    let mut problems = Vec::new();
    for quota in &QUOTAS {
        let most = |environment: &Environment| {
            (quota.stated)(&environment.spec.quotas).unwrap_or(quota.default)
        };
        let mut counts: BTreeMap<String, (u32, &Environment)> = BTreeMap::new();
        for environment in environments {
            let (count, largest) = counts
                .entry((quota.shared_by)(environment))
                .or_insert((0, environment));
            *count += units.get(environment.name.as_str()).copied().unwrap_or(0);
            if most(environment) > most(largest) {
                *largest = environment;
            }
        }
        for (scope, (count, environment)) in counts {
            let most = most(environment);
            let rule = match count {
                count if count > most => &rule::QUOTA_EXCEEDED,
                count if count * 10 >= most * 8 => &rule::QUOTA_NEAR,
                _ => continue,
            };
            let mut span = environment.span(quota.key);
            if span.range.is_empty() {
                span = environment.span("accountId");
            }
            let message = format!("{scope} needs {count} {}; its quota is {most}", quota.what);
            let help = format!(
                "ask AWS for a higher quota, then write it in `environments.{}.{}`",
                environment.name,
                quota.key.replace('/', ".")
            );
            problems.push(Problem::new(rule, span, message).help(help));
        }
    }
    problems
}
