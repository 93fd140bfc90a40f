//! Quotas of AWS that files can reach: what an account holds, in a Region or in all, and how long a trust policy is.
//!
//! Defaults as AWS publishes them for RDS, Elastic Load Balancing, PrivateLink and IAM.

mod consumer;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::json;

use super::Found;
use crate::{
    aws::engine::Form,
    aws::name::{Kind, Names, SharedNames},
    config::{Lifecycle, workspace::Quotas},
    diagnostic::{
        Problem,
        rule::{self, Rule},
    },
    model::{Database, Environment},
};

/// A quota: what it counts, its key, the default of an account, and what shares it.
struct Quota {
    what: &'static str,
    key: &'static str,
    default: u32,
    stated: fn(&Quotas) -> Option<u32>,
    counts: Counts,
    scope: Scope,
}

/// What a quota counts.
#[derive(Clone, Copy)]
enum Counts {
    /// Things that have a name of this kind, of units and of environments.
    Named(Kind),
    /// The snapshots that retirements leave, of instances or of clusters.
    Snapshots(Form),
    /// Endpoints of proxies: AWS makes an interface endpoint for each.
    Interfaces,
    /// GiB of volumes.
    Storage,
    /// Issuers of clusters, each once.
    Issuers,
}

/// What shares a quota.
#[derive(Clone, Copy)]
enum Scope {
    /// An account in a Region.
    Region,
    /// A VPC.
    Vpc,
    /// An account.
    Account,
}

const fn quota(
    what: &'static str,
    key: &'static str,
    default: u32,
    stated: fn(&Quotas) -> Option<u32>,
    counts: Counts,
    scope: Scope,
) -> Quota {
    Quota {
        what,
        key,
        default,
        stated,
        counts,
        scope,
    }
}

const QUOTAS: [Quota; 14] = {
    use Counts::{Interfaces, Issuers, Named, Snapshots, Storage};
    use Scope::{Account, Region, Vpc};
    [
        quota(
            "RDS proxies",
            "proxies",
            20,
            |quotas| quotas.proxies,
            Named(Kind::Proxy),
            Region,
        ),
        quota(
            "network load balancers",
            "loadBalancers",
            50,
            |quotas| quotas.load_balancers,
            Named(Kind::LoadBalancer),
            Region,
        ),
        quota(
            "interface endpoints",
            "endpointsPerVpc",
            50,
            |quotas| quotas.endpoints_per_vpc,
            Interfaces,
            Vpc,
        ),
        quota(
            "RDS instances",
            "instances",
            40,
            |quotas| quotas.instances,
            Named(Kind::Database),
            Region,
        ),
        quota(
            "Aurora clusters",
            "clusters",
            40,
            |quotas| quotas.clusters,
            Named(Kind::Cluster),
            Region,
        ),
        quota(
            "DB cluster parameter groups, and one more for every major upgrade",
            "clusterParameterGroups",
            50,
            |quotas| quotas.cluster_parameter_groups,
            Named(Kind::ClusterParameterGroup),
            Region,
        ),
        quota(
            "DB subnet groups",
            "subnetGroups",
            50,
            |quotas| quotas.subnet_groups,
            Named(Kind::SubnetGroup),
            Region,
        ),
        quota(
            "DB parameter groups, and one more for every major upgrade",
            "parameterGroups",
            50,
            |quotas| quotas.parameter_groups,
            Named(Kind::ParameterGroup),
            Region,
        ),
        quota(
            "RDS event subscriptions",
            "eventSubscriptions",
            20,
            |quotas| quotas.event_subscriptions,
            Named(Kind::EventSubscription),
            Region,
        ),
        quota(
            "manual snapshots",
            "snapshots",
            100,
            |quotas| quotas.snapshots,
            Snapshots(Form::Instance),
            Region,
        ),
        quota(
            "manual snapshots of clusters",
            "clusterSnapshots",
            100,
            |quotas| quotas.cluster_snapshots,
            Snapshots(Form::Cluster),
            Region,
        ),
        quota(
            "IAM roles",
            "roles",
            1000,
            |quotas| quotas.roles,
            Named(Kind::Role),
            Account,
        ),
        quota(
            "IAM OIDC providers",
            "oidcProviders",
            100,
            |quotas| quotas.oidc_providers,
            Issuers,
            Account,
        ),
        quota(
            "GiB of storage",
            "allocatedStorage",
            100_000,
            |quotas| quotas.allocated_storage,
            Storage,
            Region,
        ),
    ]
};

