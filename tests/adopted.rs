//! What an adoption comes to: for 500 instances that differ in all that one can differ in, and for those of this tool.

use std::{collections::BTreeMap, fmt::Write, fs, path::PathBuf};

use serde_json::{Value, json};
use storage_valet_rds::{
    inspect::resolved,
    model::Database,
    terraform::{lower, print::print_root},
};

use crate::support::{
    command::{run, valet},
    described::{self, by_hand, document, groups, in_state, merge},
    folder::{ANY, QUOTAS, adoptable, copy, modules},
    random::Random,
    workspace::{Workspace, cases, no_key_is_idle},
};

const MANY: usize = 500;

/// Two environments of one account, each with a VPC of its own; the second with defaults and policies that hardly an old
/// instance fits.
fn workspace(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("described")).unwrap();
    let one = fs::read_to_string("fixtures/valet.yaml").unwrap();
    let (head, first) = one.split_once("  dev:\n").unwrap();
    let second = first
        .replace("vpc-0a1b2c3d", "vpc-99999999")
        .replace("/dev", "/prod")
        .replace("      apps:\n", "      apps:\n        oidcProvider: external\n")
        .replace(
            "      username: postgres\n",
            "      {username: postgres, multiAz: true, encrypted: true, engineVersion: \"16\", databaseName: other, subnetGroup: own, \
             backupRetentionPeriod: 14, logExports: [postgresql], monitoringInterval: 0, maxAllocatedStorage: 1000, storageType: gp2, \
             parameters: {work_mem: \"4096\"}, proxy: {maxConnectionsPercent: 40}, tags: {Owner: platform}}\n",
        );
    let policy = "    kmsKeyArn: arn:aws:kms:eu-central-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab\n    tags: {stage: production}\n    \
                  policy: {requireEncryption: true, requireMultiAz: true, maxAllocatedStorage: 500, minBackupRetentionPeriod: 7, \
                  instanceClasses: [\"db.r*\"], engineVersions: [\"16*\"], requireTags: [team]}\n";
    let text = format!("{head}  dev:\n{first}{QUOTAS}  prod:\n{second}{policy}{QUOTAS}");
    fs::write(folder.join("valet.yaml"), text).unwrap();
    adoptable(&folder, ANY);
    modules(&folder.join("../../../modules"));
    folder
}

