//! The rules that look at all units together: what two of them must not share.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use rayon::prelude::*;

use crate::{
    instance::{Environment, Instance, Origin},
    name::{self, Kind},
    problem::Problem,
    rule,
    workspace::Quotas,
};

/// Everything that units and environments do to each other.
#[must_use]
pub fn check(environments: &[Arc<Environment>], instances: &[Instance]) -> Vec<Problem> {
    let mut problems = issuers(environments);
    problems.extend(shortnames(instances));
    problems.extend(names(instances));
    problems.extend(quotas(environments, instances));
    problems
}

fn issuers(environments: &[Arc<Environment>]) -> Vec<Problem> {
    let mut owners: BTreeMap<(&str, &str), (&Environment, &str)> = BTreeMap::new();
    let mut problems = Vec::new();
    for environment in environments {
        for (name, cluster, _) in environment.owned_clusters() {
            let key = (
                environment.written.account_id.as_str(),
                cluster.oidc_issuer.as_str(),
            );
            let path = |name: &str| format!("clusters/{name}/oidcIssuer");
            match owners.get(&key) {
                Some((owner, first)) if owner.name != environment.name => problems.push(
                    Problem::new(
                        &rule::ISSUER_TAKEN,
                        environment.place(&path(name)),
                        format!(
                            "environment `{}` already makes this OIDC provider in the account",
                            owner.name
                        ),
                    )
                    .help("write `oidcProvider: external` for this cluster in one of the two")
                    .also(owner.place(&path(first)), "the first one is here"),
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

fn shortnames(instances: &[Instance]) -> Vec<Problem> {
    let mut seen: BTreeMap<(&str, &str), &Instance> = BTreeMap::new();
    let mut problems = Vec::new();
    for instance in instances {
        let key = (
            instance.environment.name.as_str(),
            instance.shortname.as_str(),
        );
        if let Some(first) = seen.get(&key) {
            problems.push(both(
                &rule::SHORTNAME_TAKEN,
                instance,
                first,
                Origin::Config("shortname"),
                format!(
                    "`{}` already has the shortname `{}`",
                    first.unit(),
                    instance.shortname
                ),
                "choose another shortname",
            ));
        } else {
            seen.insert(key, instance);
        }
    }
    problems
}

/// Where a name must be unique: the account, and for most kinds the Region.
type Scope<'a> = (Kind, &'a str, &'a str, Cow<'a, str>);

/// Every name of an instance in its scope; the role of the ServiceAccount comes last.
fn scopes(instance: &Instance) -> impl Iterator<Item = Scope<'_>> {
    let written = &instance.environment.written;
    let account = written.account_id.as_str();
    let names = instance.names.all().map(|(kind, name)| {
        let region = if kind.is_account_wide() {
            ""
        } else {
            &written.region
        };
        (kind, account, region, lower(name))
    });
    let state = name::state_key(&written.state.key_prefix, &instance.shortname);
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
        lower(&instance.iam_role_name.value),
    );
    names.into_iter().chain([state, access_role])
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
fn all_differ(instances: &[Instance]) -> bool {
    let print = |scope: Scope| {
        let mut hasher = DefaultHasher::new();
        scope.hash(&mut hasher);
        hasher.finish()
    };
    let mut prints: Vec<u64> = instances
        .par_iter()
        .flat_map_iter(|instance| scopes(instance).map(print))
        .collect();
    prints.par_sort_unstable();
    prints.windows(2).all(|pair| pair.first() != pair.last())
}

fn names(instances: &[Instance]) -> Vec<Problem> {
    if all_differ(instances) {
        return Vec::new();
    }
    let mut owners: BTreeMap<Scope, &Instance> = BTreeMap::new();
    let mut problems = Vec::new();
    for instance in instances {
        let access = lower(&instance.iam_role_name.value);
        let mut told = false;
        for scope in scopes(instance) {
            let Some(first) = owners.get(&scope).copied() else {
                owners.insert(scope, instance);
                continue;
            };
            let same_unit = std::ptr::eq(first, instance);
            let same_shortname = first.shortname == instance.shortname
                && first.environment.name == instance.environment.name;
            // The same shortname is told once, by its own rule.
            if told || (same_shortname && !same_unit) {
                continue;
            }
            told = true;
            let (kind, .., name) = &scope;
            let is_access = *kind == Kind::Role && *name == access;
            let (broken, origin) = match kind {
                Kind::StateKey => (&rule::STATE_COLLISION, Origin::Config("shortname")),
                Kind::Role if is_access => (&rule::ROLE_TAKEN, instance.iam_role_name.origin),
                _ => (&rule::NAME_COLLISION, Origin::Config("shortname")),
            };
            let message = format!(
                "`{}` already has the {} `{name}`",
                first.unit(),
                kind.words()
            );
            let help = if is_access {
                "choose another `iamRoleName`"
            } else {
                "choose another shortname"
            };
            problems.push(both(broken, instance, first, origin, message, help));
        }
    }
    problems
}

fn both(
    rule: &'static rule::Rule,
    instance: &Instance,
    first: &Instance,
    origin: Origin,
    message: String,
    help: &str,
) -> Problem {
    let problem = Problem::new(rule, instance.place(origin), message).help(help);
    if std::ptr::eq(instance, first) {
        return problem;
    }
    let there = match origin {
        Origin::Config("iamRoleName") => first.iam_role_name.origin,
        other => other,
    };
    problem.also(first.place(there), "the first one is here")
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
                environment.written.network.vpc_id,
                region(environment)
            )
        },
    },
];

fn region(environment: &Environment) -> String {
    let written = &environment.written;
    format!("account {} in {}", written.account_id, written.region)
}

fn quotas(environments: &[Arc<Environment>], instances: &[Instance]) -> Vec<Problem> {
    let mut units: BTreeMap<&str, u32> = BTreeMap::new();
    for instance in instances {
        *units.entry(&instance.environment.name).or_default() += 1;
    }
    let mut problems = Vec::new();
    for quota in &QUOTAS {
        let most = |environment: &Environment| {
            (quota.stated)(&environment.written.quotas).unwrap_or(quota.default)
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
            let mut place = environment.place(quota.key);
            if place.span.is_empty() {
                place = environment.place("accountId");
            }
            let message = format!("{scope} needs {count} {}; its quota is {most}", quota.what);
            let help = format!(
                "ask AWS for a higher quota, then write it in `environments.{}.{}`",
                environment.name,
                quota.key.replace('/', ".")
            );
            problems.push(Problem::new(rule, place, message).help(help));
        }
    }
    problems
}
