//! The consumer sides of clusters: what each can be, and what two of them must not share.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::arn;
use crate::{
    config::workspace::{Cluster, Consumer},
    diagnostic::{
        Problem,
        rule::{self, Rule},
    },
    model::{
        Database, Environment, consumer,
        identity::{self, SHARED, StateKey},
        partition,
    },
    text::suggest,
};

/// Everything wrong with the consumer sides of one environment.
pub(super) fn environment(environment: &Environment) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, spec) in environment.consumers() {
        problems.extend(alone(environment, name, spec));
    }
    for (name, cluster) in &environment.spec.clusters {
        problems.extend(shared(environment, name, cluster));
        problems.extend(principals(environment, name, cluster));
    }
    problems.extend(twice(environment));
    problems
}

fn problem(
    environment: &Environment,
    rule: &'static Rule,
    path: &str,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Problem {
    Problem::new(rule, environment.span(path), message).help(help)
}

/// What is wrong with one consumer side by itself.
fn alone(environment: &Environment, name: &str, spec: &Consumer) -> Vec<Problem> {
    let path = |key: &str| format!("clusters/{name}/consumer/{key}");
    let mut problems = Vec::new();
    if spec.allow_from.cidrs.is_empty() && spec.allow_from.security_groups.is_empty() {
        problems.push(problem(
            environment,
            &rule::CONSUMER_SOURCES,
            &path("allowFrom"),
            format!("nobody in {} may connect", spec.vpc_id),
            "write the addresses of the pods in `cidrs`, or the groups of the nodes in `securityGroups`",
        ));
    }
    let (here, there) = (environment.partition(), partition(&spec.region));
    if here != there {
        problems.push(problem(
            environment,
            &rule::CONSUMER_PARTITION,
            &path("region"),
            format!(
                "`{}` is in the partition `{there}`, the databases are in `{here}`",
                spec.region
            ),
            "no endpoint leads there: leave `consumer` out",
        ));
        return problems;
    }
    let arns = [
        (
            "deployRoleArn",
            spec.deploy_role_arn.as_ref(),
            arn::Place::account(there, &spec.account_id),
        ),
        (
            "state/kmsKeyId",
            spec.state.kms_key_id.as_ref(),
            arn::Place::region(there, &spec.state.region),
        ),
        (
            "state/roleArn",
            spec.state.role_arn.as_ref(),
            arn::Place::partition(there),
        ),
    ];
    for (key, arn, place) in arns {
        if let Some((message, help)) = arn.and_then(|arn| place.elsewhere(arn)) {
            problems.push(problem(
                environment,
                &rule::FOREIGN_ARN,
                &path(key),
                message,
                help,
            ));
        }
    }
    problems
}

/// What is wrong with the consumer side that a cluster shares.
fn shared(environment: &Environment, name: &str, cluster: &Cluster) -> Option<Problem> {
    let other = cluster.shares_consumer_of.as_ref()?;
    let path = format!("clusters/{name}/sharesConsumerOf");
    let wrong = |message: String, help: String| {
        Some(problem(
            environment,
            &rule::CONSUMER_SHARED,
            &path,
            message,
            help,
        ))
    };
    if cluster.consumer.is_some() {
        let message = format!("`{name}` has a `consumer` of its own");
        return wrong(message, "take one of the two out".to_owned());
    }
    let makers: Vec<&String> = environment.consumers().map(|(name, _)| name).collect();
    let help = || {
        if makers.is_empty() {
            "give one of the clusters a `consumer`".to_owned()
        } else {
            suggest::question_or_list(other, &makers, "those with a `consumer` are")
        }
    };
    match environment.spec.clusters.get(other) {
        None => {
            let message = format!("`{}` has no cluster `{other}`", environment.name);
            Some(problem(
                environment,
                &rule::UNKNOWN_CLUSTER,
                &path,
                message,
                help(),
            ))
        }
        Some(known) if known.consumer.is_none() => {
            let message = format!("`{other}` has no `consumer` itself");
            wrong(message, help())
        }
        Some(_) => None,
    }
}

/// The principals of a cluster that do not admit the consumer side that it uses.
fn principals(environment: &Environment, name: &str, cluster: &Cluster) -> Option<Problem> {
    let (maker, spec) = environment.consumer_of(name)?;
    let root = format!(
        "arn:{}:iam::{}:root",
        environment.partition(),
        spec.account_id
    );
    let admits = |arn: &String| *arn == root || Some(arn) == spec.deploy_role_arn.as_ref();
    if cluster.principal_arns.iter().any(admits) {
        return None;
    }
    let role = spec.deploy_role_arn.as_ref();
    let role = role.map_or(String::new(), |role| format!(", or `{role}`"));
    Some(problem(
        environment,
        &rule::CONSUMER_PRINCIPAL,
        &format!("clusters/{name}/principalArns"),
        format!("the endpoints of `{maker}` are made by somebody whom no principal here admits"),
        format!("add `{root}`{role}"),
    ))
}

/// Two consumer sides in one VPC, or in folders that are one.
fn twice(environment: &Environment) -> Vec<Problem> {
    let mut vpcs: BTreeMap<(&str, &str, &str), &str> = BTreeMap::new();
    let mut folders: BTreeMap<String, &str> = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, spec) in environment.consumers() {
        let path = format!("clusters/{name}/consumer#");
        let vpc = (
            spec.account_id.as_str(),
            spec.region.as_str(),
            spec.vpc_id.as_str(),
        );
        if let Some(first) = vpcs.insert(vpc, name) {
            let path = format!("clusters/{name}/consumer/vpcId");
            problems.push(problem(
                environment,
                &rule::CONSUMER_TWICE,
                &path,
                format!("`{first}` makes the endpoints in {} already", spec.vpc_id),
                format!("write `sharesConsumerOf: {first}` instead of `consumer`"),
            ));
        }
        if let Some(first) = folders.insert(name.to_lowercase(), name) {
            problems.push(problem(
                environment,
                &rule::NAME_COLLISION,
                &path,
                format!("on Windows and macOS the roots of `{first}` and `{name}` are one folder"),
                "give one of the clusters another name",
            ));
        }
    }
    problems
}

