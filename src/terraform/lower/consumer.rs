//! The module call of the consumer side of a cluster. Arguments stand in the order of their names.

use std::collections::BTreeSet;

use super::call::call;
use crate::{
    model::{
        Origin,
        consumer::{Consumer, Endpoint},
    },
    terraform::root_module::{ArgumentSource, Block, Expression, texts},
};

/// Its one module call; none when all of it goes.
pub(super) fn modules(consumer: &Consumer) -> Vec<Block> {
    let spec = &consumer.spec;
    if spec.retired {
        return Vec::new();
    }
    let allowed = &spec.allow_from;
    let cidrs: BTreeSet<String> = allowed.cidrs.iter().map(ToString::to_string).collect();
    let groups: BTreeSet<&String> = allowed.security_groups.iter().collect();
    let subnets: BTreeSet<&String> = spec.subnet_ids.iter().collect();
    let endpoints = consumer.endpoints.iter();
    let databases = endpoints.map(|one| (one.key.clone(), endpoint(consumer, one)));
    let block = call(
        &consumer.environment,
        "endpoint_consumer",
        "endpoint-consumer",
    )
    .when(!cidrs.is_empty(), |block| {
        let origin = Origin::Consumer("allowFrom/cidrs");
        block.from("allowed_cidrs", texts(&cidrs), origin)
    })
    .when(!groups.is_empty(), |block| {
        let origin = Origin::Consumer("allowFrom/securityGroups");
        block.from("allowed_security_group_ids", texts(groups), origin)
    })
    .push(
        "databases",
        Expression::Map(databases.collect()),
        ArgumentSource::Outputs,
    )
    .from("name_prefix", consumer.name_prefix(), Origin::BuiltIn)
    .from("subnet_ids", texts(subnets), Origin::Consumer("subnetIds"))
    .from("vpc_id", &spec.vpc_id, Origin::Consumer("vpcId"));
    vec![block]
}

/// An endpoint, as the module takes it.
fn endpoint(consumer: &Consumer, endpoint: &Endpoint) -> Expression {
    let mut attributes = vec![
        ("host", Expression::from(&endpoint.host)),
        ("port", endpoint.port.into()),
        ("service_name", (&endpoint.service_name).into()),
    ];
    if consumer.is_across_regions() {
        let region = &consumer.environment.spec.region;
        attributes.push(("service_region", region.into()));
    }
    attributes.push(("zone_ids", texts(&endpoint.zone_ids)));
    Expression::Object(attributes)
}

/// What the first lines of its file say of the units that have no endpoint yet.
pub(super) fn notes(consumer: &Consumer) -> Vec<String> {
    let waiting = consumer.waiting.iter();
    waiting
        .map(|one| format!("No endpoint yet for {}: {}.", one.unit, one.reason))
        .collect()
}
