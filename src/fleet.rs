//! The rules that look at all units together: what two of them must not share.

use std::collections::BTreeMap;

use crate::{
    instance::{Environment, Instance, Origin},
    name::{self, Kind},
    problem::Problem,
    rule,
};

/// Quotas of an account that has never asked for more.
const PROXIES: u32 = 20;
const LOAD_BALANCERS: u32 = 50;

/// Everything that units and environments do to each other.
#[must_use]
pub fn check(environments: &[std::sync::Arc<Environment>], instances: &[Instance]) -> Vec<Problem> {
    let mut problems = issuers(environments);
    problems.extend(shortnames(instances));
    problems.extend(names(instances));
    problems.extend(quotas(environments, instances));
    problems
}

fn issuers(environments: &[std::sync::Arc<Environment>]) -> Vec<Problem> {
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
type Scope<'a> = (Kind, &'a str, &'a str, String);

fn names(instances: &[Instance]) -> Vec<Problem> {
    let mut owners: BTreeMap<Scope, &Instance> = BTreeMap::new();
    let mut problems = Vec::new();
    for instance in instances {
        let written = &instance.environment.written;
        let state = name::state_key(&written.state.key_prefix, &instance.shortname);
        let state = (Kind::StateKey, written.state.bucket.as_str(), "", state);
        let role = instance.iam_role_name.value.to_lowercase();
        let access_role = (Kind::Role, written.account_id.as_str(), "", role);
        let names = instance.names.all().map(|(kind, name)| {
            let region = if kind.is_account_wide() {
                ""
            } else {
                &written.region
            };
            (
                kind,
                written.account_id.as_str(),
                region,
                name.to_lowercase(),
            )
        });
        let access = access_role.3.clone();
        let mut told = false;
        for scope in names.into_iter().chain([state, access_role]) {
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

fn quotas(environments: &[std::sync::Arc<Environment>], instances: &[Instance]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (what, key, default) in [
        ("RDS proxies", "quotas/proxies", PROXIES),
        (
            "network load balancers",
            "quotas/loadBalancers",
            LOAD_BALANCERS,
        ),
    ] {
        let quota = |environment: &Environment| {
            let quotas = environment.written.quotas;
            let stated = if default == PROXIES {
                quotas.proxies
            } else {
                quotas.load_balancers
            };
            stated.unwrap_or(default)
        };
        let mut counts: BTreeMap<(&str, &str), (u32, &Environment)> = BTreeMap::new();
        for environment in environments {
            let written = &environment.written;
            let units = instances
                .iter()
                .filter(|instance| instance.environment.name == environment.name);
            let count = u32::try_from(units.count()).unwrap_or(u32::MAX);
            let (total, largest) = counts
                .entry((&written.account_id, &written.region))
                .or_insert((0, environment));
            *total += count;
            if quota(environment) > quota(largest) {
                *largest = environment;
            }
        }
        for ((account, region), (count, environment)) in counts {
            let quota = quota(environment);
            let rule = match count {
                count if count > quota => &rule::QUOTA_EXCEEDED,
                count if count * 10 >= quota * 8 => &rule::QUOTA_NEAR,
                _ => continue,
            };
            let mut place = environment.place(key);
            if place.span.is_empty() {
                place = environment.place("accountId");
            }
            let message =
                format!("account {account} needs {count} {what} in {region}; its quota is {quota}");
            let help = format!(
                "ask AWS for a higher quota, then write it in `environments.{}.{}`",
                environment.name,
                key.replace('/', ".")
            );
            problems.push(Problem::new(rule, place, message).help(help));
        }
    }
    problems
}
