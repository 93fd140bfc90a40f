//! The module calls of a unit. Arguments stand in the order of their names.

use std::collections::BTreeSet;

use crate::{
    class,
    config::Lifecycle,
    instance::{Environment, Given, Instance, Origin},
    parameter,
    root::{Block, Term, texts},
    workspace::Cluster,
};

/// Every module call of a unit.
pub(super) fn unit(instance: &Instance) -> Vec<Block> {
    vec![
        rds(instance),
        proxy(instance),
        nlb(instance),
        endpoint_service(instance),
        irsa_role(instance),
    ]
}

/// A call of a module of this environment.
pub(super) fn call(environment: &Environment, label: &'static str, module: &str) -> Block {
    let modules = &environment.modules;
    let source = format!("{}{module}{}", modules.before, modules.after);
    Block::new("module", &[label]).environment("source", source, "modules")
}

fn alarms(block: Block, environment: &Environment, memory_gib: Option<u32>) -> Block {
    let Some(topic) = &environment.written.alarm_topic_arn else {
        return block;
    };
    let mut object = vec![("topic_arn", topic.into())];
    object.extend(memory_gib.map(|memory| ("memory_gib", memory.into())));
    object.sort_by_key(|(key, _)| *key);
    block.environment("alarms", Term::Object(object), "alarmTopicArn")
}

fn kms_key(block: Block, environment: &Environment) -> Block {
    match &environment.written.kms_key_arn {
        Some(key) => block.environment("kms_key_arn", key, "kmsKeyArn"),
        None => block,
    }
}

fn subnet_ids(block: Block, environment: &Environment) -> Block {
    block.environment(
        "subnet_ids",
        sorted_subnets(environment),
        "network/subnetIds",
    )
}

fn sorted_subnets(environment: &Environment) -> Term {
    texts(
        environment
            .written
            .network
            .subnet_ids
            .iter()
            .collect::<BTreeSet<_>>(),
    )
}

fn vpc_id(block: Block, environment: &Environment) -> Block {
    block.environment(
        "vpc_id",
        &environment.written.network.vpc_id,
        "network/vpcId",
    )
}

fn rds(instance: &Instance) -> Block {
    let environment = &instance.environment;
    let names = &instance.names;
    let memory = class::look_up(&instance.instance_class.value)
        .ok()
        .map(|class| class.memory_gib);
    let monitored = instance.monitoring_interval.value > 0;
    let parameters = instance
        .parameters
        .iter()
        .map(|(name, given)| {
            let method = parameter::apply_method(name);
            let value = Term::Object(vec![
                ("apply_method", method.into()),
                ("value", (&given.value).into()),
            ]);
            (name.clone(), value)
        })
        .collect::<Vec<_>>();
    let final_snapshot = instance.final_snapshot();
    let logs = instance.log_exports.value.iter().map(|log| log.word());
    let block = call(environment, "rds", "rds");
    let block = alarms(block, environment, memory)
        .copied("allocated_storage", &instance.allocated_storage)
        .from(
            "auto_minor_version_upgrade",
            instance.minors_follow(),
            Origin::Derived("engineVersion"),
        )
        .copied("backup_retention_period", &instance.backup_retention_period)
        .given("backup_window", &instance.backup_window)
        .optional("database_name", &instance.database_name)
        .copied("deletion_protection", &deletion_protection(instance))
        .from(
            "engine",
            instance.engine.value.word(),
            instance.engine.origin,
        )
        .given("engine_version", &instance.engine_version)
        .when(final_snapshot.is_some(), |block| {
            let name = final_snapshot.unwrap_or_default();
            block.from(
                "final_snapshot_identifier",
                name,
                Origin::Derived("retirementRequested"),
            )
        })
        .named("identifier", &names.instance)
        .given("instance_class", &instance.instance_class)
        .optional("iops", &instance.iops);
    let block = kms_key(block, environment)
        .from(
            "log_exports",
            texts(logs.collect::<Vec<_>>()),
            instance.log_exports.origin,
        )
        .given("maintenance_window", &instance.maintenance_window)
        .copied("max_allocated_storage", &instance.max_allocated_storage)
        .copied("monitoring_interval", &instance.monitoring_interval)
        .when(monitored, |block| {
            block.named("monitoring_role_name", &names.monitoring_role)
        })
        .copied("multi_az", &instance.multi_az)
        .named("parameter_group_name", &names.parameter_group)
        .when(!parameters.is_empty(), |block| {
            block.from(
                "parameters",
                Term::Map(parameters),
                Origin::Derived("parameters"),
            )
        })
        .copied("password_rotation_days", &instance.password_rotation_days)
        .copied("port", &instance.port)
        .named("security_group_name", &names.database_security_group)
        .optional("snapshot_identifier", &instance.restore_from)
        .copied("storage_encrypted", &instance.encrypted)
        .optional("storage_throughput", &instance.storage_throughput)
        .from(
            "storage_type",
            instance.storage_type.value.word(),
            instance.storage_type.origin,
        )
        .named("subnet_group_name", &names.subnet_group);
    let block = subnet_ids(block, environment).given("username", &instance.username);
    vpc_id(block, environment)
}

