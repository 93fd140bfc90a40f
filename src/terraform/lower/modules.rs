//! The module calls of a unit. Arguments stand in the order of their names.

use std::collections::BTreeSet;

use super::adopted;
use crate::{
    aws::name::SharedNames,
    config::{Lifecycle, MasterLogin, SubnetGroup, workspace::Cluster},
    model::{Database, Environment, Origin, Resolved},
    terraform::root_module::{Block, BlockKind, Expression, texts},
};

/// Every module call of a unit.
pub(super) fn unit(database: &Database) -> Vec<Block> {
    let mut calls = vec![rds(database)];
    if database.has_path() {
        calls.extend(database.app_user.value.as_ref().map(|_| users(database)));
        calls.extend([
            proxy(database),
            nlb(database),
            endpoint_service(database),
            irsa_role(database),
        ]);
    }
    calls
}

/// A call of a module of this environment.
pub(super) fn call(environment: &Environment, label: &'static str, module: &str) -> Block {
    let modules = &environment.modules;
    let source = format!("{}{module}{}", modules.before, modules.after);
    Block::new(BlockKind::Module, &[label]).environment("source", source, "modules")
}

pub(super) fn alarms(block: Block, environment: &Environment, memory_gib: Option<u32>) -> Block {
    let Some(topic) = &environment.spec.alarm_topic_arn else {
        return block;
    };
    let mut object = vec![("topic_arn", topic.into())];
    object.extend(memory_gib.map(|memory| ("memory_gib", memory.into())));
    object.sort_by_key(|(key, _)| *key);
    block.environment("alarms", Expression::Object(object), "alarmTopicArn")
}

/// The key of the secret that the proxy logs in with.
fn secret_key(block: Block, database: &Database) -> Block {
    match database.credentials() {
        Some(credentials) if !credentials.is_managed() => match &credentials.kms_key_arn {
            Some(key) => block.from("kms_key_arn", key, Origin::Config("adopt/credentials")),
            None => block,
        },
        _ => kms_key(block, &database.environment),
    }
}

fn kms_key(block: Block, environment: &Environment) -> Block {
    block.stated(
        "kms_key_arn",
        environment.spec.kms_key_arn.as_ref(),
        "kmsKeyArn",
    )
}

pub(super) fn log_key(block: Block, environment: &Environment) -> Block {
    block.stated(
        "log_kms_key_arn",
        environment.spec.log_kms_key_arn.as_ref(),
        "logKmsKeyArn",
    )
}

pub(super) fn boundary(block: Block, environment: &Environment) -> Block {
    block.stated(
        "permissions_boundary_arn",
        environment.spec.permissions_boundary_arn.as_ref(),
        "permissionsBoundaryArn",
    )
}

pub(super) fn role_path(block: Block, environment: &Environment) -> Block {
    block.stated("role_path", environment.spec.role_path.as_ref(), "rolePath")
}

pub(super) fn subnet_ids(block: Block, environment: &Environment) -> Block {
    block.environment(
        "subnet_ids",
        sorted_subnets(environment),
        "network/subnetIds",
    )
}

pub(super) fn sorted_subnets(environment: &Environment) -> Expression {
    sorted(&environment.spec.network.subnet_ids)
}

fn sorted(subnet_ids: &[String]) -> Expression {
    texts(subnet_ids.iter().collect::<BTreeSet<_>>())
}

fn proxy_subnet_ids(block: Block, environment: &Environment) -> Block {
    match &environment.spec.network.proxy_subnet_ids {
        Some(subnet_ids) => {
            block.environment("subnet_ids", sorted(subnet_ids), "network/proxySubnetIds")
        }
        None => subnet_ids(block, environment),
    }
}

pub(super) fn vpc_id(block: Block, environment: &Environment) -> Block {
    block.environment("vpc_id", &environment.spec.network.vpc_id, "network/vpcId")
}

