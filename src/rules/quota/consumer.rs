//! Quotas that the consumer sides of clusters can reach, in their own accounts and VPCs.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Kind, Names, broken, count};
use crate::{
    config::{
        Lifecycle,
        workspace::{Consumer, ConsumerQuotas},
    },
    diagnostic::Problem,
    model::{Database, Environment},
};

/// A quota: what it counts, its key, and the default of an account.
struct Quota {
    what: &'static str,
    key: &'static str,
    default: u32,
    stated: fn(&ConsumerQuotas) -> Option<u32>,
}

const ENDPOINTS: Quota = Quota {
    what: "interface endpoints for databases, and those of AWS services beside them",
    key: "endpointsPerVpc",
    default: 50,
    stated: |quotas| quotas.endpoints_per_vpc,
};

const ZONES: Quota = Quota {
    what: "private hosted zones for databases",
    key: "hostedZones",
    default: 500,
    stated: |quotas| quotas.hosted_zones,
};

const RULES: Quota = Quota {
    what: "rules in a security group",
    key: "rulesPerSecurityGroup",
    default: 60,
    stated: |quotas| quotas.rules_per_security_group,
};

/// The consumer sides of a workspace, each with how many units use it.
pub(super) struct Consumed<'a> {
    sides: Vec<Side<'a>>,
    /// Endpoints that proxies make in the VPCs of environments, by account, Region and VPC.
    proxies: BTreeMap<[&'a str; 3], u32>,
}

struct Side<'a> {
    environment: &'a Environment,
    cluster: &'a str,
    spec: &'a Consumer,
    units: u32,
}

/// What shares a quota: how much of it is needed, and the consumer side that states the largest.
struct Sharers<'a, 'b> {
    needed: u32,
    side: &'b Side<'a>,
}

impl Quota {
    fn most(&self, side: &Side) -> u32 {
        (self.stated)(&side.spec.quotas).unwrap_or(self.default)
    }

    fn problem(&self, scope: &str, needed: u32, side: &Side) -> Option<Problem> {
        let most = self.most(side);
        let rule = broken(needed, most)?;
        let path = |key: &str| format!("clusters/{}/consumer/{key}", side.cluster);
        let mut span = side
            .environment
            .span(&path(&format!("quotas/{}", self.key)));
        if span.range.is_empty() {
            span = side.environment.span(&path("accountId"));
        }
        let message = format!("{scope} needs {needed} {}; its quota is {most}", self.what);
        let help = format!(
            "ask AWS for a higher quota, then write it in `clusters.{}.consumer.quotas.{}`",
            side.cluster, self.key
        );
        Some(Problem::new(rule, span, message).help(help))
    }
}

impl<'a> Consumed<'a> {
    pub(super) fn of(environments: &'a [Arc<Environment>], databases: &'a [Database]) -> Self {
        let mut units: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        let mut proxies: BTreeMap<[&str; 3], u32> = BTreeMap::new();
        let has_consumers = environments
            .iter()
            .any(|one| one.consumers().next().is_some());
        for database in databases.iter().filter(|_| has_consumers) {
            let spec = &database.environment.spec;
            if database.lifecycle.value != Lifecycle::Retired {
                let vpc = [spec.account_id.as_str(), &spec.region, &spec.network.vpc_id];
                let named = |kind| Names::count(kind, |presence| database.has(presence));
                let own = named(Kind::Proxy) + named(Kind::ProxyEndpoint);
                *proxies.entry(vpc).or_default() += count(own);
            }
            if database.lifecycle.value == Lifecycle::Active && database.has_path() {
                for cluster in database.consumers().into_keys() {
                    let side = (database.environment.name.as_str(), cluster.as_str());
                    let readers = u32::from(database.has_read_only_path());
                    *units.entry(side).or_default() += 1 + readers;
                }
            }
        }
        let sides = environments.iter().flat_map(|environment| {
            let consumers = environment.consumers();
            consumers
                .filter(|(_, spec)| !spec.retired)
                .map(|(cluster, spec)| Side {
                    environment,
                    cluster,
                    spec,
                    units: units
                        .get(&(environment.name.as_str(), cluster.as_str()))
                        .copied()
                        .unwrap_or(0),
                })
                .collect::<Vec<_>>()
        });
        Self {
            sides: sides.collect(),
            proxies,
        }
    }

    pub(super) fn exceeded(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let vpcs = self.shared(&ENDPOINTS, |side| {
            [
                side.spec.account_id.as_str(),
                &side.spec.region,
                &side.spec.vpc_id,
            ]
        });
        for ([account, region, vpc], sharers) in vpcs {
            let proxies = self.proxies.get(&[account, region, vpc]);
            let needed = sharers.needed + proxies.copied().unwrap_or(0);
            let scope = format!("{vpc} of account {account} in {region}");
            problems.extend(ENDPOINTS.problem(&scope, needed, sharers.side));
        }
        for ([account], sharers) in self.shared(&ZONES, |side| [side.spec.account_id.as_str()]) {
            let scope = format!("account {account}");
            problems.extend(ZONES.problem(&scope, sharers.needed, sharers.side));
        }
        for side in &self.sides {
            let allowed = &side.spec.allow_from;
            let cidrs: BTreeSet<String> = allowed.cidrs.iter().map(ToString::to_string).collect();
            let needed = count(cidrs.len() + allowed.security_groups.len());
            let scope = format!("the consumer side of `{}`", side.cluster);
            problems.extend(RULES.problem(&scope, needed, side));
        }
        problems
    }

    fn shared<const N: usize>(
        &self,
        quota: &Quota,
        scope: impl Fn(&Side<'a>) -> [&'a str; N],
    ) -> BTreeMap<[&'a str; N], Sharers<'a, '_>> {
        let mut found: BTreeMap<[&str; N], Sharers> = BTreeMap::new();
        for side in &self.sides {
            let sharers = found
                .entry(scope(side))
                .or_insert(Sharers { needed: 0, side });
            sharers.needed = sharers.needed.saturating_add(side.units);
            if quota.most(side) > quota.most(sharers.side) {
                sharers.side = side;
            }
        }
        found
    }
}
