//! A cluster of Aurora and its instances, from the state of a Terraform root.

use serde_json::{Map, Value, json};

use super::{Said, alike, around, tags};
use crate::adoption::fields::{Fields, Malformed};

/// What the API calls the attributes of `aws_rds_cluster` that it says alike.
const ALIKE: [(&str, &str); 20] = [
    ("arn", "DBClusterArn"),
    ("backup_retention_period", "BackupRetentionPeriod"),
    ("cluster_identifier", "DBClusterIdentifier"),
    ("cluster_scalability_type", "ClusterScalabilityType"),
    ("copy_tags_to_snapshot", "CopyTagsToSnapshot"),
    ("db_cluster_parameter_group_name", "DBClusterParameterGroup"),
    ("db_subnet_group_name", "DBSubnetGroup"),
    ("deletion_protection", "DeletionProtection"),
    ("enable_http_endpoint", "HttpEndpointEnabled"),
    (
        "enabled_cloudwatch_logs_exports",
        "EnabledCloudwatchLogsExports",
    ),
    ("engine", "Engine"),
    ("engine_lifecycle_support", "EngineLifecycleSupport"),
    ("engine_mode", "EngineMode"),
    ("engine_version_actual", "EngineVersion"),
    (
        "iam_database_authentication_enabled",
        "IAMDatabaseAuthenticationEnabled",
    ),
    ("master_username", "MasterUsername"),
    ("port", "Port"),
    ("preferred_backup_window", "PreferredBackupWindow"),
    ("preferred_maintenance_window", "PreferredMaintenanceWindow"),
    ("storage_encrypted", "StorageEncrypted"),
];

/// The same where an empty text, or a zero, stands for none.
const OR_NONE: [(&str, &str); 6] = [
    ("backtrack_window", "BacktrackWindow"),
    ("database_name", "DatabaseName"),
    ("global_cluster_identifier", "GlobalClusterIdentifier"),
    ("kms_key_id", "KmsKeyId"),
    (
        "replication_source_identifier",
        "ReplicationSourceIdentifier",
    ),
    ("storage_type", "StorageType"),
];

/// What the API calls the attributes of `aws_rds_cluster_instance` that it says alike.
const OF_INSTANCE: [(&str, &str); 15] = [
    ("arn", "DBInstanceArn"),
    ("auto_minor_version_upgrade", "AutoMinorVersionUpgrade"),
    ("ca_cert_identifier", "CACertificateIdentifier"),
    ("cluster_identifier", "DBClusterIdentifier"),
    ("copy_tags_to_snapshot", "CopyTagsToSnapshot"),
    ("engine", "Engine"),
    ("engine_version_actual", "EngineVersion"),
    ("identifier", "DBInstanceIdentifier"),
    ("instance_class", "DBInstanceClass"),
    ("monitoring_interval", "MonitoringInterval"),
    ("performance_insights_enabled", "PerformanceInsightsEnabled"),
    (
        "performance_insights_retention_period",
        "PerformanceInsightsRetentionPeriod",
    ),
    ("preferred_maintenance_window", "PreferredMaintenanceWindow"),
    ("promotion_tier", "PromotionTier"),
    ("publicly_accessible", "PubliclyAccessible"),
];

/// The same where an empty text stands for none.
const OF_INSTANCE_OR_NONE: [(&str, &str); 3] = [
    ("custom_iam_instance_profile", "CustomIamInstanceProfile"),
    ("monitoring_role_arn", "MonitoringRoleArn"),
    (
        "performance_insights_kms_key_id",
        "PerformanceInsightsKMSKeyId",
    ),
];

/// What the API would say of an `aws_rds_cluster`.
pub(super) fn described(values: &Map<String, Value>) -> Result<Said, Malformed> {
    let fields = Fields::of(values, "aws_rds_cluster.");
    let mut said = alike(fields, &ALIKE, &OR_NONE);
    let mut put = |key: &str, value: Value| drop(said.insert(key.to_owned(), value));
    let members = fields.texts("cluster_members")?.into_iter();
    let members = members.map(|name| json!({"DBInstanceIdentifier": name}));
    put("DBClusterMembers", members.collect());
    let bounds = fields.list("serverlessv2_scaling_configuration")?.first();
    if let Some(bounds) = bounds {
        let (least, most) = (bounds.get("min_capacity"), bounds.get("max_capacity"));
        put(
            "ServerlessV2ScalingConfiguration",
            json!({"MinCapacity": least, "MaxCapacity": most}),
        );
    }
    for (attribute, key) in [
        (
            "enable_global_write_forwarding",
            "GlobalWriteForwardingStatus",
        ),
        (
            "enable_local_write_forwarding",
            "LocalWriteForwardingStatus",
        ),
    ] {
        if fields.find(attribute) == Some(&Value::Bool(true)) {
            put(key, "enabled".into());
        }
    }
    said.extend(around(fields)?);
    Ok(said)
}

/// What the API would say of an `aws_rds_cluster_instance`.
pub(super) fn described_instance(values: &Map<String, Value>) -> Result<Said, Malformed> {
    let fields = Fields::of(values, "aws_rds_cluster_instance.");
    let mut said = alike(fields, &OF_INSTANCE, &OF_INSTANCE_OR_NONE);
    let mut put = |key: &str, value: Value| drop(said.insert(key.to_owned(), value));
    if let Some(name) = fields.text_if("db_parameter_group_name")? {
        put("DBParameterGroups", json!([{"DBParameterGroupName": name}]));
    }
    if let Some(name) = fields.text_if("db_subnet_group_name")? {
        put("DBSubnetGroup", json!({"DBSubnetGroupName": name}));
    }
    if let Some(tags) = tags(fields)? {
        put("TagList", tags);
    }
    Ok(said)
}