/// Everything that consumer sides do to each other, and to other roots.
pub(super) fn fleet(environments: &[Arc<Environment>], databases: &[Database]) -> Vec<Problem> {
    let mut problems = states(environments, databases);
    problems.extend(names(environments));
    problems
}

/// States of consumer sides that other roots have, too.
fn states(environments: &[Arc<Environment>], databases: &[Database]) -> Vec<Problem> {
    let consumers: Vec<_> = consumers(environments).collect();
    let wanted: BTreeSet<StateKey> = consumers.iter().map(|(.., state)| state.clone()).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut taken: BTreeMap<StateKey, String> = BTreeMap::new();
    let shared = environments
        .iter()
        .map(|one| (one.state(SHARED), one.unit()));
    let units = databases.iter().map(|one| (one.state(), one.unit()));
    for (state, unit) in shared.chain(units) {
        if wanted.contains(&state) {
            taken.insert(state, unit.to_string());
        }
    }
    let mut problems = Vec::new();
    for (environment, name, _, state) in consumers {
        let unit = format!("{}/{}", environment.name, identity::of_cluster(name));
        if let Some(first) = taken.insert(state.clone(), unit) {
            problems.push(problem(
                environment,
                &rule::STATE_COLLISION,
                &format!("clusters/{name}/consumer/state/keyPrefix"),
                format!(
                    "`{first}` already has the Terraform state key `{}`",
                    state.key
                ),
                "choose another `keyPrefix`",
            ));
        }
    }
    problems
}

/// Security groups of one name in one VPC.
fn names(environments: &[Arc<Environment>]) -> Vec<Problem> {
    let mut taken: BTreeMap<(&str, String), (&Environment, &String)> = BTreeMap::new();
    let mut problems = Vec::new();
    for (environment, name, spec, _) in consumers(environments) {
        let prefix = consumer::name_prefix(name, &environment.name);
        let place = (spec.vpc_id.as_str(), prefix.clone());
        if let Some((other, first)) = taken.insert(place, (environment, name)) {
            problems.push(problem(
                environment,
                &rule::NAME_COLLISION,
                &format!("clusters/{name}/consumer#"),
                format!(
                    "`{first}` of `{}` names its security groups `{prefix}` in this VPC, too",
                    other.name
                ),
                "give one of the clusters another name",
            ));
        }
    }
    problems
}

/// Every consumer side with its environment, its cluster and its state.
fn consumers(
    environments: &[Arc<Environment>],
) -> impl Iterator<Item = (&Environment, &String, &Consumer, StateKey)> {
    environments.iter().flat_map(|environment| {
        environment.consumers().map(move |(name, spec)| {
            let state = identity::state(&spec.state, &identity::of_cluster(name));
            (&**environment, name, spec, state)
        })
    })
}
