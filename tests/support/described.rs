//! What AWS says of instances, as `aws rds describe-db-instances` prints it.

use serde_json::{Map, Value, json};
use storage_valet_rds::model::Database;

/// An instance in the environment `dev` of the cases, made by hand years ago.
pub(crate) fn by_hand(identifier: &str) -> Value {
    serde_json::from_str(&BY_HAND.replace("NAME", identifier)).unwrap()
}

const BY_HAND: &str = r#"{
    "DBInstanceIdentifier": "NAME",
    "DBInstanceClass": "db.m5.large",
    "Engine": "postgres",
    "DBInstanceStatus": "available",
    "MasterUsername": "dbadmin",
    "DBName": "orders",
    "Endpoint": {"Address": "NAME.abc.eu-central-1.rds.amazonaws.com", "Port": 5433, "HostedZoneId": "Z1"},
    "AllocatedStorage": 137,
    "InstanceCreateTime": "2019-11-25T22:35:53.581629+00:00",
    "PreferredBackupWindow": "03:41-04:11",
    "BackupRetentionPeriod": 1,
    "DBSecurityGroups": [],
    "VpcSecurityGroups": [
        {"VpcSecurityGroupId": "sg-a70eba6c34e0b9b89", "Status": "active"},
        {"VpcSecurityGroupId": "sg-0481e86ba9c2a22be", "Status": "active"}
    ],
    "DBParameterGroups": [{"DBParameterGroupName": "orders-pg", "ParameterApplyStatus": "in-sync"}],
    "AvailabilityZone": "eu-central-1a",
    "DBSubnetGroup": {"DBSubnetGroupName": "default-vpc-0abc", "VpcId": "vpc-0a1b2c3d", "SubnetGroupStatus": "Complete", "Subnets": []},
    "PreferredMaintenanceWindow": "tue:00:13-tue:00:43",
    "PendingModifiedValues": {},
    "MultiAZ": false,
    "EngineVersion": "15.12",
    "AutoMinorVersionUpgrade": true,
    "ReadReplicaDBInstanceIdentifiers": [],
    "LicenseModel": "postgresql-license",
    "OptionGroupMemberships": [{"OptionGroupName": "default:postgres-15", "Status": "in-sync"}],
    "PubliclyAccessible": true,
    "StorageType": "gp2",
    "DbInstancePort": 0,
    "StorageEncrypted": false,
    "DbiResourceId": "db-BAEC03156E7142538D2AC80B48",
    "CACertificateIdentifier": "rds-ca-rsa4096-g1",
    "DomainMemberships": [],
    "CopyTagsToSnapshot": false,
    "MonitoringInterval": 0,
    "DBInstanceArn": "arn:aws:rds:eu-central-1:111111111111:db:NAME",
    "IAMDatabaseAuthenticationEnabled": false,
    "DatabaseInsightsMode": "standard",
    "PerformanceInsightsEnabled": false,
    "DeletionProtection": false,
    "AssociatedRoles": [],
    "TagList": [{"Key": "Name", "Value": "Orders DB / prod"}, {"Key": "backup:plan", "Value": "daily-35d"}],
    "CustomerOwnedIpEnabled": false,
    "NetworkType": "IPV4",
    "BackupTarget": "region",
    "DedicatedLogVolume": false,
    "EngineLifecycleSupport": "open-source-rds-extended-support"
}"#;

/// The document of some instances.
pub(crate) fn document(instances: &[Value]) -> String {
    format!("{:#}", json!({"DBInstances": instances}))
}

