//! A database from the state of a Terraform root, in the words of the API. The password that a state holds is never looked at.

mod cluster;

use serde_json::{Map, Value, json};

use super::fields::{Fields, Malformed};
use crate::aws::engine::Form;

/// What the API would say of something.
type Said = Map<String, Value>;

/// The types of resources that are databases.
pub(super) const KINDS: [&str; 3] = [
    "aws_db_instance",
    "aws_rds_cluster",
    "aws_rds_cluster_instance",
];

/// What the API would say of a resource of one of these types, and what that is.
///
/// # Errors
/// When an attribute holds something else than the provider writes.
pub(super) fn described(
    kind: &str,
    values: &Map<String, Value>,
) -> Result<(Form, Said), Malformed> {
    Ok(match kind {
        "aws_rds_cluster" => (Form::Cluster, cluster::described(values)?),
        "aws_rds_cluster_instance" => (Form::Instance, cluster::described_instance(values)?),
        _ => (Form::Instance, described_instance(values)?),
    })
}

/// What says the same in both, with what only says something when it is neither an empty text nor a zero.
fn alike(fields: Fields, alike: &[(&str, &str)], or_none: &[(&str, &str)]) -> Said {
    let mut said = Map::new();
    for (attribute, key) in alike {
        if let Some(value) = fields.find(attribute) {
            said.insert((*key).to_owned(), value.clone());
        }
    }
    for (attribute, key) in or_none {
        let found = fields.find(attribute);
        if let Some(value) = found.filter(|value| **value != json!("") && **value != json!(0)) {
            said.insert((*key).to_owned(), value.clone());
        }
    }
    said
}

/// Tags, with those that its provider gives to everything.
fn tags(fields: Fields) -> Result<Option<Value>, Malformed> {
    let tags = fields.object_if("tags_all")?;
    Ok(tags.map(|tags| {
        let tags = tags.iter();
        tags.map(|(key, value)| json!({"Key": key, "Value": value}))
            .collect()
    }))
}

/// Security groups.
fn groups(fields: Fields) -> Result<Value, Malformed> {
    let groups = fields.texts("vpc_security_group_ids")?.into_iter();
    Ok(groups.map(|id| json!({"VpcSecurityGroupId": id})).collect())
}

/// Memberships of a directory.
fn domain(fields: Fields) -> Result<Option<Value>, Malformed> {
    let domain = fields.text_if("domain")?;
    Ok(domain
        .filter(|domain| !domain.is_empty())
        .map(|_| json!([{}])))
}

/// The secret that RDS manages.
fn secret(fields: Fields) -> Result<Option<Value>, Malformed> {
    let secret = fields.list("master_user_secret")?.first();
    let Some(secret) = secret.and_then(Value::as_object) else {
        return Ok(None);
    };
    let secret = Fields::of(secret, "master_user_secret.");
    let (arn, key) = (secret.text("secret_arn")?, secret.text_if("kms_key_id")?);
    Ok(Some(json!({"SecretArn": arn, "KmsKeyId": key})))
}

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
fn described_instance(values: &Map<String, Value>) -> Result<Said, Malformed> {
    let fields = Fields::of(values, "aws_db_instance.");
    let mut said = alike(fields, &ALIKE, &OR_NONE);
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
    said.extend(around(fields)?);
    Ok(said)
}

/// What instances and clusters have around them, by the API's names.
fn around(fields: Fields) -> Result<Said, Malformed> {
    let around = [
        ("DomainMemberships", domain(fields)?),
        ("MasterUserSecret", secret(fields)?),
        ("TagList", tags(fields)?),
        ("VpcSecurityGroups", Some(groups(fields)?)),
    ];
    let around = around.into_iter();
    let known = around.filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Ok(known.collect())
}