/// A database on its way out may be deleted, unless it is to stay.
fn deletion_protection(instance: &Instance) -> Given<bool> {
    if instance.lifecycle.value == Lifecycle::Active || instance.retain {
        instance.deletion_protection.clone()
    } else {
        Given::new(false, Origin::Derived("lifecycle"))
    }
}

fn proxy(instance: &Instance) -> Block {
    let environment = &instance.environment;
    let names = &instance.names;
    let proxy = &instance.proxy;
    let filters = proxy
        .session_pinning_filters
        .value
        .iter()
        .map(|filter| filter.word());
    let filters: Vec<_> = filters.collect();
    let block = alarms(call(environment, "proxy", "proxy"), environment, None)
        .from(
            "authentication",
            instance.authentication.value.word(),
            instance.authentication.origin,
        )
        .copied(
            "connection_borrow_timeout",
            &proxy.connection_borrow_timeout,
        )
        .wire("database_identifier", "rds", "identifier")
        .wire("database_port", "rds", "port")
        .wire("database_security_group_id", "rds", "security_group_id")
        .from(
            "engine_family",
            instance.engine.value.proxy_family(),
            instance.engine.origin,
        )
        .copied("idle_client_timeout", &proxy.idle_client_timeout)
        .optional("init_query", &proxy.init_query);
    let block = kms_key(block, environment)
        .copied("max_connections_percent", &proxy.max_connections_percent)
        .copied(
            "max_idle_connections_percent",
            &proxy.max_idle_connections_percent,
        )
        .named("name", &names.proxy)
        .environment("region", &environment.written.region, "region")
        .named("role_name", &names.proxy_role)
        .wire("secret_arn", "rds", "secret_arn")
        .named("security_group_name", &names.proxy_security_group)
        .when(!filters.is_empty(), |block| {
            block.from(
                "session_pinning_filters",
                texts(filters),
                proxy.session_pinning_filters.origin,
            )
        });
    vpc_id(subnet_ids(block, environment), environment)
}

fn nlb(instance: &Instance) -> Block {
    let environment = &instance.environment;
    let names = &instance.names;
    let clusters = selected_clusters(instance);
    let cidrs: BTreeSet<_> = clusters
        .iter()
        .flat_map(|cluster| &cluster.client_cidrs)
        .collect();
    let in_vpc = environment.written.network.target_sync_in_vpc;
    let block = alarms(call(environment, "nlb", "nlb"), environment, None)
        .when(!cidrs.is_empty(), |block| {
            block.environment("client_cidrs", texts(cidrs), "clusters")
        })
        .named("name", &names.load_balancer)
        .wire("port", "proxy", "port")
        .wire("proxy_endpoint", "proxy", "endpoint")
        .wire("proxy_security_group_id", "proxy", "security_group_id")
        .named("security_group_name", &names.load_balancer_security_group);
    let block = subnet_ids(block, environment)
        .named("sync_function_name", &names.sync_function)
        .named("sync_role_name", &names.sync_role)
        .named("sync_scheduler_role_name", &names.sync_scheduler_role)
        .when(in_vpc, |block| {
            block
                .named("sync_security_group_name", &names.sync_security_group)
                .environment(
                    "sync_subnet_ids",
                    sorted_subnets(environment),
                    "network/targetSyncInVpc",
                )
        })
        .named("target_group_name", &names.target_group);
    vpc_id(block, environment)
}

fn endpoint_service(instance: &Instance) -> Block {
    let clusters = selected_clusters(instance);
    let principals: BTreeSet<_> = clusters
        .iter()
        .flat_map(|cluster| &cluster.principal_arns)
        .collect();
    call(
        &instance.environment,
        "endpoint_service",
        "endpoint-service",
    )
    .from(
        "allowed_principals",
        texts(principals),
        instance.clusters.origin,
    )
    .named("name", &instance.names.endpoint_service)
    .wire("nlb_arn", "nlb", "arn")
}

fn irsa_role(instance: &Instance) -> Block {
    let environment = &instance.environment;
    let providers = instance.clusters.value.iter().filter_map(|name| {
        let cluster = environment.written.clusters.get(name)?;
        let arn = environment.oidc_provider_arn(&cluster.oidc_issuer);
        Some((name.clone(), arn.into()))
    });
    let block = call(environment, "irsa_role", "irsa-role")
        .from(
            "authentication",
            instance.authentication.value.word(),
            instance.authentication.origin,
        )
        .from(
            "clusters",
            Term::Map(providers.collect()),
            instance.clusters.origin,
        );
    kms_key(block, environment)
        .given("name", &instance.iam_role_name)
        .given("namespace", &instance.namespace)
        .wire("proxy_arn", "proxy", "arn")
        .environment("region", &environment.written.region, "region")
        .wire("secret_arn", "rds", "secret_arn")
        .given("service_account_name", &instance.service_account_name)
        .given("username", &instance.username)
}

fn selected_clusters(instance: &Instance) -> Vec<&Cluster> {
    let known = &instance.environment.written.clusters;
    instance
        .clusters
        .value
        .iter()
        .filter_map(|name| known.get(name))
        .collect()
}