fn rds(database: &Database) -> Block {
    let environment = &database.environment;
    let names = &database.names;
    let capacity = database.instance_class.value.capacity();
    let memory = capacity.ok().map(|capacity| capacity.memory_gib);
    let monitored = database.monitoring_interval.value > 0;
    let has_own = database.subnet_group.value == SubnetGroup::Own;
    let parameters = database
        .parameters
        .iter()
        .map(|(name, given)| {
            let method = database.facts().apply_method(name);
            let value = Expression::Object(vec![
                ("apply_method", method.into()),
                ("value", (&given.value).into()),
            ]);
            (name.clone(), value)
        })
        .collect::<Vec<_>>();
    let final_snapshot = database.final_snapshot();
    let logs = database.log_exports.value.iter().map(|log| log.as_str());
    let block = call(environment, "rds", "rds");
    let block = alarms(block, environment, memory)
        .copied("allocated_storage", &database.allocated_storage)
        .when(database.apply_immediately.value.is_some(), |block| {
            block.from("apply_immediately", true, database.apply_immediately.origin)
        })
        .from(
            "auto_minor_version_upgrade",
            database.minors_follow(),
            Origin::Derived("engineVersion"),
        )
        .copied("backup_retention_period", &database.backup_retention_period)
        .resolved("backup_window", &database.backup_window)
        .optional("database_name", &database.database_name)
        .copied("deletion_protection", &deletion_protection(database))
        .from(
            "engine",
            database.engine.value.as_str(),
            database.engine.origin,
        )
        .resolved("engine_version", &database.engine_version)
        .when(final_snapshot.is_some(), |block| {
            let name = final_snapshot.unwrap_or_default();
            block.from(
                "final_snapshot_identifier",
                name,
                Origin::Derived("retirementRequested"),
            )
        })
        .named("identifier", &names.instance)
        .resolved("instance_class", &database.instance_class)
        .optional("iops", &database.iops);
    let block = kms_key(block, environment).from(
        "log_exports",
        texts(logs.collect::<Vec<_>>()),
        database.log_exports.origin,
    );
    let block = log_key(block, environment)
        .resolved("maintenance_window", &database.maintenance_window)
        .copied("max_allocated_storage", &database.max_allocated_storage)
        .copied("monitoring_interval", &database.monitoring_interval)
        .when(monitored, |block| monitoring_role(block, database))
        .copied("multi_az", &database.multi_az)
        .named("parameter_group_name", &names.parameter_group)
        .when(!parameters.is_empty(), |block| {
            block.from(
                "parameters",
                Expression::Map(parameters),
                Origin::Derived("parameters"),
            )
        })
        .copied("password_rotation_days", &database.password_rotation_days)
        .when(has_own, |block| boundary(block, environment))
        .copied("port", &database.port)
        .when(is_leaving(database), |block| {
            block.from("retiring", true, Origin::Derived("lifecycle"))
        })
        .when(has_own, |block| role_path(block, environment))
        .named("security_group_name", &names.database_security_group)
        .optional("snapshot_identifier", &database.restore_from)
        .copied("storage_encrypted", &database.encrypted)
        .optional("storage_throughput", &database.storage_throughput)
        .from(
            "storage_type",
            database.storage_type.value.as_str(),
            database.storage_type.origin,
        );
    let block = subnet_group(block, database).resolved("username", &database.username);
    adopted::keeps(vpc_id(block, environment), database)
}

/// The role of Enhanced Monitoring: one that is made, or the environment's.
fn monitoring_role(block: Block, database: &Database) -> Block {
    match database.subnet_group.value {
        SubnetGroup::Own => block.named("monitoring_role_name", &database.names.monitoring_role),
        SubnetGroup::Shared => block.from(
            "monitoring_role_arn",
            database.environment.monitoring_role_arn(),
            database.subnet_group.origin,
        ),
    }
}

/// The subnet group: one that is made of subnets, or the environment's.
fn subnet_group(block: Block, database: &Database) -> Block {
    let environment = &database.environment;
    match database.subnet_group.value {
        SubnetGroup::Own => {
            let block = block.named("subnet_group_name", &database.names.subnet_group);
            subnet_ids(block, environment)
        }
        SubnetGroup::Shared => block.from(
            "subnet_group_name",
            &SharedNames::derive(&environment.name).subnet_group,
            database.subnet_group.origin,
        ),
    }
}

