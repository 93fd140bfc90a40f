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

/// A cluster of Aurora in the environment `dev` of the cases, made by hand, and its instances: the second one writes.
pub(crate) fn cluster_by_hand(identifier: &str) -> (Value, Vec<Value>) {
    let cluster = CLUSTER_BY_HAND.replace("NAME", identifier);
    let instance = |number: &str, tier: u32, window: &str| {
        let mut instance: Value = by_hand(&format!("{identifier}-{number}"));
        let of_cluster = json!({
            "AllocatedStorage": 1,
            "BackupRetentionPeriod": 14,
            "CACertificateIdentifier": "rds-ca-rsa2048-g1",
            "CopyTagsToSnapshot": false,
            "DBClusterIdentifier": identifier,
            "DBInstanceClass": "db.r6g.large",
            "DBParameterGroups": [{"DBParameterGroupName": "default.aurora-postgresql15", "ParameterApplyStatus": "in-sync"}],
            "Engine": "aurora-postgresql",
            "EngineVersion": "15.12",
            "OptionGroupMemberships": [{"OptionGroupName": "default:aurora-postgresql-15", "Status": "in-sync"}],
            "PreferredMaintenanceWindow": window,
            "PromotionTier": tier,
            "PubliclyAccessible": false,
            "StorageEncrypted": true,
            "StorageType": "aurora",
            "TagList": [{"Key": "Name", "Value": format!("reader {number}")}],
        });
        merge(&mut instance, &of_cluster);
        instance
    };
    let instances = vec![
        instance("instance-1", 1, "tue:00:13-tue:00:43"),
        instance("instance-1-eu-central-1b", 1, "fri:22:00-fri:22:30"),
    ];
    (serde_json::from_str(&cluster).unwrap(), instances)
}

const CLUSTER_BY_HAND: &str = r#"{
    "AllocatedStorage": 1,
    "AvailabilityZones": ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    "BackupRetentionPeriod": 14,
    "DatabaseName": "orders",
    "DBClusterIdentifier": "NAME",
    "DBClusterParameterGroup": "orders-cluster-pg",
    "DBSubnetGroup": "default-vpc-0abc",
    "Status": "available",
    "Endpoint": "NAME.cluster-abc.eu-central-1.rds.amazonaws.com",
    "ReaderEndpoint": "NAME.cluster-ro-abc.eu-central-1.rds.amazonaws.com",
    "MultiAZ": true,
    "Engine": "aurora-postgresql",
    "EngineVersion": "15.12",
    "Port": 5433,
    "MasterUsername": "dbadmin",
    "PreferredBackupWindow": "03:41-04:11",
    "PreferredMaintenanceWindow": "tue:00:13-tue:00:43",
    "ReadReplicaIdentifiers": [],
    "DBClusterMembers": [
        {"DBInstanceIdentifier": "NAME-instance-1", "IsClusterWriter": false, "DBClusterParameterGroupStatus": "in-sync", "PromotionTier": 1},
        {"DBInstanceIdentifier": "NAME-instance-1-eu-central-1b", "IsClusterWriter": true, "DBClusterParameterGroupStatus": "in-sync", "PromotionTier": 1}
    ],
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-a70eba6c34e0b9b89", "Status": "active"}],
    "StorageEncrypted": true,
    "KmsKeyId": "arn:aws:kms:eu-central-1:111111111111:key/2f9c1c0e-0000-4000-8000-000000000000",
    "DbClusterResourceId": "cluster-BAEC03156E7142538D2AC80B48",
    "DBClusterArn": "arn:aws:rds:eu-central-1:111111111111:cluster:NAME",
    "AssociatedRoles": [],
    "IAMDatabaseAuthenticationEnabled": false,
    "EngineMode": "provisioned",
    "DeletionProtection": true,
    "HttpEndpointEnabled": false,
    "ActivityStreamStatus": "stopped",
    "CopyTagsToSnapshot": false,
    "CrossAccountClone": false,
    "DomainMemberships": [],
    "TagList": [{"Key": "Name", "Value": "Orders / prod"}],
    "AutoMinorVersionUpgrade": true,
    "NetworkType": "IPV4",
    "DatabaseInsightsMode": "standard",
    "ClusterScalabilityType": "standard",
    "LocalWriteForwardingStatus": "disabled",
    "EngineLifecycleSupport": "open-source-rds-extended-support"
}"#;

/// The document of a cluster and its instances.
pub(crate) fn cluster_document(cluster: &Value, instances: &[Value]) -> String {
    format!(
        "{:#}",
        json!({"DBClusters": [cluster], "DBInstances": instances})
    )
}

/// What a state says of a value that nobody has: the empty text.
fn or_empty(described: &Value, key: &str) -> Value {
    described.get(key).cloned().unwrap_or(json!(""))
}

