//! The call of the module that makes the database: an instance or a cluster, as its engine says.

use super::{adopted, call};
use crate::{
    aws::{engine::Form, name::SharedNames},
    config::{Lifecycle, SubnetGroup},
    model::{Database, Origin, Resolved},
    terraform::root_module::{Argument, Block, Expression, texts},
};

/// The call of the module that makes the database.
pub(super) fn call(database: &Database) -> Block {
    match database.facts().form {
        Form::Instance => adopted(instance(database), database),
        Form::Cluster => adopted(cluster(database), database),
    }
}

/// With what an adopted one keeps, in the order of the names.
fn adopted(block: Block, database: &Database) -> Block {
    let mut block = adopted::keeps(block, database);
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
    let (_, size) = database.instance_class.value.parts();
    let has_insights = !database.facts().sizes_without_insights.contains(&size);
    let final_snapshot = database.final_snapshot();
    let logs = database.log_exports.value.iter().map(|log| log.as_str());
    let block = call::alarms(call::call(environment, module, module), environment, memory)
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
        .when(!has_insights, |block| {
            block.from(
                "performance_insights",
                false,
                database.instance_class.origin,
            )
        })
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
    let block = parameters(
        call::log_key(call::kms_key(block, environment), environment),
        database,
    )
    .when(has_own, |block| {
        call::role_path(call::boundary(block, environment), environment)
    });
    call::vpc_id(subnet_group(block, database), environment)
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
            call::subnet_ids(block, environment)
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