/// An instance of any kind that can be adopted, and what is to become of it: environment, secret.
fn any(random: &mut Random, at: usize) -> (Value, &'static str, String) {
    let identifier = format!("old-{at}-{}", random.below(9));
    let environment = random.one_of(&["dev", "prod"]);
    let vpc = if environment == "dev" {
        "vpc-0a1b2c3d"
    } else {
        "vpc-99999999"
    };
    let mut instance = by_hand(&identifier);
    let kind = random.one_of(&["gp2", "gp3", "io1", "io2"]);
    let size = match kind {
        "gp2" => 5 + random.below(3000),
        "gp3" => 20 + random.below(900),
        _ => 100 + random.below(900),
    };
    let striped = random.one_of(&[(12_000, 500), (16_000, 1000), (12_000, 700)]);
    let (iops, throughput) = match kind {
        "gp2" => (None, None),
        "gp3" if size < 400 => (Some(3000), Some(125)),
        "gp3" => (Some(striped.0), Some(striped.1)),
        _ => (Some(1000 + random.below(4) * 1000), None),
    };
    let major = 13 + random.below(6);
    let version = random.one_of(&["1", "3", "9", "12", "15", "22", "22-rds.20250404"]);
    let class = random.one_of(&[
        "db.t2.micro",
        "db.m4.large",
        "db.t3.small",
        "db.m5.4xlarge",
        "db.r6g.large",
        "db.r7i.48xlarge",
        "db.t4g.medium",
    ]);
    let encrypted = random.below(3) > 0;
    let insights = random.below(2) == 1;
    let interval = random.one_of(&[0, 1, 5, 10, 15, 30, 60]);
    let iam = random.below(4) == 0;
    let groups: Vec<_> = (0..random.below(5)).map(|group| json!({"VpcSecurityGroupId": format!("sg-0{group}b9a71b1"), "Status": "active"})).collect();
    let all_tags = [
        ("Name", "Orders: 1 / 2"),
        ("team", "a+b@c"),
        ("stage", "production"),
        ("Owner", "orders"),
        ("yes", "no"),
        ("aws:backup:x", "y"),
        ("k=v", "16:30"),
        ("émile", ""),
    ];
    let tags: Vec<_> = all_tags
        .iter()
        .filter(|_| random.below(2) == 0)
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect();
    let exports: Vec<_> = ["postgresql", "upgrade"]
        .into_iter()
        .filter(|_| random.below(2) == 0)
        .collect();
    let windows = random.one_of(&[
        ("03:41-04:11", "tue:00:13-tue:00:43"),
        ("16:00-17:00", "sun:18:00-sun:19:00"),
        ("23:30-00:30", "mon:03:00-mon:04:00"),
    ]);
    let key = |number: usize| {
        format!("arn:aws:kms:eu-central-1:111111111111:key/{number:08}-1111-4222-8333-444444444444")
    };
    let secret = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:";
    merge(
        &mut instance,
        &json!({
            "DBInstanceClass": class,
            "MasterUsername": random.one_of(&["postgres", "dbadmin", "Root_9"]),
            "DBName": random.one_of(&[None, Some("orders"), Some("App_1")]),
            "Endpoint": {"Port": random.one_of(&[5432, 5433, 1150, 65535])},
            "AllocatedStorage": size,
            "PreferredBackupWindow": windows.0,
            "PreferredMaintenanceWindow": windows.1,
            "BackupRetentionPeriod": random.one_of(&[0, 1, 7, 14, 35]),
            "VpcSecurityGroups": groups,
            "DBParameterGroups": [{"DBParameterGroupName": random.one_of(&["default.postgres15", "tuned", "Tuned-9"]).to_lowercase(), "ParameterApplyStatus": "in-sync"}],
            "DBSubnetGroup": {"DBSubnetGroupName": random.one_of(&["default", "data-private", "dev_databases"]), "VpcId": vpc},
            "MultiAZ": random.below(2) == 0,
            "EngineVersion": format!("{major}.{version}"),
            "AutoMinorVersionUpgrade": random.below(2) == 0,
            "OptionGroupMemberships": [{"OptionGroupName": random.one_of(&["default:postgres-15", "tools"]), "Status": "in-sync"}],
            "PubliclyAccessible": random.below(2) == 0,
        }),
    );
    merge(
        &mut instance,
        &json!({
            "StorageType": kind,
            "Iops": iops,
            "StorageThroughput": throughput,
            "StorageEncrypted": encrypted,
            "KmsKeyId": encrypted.then(|| key(1)),
            "CACertificateIdentifier": random.one_of(&["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"]),
            "CopyTagsToSnapshot": random.below(2) == 0,
            "MonitoringInterval": interval,
            "MonitoringRoleArn": (interval > 0).then_some("arn:aws:iam::111111111111:role/rds-monitoring-role"),
            "IAMDatabaseAuthenticationEnabled": iam,
            "PerformanceInsightsEnabled": insights,
            "PerformanceInsightsRetentionPeriod": insights.then(|| random.one_of(&[7, 31, 731])),
            "PerformanceInsightsKMSKeyId": insights.then(|| key(2)),
            "EnabledCloudwatchLogsExports": Some(exports).filter(|exports| !exports.is_empty()),
            "DeletionProtection": random.below(2) == 0,
            "MaxAllocatedStorage": random.one_of(&[None, Some(size * 2), Some(size + size / 4 + 1)]),
            "TagList": tags,
            "MasterUserSecret": (random.below(3) == 0).then(|| json!({"SecretArn": format!("{secret}rds!db-1-AbCdEf"), "SecretStatus": "active", "KmsKeyId": key(3)})),
            "DedicatedLogVolume": random.below(4) == 0,
            "EngineLifecycleSupport": random.one_of(&["open-source-rds-extended-support", "open-source-rds-extended-support-disabled"]),
        }),
    );
    let named = if random.below(2) == 0 {
        format!("{secret}prod/orders-AbCdEf")
    } else {
        String::new()
    };
    (instance, environment, named)
}

