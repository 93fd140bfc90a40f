//! Examples that the schemas give: an environment for configs outside any workspace, and the key behind each argument.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use serde_json::{Map, Value};

use crate::{
    aws::engine::Engine,
    compile::{self, consumer},
    config::schema::{CONFIG, WORKSPACE as SCHEMA},
    diagnostic::Checked,
    model::{Database, Environment, Origin, world::World},
    terraform::{diff, lower::Owner, root_module::ArgumentSource},
    text::date::Date,
};

/// A `valet.yaml` with one environment of documentation values.
pub const WORKSPACE: &str = include_str!("example.yaml");

/// That environment.
///
/// # Errors
/// Never: a test opens it.
pub fn environment() -> Checked<Option<Arc<Environment>>> {
    compile::open(WORKSPACE.as_bytes().to_vec(), None)
        .map(|environments| environments.into_iter().next())
}

/// The origins of every argument of a root whose config and environment set all of their keys, by address.
#[must_use]
pub fn origins() -> &'static BTreeMap<String, Origin> {
    static ORIGINS: LazyLock<BTreeMap<String, Origin>> = LazyLock::new(of_all_keys);
    &ORIGINS
}

/// Names everything that a map of the examples has: it fits environments and clusters alike.
const NAME: &str = "gc-0-apps-ap-northeast-1";

fn of_all_keys() -> BTreeMap<String, Origin> {
    let mut origins = BTreeMap::new();
    let mut workspace = example(&SCHEMA.document);
    if let Value::Object(keys) = &mut workspace {
        // No root has anything of these, whose examples name environments of their own.
        keys.remove("ci");
        keys.remove("upgrades");
    }
    for above in [String::new(), format!("/environments/{NAME}")] {
        if let Some(Value::Object(cluster)) =
            workspace.pointer_mut(&format!("{above}/clusters/{NAME}"))
        {
            // It is this or a consumer side of its own, and one that stays.
            cluster.remove("sharesConsumerOf");
            if let Some(Value::Object(consumer)) = cluster.get_mut("consumer") {
                consumer.insert("retired".to_owned(), false.into());
            }
        }
    }
    // A file has no long lines.
    let workspace = format!("{workspace:#}");
    let Some(environment) = compile::open(workspace.into_bytes(), None)
        .ok()
        .and_then(|environments| environments.into_iter().next())
    else {
        return origins;
    };
    let databases: Vec<_> = variants(&example(&CONFIG.document))
        .iter()
        .filter_map(|config| database(&environment, config))
        .collect();
    let environments = [Arc::clone(&environment)];
    let (consumers, _) = consumer::consumers(&environments, &[], &consumer::Told::new());
    let owners = databases
        .iter()
        .map(Owner::Unit)
        .chain([Owner::Environment(&environment)])
        .chain(consumers.iter().map(Owner::Consumer));
    for owner in owners {
        for (address, _, argument) in diff::arguments(&owner.root()) {
            if let ArgumentSource::Origin(origin) = argument.source {
                origins.entry(address).or_insert(origin);
            }
        }
    }
    origins
}

fn database(environment: &Arc<Environment>, config: &Value) -> Option<Database> {
    let bytes = format!("{config:#}").into_bytes();
    let world = World::on(Date::constant(2026, 1, 1));
    compile::tolerant(environment, "example.yaml", bytes, world).0
}

/// The config with each engine, and it with what its keys leave out: an adopted instance has not all of what others have, and
/// turns off what it can keep.
fn variants(config: &Value) -> Vec<Value> {
    let with = |engine: &Engine| {
        let mut config = config.clone();
        if let Value::Object(keys) = &mut config {
            keys.insert("engine".to_owned(), engine.as_str().into());
            keys.insert("lifecycle".to_owned(), "retiring".into());
            keys.insert("readOnlyEndpoint".to_owned(), true.into());
            keys.insert("retain".to_owned(), false.into());
        }
        config
    };
    let variants = Engine::ALL.iter().map(with).flat_map(|config| {
        let (mut made, mut off) = (config.clone(), config.clone());
        if let Value::Object(keys) = &mut made {
            keys.remove("adopt");
        }
        if let Some(days) = off.pointer_mut("/adopt/performanceInsightsDays") {
            *days = 0.into();
        }
        [config, made, off]
    });
    variants.collect()
}

/// A value that a schema takes: the example that it gives, or else one made of those of its parts.
fn example(schema: &Value) -> Value {
    let first = |key: &str| schema.get(key).and_then(|list| list.get(0));
    if let Some(value) = first("examples").or_else(|| first("enum")) {
        return value.clone();
    }
    if let Some(value) = schema.get("const").or_else(|| schema.get("default")) {
        return value.clone();
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(inner) = first(choice) {
            return example(inner);
        }
    }
    if let Some(Value::Object(properties)) = schema.get("properties") {
        let keys = properties.iter();
        return Value::Object(
            keys.map(|(key, inner)| (key.clone(), example(inner)))
                .collect(),
        );
    }
    let is = |kind: &str| match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(several)) => several.iter().any(|one| one == kind),
        _ => false,
    };
    match schema.get("additionalProperties") {
        Some(inner @ Value::Object(_)) if is("object") => {
            Value::Object(Map::from_iter([(NAME.to_owned(), example(inner))]))
        }
        _ if is("boolean") => Value::Bool(true),
        _ if is("integer") => schema.get("minimum").cloned().unwrap_or_else(|| 1.into()),
        _ if is("array") => Value::Array(schema.get("items").map(example).into_iter().collect()),
        _ if is("object") => Value::Object(Map::new()),
        _ => Value::String(NAME.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Origin;

    #[test]
    fn the_example_is_a_workspace() {
        assert_eq!(super::environment().unwrap().unwrap().name, "example");
    }

    #[test]
    fn what_a_root_can_leave_out_has_an_origin_all_the_same() {
        for (address, key) in [
            ("module.rds.database_name", Origin::Config("databaseName")),
            ("module.rds.iops", Origin::Config("iops")),
            ("module.aurora.max_capacity", Origin::Config("maxCapacity")),
            (
                "module.nlb_read_only.target_role",
                Origin::Config("readOnlyEndpoint"),
            ),
            ("module.rds.kms_key_arn", Origin::Environment("kmsKeyArn")),
            (
                "module.proxy.subnet_ids",
                Origin::Environment("network/proxySubnetIds"),
            ),
            (
                "module.irsa_role.role_path",
                Origin::Environment("rolePath"),
            ),
            (
                "module.rds.snapshot_identifier",
                Origin::Config("restoreFrom"),
            ),
            ("module.rds.instance_class", Origin::Config("instanceClass")),
            (
                "module.rds.final_snapshot_identifier",
                Origin::Derived("retirementRequested"),
            ),
            (
                "module.rds.performance_insights",
                Origin::Config("adopt/performanceInsightsDays"),
            ),
            ("module.rds.parameters", Origin::Derived("parameters")),
            ("module.nlb.client_cidrs", Origin::Environment("clusters")),
            ("module.proxy.init_query", Origin::Config("proxy/initQuery")),
            (
                "module.endpoint_consumer.allowed_cidrs",
                Origin::Consumer("allowFrom/cidrs"),
            ),
        ] {
            assert_eq!(super::origins().get(address), Some(&key), "{address}");
        }
    }
}
