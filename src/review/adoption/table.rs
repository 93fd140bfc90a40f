//! What is known of each attribute of what is taken over. As the provider plans it (5.100) or as the RDS guide says; an
//! attribute that is not here must not change.

mod cluster;

use super::Class::{self, Decision, Forbidden, Harmless, TerraformOnly};

/// When a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Whatever the values.
    Always,
    /// AWS says nothing of it.
    FromNothing,
    /// AWS says nothing of it, and it becomes `false`.
    FromNothingToFalse,
    /// A greater number than one that is not 0.
    Higher,
    /// Every entry of a map stays as it is.
    KeepsEntries,
    /// Every security group stays.
    KeepsGroups,
    /// RDS manages the password already.
    SecretIsThere,
}

/// What the key of a row says to keep an attribute as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// No key keeps it.
    Nothing,
    /// The value before.
    Value,
    /// The value before, or 0 for none.
    ValueOrZero,
    /// The value before, or an empty list for none.
    ValueOrNone,
    /// Days of Performance Insights, 0 when it is off.
    Days,
    /// The major version alone.
    Major,
    /// The most capacity of Serverless v2, and beside it the least.
    Capacity,
    /// Whether it is the support that costs money.
    ExtendedSupport,
    /// The entries that would go.
    Entries,
}

/// One fact: what becomes of an attribute.
#[derive(Debug)]
pub struct Row {
    /// The attribute, as the provider names it.
    pub attribute: &'static str,
    /// When the row holds; of the rows of an attribute, the first one that does counts, and the last one always does.
    pub(super) when: When,
    /// What becomes of it.
    pub class: Class,
    /// The key of the config that decides it.
    pub key: &'static str,
    /// What the key says to keep it as it is.
    pub(super) keep: Keep,
    /// Why.
    pub why: &'static str,
}

const fn row(attribute: &'static str, class: Class, why: &'static str) -> Row {
    Row {
        attribute,
        when: When::Always,
        class,
        key: "",
        keep: Keep::Nothing,
        why,
    }
}

impl Row {
    /// When it holds, in words; empty for whatever the values are that no row above it is about.
    #[must_use]
    pub const fn holds(&self) -> &'static str {
        match self.when {
            When::Always => "",
            When::FromNothing => "AWS says nothing of it",
            When::FromNothingToFalse => "AWS says nothing of it, and it becomes `false`",
            When::Higher => "it grows, and was not 0",
            When::KeepsEntries => "every entry stays as it is",
            When::KeepsGroups => "every group stays",
            When::SecretIsThere => "RDS manages the password already",
        }
    }

    const fn when(mut self, when: When) -> Self {
        self.when = when;
        self
    }

    const fn key(mut self, key: &'static str, keep: Keep) -> Self {
        (self.key, self.keep) = (key, keep);
        self
    }
}

/// What is known of the attributes of one type of resource.
#[derive(Debug)]
pub struct Table {
    /// The type, as the provider names it.
    pub kind: &'static str,
    /// Every row, by attribute.
    pub rows: &'static [Row],
}

/// Every type that is taken over.
pub static TABLES: [Table; 3] = [
    Table {
        kind: "aws_db_instance",
        rows: ROWS,
    },
    Table {
        kind: "aws_rds_cluster",
        rows: cluster::ROWS,
    },
    Table {
        kind: "aws_rds_cluster_instance",
        rows: cluster::OF_INSTANCES,
    },
];

/// The row of an attribute that differs.
pub(super) fn find(kind: &str, attribute: &str, holds: impl Fn(When) -> bool) -> &'static Row {
    let table = TABLES.iter().find(|table| table.kind == kind);
    let is_it = |row: &&Row| row.attribute == attribute && holds(row.when);
    table
        .and_then(|table| table.rows.iter().find(is_it))
        .unwrap_or(&UNKNOWN)
}

static UNKNOWN: Row = row("", Forbidden, "nothing is known about this attribute");

const TOLD: &str = "only AWS tells it";
const AT_DESTROY: &str = "counts when the instance is destroyed";
const AT_CREATION: &str = "AWS sets it only when an instance is created: it would be replaced";
const IN_PLACE: &str = "AWS changes it while the instance runs";
const PASSWORD: &str = "the master user gets another password";
const NOT_STATED: &str = "no root of ours states it";
const DIRECTORY: &str = "the instance would leave its directory, and its users with it";
const MADE_FROM: &str = "it says what an instance is made from, and this one is there";
const UNDONE_BY_ROOT: &str =
    "a replica would be promoted, or an instance detached from what it follows";
const PERFORMANCE_INSIGHTS: &str = "adopt.performanceInsightsDays";

