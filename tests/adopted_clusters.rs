//! What the adoption of a cluster comes to: for 200 that differ in all that one can differ in.

use std::{collections::BTreeMap, fmt::Write, fs, path::PathBuf};

use serde_json::{Value, json};
use storage_valet_rds::{
    model::Database,
    terraform::{lower, print::print_root},
};

use crate::support::{
    command::run,
    described::{cluster_by_hand, cluster_document, cluster_in_state, groups, merge},
    folder::{ANY, QUOTAS, adoptable, modules},
    random::Random,
    workspace::{Workspace, no_key_is_idle},
};

const MANY: usize = 200;

fn workspace(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("described")).unwrap();
    let text = fs::read_to_string("fixtures/valet.yaml").unwrap();
    let quotas = QUOTAS.replace(
        "quotas: {",
        "quotas: {clusters: 9999, clusterParameterGroups: 9999, ",
    );
    fs::write(folder.join("valet.yaml"), format!("{text}{quotas}")).unwrap();
    adoptable(&folder, ANY);
    modules(&folder.join("../../../modules"));
    folder
}

/// A cluster of any kind that can be adopted, with its instances, and what its proxy is to log in with.
fn any(random: &mut Random, at: usize) -> (Value, Vec<Value>, String) {
    let identifier = format!("old-{at}");
    let (mut cluster, _) = cluster_by_hand(&identifier);
    let (engine, version, family, logs) = random.one_of(&[
        (
            "aurora-postgresql",
            "13.20",
            "aurora-postgresql13",
            &["postgresql", "iam-db-auth-error"][..],
        ),
        (
            "aurora-postgresql",
            "16.8",
            "aurora-postgresql16",
            &["postgresql", "iam-db-auth-error"],
        ),
        (
            "aurora-mysql",
            "8.0.mysql_aurora.3.08.2",
            "aurora-mysql8.0",
            &["error", "slowquery", "audit"],
        ),
        (
            "aurora-mysql",
            "5.7.mysql_aurora.2.12.5",
            "aurora-mysql5.7",
            &["error", "slowquery", "audit"],
        ),
    ]);
    let class = random.one_of(&[
        "db.serverless",
        "db.r6g.large",
        "db.r4.large",
        "db.t3.medium",
    ]);
    let key = |number: usize| {
        format!("arn:aws:kms:eu-central-1:111111111111:key/{number:08}-1111-4222-8333-444444444444")
    };
    let all_tags = [
        ("Name", "Orders: 1 / 2"),
        ("team", "a+b@c"),
        ("aws:backup:x", "y"),
        ("k=v", "16:30"),
        ("yes", "no"),
    ];
    let tags = |random: &mut Random| -> Vec<Value> {
        let some = all_tags.iter().filter(|_| random.below(2) == 0);
        some.map(|(key, value)| json!({"Key": key, "Value": value}))
            .collect()
    };
    let windows = [
        "tue:00:13-tue:00:43",
        "sun:18:00-sun:19:00",
        "fri:22:00-fri:22:30",
    ];
    let exports: Vec<_> = logs.iter().filter(|_| random.below(2) == 0).collect();
    let security: Vec<_> = (0..random.below(5)).map(|group| json!({"VpcSecurityGroupId": format!("sg-0{group}b9a71b1"), "Status": "active"})).collect();
    let encrypted = random.below(3) > 0;
    let secret = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:";
    let count = 1 + random.below(4);
    let names: Vec<_> = (0..count)
        .map(|number| {
            format!(
                "{identifier}-{}",
                random.one_of(&["writer", "reader", "instance"]).to_owned() + &number.to_string()
            )
        })
        .collect();
    merge(
        &mut cluster,
        &json!({
            "Engine": engine, "EngineVersion": version,
            "DatabaseName": random.one_of(&[None, Some("orders"), Some("App_1")]),
            "Port": random.one_of(&[5432, 3306, 1150, 65535]),
            "MasterUsername": random.one_of(&["postgres", "dbadmin", "Root_9"]),
            "BackupRetentionPeriod": random.one_of(&[1, 7, 35]),
            "PreferredMaintenanceWindow": random.one_of(&windows),
            "DBClusterParameterGroup": random.one_of(&["tuned", "default.aurora"]),
            "DBSubnetGroup": random.one_of(&["default", "data-private"]),
            "VpcSecurityGroups": security,
            "StorageEncrypted": encrypted, "KmsKeyId": encrypted.then(|| key(1)),
            "IAMDatabaseAuthenticationEnabled": random.below(4) == 0,
            "DeletionProtection": random.below(2) == 0, "CopyTagsToSnapshot": random.below(2) == 0,
            "EnabledCloudwatchLogsExports": Some(exports).filter(|exports| !exports.is_empty()),
            "StorageType": random.one_of(&[None, Some("aurora"), Some("aurora-iopt1")]),
            "ServerlessV2ScalingConfiguration": (class == "db.serverless").then(|| json!({"MinCapacity": random.one_of(&[0.5, 1.0, 2.5]), "MaxCapacity": random.one_of(&[4.0, 16.5])})),
        }),
    );
    merge(
        &mut cluster,
        &json!({
            "TagList": tags(random),
            "DBClusterMembers": names.iter().map(|name| json!({"DBInstanceIdentifier": name})).collect::<Vec<_>>(),
            "MasterUserSecret": (random.below(3) == 0).then(|| json!({"SecretArn": format!("{secret}rds!cluster-1-AbCdEf"), "SecretStatus": "active", "KmsKeyId": key(3)})),
            "EngineLifecycleSupport": random.one_of(&["open-source-rds-extended-support", "open-source-rds-extended-support-disabled"]),
        }),
    );
    let (insights, interval) = (random.below(2) == 1, random.one_of(&[0, 1, 60]));
    let alike = json!({
        "Engine": engine, "EngineVersion": version, "DBClusterIdentifier": identifier, "DBInstanceClass": class,
        "DBParameterGroups": [{"DBParameterGroupName": random.one_of(&["tuned", &format!("default.{family}")]), "ParameterApplyStatus": "in-sync"}],
        "AutoMinorVersionUpgrade": random.below(2) == 0,
        "CACertificateIdentifier": random.one_of(&["rds-ca-rsa2048-g1", "rds-ca-ecc384-g1"]),
        "PubliclyAccessible": random.below(2) == 0,
        "MonitoringInterval": interval,
        "MonitoringRoleArn": (interval > 0).then_some("arn:aws:iam::111111111111:role/rds-monitoring-role"),
        "PerformanceInsightsEnabled": insights,
        "PerformanceInsightsRetentionPeriod": insights.then(|| random.one_of(&[7, 465, 731])),
        "PerformanceInsightsKMSKeyId": insights.then(|| key(2)),
    });
    let instances = names.iter().map(|name| {
        let mut one = crate::support::described::by_hand(name);
        merge(&mut one, &alike);
        merge(&mut one, &json!({
            "PreferredMaintenanceWindow": random.one_of(&windows), "PromotionTier": random.below(16), "TagList": tags(random),
            "CopyTagsToSnapshot": random.below(2) == 0,
        }));
        one
    });
    let instances = instances.collect();
    let master = if random.below(2) == 0 {
        format!("{secret}prod/orders-AbCdEf")
    } else {
        String::new()
    };
    (cluster, instances, master)
}