/// What the module is told, in the words of the description: as its variables have it, and not as the code that adopts.
fn told(database: &Database) -> BTreeMap<&'static str, Value> {
    let root = print_root(&lower::unit(database));
    let text = root
        .iter()
        .find(|(path, _)| path.ends_with("main.tf"))
        .unwrap()
        .1;
    let body: hcl::Body = hcl::from_str(text).unwrap();
    let module = body
        .blocks()
        .find(|block| block.identifier() == "module" && block.labels()[0].as_str() == "rds")
        .unwrap();
    let argument = |name: &str| {
        let found = module.body().attributes().find(|one| one.key() == name);
        found.map(|one| serde_json::to_value(one.expr()).unwrap())
    };
    let or = |name: &str, default: Value| argument(name).unwrap_or(default);
    let said = |name: &str| or(name, Value::Null);
    let version = said("engine_version");
    let minors = or("auto_minor_version_upgrade", json!(true));
    let insights = or("performance_insights", json!(true));
    let size = said("allocated_storage").as_u64().unwrap();
    let is_striped = said("storage_type") == "gp3" && size >= 400;
    let striped = |name: &str, usual: u64| {
        if is_striped {
            or(name, json!(usual))
        } else {
            said(name)
        }
    };
    assert_eq!(
        version,
        said("adopted_major_version"),
        "another version would be asked for"
    );
    assert_eq!(or("manage_master_password", json!(true)), false);
    assert_eq!(said("adopted"), true);
    BTreeMap::from([
        ("DBInstanceIdentifier", said("identifier")),
        ("DBInstanceClass", said("instance_class")),
        ("EngineVersion", version),
        ("AutoMinorVersionUpgrade", minors),
        ("AllocatedStorage", json!(size)),
        ("Iops", striped("iops", 12_000)),
        ("StorageThroughput", striped("storage_throughput", 500)),
        ("StorageType", said("storage_type")),
        ("MaxAllocatedStorage", or("max_allocated_storage", json!(0))),
        ("StorageEncrypted", or("storage_encrypted", json!(true))),
        (
            "DedicatedLogVolume",
            or("dedicated_log_volume", json!(false)),
        ),
        (
            "CACertificateIdentifier",
            or("ca_certificate", json!("rds-ca-rsa2048-g1")),
        ),
        ("DBSubnetGroup", said("subnet_group_name")),
        ("DBParameterGroup", said("parameter_group_name")),
        ("OptionGroup", said("option_group_name")),
        ("MultiAZ", said("multi_az")),
        ("Port", said("port")),
        (
            "PubliclyAccessible",
            or("publicly_accessible", json!(false)),
        ),
        ("VpcSecurityGroups", or("security_group_ids", json!([]))),
        ("BackupRetentionPeriod", said("backup_retention_period")),
        ("PreferredBackupWindow", said("backup_window")),
        (
            "PreferredMaintenanceWindow",
            json!(said("maintenance_window").as_str().unwrap().to_lowercase()),
        ),
        (
            "CopyTagsToSnapshot",
            or("copy_tags_to_snapshot", json!(true)),
        ),
        ("DeletionProtection", said("deletion_protection")),
        ("EnabledCloudwatchLogsExports", or("log_exports", json!([]))),
        ("MonitoringInterval", said("monitoring_interval")),
        (
            "IAMDatabaseAuthenticationEnabled",
            or("iam_authentication", json!(false)),
        ),
        ("PerformanceInsightsEnabled", insights),
        (
            "PerformanceInsightsRetentionPeriod",
            or("performance_insights_retention_days", json!(7)),
        ),
        (
            "EngineLifecycleSupport",
            or("extended_support", json!(false)),
        ),
        ("Username", json!(database.username.value)),
        ("DBName", json!(database.database_name.value)),
    ])
}

