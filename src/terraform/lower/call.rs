//! Calls of modules, and the arguments that several of them take.

use std::collections::BTreeSet;

use crate::{
    model::Environment,
    terraform::root_module::{Block, BlockKind, Expression, texts},
};

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

pub(super) fn kms_key(block: Block, environment: &Environment) -> Block {
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

pub(super) fn sorted(subnet_ids: &[String]) -> Expression {
    texts(subnet_ids.iter().collect::<BTreeSet<_>>())
}

pub(super) fn vpc_id(block: Block, environment: &Environment) -> Block {
    block.environment("vpc_id", &environment.spec.network.vpc_id, "network/vpcId")
}
