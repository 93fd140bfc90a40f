//! Facts about an Aurora cluster and what belongs to it. What the provider replaces is measured with 5.100; when AWS does
//! something, as its table of settings for clusters and their instances says.

use super::{
    Happens::{Restart, Window},
    Impact::{DataLoss, Downtime, InPlace, None, Reboot, Replace},
    Row,
    When::{Always, Grows, Lower, Major, SameNames, Set, Static, Unset},
};

const CLUSTER: &[&str] = &[
    "aws_rds_cluster.this",
    "aws_rds_cluster_instance.this",
    "aws_secretsmanager_secret_rotation.this",
];
const IN_PLACE: &str = "AWS changes it while the cluster runs";
const AT_CREATION: &str = "AWS sets it only when a cluster is created: the old one is destroyed, the new one starts empty";
const MOVE_DATA: &str =
    "create a second database with another shortname, move the data, then retire this one";
const NEW_CLUSTER: &[&str] = &["endpoint", "secret"];
const OTHER_GROUP: &str = "AWS moves no cluster to another subnet group: Terraform would destroy it and make an empty one";
const KEEP_GROUP: &str = "leave the database in its group: `subnetGroup: own` for its own, `shared` for its environment's";
const RESTARTS: &str = "each instance restarts; with replicas the writer fails over within a minute, without it is gone meanwhile";

const fn row(
    argument: &'static str,
    when: super::When,
    grade: super::Impact,
    becomes: &'static str,
    why: &'static str,
) -> Row {
    Row::new("aurora", argument, when, grade, becomes, why)
}

