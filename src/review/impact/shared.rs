//! Facts about what the units of an environment share.

use super::{
    Impact::{self, Downtime, InPlace, Replace},
    Row,
    When::{Always, Grows},
};

const fn row(
    block: &'static str,
    argument: &'static str,
    grade: Impact,
    becomes: &'static str,
    why: &'static str,
) -> Row {
    Row::new(block, argument, Always, grade, becomes, why)
}

const ALARMS: &str = "alarms are made, changed or removed; nothing else is touched";
const MODULE: &str =
    "another version of the module: only a plan shows what it does; `valet-rds gate` reads it";
const BOUNDARY: &str =
    "bounds what the roles may do; a boundary that lacks what they need stops their work";
const PAUSE: &str = "the target sync pauses and is made anew; targets stay";
const IN_USE: &str = "AWS does not delete the subnet group of databases that run: the apply fails";
const MONITORING: &[&str] = &[
    "aws_iam_role.monitoring",
    "aws_iam_role_policy_attachment.monitoring",
];
const SYNC: &[&str] = &[
    "aws_lambda_function.this",
    "aws_lambda_function_event_invoke_config.this",
    "aws_lambda_invocation.check",
    "aws_cloudwatch_log_group.this",
    "aws_scheduler_schedule.this",
    "aws_cloudwatch_metric_alarm.this",
];
const USERS_ANEW: &str =
    "the function that makes users is made anew; users and their passwords stay";
const USERS: &[&str] = &[
    "aws_lambda_function.this",
    "aws_lambda_invocation.check",
    "aws_lambda_permission.rotation",
    "aws_cloudwatch_log_group.this",
    "aws_cloudwatch_metric_alarm.failed",
];
const USERS_NETWORK: &[&str] = &[
    "aws_security_group.this",
    "aws_vpc_security_group_egress_rule.databases",
    "aws_lambda_invocation.check",
    "aws_lambda_permission.rotation",
];
const SYNC_ROLE: &[&str] = &["aws_iam_role.this", "aws_iam_role_policy.this"];
const SCHEDULER_ROLE: &[&str] = &["aws_iam_role.scheduler", "aws_iam_role_policy.scheduler"];
const ROLES: &[&str] = &[
    "aws_iam_role.this",
    "aws_iam_role_policy.this",
    "aws_iam_role.scheduler",
    "aws_iam_role_policy.scheduler",
];
const NETWORK: &[&str] = &[
    "aws_security_group.this",
    "aws_vpc_security_group_egress_rule.this",
    "aws_lambda_invocation.check",
];

