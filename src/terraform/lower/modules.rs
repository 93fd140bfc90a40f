//! The module calls of a unit. Arguments stand in the order of their names.

use std::collections::BTreeSet;

use super::adopted;
use crate::{
    aws::{engine::Form, name::SharedNames},
    config::{Lifecycle, MasterLogin, SubnetGroup, workspace::Cluster},
    model::{Database, Environment, Origin, Resolved},
    terraform::root_module::{Argument, Block, BlockKind, Expression, texts},
};

/// Every module call of a unit.
pub(super) fn unit(database: &Database) -> Vec<Block> {
    let mut calls = vec![self::database(database)];
    if database.has_path() {
        calls.extend(database.app_user.value.as_ref().map(|_| users(database)));
        calls.push(proxy(database));
        for way in ways(database) {
            calls.extend([nlb(database, way), endpoint_service(database, way)]);
        }
        calls.push(irsa_role(database));
    }
    calls
}

/// A way from pods to the database: through an endpoint of the proxy, a load balancer, an endpoint service.
#[derive(Clone, Copy)]
enum Way {
    /// To the one that writes.
    Writer,
    /// To those that read.
    Readers,
}

impl Way {
    const fn nlb(self) -> &'static str {
        match self {
            Self::Writer => "nlb",
            Self::Readers => "nlb_read_only",
        }
    }

    const fn endpoint_service(self) -> &'static str {
        match self {
            Self::Writer => "endpoint_service",
            Self::Readers => "endpoint_service_read_only",
        }
    }
}