/// What AWS says of the instance of a config of this tool, once its tags no longer say whose it is.
pub(crate) fn of(database: &Database) -> Value {
    let environment = &database.environment;
    let spec = &environment.spec;
    let identifier = &database.names.instance;
    let major = database
        .facts()
        .major(database.engine_version.value)
        .unwrap();
    let exact = database.engine_version.value;
    let runs = if exact == major.version {
        exact.then(99)
    } else {
        exact
    };
    let size = database.allocated_storage.value;
    let kind = database.storage_type.value.as_str();
    let (iops, throughput) = match kind {
        "gp3" if size < 400 => (Some(3000), Some(125)),
        "gp3" => (
            database.iops.value.or(Some(12000)),
            database.storage_throughput.value.or(Some(500)),
        ),
        _ => (database.iops.value, None),
    };
    let tags = database.tags.iter();
    let tags: Vec<_> = tags
        .map(|(key, given)| json!({"Key": key, "Value": given.value}))
        .collect();
    let said = json!({
        "Engine": database.engine.value.as_str(),
        "DBInstanceClass": database.instance_class.value.to_string(),
        "MasterUsername": database.username.value,
        "DBName": database.database_name.value,
        "Endpoint": {"Port": database.port.value},
        "AllocatedStorage": size,
        "PreferredBackupWindow": database.backup_window.value.to_string(),
        "BackupRetentionPeriod": database.backup_retention_period.value,
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-0123456789abcdef0", "Status": "active"}],
        "DBParameterGroups": [{"DBParameterGroupName": "standard", "ParameterApplyStatus": "in-sync"}],
        "DBSubnetGroup": {"DBSubnetGroupName": "standard", "VpcId": spec.network.vpc_id},
        "PreferredMaintenanceWindow": database.maintenance_window.value.to_string().to_lowercase(),
        "MultiAZ": database.multi_az.value,
        "EngineVersion": runs.to_string(),
        "AutoMinorVersionUpgrade": database.minors_follow(),
    });
    let more = json!({
        "PubliclyAccessible": false,
        "StorageType": kind,
        "Iops": iops,
        "StorageThroughput": throughput,
        "StorageEncrypted": database.encrypted.value,
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "CopyTagsToSnapshot": true,
        "MonitoringInterval": database.monitoring_interval.value,
        "MonitoringRoleArn": (database.monitoring_interval.value > 0).then(|| environment.monitoring_role_arn()),
        "DBInstanceArn": format!("arn:{}:rds:{}:{}:db:{identifier}", environment.partition(), spec.region, spec.account_id),
        "PerformanceInsightsEnabled": true,
        "PerformanceInsightsRetentionPeriod": 7,
        // Without a key, AWS takes its own, and tells it like any other.
        "PerformanceInsightsKMSKeyId": spec.kms_key_arn.clone().unwrap_or_else(|| format!("arn:{}:kms:{}:{}:key/0a1b2c3d-1111-4222-8333-444444444444", environment.partition(), spec.region, spec.account_id)),
        "EnabledCloudwatchLogsExports": database.log_exports.value,
        "DeletionProtection": database.deletion_protection.value,
        "MaxAllocatedStorage": Some(database.max_allocated_storage.value).filter(|most| *most > 0),
        "MasterUserSecret": {"SecretArn": format!("arn:{}:secretsmanager:{}:{}:secret:rds!db-1-AbCdEf", environment.partition(), spec.region, spec.account_id), "SecretStatus": "active"},
        "TagList": tags,
        "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
    });
    let mut all = by_hand(identifier);
    merge(&mut all, &said);
    merge(&mut all, &more);
    all
}

/// Sets keys of a document; null takes one away.
pub(crate) fn merge(document: &mut Value, keys: &Value) {
    let document = document.as_object_mut().unwrap();
    for (key, value) in keys.as_object().unwrap() {
        if value.is_null() {
            document.remove(key);
        } else {
            document.insert(key.clone(), value.clone());
        }
    }
}

/// The ids of its security groups.
pub(crate) fn groups(described: &Value) -> Vec<Value> {
    let groups = described["VpcSecurityGroups"].as_array().unwrap().iter();
    groups
        .map(|one| one["VpcSecurityGroupId"].clone())
        .collect()
}

