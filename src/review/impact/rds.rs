//! Facts about the instance and what belongs to it. Measured with provider 5.100, or as the RDS guide says; when AWS does
//! something, as its table "Settings for DB instances" says.

use super::{
    Happens::{Restart, Window},
    Impact::{DataLoss, Downtime, InPlace, None, Reboot, Replace},
    Row,
    When::{Always, FromZero, Grows, Lower, Major, Reaches, Set, Static, ToZero, Unset},
};

const IN_PLACE: &str = "AWS changes it while the database runs";
const AT_CREATION: &str = "AWS sets it only when an instance is created: the old one is destroyed, the new one starts empty";
const MOVE_DATA: &str =
    "create a second database with another shortname, move the data, then retire this one";
const NEW_INSTANCE: &[&str] = &["endpoint", "secret"];
const INSTANCE: &[&str] = &[
    "aws_db_instance.this",
    "aws_secretsmanager_secret_rotation.this",
];
const RESTARTS: &str = "the instance restarts: minutes without multiAz, a failover with it";

const OTHER_GROUP: &str =
    "AWS moves no database to another subnet group of its VPC: the apply fails, half done";
const KEEP_GROUP: &str = "leave the database in its group: `subnetGroup: own` for its own, `shared` for its environment's";

const fn row(
    argument: &'static str,
    when: super::When,
    grade: super::Impact,
    becomes: &'static str,
    why: &'static str,
) -> Row {
    Row::new("rds", argument, when, grade, becomes, why)
}

const fn anew(argument: &'static str, when: super::When, becomes: &'static str) -> Row {
    row(argument, when, Replace, becomes, AT_CREATION)
        .instead(MOVE_DATA)
        .connection(NEW_INSTANCE)
        .replaces(INSTANCE)
}