fn ways(database: &Database) -> Vec<Way> {
    let readers = database.has_read_only_path().then_some(Way::Readers);
    [Way::Writer].into_iter().chain(readers).collect()
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

/// The call of the module that makes the database.
fn database(database: &Database) -> Block {
    match database.facts().form {
        Form::Instance => adopted::keeps(sorted_arguments(instance(database)), database),
        Form::Cluster => sorted_arguments(cluster(database)),
    }
}

fn sorted_arguments(mut block: Block) -> Block {
    let order = |one: &Argument| (one.name != "source", one.name);
    block.arguments.sort_by_key(order);
    block
}

/// What an instance has and a cluster has not.
fn instance(database: &Database) -> Block {
    common(database)
        .copied("allocated_storage", &database.allocated_storage)
        .optional("iops", &database.iops)
        .copied("max_allocated_storage", &database.max_allocated_storage)
        .copied("multi_az", &database.multi_az)
        .optional("storage_throughput", &database.storage_throughput)
}

/// What a cluster has and an instance has not.
fn cluster(database: &Database) -> Block {
    common(database)
        .named(
            "cluster_parameter_group_name",
            &database.names.cluster_parameter_group,
        )
        .optional("max_capacity", &database.max_capacity)
        .optional("min_capacity", &database.min_capacity)
        .copied("replicas", &database.replicas)
}

/// What every database has.
fn common(database: &Database) -> Block {
    let environment = &database.environment;
    let names = &database.names;
    let module = database.facts().form.module();
    let memory = database.memory_gib();
    let memory = memory.filter(|_| !database.instance_class.value.is_serverless());
    let monitored = database.monitoring_interval.value > 0;
    let has_own = database.subnet_group.value == SubnetGroup::Own;
    let final_snapshot = database.final_snapshot();
    let logs = database.log_exports.value.iter().map(|log| log.as_str());
    let block = alarms(call(environment, module, module), environment, memory)
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
        .from(
            "log_exports",
            texts(logs.collect::<Vec<_>>()),
            database.log_exports.origin,
        )
        .resolved("maintenance_window", &database.maintenance_window)
        .copied("monitoring_interval", &database.monitoring_interval)
        .when(monitored, |block| monitoring_role(block, database))
        .named("parameter_group_name", &names.parameter_group)
        .copied("password_rotation_days", &database.password_rotation_days)
        .copied("port", &database.port)
        .when(is_leaving(database), |block| {
            block.from("retiring", true, Origin::Derived("lifecycle"))
        })
        .named("security_group_name", &names.database_security_group)
        .optional("snapshot_identifier", &database.restore_from)
        .copied("storage_encrypted", &database.encrypted)
        .from(
            "storage_type",
            database.storage_type.value.as_str(),
            database.storage_type.origin,
        )
        .resolved("username", &database.username);
    let block = parameters(log_key(kms_key(block, environment), environment), database)
        .when(has_own, |block| {
            role_path(boundary(block, environment), environment)
        });
    vpc_id(subnet_group(block, database), environment)
}

fn parameters(block: Block, database: &Database) -> Block {
    let entry = |(name, given): (&String, &Resolved<String>)| {
        let method = database.facts().apply_method(name);
        let value = Expression::Object(vec![
            ("apply_method", method.into()),
            ("value", (&given.value).into()),
        ]);
        (name.clone(), value)
    };
    let parameters: Vec<_> = database.parameters.iter().map(entry).collect();
    if parameters.is_empty() {
        return block;
    }
    let origin = Origin::Derived("parameters");
    block.from("parameters", Expression::Map(parameters), origin)
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
    let form = database.facts().form;
    let module = form.module();
    let identifier = match form {
        Form::Instance => "database_identifier",
        Form::Cluster => "database_cluster_identifier",
    };
    let filters = &proxy.session_pinning_filters;
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
        .wire(identifier, module, "identifier")
        .wire("database_port", module, "port")
        .wire("database_resource_id", module, "resource_id")
        .wire("database_security_group_id", module, "security_group_id")
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
        .when(database.has_read_only_path(), |block| {
            block.from(
                "read_only_endpoint_name",
                &names.proxy_read_only,
                database.read_only_endpoint.origin,
            )
        })
        .environment("region", &environment.spec.region, "region")
        .named("role_name", &names.proxy_role);
    let block = role_path(block, environment)
        .wire("secret_arn", module, "secret_arn")
        .named("security_group_name", &names.proxy_security_group)
        .when(!filters.value.is_empty(), |block| {
            let words = filters.value.iter().map(|filter| filter.as_str());
            let words = texts(words.collect::<Vec<_>>());
            block.from("session_pinning_filters", words, filters.origin)
        });
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
    let module = database.facts().form.module();
    let engine = database.engine.value.as_str();
    let dialect = database.facts().users_dialect.unwrap_or(engine);
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
        .wire("database_resource_id", module, "resource_id")
        .wire("database_security_group_id", module, "security_group_id")
        .from("engine", dialect, database.engine.origin)
        .from(
            "function_name",
            &shared.users_function,
            Origin::Environment("databaseUsers"),
        )
        .wire("host", module, "address");
    kms_key(block, environment)
        .wire("master_secret_arn", module, "secret_arn")
        .from(
            "name_prefix",
            format!("{}{}/", shared.users_secrets, database.shortname),
            Origin::Derived("shortname"),
        )
        .wire("port", module, "port")
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

fn nlb(database: &Database, way: Way) -> Block {
    let environment = &database.environment;
    let names = &database.names;
    let clusters = selected_clusters(database);
    let cidrs: BTreeSet<_> = clusters
        .iter()
        .flat_map(|cluster| &cluster.client_cidrs)
        .map(ToString::to_string)
        .collect();
    let shared = SharedNames::derive(&environment.name);
    let (name, target_group, security_group, endpoint) = match way {
        Way::Writer => (
            &names.load_balancer,
            &names.target_group,
            &names.load_balancer_security_group,
            "endpoint",
        ),
        Way::Readers => (
            &names.load_balancer_read_only,
            &names.target_group_read_only,
            &names.load_balancer_security_group_read_only,
            "read_only_endpoint",
        ),
    };
    let block = alarms(call(environment, way.nlb(), "nlb"), environment, None)
        .when(!cidrs.is_empty(), |block| {
            block.environment("client_cidrs", texts(&cidrs), "clusters")
        })
        .wire(
            "database_resource_id",
            database.facts().form.module(),
            "resource_id",
        )
        .from("environment", &environment.name, Origin::BuiltIn)
        .named("name", name)
        .wire("port", "proxy", "port")
        .wire("proxy_endpoint", "proxy", endpoint)
        .named("proxy_name", &names.proxy)
        .wire("proxy_security_group_id", "proxy", "security_group_id")
        .named("security_group_name", security_group);
    let block = subnet_ids(block, environment)
        .from("sync_function_name", &shared.sync_function, Origin::BuiltIn)
        .named("target_group_name", target_group)
        .when(matches!(way, Way::Readers), |block| {
            block.from(
                "target_role",
                "READ_ONLY",
                database.read_only_endpoint.origin,
            )
        });
    vpc_id(block, environment)
}

fn endpoint_service(database: &Database, way: Way) -> Block {
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
    let (name, nlb) = match way {
        Way::Writer => (&database.names.endpoint_service, way.nlb()),
        Way::Readers => (&database.names.endpoint_service_read_only, way.nlb()),
    };
    call(environment, way.endpoint_service(), "endpoint-service")
        .from(
            "allowed_principals",
            texts(principals),
            database.clusters.origin,
        )
        .named("name", name)
        .wire("nlb_arn", nlb, "arn")
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
    let makes_master = database.facts().form.module();
    let (module, output) = if database.pods_are_users() {
        ("users", "app_secret_arn")
    } else {
        (makes_master, "secret_arn")
    };
    let user = database.client_user();
    let has_both = database.master_login.value == MasterLogin::Allowed;
    role_path(block, environment)
        .wire("secret_arn", module, output)
        .resolved("service_account_name", &database.service_account_name)
        .when(has_both, |block| {
            let master = Expression::Object(vec![
                ("secret_arn", Expression::Output(makes_master, "secret_arn")),
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