/// Every row, by attribute.
static ROWS: &[Row] = &[
    row("address", TerraformOnly, TOLD),
    row("allocated_storage", Decision, "the volume grows while the instance runs, and never shrinks again").when(When::Higher).key("allocatedStorage", Keep::Value),
    row("allocated_storage", Forbidden, "AWS shrinks no volume").key("allocatedStorage", Keep::Value),
    row("allow_major_version_upgrade", TerraformOnly, "counts with a change of the version"),
    row("apply_immediately", TerraformOnly, "edits wait for the maintenance window").when(When::FromNothingToFalse),
    row("apply_immediately", Forbidden, "what waits for the maintenance window would happen with this apply: take `applyImmediately` out until the instance is adopted"),
    row("arn", TerraformOnly, TOLD),
    row("auto_minor_version_upgrade", Decision, "decides whether AWS installs minor versions by itself").key("adopt.minorUpgrades", Keep::Value),
    row("availability_zone", Forbidden, AT_CREATION),
    row("backup_retention_period", Decision, "AWS keeps backups longer").when(When::Higher).key("backupRetentionPeriod", Keep::Value),
    row("backup_retention_period", Forbidden, "AWS would delete backups, or interrupt the instance to begin with them").key("backupRetentionPeriod", Keep::ValueOrZero),
    row("backup_target", Forbidden, AT_CREATION),
    row("backup_window", Decision, IN_PLACE).key("backupWindow", Keep::Value),
    row("blue_green_update", Forbidden, "every update would make a second instance"),
    row("ca_cert_identifier", Forbidden, "clients that trust the old certificate authority alone no longer connect").key("adopt.caCertificate", Keep::Value),
    row("character_set_name", Forbidden, AT_CREATION),
    row("copy_tags_to_snapshot", Decision, "decides whether snapshots carry its tags").key("adopt.copyTagsToSnapshot", Keep::Value),
    row("custom_iam_instance_profile", Forbidden, AT_CREATION),
    row("customer_owned_ip_enabled", Forbidden, NOT_STATED),
    row("database_insights_mode", Forbidden, NOT_STATED),
    row("db_name", Forbidden, AT_CREATION),
    row("db_subnet_group_name", Forbidden, "AWS moves no instance to another subnet group of its VPC").key("adopt.subnetGroup", Keep::Value),
    row("dedicated_log_volume", Forbidden, "the instance restarts").key("adopt.dedicatedLogVolume", Keep::Value),
    row("delete_automated_backups", TerraformOnly, AT_DESTROY),
    row("deletion_protection", Decision, "decides whether AWS refuses to delete the instance").key("deletionProtection", Keep::Value),
    row("domain", Forbidden, DIRECTORY),
    row("domain_auth_secret_arn", Forbidden, DIRECTORY),
    row("domain_dns_ips", Forbidden, DIRECTORY),
    row("domain_fqdn", Forbidden, DIRECTORY),
    row("domain_iam_role_name", Forbidden, DIRECTORY),
    row("domain_ou", Forbidden, DIRECTORY),
    row("enabled_cloudwatch_logs_exports", Decision, "logs go to CloudWatch from now on, or no longer").key("logExports", Keep::ValueOrNone),
    row("endpoint", TerraformOnly, TOLD),
    row("engine", Forbidden, AT_CREATION),
    row("engine_lifecycle_support", TerraformOnly, "AWS does not say it, and the provider sends it only when an instance is created").when(When::FromNothing),
    row("engine_lifecycle_support", Forbidden, "AWS sets it only when an instance is created, and every plan would show it as a difference").key("adopt.extendedSupport", Keep::ExtendedSupport),
    row("engine_version", Forbidden, "the version would be sent to AWS: an upgrade").key("adopt.majorVersion", Keep::Major),
    row("engine_version_actual", TerraformOnly, TOLD),
    row("final_snapshot_identifier", TerraformOnly, AT_DESTROY),
    row("hosted_zone_id", TerraformOnly, TOLD),
    row("iam_database_authentication_enabled", Forbidden, "users that log in with IAM tokens are shut out, or a proxy takes nothing else").key("adopt.iamAuthentication", Keep::Value),
    row("id", Forbidden, "it is another instance"),
    row("identifier", Forbidden, "AWS renames the instance and restarts it").key("adopt.identifier", Keep::Value),
    row("identifier_prefix", Forbidden, AT_CREATION),
    row("instance_class", Forbidden, "the instance restarts").key("instanceClass", Keep::Value),
    row("iops", Decision, "the volume is optimised for hours while the instance runs").key("iops", Keep::Value),
    row("kms_key_id", Forbidden, AT_CREATION),
    row("latest_restorable_time", TerraformOnly, TOLD),
    row("license_model", Forbidden, NOT_STATED),
    row("listener_endpoint", TerraformOnly, TOLD),
    row("maintenance_window", Decision, "what waits for the window happens at another time").key("maintenanceWindow", Keep::Value),
    row("manage_master_user_password", Decision, "RDS manages the password already, and is told so once more").when(When::SecretIsThere).key("adopt.credentials", Keep::Nothing),
    row("manage_master_user_password", Forbidden, "RDS would make a new password, and nobody could log in with the old one: take the instance over without `adopt.credentials.managed` first"),
    row("master_user_secret", TerraformOnly, TOLD),
    row("master_user_secret_kms_key_id", Decision, "RDS manages the password already, and is told the key of its secret").when(When::SecretIsThere).key("adopt.credentials", Keep::Nothing),
    row("master_user_secret_kms_key_id", Forbidden, PASSWORD),
    row("max_allocated_storage", Decision, "only a limit for growth; the volume stays as it is").key("maxAllocatedStorage", Keep::ValueOrZero),
    row("monitoring_interval", Decision, IN_PLACE).key("monitoringInterval", Keep::ValueOrZero),
    row("monitoring_role_arn", Decision, "the instance begins to write Enhanced Monitoring").when(When::FromNothing).key("monitoringInterval", Keep::ValueOrZero),
    row("monitoring_role_arn", Decision, "the instance writes Enhanced Monitoring with another role").key("adopt.monitoringRoleArn", Keep::Value),
    row("multi_az", Decision, "a standby is added or removed while the instance runs").key("multiAz", Keep::Value),
    row("nchar_character_set_name", Forbidden, AT_CREATION),
    row("network_type", Forbidden, NOT_STATED),
    row("option_group_name", Forbidden, "options can restart the instance, or take away what clients use").key("adopt.optionGroup", Keep::Value),
    row("parameter_group_name", Forbidden, "other parameters count after the next restart, and force TLS").key("adopt.parameterGroup", Keep::Value),
    row("password", Forbidden, PASSWORD),
    row("password_wo", Forbidden, PASSWORD),
    row("password_wo_version", Forbidden, PASSWORD),
    row("performance_insights_enabled", Decision, "Performance Insights is turned on, or off with the data that it has").key(PERFORMANCE_INSIGHTS, Keep::Days),
    row("performance_insights_kms_key_id", Decision, "Performance Insights is turned on with this key").when(When::FromNothing).key(PERFORMANCE_INSIGHTS, Keep::Days),
    row("performance_insights_kms_key_id", Forbidden, "AWS does not change the key while Performance Insights is on").key("adopt.performanceInsightsKmsKeyArn", Keep::Value),
    row("performance_insights_retention_period", Decision, "older data of Performance Insights is deleted, or kept longer for money").key(PERFORMANCE_INSIGHTS, Keep::Days),
    row("port", Forbidden, "the instance restarts at once, and clients find it no more").key("port", Keep::Value),
    row("publicly_accessible", Forbidden, "clients outside of the VPC are cut off, or let in").key("adopt.publiclyAccessible", Keep::Value),
    row("region", Forbidden, "it is in another Region"),
    row("replica_mode", Forbidden, UNDONE_BY_ROOT),
    row("replicas", TerraformOnly, TOLD),
    row("replicate_source_db", Forbidden, "the replica would be promoted"),
    row("resource_id", TerraformOnly, TOLD),
    row("restore_to_point_in_time", Forbidden, MADE_FROM),
    row("s3_import", Forbidden, MADE_FROM),
    row("skip_final_snapshot", TerraformOnly, AT_DESTROY),
    row("snapshot_identifier", Forbidden, MADE_FROM),
    row("status", TerraformOnly, TOLD),
    row("storage_encrypted", Forbidden, AT_CREATION).key("encrypted", Keep::Value),
    row("storage_throughput", Decision, "the volume is optimised for hours while the instance runs").key("storageThroughput", Keep::Value),
    row("storage_type", Decision, "the volume is converted for hours while the instance runs").key("storageType", Keep::Value),
    row("tags", TerraformOnly, "`tags_all` says which tags it has in the end"),
    row("tags_all", Harmless, "tags are added, and none goes").when(When::KeepsEntries),
    row("tags_all", Forbidden, "tags go or become others, and with them what backups, schedules and bills find it by").key("adopt.tags", Keep::Entries),
    row("timeouts", TerraformOnly, "says how long Terraform waits"),
    row("timezone", Forbidden, AT_CREATION),
    row("upgrade_rollout_order", TerraformOnly, TOLD),
    row("upgrade_storage_config", Forbidden, NOT_STATED),
    row("username", Forbidden, AT_CREATION),
    row("vpc_security_group_ids", Harmless, "security groups are added, and none goes").when(When::KeepsGroups),
    row("vpc_security_group_ids", Forbidden, "security groups go, and whoever connects through them is cut off").key("adopt.securityGroups", Keep::Value),
];