pub(super) static ROWS: &[Row] = &[
    row("adopted", Always, DataLoss, "aws_db_instance.this", "Terraform would take the instance for one that it has made, and state what AWS fixed at its creation")
        .instead("leave `adopt.identifier` as it is").replaces(&["aws_cloudwatch_log_group.this", "aws_db_instance.this", "terraform_data.master_password"]),
    row("adopted_major_version", Set, None, "aws_db_instance.this.engine_version", "no version is asked for any more; the instance runs what it runs"),
    row("adopted_major_version", Always, Downtime, "aws_db_instance.this.engine_version", "AWS is asked for the major version, and may install its default minor")
        .instead("upgrade with `engineVersion` first; then removing it does nothing").happens(Window),
    row("alarms", Always, InPlace, "aws_cloudwatch_metric_alarm.this", "alarms are made, changed or removed; the database is not touched")
        .replaces(&["aws_cloudwatch_metric_alarm.this"]),
    row("allocated_storage", Lower, InPlace, "aws_db_instance.this.allocated_storage", "AWS refuses to shrink a volume: the apply fails")
        .instead("keep the size; to shrink, move the data to a smaller database"),
    row("allocated_storage", Reaches(400), InPlace, "aws_db_instance.this.allocated_storage", "the volume grows while the database runs, a gp3 volume to 12,000 IOPS and 500 MiB/s when the config does not say more; for six hours it cannot be changed again")
        .happens(Window),
    row("allocated_storage", Always, InPlace, "aws_db_instance.this.allocated_storage", "the volume grows while the database runs; for six hours it cannot be changed again")
        .happens(Window),
    row("apply_immediately", Unset, InPlace, "aws_db_instance.this.apply_immediately", "later edits wait for the maintenance window again"),
    row("apply_immediately", Always, InPlace, "aws_db_instance.this.apply_immediately", "what waits for the maintenance window already happens with this apply, too, with its interruptions; only a plan shows what that is"),
    row("auto_minor_version_upgrade", Always, InPlace, "aws_db_instance.this.auto_minor_version_upgrade", "decides whether AWS installs minor versions by itself; nothing happens now"),
    row("backup_retention_period", ToZero, DataLoss, "aws_db_instance.this.backup_retention_period", "AWS deletes every automated backup, and interrupts the database")
        .instead("keep at least 1 day").happens(Window),
    row("backup_retention_period", FromZero, Downtime, "aws_db_instance.this.backup_retention_period", "turning backups on interrupts the database while the first one is taken; until then there are none")
        .happens(Window),
    row("backup_retention_period", Lower, InPlace, "aws_db_instance.this.backup_retention_period", "AWS deletes the backups that are older than the new period"),
    row("backup_retention_period", Always, InPlace, "aws_db_instance.this.backup_retention_period", IN_PLACE),
    row("backup_window", Always, InPlace, "aws_db_instance.this.backup_window", IN_PLACE),
    row("ca_certificate", Always, InPlace, "aws_db_instance.this.ca_cert_identifier", "the server gets a new certificate without a restart; clients that trust the old authority alone no longer connect to the instance")
        .instead("give clients the bundle of all authorities first").connection(&["certificate"]).happens(Window),
    row("copy_tags_to_snapshot", Always, InPlace, "aws_db_instance.this.copy_tags_to_snapshot", "only snapshots to come carry the tags, or do not"),
    row("database_name", Unset, None, "aws_db_instance.this.db_name", "the provider ignores a removed name: the database stays"),
    anew("database_name", Always, "aws_db_instance.this.db_name")
        .instead("remove the key again, and create the database with SQL: CREATE DATABASE"),
    row("dedicated_log_volume", Always, Reboot, "aws_db_instance.this.dedicated_log_volume", "the instance has to restart before the transaction log is on the other volume")
        .happens(Window),
    row("deletion_protection", Always, InPlace, "aws_db_instance.this.deletion_protection", "decides whether AWS refuses to delete the database; nothing else happens"),
    anew("engine", Always, "aws_db_instance.this.engine"),
    row("engine_version", Major, Downtime, "aws_db_instance.this.engine_version", "a major upgrade: ten minutes or more without the database, and no way back but a snapshot")
        .instead("try it first on a copy: a second database with `restoreFrom`").happens(Window),
    row("engine_version", Always, Downtime, "aws_db_instance.this.engine_version", RESTARTS).happens(Window),
    row("existing_parameter_group", Always, Reboot, "aws_db_instance.this.parameter_group_name", "the instance takes another group, whose parameters count after a restart, which nobody does for you; from then on ours asks every client for TLS")
        .instead("see that all clients use TLS, and write what differs into `parameters`").replaces(&["aws_db_parameter_group.this"]).happens(Restart),
    row("extended_support", Always, InPlace, "aws_db_instance.this.engine_lifecycle_support", "AWS takes it only when an instance is created: every plan would show it, and nothing would change")
        .instead("leave it as it is"),
    row("final_snapshot_identifier", Always, InPlace, "aws_db_instance.this.final_snapshot_identifier", "names the snapshot that a destroy takes; Terraform keeps it in its state"),
    row("iam_authentication", Always, Downtime, "aws_db_instance.this.iam_database_authentication_enabled", "who logs in to the instance with a token is refused, or the proxy with a password")
        .instead("make clients ready first").connection(&["login"]),
    row("identifier", Always, Reboot, "aws_db_instance.this.identifier", "AWS renames the instance and restarts it; the proxy's target is replaced")
        .connection(&["endpoint"]).happens(Window),
    row("instance_class", Always, Downtime, "aws_db_instance.this.instance_class", RESTARTS)
        .instead("with multiAz the interruption is a failover of a minute or two").happens(Window),
    row("iops", Always, InPlace, "aws_db_instance.this.iops", "the volume is optimised for hours while the database runs")
        .happens(Window),
    row("kms_key_arn", Unset, InPlace, "aws_db_instance.this.kms_key_id", "the provider ignores a removed key: the volume and the secret keep it"),
    anew("kms_key_arn", Always, "aws_db_instance.this.kms_key_id")
        .instead("keep the key; to change it, restore a copied snapshot into a database with another shortname"),
    row("log_exports", Grows, InPlace, "aws_db_instance.this.enabled_cloudwatch_logs_exports", "more logs go to CloudWatch"),
    row("log_exports", Always, DataLoss, "aws_db_instance.this.enabled_cloudwatch_logs_exports", "a log stops going to CloudWatch; then its group is deleted, with every line in it")
        .instead("export the lines that are still needed first").replaces(&["aws_cloudwatch_log_group.this"]),
    row("log_kms_key_arn", Always, InPlace, "aws_cloudwatch_log_group.this.kms_key_id", "new log lines are encrypted with it; old ones stay readable while their key is there"),
    row("log_retention_days", Always, InPlace, "aws_cloudwatch_log_group.this.retention_in_days", "older log lines are deleted, or kept longer"),
    row("maintenance_window", Always, InPlace, "aws_db_instance.this.maintenance_window", "what waits for the window happens at the new time"),
    row("manage_master_password", Set, InPlace, "aws_db_instance.this.manage_master_user_password", "RDS no longer manages the password"),
    row("manage_master_password", Always, Downtime, "aws_db_instance.this.manage_master_user_password", "RDS makes a new password at once: whoever holds the old one can no longer log in")
        .instead("go over to `appUser`, or have no client beside the proxy").connection(&["login", "secret"]).replaces(&["aws_secretsmanager_secret_rotation.this"]),
    row("master_secret_arn", Set, InPlace, "aws_db_instance.this.vpc_security_group_ids", "the database's own security group is attached beside those that stay, for the proxy to come"),
    row("master_secret_arn", Always, Downtime, "aws_db_instance.this.vpc_security_group_ids", "the proxy and the pods log in with another secret")
        .connection(&["secret"]),
    row("max_allocated_storage", Always, InPlace, "aws_db_instance.this.max_allocated_storage", "only a limit for growth; the volume stays as it is"),
    row("monitoring_interval", Always, InPlace, "aws_db_instance.this.monitoring_interval", IN_PLACE),
    row("monitoring_role_arn", Always, InPlace, "aws_db_instance.this.monitoring_role_arn", "the database writes Enhanced Monitoring with another role"),
    row("monitoring_role_name", Always, InPlace, "aws_iam_role.monitoring", "the role of Enhanced Monitoring is made or removed")
        .replaces(&["aws_iam_role.monitoring", "aws_iam_role_policy_attachment.monitoring"]),
    row("multi_az", Always, InPlace, "aws_db_instance.this.multi_az", "a standby is added or removed while the database runs; writes are slower meanwhile")
        .happens(Window),
    row("option_group_name", Always, InPlace, "aws_db_instance.this.option_group_name", IN_PLACE),
    row("parameter_group_name", Always, Reboot, "aws_db_parameter_group.this.name", "a new parameter group beside the old one; the instance takes it with the restart of the upgrade")
        .replaces(&["aws_db_parameter_group.this"]).happens(Window),
    row("parameters", Static, Reboot, "aws_db_parameter_group.this.parameter", "a static parameter counts only after a restart, which nobody does for you")
        .instead("plan a restart after the apply").happens(Restart),
    row("parameters", Always, InPlace, "aws_db_parameter_group.this.parameter", "dynamic parameters count at once, without a restart"),
    row("password_rotation_days", Always, InPlace, "aws_secretsmanager_secret_rotation.this.rotation_rules", "the next rotation is planned anew; the password stays for now"),
    row("performance_insights", Always, InPlace, "aws_db_instance.this.performance_insights_enabled", IN_PLACE),
    row("performance_insights_kms_key_arn", Always, InPlace, "aws_db_instance.this.performance_insights_kms_key_id", "AWS refuses another key while Performance Insights is on: the apply fails")
        .instead("turn Performance Insights off first, which deletes its data"),
    row("performance_insights_retention_days", Lower, InPlace, "aws_db_instance.this.performance_insights_retention_period", "data of Performance Insights that is older than the new period is deleted"),
    row("performance_insights_retention_days", Always, InPlace, "aws_db_instance.this.performance_insights_retention_period", IN_PLACE),
    row("permissions_boundary_arn", Always, InPlace, "aws_iam_role.monitoring.permissions_boundary", "bounds the role of Enhanced Monitoring, if there is one"),
    row("port", Always, Reboot, "aws_db_instance.this.port", "the database restarts at once, whatever waits for the maintenance window; clients stay on the proxy's port")
        .instead("leave it: clients never see this port"),
    row("publicly_accessible", Always, Downtime, "aws_db_instance.this.publicly_accessible", "its name resolves to another address: clients outside of the VPC are cut off, or let in")
        .connection(&["endpoint"]),
    row("retiring", Always, InPlace, "aws_db_parameter_group.this.skip_destroy", "decides what a destroy takes along and what it leaves; nothing happens now"),
    row("role_path", Always, InPlace, "aws_iam_role.monitoring.path", "the role of Enhanced Monitoring is made anew")
        .replaces(&["aws_iam_role.monitoring", "aws_iam_role_policy_attachment.monitoring"]),
    row("security_group_ids", Grows, InPlace, "aws_db_instance.this.vpc_security_group_ids", "more groups are attached; nobody is cut off"),
    row("security_group_ids", Always, Downtime, "aws_db_instance.this.vpc_security_group_ids", "a group is taken off: whoever connects through it alone is cut off at once")
        .instead("see in its rules who that is, and move them to the proxy first"),
    row("security_group_name", Always, Replace, "aws_security_group.this.name", "security groups cannot be renamed")
        .replaces(&["aws_security_group.this"]),
    row("snapshot_identifier", Set, None, "aws_db_instance.this.snapshot_identifier", "the database exists, so nothing is restored"),
    anew("snapshot_identifier", Unset, "aws_db_instance.this.snapshot_identifier"),
    row("snapshot_identifier", Always, None, "aws_db_instance.this.snapshot_identifier", "the database exists, so nothing is restored"),
    row("source", Always, InPlace, "the module itself", "another version of the module: only a plan shows what it does; `valet-rds gate` reads it"),
    anew("storage_encrypted", Always, "aws_db_instance.this.storage_encrypted")
        .instead("restore an encrypted copy of a snapshot into a database with another shortname"),
    row("storage_throughput", Always, InPlace, "aws_db_instance.this.storage_throughput", "the volume is optimised for hours while the database runs")
        .happens(Window),
    row("storage_type", Always, InPlace, "aws_db_instance.this.storage_type", "the volume is converted for hours while the database runs")
        .happens(Window),
    row("subnet_group_name", Always, Replace, "aws_db_instance.this.db_subnet_group_name", OTHER_GROUP)
        .instead(KEEP_GROUP).replaces(&["aws_db_subnet_group.this"]),
    row("subnet_ids", Set, Replace, "aws_db_subnet_group.this", OTHER_GROUP)
        .instead(KEEP_GROUP).replaces(&["aws_db_subnet_group.this"]),
    row("subnet_ids", Unset, Replace, "aws_db_subnet_group.this", OTHER_GROUP)
        .instead(KEEP_GROUP).replaces(&["aws_db_subnet_group.this"]),
    row("subnet_ids", Grows, InPlace, "aws_db_subnet_group.this.subnet_ids", "the group gets more subnets; the instance stays where it is"),
    row("subnet_ids", Always, InPlace, "aws_db_subnet_group.this.subnet_ids", "AWS refuses to take away a subnet that the instance is in"),
    row("tags", Always, InPlace, "aws_db_instance.this.tags", "tags of the instance; schedulers and backup plans may go by them"),
    anew("username", Always, "aws_db_instance.this.username")
        .instead("put it back, and create a second user with SQL: CREATE USER"),
    row("vpc_id", Always, Replace, "aws_security_group.this.vpc_id", "a security group belongs to one VPC, and the instance would have to move to the other")
        .instead(MOVE_DATA).connection(&["endpoint"]).replaces(&["aws_security_group.this"]),
];