const fn anew(argument: &'static str, when: super::When, becomes: &'static str) -> Row {
    row(argument, when, Replace, becomes, AT_CREATION)
        .instead(MOVE_DATA)
        .connection(NEW_CLUSTER)
        .replaces(CLUSTER)
}

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    row("adopted", Always, DataLoss, "aws_rds_cluster.this", "Terraform would take the cluster for one that it has made, and state what AWS fixed at its creation")
        .instead("leave `adopt.identifier` as it is").replaces(&["aws_cloudwatch_log_group.this", "aws_rds_cluster.this", "aws_rds_cluster_instance.this", "terraform_data.master_password"]),
    row("adopted_instances", SameNames, InPlace, "aws_rds_cluster_instance.this", "windows, tiers and tags of instances change while they run"),
    row("adopted_instances", Always, Replace, "aws_rds_cluster_instance.this", "an instance of another name takes the place of one that is there, which is deleted: its connections end, and if it writes, a failover comes first")
        .instead("leave each name at its place; to remove a reader, remove the last one, and one of `replicas`").replaces(&["aws_rds_cluster_instance.this"]),
    row("adopted_major_version", Set, None, "aws_rds_cluster.this.engine_version", "no version is asked for any more; the cluster runs what it runs"),
    row("adopted_major_version", Always, Downtime, "aws_rds_cluster.this.engine_version", "AWS is asked for the major version, and may install its default minor")
        .instead("upgrade with `engineVersion` first; then removing it does nothing").happens(Window),
    row("alarms", Always, InPlace, "aws_cloudwatch_metric_alarm.this", "alarms are made, changed or removed; the cluster is not touched")
        .replaces(&["aws_cloudwatch_metric_alarm.this"]),
    row("apply_immediately", Unset, InPlace, "aws_rds_cluster.this.apply_immediately", "later edits wait for the maintenance window again"),
    row("apply_immediately", Always, InPlace, "aws_rds_cluster.this.apply_immediately", "what waits for the maintenance window already happens with this apply, too, with its interruptions; only a plan shows what that is"),
    row("auto_minor_version_upgrade", Always, InPlace, "aws_rds_cluster_instance.this.auto_minor_version_upgrade", "decides whether AWS installs minor versions by itself; nothing happens now"),
    row("backup_retention_period", Lower, InPlace, "aws_rds_cluster.this.backup_retention_period", "AWS deletes the backups that are older than the new period"),
    row("backup_retention_period", Always, InPlace, "aws_rds_cluster.this.backup_retention_period", IN_PLACE),
    row("backup_window", Always, InPlace, "aws_rds_cluster.this.preferred_backup_window", IN_PLACE),
    row("ca_certificate", Always, InPlace, "aws_rds_cluster_instance.this.ca_cert_identifier", "the servers get a new certificate without a restart; clients that trust the old authority alone no longer connect to them")
        .instead("give clients the bundle of all authorities first").connection(&["certificate"]).happens(Window),
    row("cluster_parameter_group_name", Always, Reboot, "aws_rds_cluster_parameter_group.this.name", "a new parameter group beside the old one; the cluster takes it with the upgrade")
        .replaces(&["aws_rds_cluster_parameter_group.this"]).happens(Window),
    row("copy_tags_to_snapshot", Always, InPlace, "aws_rds_cluster.this.copy_tags_to_snapshot", "only snapshots to come carry the tags, or do not"),
    row("database_name", Unset, None, "aws_rds_cluster.this.database_name", "the provider ignores a removed name: the database stays"),
    anew("database_name", Always, "aws_rds_cluster.this.database_name")
        .instead("remove the key again, and create the database with SQL: CREATE DATABASE"),
    row("deletion_protection", Always, InPlace, "aws_rds_cluster.this.deletion_protection", "decides whether AWS refuses to delete the database; nothing else happens"),
    anew("engine", Always, "aws_rds_cluster.this.engine"),
    row("engine_version", Major, Downtime, "aws_rds_cluster.this.engine_version", "a major upgrade: ten minutes or more without the database, and no way back but a snapshot")
        .instead("try it first on a copy: a second database with `restoreFrom`").happens(Window),
    row("engine_version", Always, Downtime, "aws_rds_cluster.this.engine_version", RESTARTS).happens(Window),
    row("existing_cluster_parameter_group", Always, Reboot, "aws_rds_cluster.this.db_cluster_parameter_group_name", "the cluster takes another group, whose parameters count after a restart, which nobody does for you; from then on ours asks every client for TLS")
        .instead("see that all clients use TLS, and write what differs into `parameters`").replaces(&["aws_rds_cluster_parameter_group.this"]).happens(Restart),
    row("existing_parameter_group", Always, Reboot, "aws_rds_cluster.this.db_instance_parameter_group_name", "AWS takes the instances to another group with a major upgrade, and with it alone: otherwise `gate` refuses it")
        .instead("do it with the next major upgrade").replaces(&["aws_db_parameter_group.this"]).happens(Window),
    row("extended_support", Always, InPlace, "aws_rds_cluster.this.engine_lifecycle_support", "AWS takes it only when a cluster is created: every plan would show it, and nothing would change")
        .instead("leave it as it is"),
    row("final_snapshot_identifier", Always, InPlace, "aws_rds_cluster.this.final_snapshot_identifier", "names the snapshot that a destroy takes; Terraform keeps it in its state"),
    row("iam_authentication", Always, Downtime, "aws_rds_cluster.this.iam_database_authentication_enabled", "who logs in to the cluster with a token is refused, or the proxy with a password")
        .instead("make clients ready first").connection(&["login"]),
    anew("identifier", Always, "aws_rds_cluster.this.cluster_identifier"),
    row("instance_class", Always, Downtime, "aws_rds_cluster_instance.this.instance_class", RESTARTS)
        .instead("with replicas the interruption is a failover of a minute").happens(Window),
    row("instance_parameters", Static, Reboot, "aws_db_parameter_group.this.parameter", "a static parameter counts only after a restart, which nobody does for you")
        .instead("plan a restart after the apply").happens(Restart),
    row("instance_parameters", Always, InPlace, "aws_db_parameter_group.this.parameter", "dynamic parameters count at once, without a restart"),
    row("kms_key_arn", Unset, InPlace, "aws_rds_cluster.this.kms_key_id", "the provider ignores a removed key: storage and secret keep it"),
    anew("kms_key_arn", Always, "aws_rds_cluster.this.kms_key_id")
        .instead("keep the key; to change it, restore a copied snapshot into a database with another shortname"),
    row("log_exports", Grows, InPlace, "aws_rds_cluster.this.enabled_cloudwatch_logs_exports", "more logs go to CloudWatch"),
    row("log_exports", Always, DataLoss, "aws_rds_cluster.this.enabled_cloudwatch_logs_exports", "a log stops going to CloudWatch; then its group is deleted, with every line in it")
        .instead("export the lines that are still needed first").replaces(&["aws_cloudwatch_log_group.this"]),
    row("log_kms_key_arn", Always, InPlace, "aws_cloudwatch_log_group.this.kms_key_id", "new log lines are encrypted with it; old ones stay readable while their key is there"),
    row("log_retention_days", Always, InPlace, "aws_cloudwatch_log_group.this.retention_in_days", "older log lines are deleted, or kept longer"),
    row("maintenance_window", Always, InPlace, "aws_rds_cluster.this.preferred_maintenance_window", "what waits for the window happens at the new time"),
    row("manage_master_password", Set, InPlace, "aws_rds_cluster.this.manage_master_user_password", "RDS no longer manages the password"),
    row("manage_master_password", Always, Downtime, "aws_rds_cluster.this.manage_master_user_password", "RDS makes a new password at once: whoever holds the old one can no longer log in")
        .instead("go over to `appUser`, or have no client beside the proxy").connection(&["login", "secret"]).replaces(&["aws_secretsmanager_secret_rotation.this"]),
    row("master_secret_arn", Set, InPlace, "aws_rds_cluster.this.vpc_security_group_ids", "the database's own security group is attached beside those that stay, for the proxy to come"),
    row("master_secret_arn", Always, Downtime, "aws_rds_cluster.this.vpc_security_group_ids", "the proxy and the pods log in with another secret")
        .connection(&["secret"]),
    row("max_capacity", Always, InPlace, "aws_rds_cluster.this.serverlessv2_scaling_configuration", "the most capacity changes while the cluster runs; how many connections it takes follows after a restart"),
    row("min_capacity", Always, InPlace, "aws_rds_cluster.this.serverlessv2_scaling_configuration", IN_PLACE),
    row("monitoring_interval", Always, InPlace, "aws_rds_cluster_instance.this.monitoring_interval", IN_PLACE),
    row("monitoring_role_arn", Always, InPlace, "aws_rds_cluster_instance.this.monitoring_role_arn", "the instances write Enhanced Monitoring with another role"),
    row("monitoring_role_name", Always, InPlace, "aws_iam_role.monitoring", "the role of Enhanced Monitoring is made or removed")
        .replaces(&["aws_iam_role.monitoring", "aws_iam_role_policy_attachment.monitoring"]),
    row("parameter_group_name", Always, Reboot, "aws_db_parameter_group.this.name", "a new parameter group beside the old one; the instances take it with the restart of the upgrade")
        .replaces(&["aws_db_parameter_group.this"]).happens(Window),
    row("parameters", Static, Reboot, "aws_rds_cluster_parameter_group.this.parameter", "a static parameter counts only after a restart, which nobody does for you")
        .instead("plan a restart after the apply").happens(Restart),
    row("parameters", Always, InPlace, "aws_rds_cluster_parameter_group.this.parameter", "dynamic parameters count at once, without a restart"),
    row("password_rotation_days", Always, InPlace, "aws_secretsmanager_secret_rotation.this.rotation_rules", "the next rotation is planned anew; the password stays for now"),
    row("performance_insights", Always, InPlace, "aws_rds_cluster_instance.this.performance_insights_enabled", IN_PLACE),
    row("performance_insights_kms_key_arn", Always, InPlace, "aws_rds_cluster_instance.this.performance_insights_kms_key_id", "AWS refuses another key while Performance Insights is on: the apply fails")
        .instead("turn Performance Insights off first, which deletes its data"),
    row("performance_insights_retention_days", Lower, InPlace, "aws_rds_cluster_instance.this.performance_insights_retention_period", "data of Performance Insights that is older than the new period is deleted"),
    row("performance_insights_retention_days", Always, InPlace, "aws_rds_cluster_instance.this.performance_insights_retention_period", IN_PLACE),
    row("permissions_boundary_arn", Always, InPlace, "aws_iam_role.monitoring.permissions_boundary", "bounds the role of Enhanced Monitoring, if there is one"),
    row("port", Always, Reboot, "aws_rds_cluster.this.port", "the cluster restarts at once, whatever waits for the maintenance window; clients stay on the proxy's port")
        .instead("leave it: clients never see this port"),
    row("publicly_accessible", Always, Downtime, "aws_rds_cluster_instance.this.publicly_accessible", "the names of its instances resolve to other addresses: clients outside of the VPC are cut off, or let in")
        .connection(&["endpoint"]),
    row("replicas", Lower, Replace, "aws_rds_cluster_instance.this", "readers are deleted: their connections end, and one of them may have become the writer, so a failover comes first")
        .instead("see that the first instance is the writer").replaces(&["aws_rds_cluster_instance.this"]),
    row("replicas", Always, InPlace, "aws_rds_cluster_instance.this", "readers are made beside the instances that are there"),
    row("retiring", Always, InPlace, "aws_db_parameter_group.this.skip_destroy", "decides what a destroy takes along and what it leaves; nothing happens now"),
    row("role_path", Always, InPlace, "aws_iam_role.monitoring.path", "the role of Enhanced Monitoring is made anew")
        .replaces(&["aws_iam_role.monitoring", "aws_iam_role_policy_attachment.monitoring"]),
    row("seconds_until_auto_pause", Always, InPlace, "aws_rds_cluster.this.serverlessv2_scaling_configuration", IN_PLACE),
    row("security_group_ids", Grows, InPlace, "aws_rds_cluster.this.vpc_security_group_ids", "more groups are attached; nobody is cut off"),
    row("security_group_ids", Always, Downtime, "aws_rds_cluster.this.vpc_security_group_ids", "a group is taken off: whoever connects through it alone is cut off at once")
        .instead("see in its rules who that is, and move them to the proxy first"),
    row("security_group_name", Always, Replace, "aws_security_group.this.name", "security groups cannot be renamed")
        .replaces(&["aws_security_group.this"]),
    row("snapshot_identifier", Set, None, "aws_rds_cluster.this.snapshot_identifier", "the database exists, so nothing is restored"),
    anew("snapshot_identifier", Unset, "aws_rds_cluster.this.snapshot_identifier"),
    row("snapshot_identifier", Always, None, "aws_rds_cluster.this.snapshot_identifier", "the database exists, so nothing is restored"),
    row("source", Always, InPlace, "the module itself", "another version of the module: only a plan shows what it does; `valet-rds gate` reads it"),
    anew("storage_encrypted", Always, "aws_rds_cluster.this.storage_encrypted")
        .instead("restore an encrypted copy of a snapshot into a database with another shortname"),
    row("storage_type", Always, InPlace, "aws_rds_cluster.this.storage_type", "how the storage is paid changes while the cluster runs; once in thirty days to `aurora-iopt1`"),
    row("subnet_group_name", Always, Replace, "aws_rds_cluster.this.db_subnet_group_name", OTHER_GROUP)
        .instead(KEEP_GROUP).connection(NEW_CLUSTER)
        .replaces(&["aws_db_subnet_group.this", "aws_rds_cluster.this", "aws_rds_cluster_instance.this", "aws_secretsmanager_secret_rotation.this"]),
    row("subnet_ids", Set, Replace, "aws_db_subnet_group.this", OTHER_GROUP)
        .instead(KEEP_GROUP).replaces(&["aws_db_subnet_group.this"]),
    row("subnet_ids", Unset, Replace, "aws_db_subnet_group.this", OTHER_GROUP)
        .instead(KEEP_GROUP).replaces(&["aws_db_subnet_group.this"]),
    row("subnet_ids", Grows, InPlace, "aws_db_subnet_group.this.subnet_ids", "the group gets more subnets; the instances stay where they are"),
    row("subnet_ids", Always, InPlace, "aws_db_subnet_group.this.subnet_ids", "AWS refuses to take away a subnet that an instance is in"),
    row("tags", Always, InPlace, "aws_rds_cluster.this.tags", "tags of the cluster; schedulers and backup plans may go by them"),
    anew("username", Always, "aws_rds_cluster.this.master_username")
        .instead("put it back, and create a second user with SQL: CREATE USER"),
    row("vpc_id", Always, Replace, "aws_security_group.this.vpc_id", "a security group belongs to one VPC, and the cluster would have to move to the other")
        .instead(MOVE_DATA).connection(&["endpoint"]).replaces(&["aws_security_group.this"]),
];