/// A database on its way out may be deleted, unless it is to stay.
fn deletion_protection(database: &Database) -> Resolved<bool> {
    if is_leaving(database) {
        Resolved::new(false, Origin::Derived("lifecycle"))
    } else {
        database.deletion_protection.clone()
    }
}

fn is_leaving(database: &Database) -> bool {
    database.lifecycle.value != Lifecycle::Active && !database.retain.value
}

fn proxy(database: &Database) -> Block {
    let environment = &database.environment;
    let names = &database.names;
    let proxy = &database.proxy;
    let is_closed = database.master_login.value == MasterLogin::Never;
    let block = call(environment, "proxy", "proxy").when(is_closed, |block| {
        block.from("admit_master", false, database.app_user.origin)
    });
    let block = alarms(block, environment, None)
        .from(
            "authentication",
            database.authentication.value.as_str(),
            database.authentication.origin,
        )
        .copied(
            "connection_borrow_timeout",
            &proxy.connection_borrow_timeout,
        )
        .wire("database_identifier", "rds", "identifier")
        .wire("database_port", "rds", "port")
        .wire("database_resource_id", "rds", "resource_id")
        .wire("database_security_group_id", "rds", "security_group_id")
        .from(
            "engine_family",
            database.facts().proxy_family,
            database.engine.origin,
        )
        .copied("idle_client_timeout", &proxy.idle_client_timeout)
        .optional("init_query", &proxy.init_query);
    let block = log_key(secret_key(block, database), environment)
        .copied("max_connections_percent", &proxy.max_connections_percent)
        .copied(
            "max_idle_connections_percent",
            &proxy.max_idle_connections_percent,
        )
        .named("name", &names.proxy);
    let block = boundary(block, environment)
        .environment("region", &environment.spec.region, "region")
        .named("role_name", &names.proxy_role);
    let block = role_path(block, environment)
        .wire("secret_arn", "rds", "secret_arn")
        .named("security_group_name", &names.proxy_security_group);
    let block = proxy_subnet_ids(block, environment)
        .when(database.app_user.value.is_some(), |block| {
            block.wire("user_secret_arns", "users", "secret_arns")
        });
    vpc_id(block, environment)
}

/// The users of a database that has an app user.
fn users(database: &Database) -> Block {
    let environment = &database.environment;
    let shared = SharedNames::derive(&environment.name);
    let name = database.database_name.value.as_deref();
    let days = ("days", database.password_rotation_days.value.into());
    let adopted: BTreeSet<_> = database.adopt_users.value.iter().collect();
    let block = call(environment, "users", "users")
        .when(!adopted.is_empty(), |block| {
            block.from("adopt", texts(adopted), database.adopt_users.origin)
        })
        .optional("app_user", &database.app_user)
        .from(
            "database_name",
            name.unwrap_or(database.facts().default_database),
            database.database_name.origin,
        )
        .wire("database_resource_id", "rds", "resource_id")
        .wire("database_security_group_id", "rds", "security_group_id")
        .from(
            "engine",
            database.engine.value.as_str(),
            database.engine.origin,
        )
        .from(
            "function_name",
            &shared.users_function,
            Origin::Environment("databaseUsers"),
        )
        .wire("host", "rds", "address");
    kms_key(block, environment)
        .wire("master_secret_arn", "rds", "secret_arn")
        .from(
            "name_prefix",
            format!("{}{}/", shared.users_secrets, database.shortname),
            Origin::Derived("shortname"),
        )
        .wire("port", "rds", "port")
        .optional("read_only_user", &database.read_only_user)
        .from(
            "rotation",
            Expression::Object(vec![days]),
            database.password_rotation_days.origin,
        )
        .when(database.master_login.value != MasterLogin::Never, |block| {
            block.from("transition", true, database.master_login.origin)
        })
}

