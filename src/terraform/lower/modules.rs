//! The module calls of a unit. Arguments stand in the order of their names.

use std::collections::BTreeSet;

use super::{
    call::{
        alarms, boundary, call, kms_key, log_key, role_path, sorted, sorted_subnets, subnet_ids,
        vpc_id,
    },
    database,
};
use crate::{
    aws::{engine::Form, name::SharedNames},
    config::{MasterLogin, workspace::Cluster},
    model::{Database, Environment, Origin},
    terraform::root_module::{Block, Expression, texts},
};

/// Every module call of a unit.
pub(super) fn unit(database: &Database) -> Vec<Block> {
    let mut calls = vec![database::call(database)];
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
    let password_type = database.facts().proxy_password_type;
    let block = call(environment, "proxy", "proxy").when(is_closed, |block| {
        block.from("admit_master", false, database.app_user.origin)
    });
    let block = alarms(block, environment, None)
        .from(
            "authentication",
            database.authentication.value.as_str(),
            database.authentication.origin,
        )
        .when(password_type.is_some(), |block| {
            let word = password_type.unwrap_or_default();
            block.from("client_password_auth_type", word, database.engine.origin)
        })
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
        .from(
            "engine",
            database.facts().users_dialect,
            database.engine.origin,
        )
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

fn proxy_subnet_ids(block: Block, environment: &Environment) -> Block {
    match &environment.spec.network.proxy_subnet_ids {
        Some(subnet_ids) => {
            block.environment("subnet_ids", sorted(subnet_ids), "network/proxySubnetIds")
        }
        None => subnet_ids(block, environment),
    }
}