impl Quota {
    fn most(&self, environment: &Environment) -> u32 {
        (self.stated)(&environment.spec.quotas).unwrap_or(self.default)
    }

    fn shared_by(&self, environment: &Environment) -> String {
        let spec = &environment.spec;
        let region = || format!("account {} in {}", spec.account_id, spec.region);
        match self.scope {
            Scope::Region => region(),
            Scope::Vpc => format!("{} of {}", spec.network.vpc_id, region()),
            Scope::Account => format!("account {}", spec.account_id),
        }
    }

    fn of_environment(&self, environment: &Environment) -> u32 {
        let Counts::Named(kind) = self.counts else {
            return 0;
        };
        let shared = SharedNames::derive(&environment.name).all();
        let named = shared
            .iter()
            .filter(|(of, _, presence)| *of == kind && environment.has(*presence));
        count(named.count())
    }

    fn of_unit(&self, database: &Database) -> u32 {
        let is_retired = database.lifecycle.value == Lifecycle::Retired;
        // What is forgotten stays in AWS.
        if is_retired && !database.retain.value && !matches!(self.counts, Counts::Snapshots(_)) {
            return 0;
        }
        let named = |kind| {
            let holds = |presence| database.has(presence);
            count(Names::count(kind, holds))
        };
        match self.counts {
            Counts::Named(Kind::Database) => {
                named(Kind::Database) + count(database.members().count())
            }
            // The role of the pods has a name of its own.
            Counts::Named(Kind::Role) => named(Kind::Role) + 1,
            Counts::Named(kind) => named(kind),
            Counts::Interfaces => named(Kind::Proxy) + named(Kind::ProxyEndpoint),
            Counts::Snapshots(form) if form == database.facts().form => {
                database.final_snapshot().map_or(0, |_| 1)
            }
            Counts::Storage => database.volume().map_or(0, |(size, _)| size),
            Counts::Snapshots(_) | Counts::Issuers => 0,
        }
    }
}

/// Everything that passes a quota, or is close to it.
pub(super) fn check(environments: &[Arc<Environment>], databases: &[Database]) -> Vec<Problem> {
    let consumed = consumer::Consumed::of(environments, databases);
    let own = usage(environments, databases);
    let own = own.iter().filter_map(problem);
    own.chain(consumed.exceeded()).collect()
}

/// How much of a quota those who share it use.
#[derive(Clone, Debug)]
pub struct Usage<'a> {
    /// What the quota counts, in words.
    pub what: &'static str,
    /// Its key below `quotas`.
    pub key: &'static str,
    /// What shares it: an account, a Region of one, or a VPC.
    pub scope: String,
    /// The environments that share it, by name.
    pub environments: Vec<&'a str>,
    /// How much is used.
    pub used: u32,
    /// How much may be.
    pub limit: u32,
    /// The environment that states the largest limit.
    stated_by: &'a Environment,
}

impl Usage<'_> {
    /// How much of the limit is used, in percent, rounded down.
    #[must_use]
    pub fn percent(&self) -> u64 {
        u64::from(self.used) * 100 / u64::from(self.limit.max(1))
    }
}

/// How much of each quota is used, by environment that shares it.
#[must_use]
pub fn usage<'a>(
    environments: &'a [Arc<Environment>],
    databases: &'a [Database],
) -> Vec<Usage<'a>> {
    let of = |quota| usage_of(quota, environments, databases);
    QUOTAS.iter().flat_map(of).collect()
}

fn usage_of<'a>(
    quota: &Quota,
    environments: &'a [Arc<Environment>],
    databases: &[Database],
) -> Vec<Usage<'a>> {
    let mut units: BTreeMap<&str, u32> = BTreeMap::new();
    for database in databases {
        let count = units.entry(&database.environment.name).or_default();
        *count = count.saturating_add(quota.of_unit(database));
    }
    let mut scopes: BTreeMap<String, (Usage, BTreeSet<&str>)> = BTreeMap::new();
    for environment in environments {
        let scope = quota.shared_by(environment);
        let (usage, issuers) = scopes.entry(scope.clone()).or_insert_with(|| {
            let usage = Usage {
                what: quota.what,
                key: quota.key,
                scope,
                environments: Vec::new(),
                used: 0,
                limit: quota.most(environment),
                stated_by: environment,
            };
            (usage, BTreeSet::new())
        });
        let clusters = environment.spec.clusters.values();
        issuers.extend(clusters.map(|cluster| cluster.oidc_issuer.as_str()));
        let of_units = units.get(environment.name.as_str()).copied().unwrap_or(0);
        let own = quota.of_environment(environment);
        usage.used = match quota.counts {
            Counts::Issuers => count(issuers.len()),
            _ => usage.used.saturating_add(of_units).saturating_add(own),
        };
        usage.environments.push(&environment.name);
        if quota.most(environment) > usage.limit {
            usage.limit = quota.most(environment);
            usage.stated_by = environment;
        }
    }
    scopes.into_values().map(|(usage, _)| usage).collect()
}