/// The same of a description.
fn is(instance: &Value) -> BTreeMap<&'static str, Value> {
    let said = |key: &str| instance.get(key).cloned().unwrap_or(Value::Null);
    let or = |key: &str, default: Value| instance.get(key).cloned().unwrap_or(default);
    let version = said("EngineVersion");
    let major = version
        .as_str()
        .unwrap()
        .split('.')
        .next()
        .unwrap()
        .to_owned();
    let (kind, size) = (said("StorageType"), said("AllocatedStorage"));
    let is_set = kind != "gp2" && !(kind == "gp3" && size.as_u64().unwrap() < 400);
    let set = |key: &str| if is_set { said(key) } else { Value::Null };
    let option = said("OptionGroupMemberships")[0]["OptionGroupName"].clone();
    let is_own = !option.as_str().unwrap().starts_with("default:");
    let mut all = BTreeMap::from([
        ("EngineVersion", json!(major)),
        ("Iops", set("Iops")),
        ("StorageThroughput", set("StorageThroughput")),
        ("MaxAllocatedStorage", or("MaxAllocatedStorage", json!(0))),
        (
            "DBSubnetGroup",
            said("DBSubnetGroup")["DBSubnetGroupName"].clone(),
        ),
        (
            "DBParameterGroup",
            said("DBParameterGroups")[0]["DBParameterGroupName"].clone(),
        ),
        ("OptionGroup", if is_own { option } else { Value::Null }),
        ("Port", said("Endpoint")["Port"].clone()),
        ("VpcSecurityGroups", json!(groups(instance))),
        (
            "EnabledCloudwatchLogsExports",
            or("EnabledCloudwatchLogsExports", json!([])),
        ),
        (
            "PerformanceInsightsRetentionPeriod",
            or("PerformanceInsightsRetentionPeriod", json!(7)),
        ),
        (
            "EngineLifecycleSupport",
            json!(said("EngineLifecycleSupport") == "open-source-rds-extended-support"),
        ),
        ("Username", said("MasterUsername")),
    ]);
    for key in [
        "DBInstanceIdentifier",
        "DBInstanceClass",
        "AutoMinorVersionUpgrade",
        "AllocatedStorage",
        "StorageType",
        "StorageEncrypted",
        "DedicatedLogVolume",
        "CACertificateIdentifier",
        "MultiAZ",
        "PubliclyAccessible",
        "BackupRetentionPeriod",
        "PreferredBackupWindow",
        "PreferredMaintenanceWindow",
        "CopyTagsToSnapshot",
        "DeletionProtection",
        "MonitoringInterval",
        "IAMDatabaseAuthenticationEnabled",
        "PerformanceInsightsEnabled",
        "DBName",
    ] {
        all.insert(key, said(key));
    }
    all
}

/// Tags of the instance once its root is applied: none is lost, and none has another value.
fn keeps_its_tags(instance: &Value, database: &Database) -> bool {
    let own = database.adopted().unwrap().tags.clone().unwrap_or_default();
    let after = |key: &str| {
        own.get(key)
            .or_else(|| database.tags.get(key).map(|given| &given.value))
            .cloned()
    };
    let tags = instance["TagList"].as_array().unwrap().iter();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    tags.filter(|tag| !text(tag, "Key").starts_with("aws:"))
        .all(|tag| after(&text(tag, "Key")) == Some(text(tag, "Value")))
}