fn tags_in_state(described: &Value) -> Value {
    let tags = described["TagList"].as_array().unwrap().iter();
    let text = |tag: &Value| {
        (
            tag["Key"].as_str().unwrap().to_owned(),
            tag["Value"].clone(),
        )
    };
    tags.map(text).collect::<Map<_, _>>().into()
}

/// The same cluster and its instances in the state of a root: `this` and one more for each instance.
pub(crate) fn cluster_in_state(cluster: &Value, instances: &[Value]) -> Vec<Value> {
    let said = |key: &str| cluster.get(key).cloned().unwrap_or(Value::Null);
    let bounds = cluster.get("ServerlessV2ScalingConfiguration");
    let bounds = bounds.map(|one| json!([{"min_capacity": one["MinCapacity"], "max_capacity": one["MaxCapacity"], "seconds_until_auto_pause": 0}]));
    let secret = cluster.get("MasterUserSecret");
    let secret = secret.map(|one| json!([{"secret_arn": one["SecretArn"], "secret_status": "active", "kms_key_id": one["KmsKeyId"]}]));
    let members: Vec<_> = instances
        .iter()
        .map(|one| one["DBInstanceIdentifier"].clone())
        .collect();
    let mut values = json!({
        "master_password": "hunter2-in-clear", "arn": said("DBClusterArn"), "cluster_identifier": said("DBClusterIdentifier"),
        "backtrack_window": 0, "backup_retention_period": said("BackupRetentionPeriod"), "cluster_members": members,
        "cluster_scalability_type": "standard", "copy_tags_to_snapshot": said("CopyTagsToSnapshot"),
        "database_name": or_empty(cluster, "DatabaseName"), "db_cluster_parameter_group_name": said("DBClusterParameterGroup"),
        "db_subnet_group_name": said("DBSubnetGroup"), "deletion_protection": said("DeletionProtection"), "domain": "",
        "enable_global_write_forwarding": false, "enable_http_endpoint": false, "enable_local_write_forwarding": false,
        "enabled_cloudwatch_logs_exports": cluster.get("EnabledCloudwatchLogsExports").cloned().unwrap_or(json!([])),
        "engine": said("Engine"), "engine_lifecycle_support": said("EngineLifecycleSupport"), "engine_mode": "provisioned",
        "engine_version": "15", "engine_version_actual": said("EngineVersion"), "global_cluster_identifier": "",
    });
    let more = json!({
        "iam_database_authentication_enabled": said("IAMDatabaseAuthenticationEnabled"), "kms_key_id": or_empty(cluster, "KmsKeyId"),
        "master_user_secret": secret.unwrap_or(json!([])), "master_username": said("MasterUsername"), "port": said("Port"),
        "preferred_backup_window": said("PreferredBackupWindow"), "preferred_maintenance_window": said("PreferredMaintenanceWindow"),
        "replication_source_identifier": "", "serverlessv2_scaling_configuration": bounds.unwrap_or(json!([])),
        "storage_encrypted": said("StorageEncrypted"), "storage_type": or_empty(cluster, "StorageType"),
        "tags_all": tags_in_state(cluster), "vpc_security_group_ids": groups(cluster),
    });
    merge(&mut values, &more);
    let mut all = vec![
        json!({"mode": "managed", "type": "aws_rds_cluster", "name": "this", "index": 0, "values": values}),
    ];
    for (at, one) in instances.iter().enumerate() {
        let said = |key: &str| one.get(key).cloned().unwrap_or(Value::Null);
        let values = json!({
            "arn": said("DBInstanceArn"), "auto_minor_version_upgrade": said("AutoMinorVersionUpgrade"),
            "ca_cert_identifier": said("CACertificateIdentifier"), "cluster_identifier": said("DBClusterIdentifier"),
            "copy_tags_to_snapshot": said("CopyTagsToSnapshot"), "custom_iam_instance_profile": "",
            "db_parameter_group_name": said("DBParameterGroups")[0]["DBParameterGroupName"],
            "db_subnet_group_name": said("DBSubnetGroup")["DBSubnetGroupName"], "engine": said("Engine"),
            "engine_version": "15", "engine_version_actual": said("EngineVersion"), "identifier": said("DBInstanceIdentifier"),
            "instance_class": said("DBInstanceClass"), "monitoring_interval": said("MonitoringInterval"),
            "monitoring_role_arn": or_empty(one, "MonitoringRoleArn"),
            "performance_insights_enabled": said("PerformanceInsightsEnabled"),
            "performance_insights_kms_key_id": or_empty(one, "PerformanceInsightsKMSKeyId"),
            "performance_insights_retention_period": one.get("PerformanceInsightsRetentionPeriod").cloned().unwrap_or(json!(0)),
            "preferred_maintenance_window": said("PreferredMaintenanceWindow"), "promotion_tier": said("PromotionTier"),
            "publicly_accessible": said("PubliclyAccessible"), "tags_all": tags_in_state(one),
        });
        all.push(json!({"mode": "managed", "type": "aws_rds_cluster_instance", "name": "this", "index": at.to_string(), "values": values}));
    }
    all
}