/// The rule that so much of a quota breaks, if any.
fn broken(needed: u32, most: u32) -> Option<&'static Rule> {
    match u64::from(needed) {
        needed if needed > most.into() => Some(&rule::QUOTA_EXCEEDED),
        needed if needed * 10 >= u64::from(most) * 8 => Some(&rule::QUOTA_NEAR),
        _ => None,
    }
}

fn problem(usage: &Usage) -> Option<Problem> {
    let rule = broken(usage.used, usage.limit)?;
    let environment = usage.stated_by;
    let mut span = environment.span(&format!("quotas/{}", usage.key));
    if span.range.is_empty() {
        span = environment.span("accountId");
    }
    let message = format!(
        "{} needs {} {}; its quota is {}",
        usage.scope, usage.used, usage.what, usage.limit
    );
    let help = format!(
        "ask AWS for a higher quota, then write it in `environments.{}.quotas.{}`",
        environment.name, usage.key
    );
    Some(Problem::new(rule, span, message).help(help))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Characters of a trust policy that AWS takes when nobody has asked for more.
const TRUST_POLICY: u32 = 2048;

impl Found<'_> {
    /// Whether the policy fits that says whose pods may take the role.
    pub(super) fn trust_policy(&mut self) {
        let database = self.database;
        let environment = &database.environment;
        let quotas = &environment.spec.quotas;
        let most = quotas.trust_policy_length.unwrap_or(TRUST_POLICY);
        let most_characters = usize::try_from(most).unwrap_or(usize::MAX);
        if trust_policy_bound(database) <= most_characters
            || trust_policy_length(database) <= most_characters
        {
            return;
        }
        let clusters = database.clusters.value.len();
        let message = format!(
            "the policy by which {clusters} clusters trust a role is longer than the {most} characters that IAM takes"
        );
        let help = format!(
            "name fewer `clusters`, or ask AWS for a longer \"role trust policy length\" and write it in `environments.{}.quotas.trustPolicyLength`",
            environment.name
        );
        self.add(
            &rule::TRUST_POLICY_SIZE,
            database.clusters.origin,
            message,
            help,
        );
    }
}

/// What the trust policy cannot be longer than: enough for nearly every role, and quick to tell.
fn trust_policy_bound(database: &Database) -> usize {
    /// What a statement has around the names, with room to spare.
    const AROUND: usize = 320;
    let known = &database.environment.spec.clusters;
    let subject = database.namespace.value.len() + database.service_account_name.value.len();
    let clusters = database.clusters.value.iter();
    let statements = clusters
        .filter_map(|name| known.get(name))
        .map(|cluster| AROUND + subject + 3 * cluster.oidc_issuer.len());
    statements.sum()
}

/// Length of the trust policy that the irsa-role module makes, as IAM counts it: without white space.
fn trust_policy_length(database: &Database) -> usize {
    let environment = &database.environment;
    let known = &environment.spec.clusters;
    let clusters = database.clusters.value.iter();
    let statements: Vec<_> = clusters
        .filter_map(|name| known.get(name))
        .map(|cluster| {
            let issuer = cluster.oidc_issuer.trim_start_matches("https://");
            let subject = format!(
                "system:serviceaccount:{}:{}",
                database.namespace.value, database.service_account_name.value
            );
            json!({
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {
                    format!("{issuer}:aud"): "sts.amazonaws.com",
                    format!("{issuer}:sub"): subject,
                }},
                "Effect": "Allow",
                "Principal": {"Federated": environment.oidc_provider_arn(&cluster.oidc_issuer)},
            })
        })
        .collect();
    let policy = json!({"Statement": statements, "Version": "2012-10-17"});
    policy.to_string().chars().count()
}