/// A value of HCL in which nothing is evaluated.
fn plain(expression: &hcl::Expression) -> Value {
    match expression {
        hcl::Expression::Array(items) => items.iter().map(plain).collect(),
        hcl::Expression::Object(entries) => {
            let entry = |(key, value): (&hcl::expr::ObjectKey, &hcl::Expression)| {
                let key = match key {
                    hcl::expr::ObjectKey::Expression(hcl::Expression::String(key)) => key.clone(),
                    key => key.to_string(),
                };
                (key, plain(value))
            };
            Value::Object(entries.iter().map(entry).collect())
        }
        other => serde_json::to_value(other).unwrap(),
    }
}

/// What the module is told, in the words of the description: as its variables have it, and not as the code that adopts.
fn told(database: &Database) -> BTreeMap<String, Value> {
    let root = print_root(&lower::unit(database));
    let text = &root
        .iter()
        .find(|(path, _)| path.ends_with("main.tf"))
        .unwrap()
        .1;
    let body: hcl::Body = hcl::from_str(text).unwrap();
    let mut blocks = body.blocks();
    let module = blocks
        .find(|block| block.identifier() == "module" && block.labels()[0].as_str() == "aurora")
        .unwrap();
    let argument = |name: &str| {
        let found = module.body().attributes().find(|one| one.key() == name);
        found.map(|one| plain(one.expr()))
    };
    let or = |name: &str, default: Value| argument(name).unwrap_or(default);
    let said = |name: &str| or(name, Value::Null);
    let window = said("maintenance_window").as_str().unwrap().to_lowercase();
    assert_eq!(
        said("engine_version"),
        said("adopted_major_version"),
        "another version would be asked for"
    );
    assert_eq!(
        (said("adopted"), or("manage_master_password", json!(true))),
        (json!(true), json!(false))
    );
    assert_eq!(
        (
            said("existing_parameter_group"),
            said("existing_cluster_parameter_group")
        ),
        (json!(true), json!(true))
    );
    let mut all: BTreeMap<String, Value> = [
        ("identifier", said("identifier")),
        ("engine", said("engine")),
        ("version", said("engine_version")),
        ("class", said("instance_class")),
        ("least", capacity(&said("min_capacity"))),
        ("most", capacity(&said("max_capacity"))),
        ("storage", said("storage_type")),
        ("encrypted", or("storage_encrypted", json!(true))),
        ("cluster group", said("cluster_parameter_group_name")),
        ("group", said("parameter_group_name")),
        ("subnets", said("subnet_group_name")),
        ("port", said("port")),
        ("security", or("security_group_ids", json!([]))),
        ("backups", said("backup_retention_period")),
        ("backup window", said("backup_window")),
        ("window", json!(window)),
        ("copies tags", or("copy_tags_to_snapshot", json!(true))),
        ("protected", said("deletion_protection")),
        ("logs", or("log_exports", json!([]))),
        ("tokens", or("iam_authentication", json!(false))),
        ("support", or("extended_support", json!(false))),
        ("minors", or("auto_minor_version_upgrade", json!(true))),
        (
            "authority",
            or("ca_certificate", json!("rds-ca-rsa2048-g1")),
        ),
        ("public", or("publicly_accessible", json!(false))),
        ("monitoring", said("monitoring_interval")),
        ("insights", or("performance_insights", json!(true))),
        ("days", or("performance_insights_retention_days", json!(7))),
        ("readers", said("replicas")),
        ("user", json!(database.username.value)),
        ("database", json!(database.database_name.value)),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into();
    let tags = |one: &Value| one.as_object().cloned().unwrap_or_default();
    all.insert("tags".to_owned(), tags(&said("tags")).into());
    for (place, one) in said("adopted_instances")
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
    {
        let or = |name: &str, default: Value| one.get(name).cloned().unwrap_or(default);
        let instance = json!([
            or("maintenance_window", json!(window)),
            or("promotion_tier", json!(place)),
            tags(&one["tags"])
        ]);
        all.insert(one["identifier"].as_str().unwrap().to_owned(), instance);
    }
    all
}

/// A capacity as text: AWS writes 8.0, and HCL 8.
fn capacity(value: &Value) -> Value {
    json!(value.as_f64().map(|value| value.to_string()))
}

/// The tags that are not AWS's own.
fn own_tags(described: &Value) -> Value {
    let tags = described["TagList"].as_array().unwrap().iter();
    let tags = tags.map(|tag| {
        (
            tag["Key"].as_str().unwrap().to_owned(),
            tag["Value"].clone(),
        )
    });
    tags.filter(|(key, _)| !key.starts_with("aws:"))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The same of a description.
fn is(cluster: &Value, instances: &[Value]) -> BTreeMap<String, Value> {
    let said = |key: &str| cluster.get(key).cloned().unwrap_or(Value::Null);
    let of_instance = |key: &str| instances[0].get(key).cloned().unwrap_or(Value::Null);
    let numbers = if said("Engine") == "aurora-mysql" {
        2
    } else {
        1
    };
    let version = said("EngineVersion");
    let version: Vec<_> = version.as_str().unwrap().split('.').take(numbers).collect();
    let bound = |name: &str| capacity(&said("ServerlessV2ScalingConfiguration")[name]);
    let sorted = |mut list: Vec<Value>| {
        list.sort_by_key(ToString::to_string);
        Value::from(list)
    };
    let insights = of_instance("PerformanceInsightsEnabled");
    let days = if insights == true {
        of_instance("PerformanceInsightsRetentionPeriod")
    } else {
        json!(7)
    };
    let logs = said("EnabledCloudwatchLogsExports")
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut all: BTreeMap<String, Value> = [
        ("identifier", said("DBClusterIdentifier")),
        ("engine", said("Engine")),
        ("version", json!(version.join("."))),
        ("class", of_instance("DBInstanceClass")),
        ("least", bound("MinCapacity")),
        ("most", bound("MaxCapacity")),
        (
            "storage",
            cluster
                .get("StorageType")
                .cloned()
                .unwrap_or(json!("aurora")),
        ),
        ("encrypted", said("StorageEncrypted")),
        ("cluster group", said("DBClusterParameterGroup")),
        (
            "group",
            of_instance("DBParameterGroups")[0]["DBParameterGroupName"].clone(),
        ),
        ("subnets", said("DBSubnetGroup")),
        ("port", said("Port")),
        ("security", sorted(groups(cluster))),
        ("backups", said("BackupRetentionPeriod")),
        ("backup window", said("PreferredBackupWindow")),
        ("window", said("PreferredMaintenanceWindow")),
        ("copies tags", said("CopyTagsToSnapshot")),
        ("protected", said("DeletionProtection")),
        ("logs", sorted(logs)),
        ("tokens", said("IAMDatabaseAuthenticationEnabled")),
        (
            "support",
            json!(said("EngineLifecycleSupport") == "open-source-rds-extended-support"),
        ),
        ("minors", of_instance("AutoMinorVersionUpgrade")),
        ("authority", of_instance("CACertificateIdentifier")),
        ("public", of_instance("PubliclyAccessible")),
        ("monitoring", of_instance("MonitoringInterval")),
        ("insights", insights),
        ("days", days),
        ("readers", json!(instances.len() - 1)),
        ("user", said("MasterUsername")),
        ("database", said("DatabaseName")),
        ("tags", own_tags(cluster)),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into();
    for one in instances {
        let name = one["DBInstanceIdentifier"].as_str().unwrap().to_owned();
        all.insert(
            name,
            json!([
                one["PreferredMaintenanceWindow"],
                one["PromotionTier"],
                own_tags(one)
            ]),
        );
    }
    all
}

#[test]
fn two_hundred_clusters_become_configs_that_say_what_they_are() {
    let folder = workspace("adopted-clusters");
    let mut random = Random::new(18);
    let all: Vec<_> = (0..MANY).map(|at| any(&mut random, at)).collect();
    let mut mapping = "identifier,namespace,shortname,secretArn\n".to_owned();
    for (at, (cluster, instances, secret)) in all.iter().enumerate() {
        let name = cluster["DBClusterIdentifier"].as_str().unwrap();
        writeln!(mapping, "{name},team-{at},t{at},{secret}").unwrap();
        fs::write(
            folder.join(format!("described/{at}.json")),
            cluster_document(cluster, instances),
        )
        .unwrap();
    }
    fs::write(folder.join("names.csv"), mapping).unwrap();
    let line = "adopt --from-all described --mapping names.csv";
    let ran = run(&folder, line);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.err.contains("200 configs created, 0 unchanged"),
        "{ran}"
    );
    let adopted = Workspace::open(&folder);
    assert_eq!(adopted.drawn(), "");
    assert_eq!(adopted.databases.len(), MANY);
    for database in &adopted.databases {
        let at: usize = database.shortname[1..].parse().unwrap();
        let (cluster, instances, _) = &all[at];
        let (is, told) = (is(cluster, instances), told(database));
        let differs: Vec<_> = is
            .iter()
            .filter(|(key, value)| told.get(*key) != Some(value))
            .map(|(key, value)| (key, value, told.get(key)))
            .collect();
        let text = &database.file.text;
        assert!(
            differs.is_empty() && is.len() == told.len(),
            "{differs:?}\n{text}"
        );
        if at.is_multiple_of(10) {
            no_key_is_idle(database, &folder);
        }
    }
    let again = run(&folder, line);
    assert!(
        again.code == 0 && again.err.contains("0 configs created, 200 unchanged"),
        "{again}"
    );
    // The state of a root says the same.
    for (cluster, instances, _) in all.iter().take(40) {
        let subnets = json!({"DBSubnetGroups": [{"DBSubnetGroupName": cluster["DBSubnetGroup"], "VpcId": "vpc-0a1b2c3d",
            "DBSubnetGroupArn": "arn:aws:rds:eu-central-1:111111111111:subgrp:x"}]});
        fs::write(folder.join("subnets.json"), subnets.to_string()).unwrap();
        fs::write(
            folder.join("found.json"),
            cluster_document(cluster, instances),
        )
        .unwrap();
        let root = json!({"resources": cluster_in_state(cluster, instances)});
        fs::write(
            folder.join("old.json"),
            json!({"format_version": "1.0", "values": {"root_module": root}}).to_string(),
        )
        .unwrap();
        let of = |file: &str| {
            let ran = run(
                &folder,
                &format!(
                    "adopt dev/orders --shortname other --from {file} subnets.json --format json --dry-run"
                ),
            );
            let document: Value = serde_json::from_str(&ran.out).unwrap();
            let refused = document["refused"][0]["reasons"].to_string();
            (document["adopted"][0]["config"].clone(), refused)
        };
        assert_eq!(of("found.json"), of("old.json"));
    }
}