#[test]
fn five_hundred_instances_become_configs_that_say_what_they_are() {
    let folder = workspace("adopted-500");
    let mut random = Random::new(16);
    let mut mapping = "identifier,environment,namespace,shortname,secretArn\n".to_owned();
    let mut instances = BTreeMap::new();
    let all: Vec<_> = (0..MANY).map(|at| any(&mut random, at)).collect();
    for (at, (instance, environment, secret)) in all.iter().enumerate() {
        let identifier = instance["DBInstanceIdentifier"].as_str().unwrap();
        writeln!(
            mapping,
            "{identifier},{environment},team-{at},t{at},{secret}"
        )
        .unwrap();
        instances.insert(identifier.to_owned(), instance.clone());
    }
    for (at, some) in all.chunks(100).enumerate() {
        let some: Vec<_> = some.iter().map(|(instance, ..)| instance.clone()).collect();
        fs::write(folder.join(format!("described/{at}.json")), document(&some)).unwrap();
    }
    fs::write(folder.join("names.csv"), mapping).unwrap();
    let ran = run(&folder, "adopt --from-all described --mapping names.csv");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.err.contains("500 configs created, 0 unchanged"),
        "{ran}"
    );
    let adopted = Workspace::open(&folder);
    assert_eq!(adopted.drawn(), "");
    assert_eq!(adopted.databases.len(), MANY);
    for (at, database) in adopted.databases.iter().enumerate() {
        let instance = &instances[&database.names.instance];
        let (is, told) = (is(instance), told(database));
        let differs: Vec<_> = is
            .iter()
            .filter(|(key, value)| told.get(*key) != Some(value))
            .map(|(key, value)| (key, value, told.get(key)))
            .collect();
        assert!(
            differs.is_empty() && is.len() == told.len(),
            "{differs:?}\n{instance:#}\n{}",
            database.file.text
        );
        assert!(
            keeps_its_tags(instance, database),
            "{instance:#}\n{}",
            database.file.text
        );
        if at % 10 == 0 {
            no_key_is_idle(database, &folder);
        }
    }
    let again = run(&folder, "adopt --from-all described --mapping names.csv");
    assert!(
        again.code == 0 && again.err.contains("0 configs created, 500 unchanged"),
        "{again}"
    );
}

/// Keys that an instance tells, of those that every config can have.
const TOLD: &[&str] = &[
    "allocatedStorage",
    "backupRetentionPeriod",
    "backupWindow",
    "databaseName",
    "deletionProtection",
    "encrypted",
    "engine",
    "instanceClass",
    "iops",
    "logExports",
    "maintenanceWindow",
    "maxAllocatedStorage",
    "monitoringInterval",
    "multiAz",
    "port",
    "shortname",
    "storageThroughput",
    "storageType",
    "username",
    "namespace",
];

/// What every adopted instance says below `adopt`, since nobody knows that this tool has made it.
const NAMES: &[&str] = &[
    "identifier",
    "majorVersion",
    "parameterGroup",
    "securityGroups",
    "subnetGroup",
];