/// The same instance in the state of a root, at an address: module, name and key.
pub(crate) fn in_state(described: &Value, name: &str, index: &Value) -> Value {
    let said = |key: &str| described.get(key).cloned().unwrap_or(Value::Null);
    let first = |list: &str, key: &str| said(list)[0][key].clone();
    let tags: Map<String, Value> = said("TagList")
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| {
            (
                tag["Key"].as_str().unwrap().to_owned(),
                tag["Value"].clone(),
            )
        })
        .collect();
    let zero = |value: Value| if value.is_null() { json!(0) } else { value };
    let empty = |value: Value| if value.is_null() { json!("") } else { value };
    let secret = described.get("MasterUserSecret");
    let secret = secret.map(|one| json!([{"secret_arn": one["SecretArn"], "secret_status": "active", "kms_key_id": one["KmsKeyId"]}]));
    let mut values = json!({
    "address": "x", "password": "hunter2-in-clear", "arn": said("DBInstanceArn"), "identifier": said("DBInstanceIdentifier"),
        "allocated_storage": said("AllocatedStorage"), "auto_minor_version_upgrade": said("AutoMinorVersionUpgrade"),
        "backup_retention_period": said("BackupRetentionPeriod"), "backup_target": "region", "backup_window": said("PreferredBackupWindow"),
        "ca_cert_identifier": said("CACertificateIdentifier"), "copy_tags_to_snapshot": said("CopyTagsToSnapshot"),
        "custom_iam_instance_profile": "", "customer_owned_ip_enabled": false, "db_name": empty(said("DBName")),
        "db_subnet_group_name": said("DBSubnetGroup")["DBSubnetGroupName"], "dedicated_log_volume": said("DedicatedLogVolume"),
    });
    let more = json!({
        "deletion_protection": said("DeletionProtection"), "domain": "",
        "enabled_cloudwatch_logs_exports": described.get("EnabledCloudwatchLogsExports").cloned().unwrap_or(json!([])),
        "engine": said("Engine"), "engine_lifecycle_support": said("EngineLifecycleSupport"),
        "engine_version": "15", "engine_version_actual": said("EngineVersion"),
        "iam_database_authentication_enabled": said("IAMDatabaseAuthenticationEnabled"), "instance_class": said("DBInstanceClass"),
        "iops": zero(said("Iops")), "kms_key_id": empty(said("KmsKeyId")), "maintenance_window": said("PreferredMaintenanceWindow"),
    });
    merge(&mut values, &more);
    let more = json!({
        "master_user_secret": secret.unwrap_or(json!([])), "max_allocated_storage": zero(said("MaxAllocatedStorage")),
        "monitoring_interval": said("MonitoringInterval"), "monitoring_role_arn": empty(said("MonitoringRoleArn")),
        "multi_az": said("MultiAZ"), "option_group_name": first("OptionGroupMemberships", "OptionGroupName"),
        "parameter_group_name": first("DBParameterGroups", "DBParameterGroupName"),
        "performance_insights_enabled": said("PerformanceInsightsEnabled"),
        "performance_insights_kms_key_id": empty(said("PerformanceInsightsKMSKeyId")),
        "performance_insights_retention_period": zero(said("PerformanceInsightsRetentionPeriod")),
        "port": said("Endpoint")["Port"], "publicly_accessible": said("PubliclyAccessible"), "replica_mode": "", "replicate_source_db": "",
        "status": "available", "storage_encrypted": said("StorageEncrypted"), "storage_throughput": zero(said("StorageThroughput")),
        "storage_type": said("StorageType"), "tags": tags, "tags_all": tags, "username": said("MasterUsername"),
        "vpc_security_group_ids": groups(described),
    });
    merge(&mut values, &more);
    json!({"mode": "managed", "type": "aws_db_instance", "name": name, "index": index,
        "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 2,
        "sensitive_values": {"password": true}, "values": values})
}