pub(super) static ROWS: &[Row] = &[
    Row::new("cluster_trust", "clusters", Grows, InPlace, "aws_iam_openid_connect_provider.this", "the account trusts one more cluster"),
    row("cluster_trust", "clusters", Replace, "aws_iam_openid_connect_provider.this", "pods of a cluster that the account no longer trusts lose every role")
        .replaces(&["aws_iam_openid_connect_provider.this"]),
    row("cluster_trust", "source", InPlace, "the module itself", MODULE),
    row("database_users", "alarms", InPlace, "aws_cloudwatch_metric_alarm.failed", ALARMS).replaces(&["aws_cloudwatch_metric_alarm.failed"]),
    row("database_users", "database_ports", InPlace, "aws_vpc_security_group_egress_rule.databases", "decides which ports of databases the function reaches").replaces(USERS_NETWORK),
    row("database_users", "kms_key_arns", InPlace, "aws_iam_role_policy.this.policy", "decides with which keys the function reads secrets"),
    row("database_users", "log_kms_key_arn", InPlace, "aws_cloudwatch_log_group.this.kms_key_id", "new log lines are encrypted with it; old ones stay readable while their key is there"),
    row("database_users", "log_retention_days", InPlace, "aws_cloudwatch_log_group.this.retention_in_days", "older log lines are deleted, or kept longer"),
    row("database_users", "name", InPlace, "aws_lambda_function.this.function_name", USERS_ANEW).replaces(USERS),
    row("database_users", "permissions_boundary_arn", InPlace, "aws_iam_role.this.permissions_boundary", BOUNDARY),
    row("database_users", "role_name", InPlace, "aws_iam_role.this.name", USERS_ANEW).replaces(SYNC_ROLE),
    row("database_users", "role_path", InPlace, "aws_iam_role.this.path", USERS_ANEW).replaces(SYNC_ROLE),
    row("database_users", "name_prefix", Downtime, "aws_iam_role_policy.this.policy", "the function may no longer write the secrets that are there: no password of a user rotates until its unit's apply").replaces(USERS_NETWORK),
    row("database_users", "security_group_name", InPlace, "aws_security_group.this.name", "databases let the function in again with their own next apply").replaces(USERS_NETWORK),
    row("database_users", "source", InPlace, "the module itself", MODULE),
    row("database_users", "subnet_ids", InPlace, "aws_lambda_function.this.vpc_config", "the function moves to other subnets").replaces(USERS_NETWORK),
    row("database_users", "vpc_cidrs", InPlace, "aws_vpc_security_group_egress_rule.databases", "decides which networks the function reaches").replaces(USERS_NETWORK),
    row("database_users", "vpc_id", InPlace, "aws_security_group.this.vpc_id", "the function moves to another VPC").replaces(USERS_NETWORK),
    row("environment", "alarms", InPlace, "aws_db_event_subscription.this", "another topic hears of events; nothing else is touched")
        .replaces(&["aws_db_event_subscription.this"]),
    row("environment", "database_arns", InPlace, "aws_iam_role.monitoring.assume_role_policy", "decides whose databases may use the role of Enhanced Monitoring"),
    row("environment", "destroy_before", Impact::None, "the order of a destroy", "nothing in AWS changes"),
    row("environment", "event_subscription_name", InPlace, "aws_db_event_subscription.this.name", "the subscriptions are made anew; events of that moment are missed")
        .replaces(&["aws_db_event_subscription.this"]),
    row("environment", "monitoring_role_name", InPlace, "aws_iam_role.monitoring.name", "the role of Enhanced Monitoring is made anew; databases write no monitoring until their own apply").replaces(MONITORING),
    row("environment", "permissions_boundary_arn", InPlace, "aws_iam_role.monitoring.permissions_boundary", BOUNDARY),
    row("environment", "role_path", InPlace, "aws_iam_role.monitoring.path", "the role of Enhanced Monitoring is made anew; databases write no monitoring until their own apply").replaces(MONITORING),
    row("environment", "source", InPlace, "the module itself", MODULE),
    row("environment", "subnet_group_name", Replace, "aws_db_subnet_group.this.name", IN_USE).replaces(&["aws_db_subnet_group.this"]),
    Row::new("environment", "subnet_ids", Grows, InPlace, "aws_db_subnet_group.this.subnet_ids", "the group gets more subnets; the databases stay where they are"),
    row("environment", "subnet_ids", InPlace, "aws_db_subnet_group.this.subnet_ids", "AWS refuses to take away a subnet that a database is in"),
    row("target_sync", "alarms", InPlace, "aws_cloudwatch_metric_alarm.this", ALARMS).replaces(&["aws_cloudwatch_metric_alarm.this"]),
    row("target_sync", "environment", Downtime, "aws_lambda_function.this.environment", "the target sync keeps the targets of other groups: new addresses of these proxies would not be registered"),
    row("target_sync", "log_kms_key_arn", InPlace, "aws_cloudwatch_log_group.this.kms_key_id", "new log lines are encrypted with it; old ones stay readable while their key is there"),
    row("target_sync", "log_retention_days", InPlace, "aws_cloudwatch_log_group.this.retention_in_days", "older log lines are deleted, or kept longer"),
    row("target_sync", "name", InPlace, "aws_lambda_function.this.function_name", PAUSE).replaces(SYNC),
    row("target_sync", "permissions_boundary_arn", InPlace, "aws_iam_role.this.permissions_boundary", BOUNDARY),
    row("target_sync", "role_name", InPlace, "aws_iam_role.this.name", PAUSE).replaces(SYNC_ROLE),
    row("target_sync", "role_path", InPlace, "aws_iam_role.this.path", PAUSE).replaces(ROLES),
    row("target_sync", "scheduler_role_name", InPlace, "aws_iam_role.scheduler.name", PAUSE).replaces(SCHEDULER_ROLE),
    row("target_sync", "security_group_name", InPlace, "aws_security_group.this", "the target sync moves into the VPC or out of it").replaces(NETWORK),
    row("target_sync", "source", InPlace, "the module itself", MODULE),
    row("target_sync", "subnet_ids", InPlace, "aws_lambda_function.this.vpc_config", "the target sync moves into the VPC, out of it, or within").replaces(NETWORK),
    row("target_sync", "vpc_id", InPlace, "aws_security_group.this.vpc_id", "the target sync moves to another VPC").replaces(NETWORK),
];