/// A database of this tool, described and adopted again, gives the same config; only a version that is named exactly stays by its major.
#[test]
fn a_database_of_this_tool_gives_the_same_config() {
    let mut count = 0;
    let mut homes = vec![PathBuf::from("fixtures/city")];
    homes.extend(cases("fixtures/ok"));
    for home in homes {
        let workspace = Workspace::open(&home);
        let name = format!(
            "adopted-again-{}",
            home.file_name().unwrap().to_str().unwrap()
        );
        let folder = copy(home.to_str().unwrap(), &name);
        if !folder.join("valet.yaml").is_file() {
            fs::copy("fixtures/valet.yaml", folder.join("valet.yaml")).unwrap();
        }
        adoptable(&folder, ANY);
        for database in &workspace.databases {
            // It is told apart only while it runs, and adopted ones are another test; users are given by hand.
            let is_usual = database.lifecycle.value.as_str() == "active"
                && !database.facts().is_cluster()
                && database.adopted().is_none()
                && database.app_user.value.is_none();
            if !is_usual || database.restore_from.value.is_some() {
                continue;
            }
            let config = folder.join(&database.file.path);
            fs::remove_file(&config).unwrap();
            let described = described::of(database);
            fs::write(folder.join("found.json"), document(&[described])).unwrap();
            let ran = valet(
                &folder,
                &[
                    "adopt",
                    &database.unit().to_string(),
                    "--from",
                    "found.json",
                    "--shortname",
                    &database.shortname,
                ],
            );
            assert_eq!(ran.code, 0, "{}: {ran}", database.file.path);
            let again = Workspace::open(&folder);
            let again = again
                .databases
                .iter()
                .find(|one| one.file.path == database.file.path)
                .unwrap();
            let values = |database: &Database| -> BTreeMap<String, Value> {
                let entries = resolved::entries(database).into_iter();
                let entries = entries.map(|one| (one.key.join("."), one.value));
                entries
                    .filter(|(key, _)| TOLD.contains(&key.as_str()))
                    .collect()
            };
            let (mut before, mut after) = (values(database), values(again));
            for values in [&mut before, &mut after] {
                let window = values["maintenanceWindow"].as_str().unwrap().to_lowercase();
                values.insert("maintenanceWindow".to_owned(), window.into());
                // What such a volume has when nobody asks for more.
                let is_usual = values["storageType"] == "gp3" && values["iops"] == 12_000;
                if is_usual {
                    values.insert("iops".to_owned(), Value::Null);
                }
            }
            assert_eq!(before, after, "{}\n{}", database.file.path, again.file.text);
            let adopted = serde_json::to_value(again.adopted()).unwrap();
            let own = adopted.as_object().unwrap().keys();
            let own: Vec<_> = own.filter(|key| !NAMES.contains(&key.as_str())).collect();
            let is_major = database.minors_follow();
            let mut expected = Vec::new();
            if !is_major {
                expected.push("minorUpgrades");
            }
            // Of the instance alone, as far as anybody sees.
            if database.file.text.contains("\ntags:") {
                expected.push("tags");
            }
            assert_eq!(own, expected, "{}", again.file.text);
            assert!(!is_major || again.engine_version.value == database.engine_version.value);
            count += 1;
            fs::write(&config, &database.file.text).unwrap();
        }
    }
    assert!(count > 20, "{count}");
}

/// The state of a root says the same of an instance as AWS.
#[test]
fn a_state_gives_the_same_configs_as_a_description() {
    let folder = workspace("adopted-state");
    let mut random = Random::new(61);
    for at in 0..50 {
        let (instance, environment, _) = any(&mut random, at);
        let subnets = json!({"DBSubnetGroups": [{"DBSubnetGroupName": instance["DBSubnetGroup"]["DBSubnetGroupName"],
            "VpcId": instance["DBSubnetGroup"]["VpcId"], "DBSubnetGroupArn": "arn:aws:rds:eu-central-1:111111111111:subgrp:x"}]});
        fs::write(folder.join("subnets.json"), subnets.to_string()).unwrap();
        fs::write(
            folder.join("found.json"),
            document(std::slice::from_ref(&instance)),
        )
        .unwrap();
        let root = json!({"resources": [in_state(&instance, "this", &Value::Null)]});
        fs::write(
            folder.join("old.json"),
            json!({"format_version": "1.0", "values": {"root_module": root}}).to_string(),
        )
        .unwrap();
        let unit = format!("{environment}/orders");
        let of = |file: &str| {
            run(
                &folder,
                &format!("adopt {unit} --from {file} subnets.json --format json --dry-run"),
            )
        };
        let (described, told) = (of("found.json"), of("old.json"));
        assert_eq!((described.code, told.code), (0, 0), "{described}{told}");
        let config =
            |out: &str| serde_json::from_str::<Value>(out).unwrap()["adopted"][0]["config"].clone();
        assert_eq!(config(&described.out), config(&told.out), "{told}");
        assert!(!told.out.contains("hunter2"));
    }
}