fn nlb(database: &Database) -> Block {
    let environment = &database.environment;
    let names = &database.names;
    let clusters = selected_clusters(database);
    let cidrs: BTreeSet<_> = clusters
        .iter()
        .flat_map(|cluster| &cluster.client_cidrs)
        .map(ToString::to_string)
        .collect();
    let shared = SharedNames::derive(&environment.name);
    let block = alarms(call(environment, "nlb", "nlb"), environment, None)
        .when(!cidrs.is_empty(), |block| {
            block.environment("client_cidrs", texts(&cidrs), "clusters")
        })
        .wire("database_resource_id", "rds", "resource_id")
        .from("environment", &environment.name, Origin::BuiltIn)
        .named("name", &names.load_balancer)
        .wire("port", "proxy", "port")
        .wire("proxy_endpoint", "proxy", "endpoint")
        .named("proxy_name", &names.proxy)
        .wire("proxy_security_group_id", "proxy", "security_group_id")
        .named("security_group_name", &names.load_balancer_security_group);
    let block = subnet_ids(block, environment)
        .from("sync_function_name", &shared.sync_function, Origin::BuiltIn)
        .named("target_group_name", &names.target_group);
    vpc_id(block, environment)
}

fn endpoint_service(database: &Database) -> Block {
    let clusters = selected_clusters(database);
    let principals: BTreeSet<_> = clusters
        .iter()
        .flat_map(|cluster| &cluster.principal_arns)
        .collect();
    let environment = &database.environment;
    let own = &environment.spec.region;
    let consumers = database.consumers();
    let regions = consumers.values().map(|consumer| &consumer.region);
    let elsewhere: BTreeSet<&String> = regions.filter(|region| *region != own).collect();
    call(environment, "endpoint_service", "endpoint-service")
        .from(
            "allowed_principals",
            texts(principals),
            database.clusters.origin,
        )
        .named("name", &database.names.endpoint_service)
        .wire("nlb_arn", "nlb", "arn")
        .when(!consumers.is_empty(), |block| {
            block.environment(
                "subnet_ids",
                sorted_subnets(environment),
                "network/subnetIds",
            )
        })
        .when(!elsewhere.is_empty(), |block| {
            let regions: BTreeSet<_> = elsewhere.into_iter().chain([own]).collect();
            block.environment("supported_regions", texts(regions), "clusters")
        })
}

fn irsa_role(database: &Database) -> Block {
    let environment = &database.environment;
    let providers = database.clusters.value.iter().filter_map(|name| {
        let cluster = environment.spec.clusters.get(name)?;
        let arn = environment.oidc_provider_arn(&cluster.oidc_issuer);
        Some((name.clone(), arn.into()))
    });
    let block = call(environment, "irsa_role", "irsa-role")
        .from(
            "authentication",
            database.authentication.value.as_str(),
            database.authentication.origin,
        )
        .from(
            "clusters",
            Expression::Map(providers.collect()),
            database.clusters.origin,
        );
    let block = secret_key(block, database)
        .resolved("name", &database.iam_role_name)
        .resolved("namespace", &database.namespace);
    let block = boundary(block, environment)
        .wire("proxy_arn", "proxy", "arn")
        .environment("region", &environment.spec.region, "region");
    let (module, output) = if database.pods_are_users() {
        ("users", "app_secret_arn")
    } else {
        ("rds", "secret_arn")
    };
    let user = database.client_user();
    let has_both = database.master_login.value == MasterLogin::Allowed;
    role_path(block, environment)
        .wire("secret_arn", module, output)
        .resolved("service_account_name", &database.service_account_name)
        .when(has_both, |block| {
            let master = Expression::Object(vec![
                ("secret_arn", Expression::Output("rds", "secret_arn")),
                ("username", (&database.username.value).into()),
            ]);
            block.from("transition", master, database.master_login.origin)
        })
        .from("username", user.value, user.origin)
}

fn selected_clusters(database: &Database) -> Vec<&Cluster> {
    let known = &database.environment.spec.clusters;
    database
        .clusters
        .value
        .iter()
        .filter_map(|name| known.get(name))
        .collect()
}
