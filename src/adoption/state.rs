//! An instance from the state of a Terraform root, in the words of the API. The password that a state holds is never looked at.

use serde_json::{Map, Value, json};

use super::fields::{Fields, Malformed};

/// What the API calls the attributes of `aws_db_instance` that it says alike.
const ALIKE: [(&str, &str); 29] = [
    ("allocated_storage", "AllocatedStorage"),
    ("arn", "DBInstanceArn"),
    ("auto_minor_version_upgrade", "AutoMinorVersionUpgrade"),
    ("backup_retention_period", "BackupRetentionPeriod"),
    ("backup_target", "BackupTarget"),
    ("backup_window", "PreferredBackupWindow"),
    ("ca_cert_identifier", "CACertificateIdentifier"),
    ("copy_tags_to_snapshot", "CopyTagsToSnapshot"),
    ("customer_owned_ip_enabled", "CustomerOwnedIpEnabled"),
    ("dedicated_log_volume", "DedicatedLogVolume"),
    ("deletion_protection", "DeletionProtection"),
    (
        "enabled_cloudwatch_logs_exports",
        "EnabledCloudwatchLogsExports",
    ),
    ("engine", "Engine"),
    ("engine_lifecycle_support", "EngineLifecycleSupport"),
    (
        "iam_database_authentication_enabled",
        "IAMDatabaseAuthenticationEnabled",
    ),
    ("identifier", "DBInstanceIdentifier"),
    ("instance_class", "DBInstanceClass"),
    ("maintenance_window", "PreferredMaintenanceWindow"),
    ("max_allocated_storage", "MaxAllocatedStorage"),
    ("monitoring_interval", "MonitoringInterval"),
    ("multi_az", "MultiAZ"),
    ("performance_insights_enabled", "PerformanceInsightsEnabled"),
    (
        "performance_insights_retention_period",
        "PerformanceInsightsRetentionPeriod",
    ),
    ("publicly_accessible", "PubliclyAccessible"),
    ("status", "DBInstanceStatus"),
    ("storage_encrypted", "StorageEncrypted"),
    ("storage_type", "StorageType"),
    ("username", "MasterUsername"),
    ("port", "DbInstancePort"),
];

/// The same where an empty text, or a zero, stands for none.
const OR_NONE: [(&str, &str); 9] = [
    ("custom_iam_instance_profile", "CustomIamInstanceProfile"),
    ("db_name", "DBName"),
    ("iops", "Iops"),
    ("kms_key_id", "KmsKeyId"),
    ("monitoring_role_arn", "MonitoringRoleArn"),
    (
        "performance_insights_kms_key_id",
        "PerformanceInsightsKMSKeyId",
    ),
    ("replica_mode", "ReplicaMode"),
    (
        "replicate_source_db",
        "ReadReplicaSourceDBInstanceIdentifier",
    ),
    ("storage_throughput", "StorageThroughput"),
];

/// What the API would say of an `aws_db_instance`.
///
/// # Errors
/// When an attribute holds something else than the provider writes.
pub(super) fn described(values: &Map<String, Value>) -> Result<Map<String, Value>, Malformed> {
    let fields = Fields::of(values, "aws_db_instance.");
    let mut said = Map::new();
    for (attribute, key) in ALIKE {
        if let Some(value) = fields.find(attribute) {
            said.insert(key.to_owned(), value.clone());
        }
    }
    for (attribute, key) in OR_NONE {
        let found = fields.find(attribute);
        if let Some(value) = found.filter(|value| **value != json!("") && **value != json!(0)) {
            said.insert(key.to_owned(), value.clone());
        }
    }
    let mut put = |key: &str, value: Value| drop(said.insert(key.to_owned(), value));
    // What runs; the other one is what somebody once asked for.
    if let Some(version) = fields.text_if("engine_version_actual")? {
        put("EngineVersion", version.into());
    }
    if let Some(port) = fields.number_if("port")? {
        put("Endpoint", json!({"Port": port}));
    }
    if let Some(name) = fields.text_if("parameter_group_name")? {
        put("DBParameterGroups", json!([{"DBParameterGroupName": name}]));
    }
    if let Some(name) = fields.text_if("option_group_name")? {
        put("OptionGroupMemberships", json!([{"OptionGroupName": name}]));
    }
    if let Some(name) = fields.text_if("db_subnet_group_name")? {
        put("DBSubnetGroup", json!({"DBSubnetGroupName": name}));
    }
    let groups = fields.texts("vpc_security_group_ids")?.into_iter();
    let groups = groups.map(|id| json!({"VpcSecurityGroupId": id}));
    put("VpcSecurityGroups", groups.collect());
    if let Some(tags) = fields.object_if("tags_all")? {
        let tags = tags
            .iter()
            .map(|(key, value)| json!({"Key": key, "Value": value}));
        put("TagList", tags.collect());
    }
    if fields
        .text_if("domain")?
        .is_some_and(|domain| !domain.is_empty())
    {
        put("DomainMemberships", json!([{}]));
    }
    let secret = fields.list("master_user_secret")?.first();
    if let Some(secret) = secret.and_then(Value::as_object) {
        let secret = Fields::of(secret, "master_user_secret.");
        put(
            "MasterUserSecret",
            json!({"SecretArn": secret.text("secret_arn")?, "KmsKeyId": secret.text_if("kms_key_id")?}),
        );
    }
    Ok(said)
}
