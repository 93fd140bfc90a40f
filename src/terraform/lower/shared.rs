//! The module calls of an environment: what its units share. Arguments stand in the order of their names.

use std::collections::BTreeSet;

use crate::{
    aws::name::SharedNames,
    model::{Environment, Origin},
    terraform::{
        lower::call::{
            alarms, boundary, call, log_key, role_path, sorted_subnets, subnet_ids, vpc_id,
        },
        root_module::{Block, BlockKind, Expression, texts},
    },
};

/// Every module call of an environment, and the imports of what is there already.
pub(super) fn modules(environment: &Environment) -> Vec<Block> {
    let trust = cluster_trust(environment);
    let users = database_users(environment);
    let shared = shared(environment, trust.is_some(), users.is_some());
    let calls = trust
        .into_iter()
        .chain(users)
        .chain([shared, target_sync(environment)]);
    calls.chain(imports(environment)).collect()
}

/// Trust in the clusters' identities; none when others own it.
fn cluster_trust(environment: &Environment) -> Option<Block> {
    let issuers: Vec<_> = environment
        .owned_clusters()
        .map(|(name, cluster, _)| (name.clone(), (&cluster.oidc_issuer).into()))
        .collect();
    (!issuers.is_empty()).then(|| {
        call(environment, "cluster_trust", "cluster-trust").environment(
            "clusters",
            Expression::Map(issuers),
            "clusters",
        )
    })
}

/// The function that makes database users; none when the environment has none.
fn database_users(environment: &Environment) -> Option<Block> {
    let users = environment.spec.database_users.as_ref()?;
    let names = SharedNames::derive(&environment.name);
    let ports: BTreeSet<u32> = users.ports.iter().copied().collect();
    let ports = ports.into_iter().map(Expression::from).collect();
    let keys = environment.spec.kms_key_arn.as_ref();
    let cidrs: BTreeSet<String> = users.vpc_cidrs.iter().map(ToString::to_string).collect();
    let block = call(environment, "database_users", "database-users");
    let block = alarms(block, environment, None)
        .environment("database_ports", Expression::List(ports), "databaseUsers")
        .when(keys.is_some(), |block| {
            block.environment("kms_key_arns", texts(keys), "kmsKeyArn")
        });
    let block = named(log_key(block, environment), "name", &names.users_function);
    let block = named(block, "name_prefix", &names.users_secrets);
    let block = named(boundary(block, environment), "role_name", &names.users_role);
    let block = named(
        role_path(block, environment),
        "security_group_name",
        &names.users_security_group,
    );
    let block =
        subnet_ids(block, environment).environment("vpc_cidrs", texts(&cidrs), "databaseUsers");
    Some(vpc_id(block, environment))
}

fn shared(environment: &Environment, has_trust: bool, has_users: bool) -> Block {
    let names = SharedNames::derive(&environment.name);
    let mut others = vec![Expression::Output("target_sync", "schedule_arn")];
    if has_users {
        others.insert(0, Expression::Output("database_users", "ready"));
    }
    if has_trust {
        others.insert(0, Expression::Output("cluster_trust", "provider_arns"));
    }
    let block = call(environment, "environment", "environment");
    let block = alarms(block, environment, None)
        .environment("database_arns", environment.database_arns(), "accountId")
        .fixed("destroy_before", Expression::List(others));
    let block = named(block, "event_subscription_name", &names.event_subscription);
    let block = named(block, "monitoring_role_name", &names.monitoring_role);
    let block = role_path(boundary(block, environment), environment);
    let block = named(block, "subnet_group_name", &names.subnet_group);
    subnet_ids(block, environment)
}

fn target_sync(environment: &Environment) -> Block {
    let names = SharedNames::derive(&environment.name);
    let in_vpc = environment.spec.network.target_sync_in_vpc;
    let block = call(environment, "target_sync", "target-sync");
    let block = alarms(block, environment, None);
    let block = named(block, "environment", &environment.name);
    let block = log_key(block, environment);
    let block = named(block, "name", &names.sync_function);
    let block = boundary(block, environment);
    let block = named(block, "role_name", &names.sync_role);
    let block = role_path(block, environment);
    let block = named(block, "scheduler_role_name", &names.sync_scheduler_role);
    let block = block.when(in_vpc, |block| {
        named(block, "security_group_name", &names.sync_security_group).environment(
            "subnet_ids",
            sorted_subnets(environment),
            "network/targetSyncInVpc",
        )
    });
    vpc_id(block, environment)
}

fn imports(environment: &Environment) -> impl Iterator<Item = Block> {
    let existing = environment.owned_clusters().filter(|(.., exists)| *exists);
    existing.map(|(name, cluster, _)| {
        let address = Expression::Address(
            "cluster_trust",
            "aws_iam_openid_connect_provider",
            "this",
            Some(name.clone()),
        );
        let id = environment.oidc_provider_arn(&cluster.oidc_issuer);
        Block::new(BlockKind::Import, &[])
            .environment("to", address, "clusters")
            .environment("id", id, "clusters")
    })
}

/// A name that follows from the environment's own.
fn named(block: Block, argument: &'static str, name: &str) -> Block {
    block.from(argument, name, Origin::BuiltIn)
}
