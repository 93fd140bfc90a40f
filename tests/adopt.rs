//! `adopt`: instances that are there become configs that say what they are, and nobody is adopted who should not be.

use std::{
    fs,
    path::{Path, PathBuf},
};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{
    command::{Ran, command, run, valet},
    described::{by_hand, document, in_state, merge},
    folder::{ANY, adoptable, edit, minimal, modules},
};

/// A workspace of one environment and no config but one, `dev/orders`.
fn workspace(name: &str) -> PathBuf {
    let folder = minimal(&format!("adopt-{name}"));
    adoptable(&folder, ANY);
    modules(&folder.join("../../../modules"));
    folder
}

/// The same without any config.
fn empty(name: &str) -> PathBuf {
    let folder = workspace(name);
    fs::remove_file(folder.join("configs/dev/orders.yaml")).unwrap();
    folder
}

fn give(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    fs::write(folder.join(name), text).unwrap();
}

/// One instance, made by hand but for some keys.
fn instance(identifier: &str, keys: &Value) -> Value {
    let mut instance = by_hand(identifier);
    merge(&mut instance, keys);
    instance
}

fn adopt(folder: &Path, keys: &Value, line: &str) -> Ran {
    give(
        folder,
        "found.json",
        document(&[instance("orders-2019", keys)]),
    );
    run(folder, &format!("adopt {line} --from found.json"))
}

/// Two instances, `a-2019` and `b-2019`, and a mapping to these namespaces.
fn two(folder: &Path, a: &str, b: &str) {
    let found = document(&[by_hand("a-2019"), by_hand("b-2019")]);
    give(folder, "found.json", found);
    let names = [("a-2019", a), ("b-2019", b)];
    let names = names.map(|(id, name)| format!("- {{identifier: {id}, namespace: {name}}}\n"));
    give(folder, "names.yaml", names.concat());
}

fn nothing_written(folder: &Path) -> bool {
    fs::read_dir(folder.join("configs/dev"))
        .unwrap()
        .next()
        .is_none()
}

#[test]
fn a_config_says_what_the_instance_is_and_what_it_keeps() {
    let folder = empty("one");
    let ran = adopt(&folder, &json!({}), "dev/orders --shortname orders");
    assert_snapshot!(ran, @r#"
    exit code 0
    --- stdout ---
    # yaml-language-server: $schema=../../schemas/config.schema.json
    # What it keeps of its own. What is not for ever can be removed later, each in a change of its own.
    adopt:
      caCertificate: rds-ca-rsa4096-g1
      copyTagsToSnapshot: false
      extendedSupport: true # for ever: AWS takes it only when a database is made
      identifier: orders-2019 # for ever: another one is another database
      majorVersion: "15"
      parameterGroup: orders-pg
      performanceInsightsDays: 0
      publiclyAccessible: true
      securityGroups: [sg-0481e86ba9c2a22be, sg-a70eba6c34e0b9b89]
      subnetGroup: default-vpc-0abc # for ever: AWS moves no database to another group of its VPC
      tags:
        Name: Orders DB / prod
        backup:plan: daily-35d
    allocatedStorage: 137
    backupRetentionPeriod: 1
    backupWindow: 03:41-04:11
    databaseName: orders
    deletionProtection: false
    encrypted: false
    engineVersion: "15"
    instanceClass: db.m5.large
    logExports: []
    maintenanceWindow: tue:00:13-tue:00:43
    maxAllocatedStorage: 0
    monitoringInterval: 0
    port: 5433
    shortname: orders
    storageType: gp2
    username: dbadmin
    waivers:
      - {rule: unencrypted, reason: adopted as it was, expires: "2027-05-01"}
      - {rule: unprotected, reason: adopted as it was, expires: "2027-05-01"}
    --- stderr ---
    note: dev/orders: only imported; the next step is `adopt.credentials`, with a secret that holds `username` and `password`
    1 can be adopted, 0 refused
    created configs/dev/orders.yaml
    next: run `valet-rds generate dev/orders` and commit what both wrote for review; the first plan imports
    "#);
    let path = folder.join("configs/dev/orders.yaml");
    assert_eq!(fs::read_to_string(&path).unwrap(), ran.out);
    assert_eq!(run(&folder, "check --deny warnings").code, 0);
    assert_eq!(run(&folder, "generate").code, 0);
    let again = adopt(&folder, &json!({}), "dev/orders --shortname orders");
    assert_eq!((again.code, &again.out), (0, &ran.out));
    assert!(
        again.err.contains("unchanged: configs/dev/orders.yaml"),
        "{again}"
    );
}

#[test]
fn a_secret_makes_the_way_for_pods() {
    let folder = empty("secret");
    let arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:prod/orders-AbCdEf";
    let ran = adopt(
        &folder,
        &json!({}),
        &format!("dev/orders --secret-arn {arn}"),
    );
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.out
            .contains(&format!("  credentials:\n    secretArn: {arn}\n")),
        "{ran}"
    );
    assert!(
        ran.out.contains("proxy:\n  maxConnectionsPercent: 50 #"),
        "{ran}"
    );
    assert!(ran.err.contains("jq keys"), "{ran}");
    let key = "arn:aws:kms:eu-central-1:111111111111:key/99999999-8888-7777-6666-555555555555";
    let managed = json!({"MasterUserSecret": {"SecretArn": arn, "KmsKeyId": key}, "IAMDatabaseAuthenticationEnabled": true});
    let ran = adopt(
        &folder,
        &managed,
        "dev/other --managed-secret --identifier orders-2019 --dry-run",
    );
    assert_eq!(ran.code, 1, "{ran}");
    fs::remove_file(folder.join("configs/dev/orders.yaml")).unwrap();
    let ran = adopt(
        &folder,
        &managed,
        "dev/other --managed-secret --identifier orders-2019 --dry-run",
    );
    assert!(
        ran.out
            .contains(&format!("    kmsKeyArn: {key}\n    secretArn: {arn}\n")),
        "{ran}"
    );
    assert!(
        ran.out.contains("\nauthentication: iam\n")
            && ran.out.contains("  iamAuthentication: true\n"),
        "{ran}"
    );
    assert!(nothing_written(&folder));
    let ran = adopt(&folder, &json!({}), "dev/other --managed-secret");
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("RDS does not manage its password"),
        "{ran}"
    );
}

/// Keys of the description, and the words of the reason and of the way out.
fn refusals() -> Vec<(Value, &'static str, &'static str)> {
    let tag = |key: &str| json!({"TagList": [{"Key": key, "Value": "x"}]});
    let groups: Vec<_> = (0..5)
        .map(|at| json!({"VpcSecurityGroupId": format!("sg-0000000{at}"), "Status": "active"}))
        .collect();
    vec![
        (
            json!({"DBClusterIdentifier": "c", "DBSubnetGroup": null}),
            "it is an instance of the Multi-AZ cluster `c`",
            "restore or migrate it",
        ),
        (
            json!({"ReadReplicaSourceDBInstanceIdentifier": "a"}),
            "it is a read replica of `a`: Terraform would promote it",
            "promote it first",
        ),
        (
            json!({"ReadReplicaSourceDBClusterIdentifier": "a"}),
            "it is a read replica of `a`",
            "promote it first",
        ),
        (
            json!({"ReplicaMode": "mounted"}),
            "it is a read replica, in mode `mounted`",
            "promote it first",
        ),
        (
            json!({"Engine": "oracle-ee"}),
            "its engine is `oracle-ee`",
            "the engines are mariadb, mysql, postgres",
        ),
        (
            json!({"Engine": "custom-oracle-ee"}),
            "its engine is `custom-oracle-ee`",
            "leave it where it is",
        ),
        (
            json!({"CustomIamInstanceProfile": "AWSRDSCustom"}),
            "it is an instance of RDS Custom",
            "leave it where it is",
        ),
        (
            json!({"BackupTarget": "outposts"}),
            "it is on an Outpost",
            "leave it where it is",
        ),
        (
            json!({"CustomerOwnedIpEnabled": true}),
            "it is on an Outpost",
            "leave it where it is",
        ),
        (
            json!({"DBInstanceStatus": "deleting"}),
            "its status is `deleting`, not `available`",
            "leave it out",
        ),
        (
            json!({"DBInstanceStatus": "stopped"}),
            "its status is `stopped`, not `available`",
            "start it",
        ),
        (
            json!({"DBInstanceStatus": "modifying"}),
            "its status is `modifying`, not `available`",
            "wait until it is available",
        ),
        (
            json!({"PendingModifiedValues": {"DBInstanceClass": "db.r6g.large", "MultiAZ": true}}),
            "changes wait for its maintenance window: `DBInstanceClass`, `MultiAZ`",
            "apply them, or take them back",
        ),
        (
            json!({"DomainMemberships": [{"Domain": "d-1"}]}),
            "it is a member of a directory",
            "take it out of the directory first",
        ),
        (
            tag("aws:cloudformation:stack-name"),
            "it belongs to CloudFormation",
            "DeletionPolicy: Retain",
        ),
        (
            tag("valet-rds:namespace"),
            "a root of this tool has it already",
            "keep that config",
        ),
        (
            json!({"DBSubnetGroup": {"DBSubnetGroupName": "x", "VpcId": "vpc-99999999"}}),
            "it is in vpc-99999999, and `dev` is in vpc-0a1b2c3d",
            "the environment of that VPC",
        ),
        (
            json!({"DBInstanceArn": "arn:aws:rds:eu-central-1:999999999999:db:x"}),
            "it is in account 999999999999, and `dev` is in 111111111111",
            "the environment of that account and Region",
        ),
        (
            json!({"DBInstanceArn": "arn:aws:rds:us-east-1:111111111111:db:x"}),
            "it is in Region us-east-1, and `dev` is in eu-central-1",
            "the environment of that account and Region",
        ),
        (
            json!({"VpcSecurityGroups": groups}),
            "it has 5 security groups, and its root adds one",
            "put the rules of two of them into one",
        ),
        (
            json!({"StorageType": "standard"}),
            "its volume is magnetic (`standard`)",
            "change it to gp3",
        ),
        (json!({"StorageType": "io9"}), "`storageType`", ""),
        (
            json!({"EngineVersion": "unknown"}),
            "`EngineVersion` is no version",
            "whole and unchanged",
        ),
        (
            json!({"EngineLifecycleSupport": null}),
            "`EngineLifecycleSupport` is missing",
            "a current AWS CLI",
        ),
        (
            json!({"PendingModifiedValues": null}),
            "`PendingModifiedValues` is missing",
            "a current AWS CLI",
        ),
        (
            json!({"TagList": null}),
            "`TagList` is missing",
            "a current AWS CLI",
        ),
        (
            json!({"TagList": [{"Key": "a"}]}),
            "`TagList.Value` is missing, or no text",
            "whole and unchanged",
        ),
        (
            json!({"DBSubnetGroup": null}),
            "`DBSubnetGroup` is missing",
            "whole and unchanged",
        ),
        (
            json!({"DBParameterGroups": []}),
            "`DBParameterGroups` is missing",
            "whole and unchanged",
        ),
        (
            json!({"AllocatedStorage": "20"}),
            "`AllocatedStorage` is no whole number that AWS gives",
            "whole and unchanged",
        ),
        (
            json!({"AllocatedStorage": -1}),
            "`AllocatedStorage` is no whole number that AWS gives",
            "whole and unchanged",
        ),
        (
            json!({"MultiAZ": 1}),
            "`MultiAZ` is neither true nor false",
            "whole and unchanged",
        ),
        (
            json!({"Endpoint": null}),
            "`Endpoint` is missing",
            "whole and unchanged",
        ),
        (
            json!({"EnabledCloudwatchLogsExports": ["postgresql", 7]}),
            "`EnabledCloudwatchLogsExports` holds something else than texts",
            "whole and unchanged",
        ),
        (
            json!({"EnabledCloudwatchLogsExports": ["audit"]}),
            "`audit`",
            "",
        ),
    ]
}

#[test]
fn each_refusal_says_why_and_the_way_out() {
    let folder = empty("refusals");
    for (keys, reason, way) in refusals() {
        let ran = adopt(&folder, &keys, "dev/orders");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{keys}: {ran}");
        let because = ran
            .err
            .lines()
            .find(|line| line.contains("because") && line.contains(reason));
        assert!(because.is_some(), "{keys}: {reason}\n{ran}");
        let is_way = |line: &str| line.starts_with("  way out ") && line.contains(way);
        assert!(ran.err.lines().any(is_way), "{keys}: {way}\n{ran}");
        assert!(ran.err.contains("refused: orders-2019"), "{ran}");
        assert!(nothing_written(&folder), "{keys}");
    }
}

#[test]
fn a_family_of_another_major_and_a_foreign_secret_are_refused() {
    let folder = empty("family");
    let group = json!({"DBParameterGroups": [{"DBParameterGroupName": "orders-pg", "DBParameterGroupFamily": "postgres14",
        "DBParameterGroupArn": "arn:aws:rds:eu-central-1:111111111111:pg:orders-pg"}]});
    give(&folder, "groups.json", group.to_string());
    let ran = adopt(&folder, &json!({}), "dev/orders --from groups.json");
    assert!(
        ran.err
            .contains("its parameter group is of the family postgres14, and it runs 15.12"),
        "{ran}"
    );
    for (arn, reason) in [
        (
            "arn:aws:secretsmanager:eu-central-1:999999999999:secret:a-AbCdEf",
            "its secret is in account 999999999999, and `dev` is in 111111111111",
        ),
        (
            "arn:aws:secretsmanager:us-east-1:111111111111:secret:a-AbCdEf",
            "its secret is in Region us-east-1, and `dev` is in eu-central-1",
        ),
        ("secret", "what is named as its secret is no ARN"),
    ] {
        let ran = adopt(
            &folder,
            &json!({}),
            &format!("dev/orders --secret-arn {arn}"),
        );
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains(reason), "{ran}");
    }
}

#[test]
fn what_a_policy_forbids_is_waived_until_a_day() {
    let folder = empty("policy");
    edit(
        &folder.join("valet.yaml"),
        "    defaults:\n",
        "    policy: {requireEncryption: true, requireTags: [Name], maxAllocatedStorage: 100}\n    defaults:\n",
    );
    let ran = adopt(
        &folder,
        &json!({}),
        "dev/orders --waivers-until 2026-12-31 --report",
    );
    for line in [
        "  waives  policy-encryption: encryption is required here",
        "  waives  policy-storage: 137 GiB are more than 100",
    ] {
        assert!(ran.out.lines().any(|one| one == line), "{ran}");
    }
    assert!(!ran.out.contains("policy-tags"), "{ran}");
    assert!(nothing_written(&folder));
    let ran = adopt(&folder, &json!({}), "dev/orders --waivers-until 2026-12-31");
    assert!(
        ran.out.contains(
            "  - {rule: policy-encryption, reason: adopted as it was, expires: \"2026-12-31\"}\n"
        ),
        "{ran}"
    );
    assert!(
        ran.out.contains("\ntags:\n  Name: Orders DB / prod\n"),
        "{ran}"
    );
    assert_eq!(run(&folder, "check --deny warnings").code, 0);
    let ran = adopt(&folder, &json!({}), "dev/orders --waivers-until 2026-10-31");
    assert_eq!(ran.code, 2);
}

#[test]
fn what_the_defaults_say_otherwise_is_written_or_refused() {
    let folder = empty("defaults");
    let valet = folder.join("valet.yaml");
    edit(
        &valet,
        "      username: postgres\n",
        "      {username: dbadmin, multiAz: true, encrypted: false, engineVersion: \"16\", databaseName: other, port: 5433, subnetGroup: own, \
         backupWindow: \"03:41-04:11\", logExports: [upgrade], parameters: {work_mem: \"4096\"}, tags: {Name: ours}}\n",
    );
    let ran = adopt(
        &folder,
        &json!({"DBName": null, "EngineVersion": "17.5"}),
        "dev/orders",
    );
    assert_eq!(ran.code, 0, "{ran}");
    for line in [
        "multiAz: false",
        "engineVersion: \"17\"",
        "logExports: []",
        "    Name: Orders DB / prod",
    ] {
        assert!(ran.out.lines().any(|one| one == line), "{line}\n{ran}");
    }
    for key in [
        "username",
        "encrypted",
        "databaseName",
        "port",
        "backupWindow",
        "parameters",
        "subnetGroup: own",
    ] {
        assert!(!ran.out.contains(&format!("\n{key}")), "{key}\n{ran}");
    }
    fs::remove_file(folder.join("configs/dev/orders.yaml")).unwrap();
    for (default, key) in [("appUser: app", "appUser"), ("iops: 12000", "iops")] {
        edit(
            &valet,
            "{username: dbadmin, ",
            &format!("{{username: dbadmin, {default}, "),
        );
        let ran = adopt(&folder, &json!({}), "dev/orders");
        let reason = format!("the `defaults` of `dev` give it `{key}`, which it has not");
        assert!(ran.code == 1 && ran.err.contains(&reason), "{ran}");
        edit(&valet, &format!(", {default}, "), ", ");
    }
}

#[test]
fn nobody_is_adopted_twice_and_nothing_is_overwritten() {
    let folder = workspace("twice");
    let ran = adopt(&folder, &json!({}), "dev/orders");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(
        ran.err
            .contains("configs/dev/orders.yaml: it is there already, and is not overwritten"),
        "{ran}"
    );
    let ran = adopt(&folder, &json!({}), "dev/second --shortname orders");
    assert!(
        ran.err
            .contains("`dev/orders` already has the shortname `orders` (shortname-taken)"),
        "{ran}"
    );
    assert_eq!(adopt(&folder, &json!({}), "dev/second").code, 0);
    let ran = adopt(&folder, &json!({}), "dev/third");
    assert!(
        ran.err.contains("dev/second has adopted it already"),
        "{ran}"
    );
    let info = run(&folder, "info dev/orders --format json");
    let info: Value = serde_json::from_str(&info.out).unwrap();
    let mut names = info["names"].as_array().unwrap().iter();
    let own = names.find(|one| one["kind"] == "RDS instance").unwrap()["name"]
        .as_str()
        .unwrap();
    give(&folder, "found.json", document(&[by_hand(own)]));
    let ran = run(&folder, "adopt dev/third --from found.json");
    assert!(
        ran.err
            .contains("dev/orders gives this name to its own database"),
        "{ran}"
    );
    fs::write(folder.join("configs/dev/broken.yaml"), "shortname: [\n").unwrap();
    assert_eq!(
        run(&folder, "adopt dev/third --from found.json --report").code,
        1
    );
}

#[test]
fn bad_input_is_named_and_never_quoted() {
    let folder = empty("bad");
    let deep = "[".repeat(50_000_000);
    let twice = document(&[by_hand("a"), instance("a", &json!({"Port": 1}))]);
    let two = document(&[by_hand("a"), by_hand("b")]);
    let state = |inner: &str| {
        format!(r#"{{"format_version": "1.0", "values": {{"root_module": {inner}}}}}"#)
    };
    for (text, reason) in [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("secret", "it is not JSON: line 1, column 1"),
        ("DBInstances:\n- a\n", "it is not JSON"),
        (
            r#"{"DBInstances": [{"AllocatedStorage": NaN}]}"#,
            "it is not JSON: line 1, column 39",
        ),
        (deep.as_str(), "it is not JSON"),
        ("null", "it is nothing that is known here"),
        ("[]", "it is nothing that is known here"),
        ("{}", "it is nothing that is known here"),
        (r#"{"x": "secret"}"#, "it is nothing that is known here"),
        (
            r#"{"DBInstances": []}"#,
            "no file describes an instance or a cluster",
        ),
        (r#"{"DBInstances": {}}"#, "`DBInstances` is no list"),
        (
            r#"{"DBInstances": ["secret"]}"#,
            "`DBInstances[0]` is no object",
        ),
        (
            r#"{"DBInstances": [{}]}"#,
            "`DBInstances[0].DBInstanceIdentifier` is missing",
        ),
        (
            r#"{"DBInstances": [{"DBInstanceIdentifier": ["secret"]}]}"#,
            "`DBInstances[0].DBInstanceIdentifier` is no text",
        ),
        (
            r#"{"DBInstances": [{"DBInstanceIdentifier": "a", "DBInstanceArn": "secret"}]}"#,
            "`DBInstances[0].DBInstanceArn` is no ARN",
        ),
        (
            r#"{"DBClusters": []}"#,
            "no file describes an instance or a cluster",
        ),
        (
            r#"{"DBClusters": [{"DBClusterIdentifier": "a", "DBClusterArn": "secret"}]}"#,
            "`DBClusters[0].DBClusterArn` is no ARN",
        ),
        (
            r#"{"GlobalClusters": []}"#,
            "it describes global clusters, and no cluster of one is adopted",
        ),
        (
            r#"{"DBClusterSnapshots": []}"#,
            "it describes snapshots; give what `aws rds describe-db-clusters`",
        ),
        (
            r#"{"Parameters": {}}"#,
            "`Parameters` is no list of parameters",
        ),
        (r#"{"TagList": []}"#, "tags do not say whose they are"),
        (
            r#"{"format_version": "1.2", "planned_values": {}}"#,
            "it is a plan",
        ),
        (
            r#"{"version": 4, "lineage": "l", "resources": []}"#,
            "it is a state as Terraform keeps it",
        ),
        (
            r#"{"format_version": "1.0"}"#,
            "it is a state with nothing in it",
        ),
        (
            r#"{"format_version": "0.1", "values": {}}"#,
            "it is not from Terraform 1",
        ),
        (
            &state(r#"{"resources": [{"mode": "managed", "type": "x"}]}"#),
            "`resources` is not what `terraform show -json` prints",
        ),
        (
            &state(
                r#"{"resources": [{"mode": "managed", "type": "aws_db_instance", "name": "x", "values": {"password": "secret"}}]}"#,
            ),
            "aws_db_instance.x: `DBInstanceIdentifier` is missing",
        ),
        (
            &twice,
            "`DBInstances[1].DBInstanceIdentifier` is described twice, and not alike",
        ),
    ] {
        give(&folder, "bad.json", text);
        let ran = run(&folder, "adopt dev/orders --from bad.json");
        let shown: String = text.chars().take(60).collect();
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (1, ""),
            "{shown}: {}",
            ran.err
        );
        assert!(ran.err.contains(reason), "{shown}: {}", ran.err);
        assert!(!ran.err.contains("secret"), "{shown}: {}", ran.err);
    }
    give(&folder, "bad.json", [0xff, 0xfe, b'{', 0]);
    let ran = run(&folder, "adopt dev/orders --from bad.json");
    assert!(
        ran.code == 1 && ran.err.contains("it is not UTF-8 text"),
        "{ran}"
    );
    give(&folder, "bad.json", format!("\u{feff}{two}"));
    let ran = run(&folder, "adopt dev/orders --from bad.json");
    assert!(
        ran.code == 2
            && ran
                .err
                .contains("the files describe 2 databases; name one with --identifier"),
        "{ran}"
    );
    let ran = run(&folder, "adopt dev/orders --from bad.json --identifier c");
    assert!(
        ran.code == 2
            && ran
                .err
                .contains("no file describes `c`; they describe `a`, `b`"),
        "{ran}"
    );
    for line in [
        "adopt dev/orders",
        "adopt dev/orders --from none.json",
        "adopt --from bad.json",
        "adopt --from-all .",
        "adopt nowhere/orders --from bad.json",
        "adopt --from bad.json dev/orders",
        "adopt dev/orders --from bad.json --mapping none.csv",
        "adopt dev/orders --from bad.json --report --dry-run",
    ] {
        assert_eq!(run(&folder, line).code, 2, "{line}");
    }
    assert!(nothing_written(&folder));
}

/// 50 MB of instances are read, and so are 50 MB of anything else.
#[test]
fn a_large_account_is_read() {
    let folder = empty("large");
    let mut large = by_hand("large");
    merge(&mut large, &json!({"Filler": "x".repeat(50_000_000)}));
    give(
        &folder,
        "found.json",
        document(&[large, by_hand("orders-2019")]),
    );
    let ran = run(
        &folder,
        "adopt dev/orders --from found.json --identifier orders-2019",
    );
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn several_are_named_by_tags_and_all_are_written_or_none() {
    let folder = empty("tags");
    let tagged = |identifier: &str, namespace: &str| {
        instance(
            identifier,
            &json!({"TagList": [{"Key": "ns", "Value": namespace}]}),
        )
    };
    let good = document(&[tagged("a-2019", "a-db"), tagged("b-2019", "b")]);
    fs::create_dir(folder.join("found")).unwrap();
    give(&folder, "found/good.json", &good);
    give(&folder, "found/README.md", "not read");
    give(
        &folder,
        "found/bad.json",
        document(&[
            instance(
                "replica",
                &json!({"ReadReplicaSourceDBInstanceIdentifier": "a-2019"}),
            ),
            by_hand("untagged"),
            tagged("odd", "Not A Namespace"),
            tagged("twin", "b"),
        ]),
    );
    let ran = run(&folder, "adopt --from-all found --namespace-tag ns");
    assert_snapshot!(ran, @r#"
    exit code 1
    --- stdout ---
    configs/dev/a-db.yaml: a-2019, which keeps 11 keys of its own, and has 2 waivers
    --- stderr ---
    refused: b-2019, which was to be dev/b
      because another database is to be dev/b, or it is to be two units
      way out give each database a namespace of its own
    refused: odd
      because `Not A Namespace` is not a namespace
      way out use lower-case letters, digits and hyphens, at most 63; a mapping can give it another one
    refused: replica
      because it is a read replica of `a-2019`: Terraform would promote it
      way out leave it where it is, or promote it first, when that is meant
    refused: twin, which was to be dev/b
      because another database is to be dev/b, or it is to be two units
      way out give each database a namespace of its own
    refused: untagged
      because it has no tag `ns`
      way out tag it and describe it again, or name it in a file with --mapping
    1 can be adopted, 5 refused
    nothing was written; --skip-refused writes the others
    "#);
    assert!(nothing_written(&folder));
    fs::write(
        folder.join("found/bad.json"),
        document(&[by_hand("untagged")]),
    )
    .unwrap();
    let ran = run(
        &folder,
        "adopt --from-all found --namespace-tag ns --skip-refused",
    );
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("2 configs created, 0 unchanged"), "{ran}");
    assert_eq!(run(&folder, "check --deny warnings").code, 0);
    let info = run(&folder, "info dev/a-db --format json");
    assert!(info.out.contains("\"shortname\": \"adb\""), "{info}");
}

#[test]
fn a_mapping_names_them_and_says_whom_it_leaves_out() {
    let folder = empty("mapping");
    give(
        &folder,
        "found.json",
        document(&[by_hand("a-2019"), by_hand("b-2019"), by_hand("c-2019")]),
    );
    let secret = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:a-AbCdEf";
    give(
        &folder,
        "names.csv",
        format!(
            "identifier,environment,namespace,shortname,secretArn\na-2019,dev,a,one,{secret}\nb-2019,,b,,\n"
        ),
    );
    let ran = run(&folder, "adopt --from found.json --mapping names.csv");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.err.contains("left out by the mapping: c-2019"), "{ran}");
    let a = fs::read_to_string(folder.join("configs/dev/a.yaml")).unwrap();
    assert!(
        a.contains(secret) && a.contains("\nshortname: one\n"),
        "{a}"
    );
    give(
        &folder,
        "names.csv",
        "identifier,environment,namespace\nd-2019,dev,d\nc-2019,prod,c\n",
    );
    let ran = run(&folder, "adopt --from found.json --mapping names.csv");
    assert_eq!(ran.code, 1);
    for words in [
        "the mapping names it, and no file describes it",
        "there is no environment `prod`",
        "the environments are `dev`",
    ] {
        assert!(ran.err.contains(words), "{words}\n{ran}");
    }
    give(&folder, "names.csv", "identifier,space\na,b\n");
    let ran = run(&folder, "adopt --from found.json --mapping names.csv");
    assert!(
        ran.code == 1
            && ran
                .err
                .contains("wrong: names.csv: line 2: there is no key `space`"),
        "{ran}"
    );
}

/// What cannot be written takes the others along.
#[cfg(unix)]
#[test]
fn nothing_is_left_half_written() {
    let folder = empty("half");
    two(&folder, "a", "b");
    // A folder stands where the second would be made.
    fs::create_dir_all(folder.join("configs/dev/.valet-rds-unfinished-b.yaml")).unwrap();
    let ran = run(&folder, "adopt --from found.json --mapping names.yaml");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(!folder.join("configs/dev/a.yaml").exists(), "{ran}");
}

fn state(resources: &[Value], modules: &[(&str, Vec<Value>)]) -> String {
    let modules = modules
        .iter()
        .map(|(address, resources)| json!({"address": address, "resources": resources}));
    let root = json!({"resources": resources, "child_modules": modules.collect::<Vec<_>>()});
    json!({"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": root}})
        .to_string()
}

fn beside(kind: &str, values: &Value) -> Value {
    json!({"mode": "managed", "type": kind, "name": "this", "index": 0, "values": values})
}

#[test]
fn a_state_says_the_same_and_its_password_goes_nowhere() {
    let folder = empty("state");
    let found = by_hand("orders-2019");
    let group = beside(
        "aws_db_subnet_group",
        &json!({"name": "default-vpc-0abc", "vpc_id": "vpc-0a1b2c3d",
        "arn": "arn:aws:rds:eu-central-1:111111111111:subgrp:default-vpc-0abc"}),
    );
    let held = in_state(&found, "this", &json!(0));
    give(
        &folder,
        "old.json",
        state(&[], &[("module.db", vec![held.clone(), group])]),
    );
    give(&folder, "alone.json", state(&[held], &[]));
    let described = adopt(&folder, &json!({}), "dev/orders --dry-run");
    let told = run(&folder, "adopt dev/orders --from old.json --dry-run");
    assert_eq!(told.code, 0, "{told}");
    assert!(told.out.starts_with(&described.out), "{told}");
    assert!(
        told.err
            .contains("a state does not tell whether changes wait"),
        "{told}"
    );
    let both = run(
        &folder,
        "adopt dev/orders --from found.json --old-root old.json",
    );
    assert_snapshot!(both.out.strip_prefix(&described.out).unwrap(), @r#"

    # For the roots that hold them now, in this order:
    # 1. Here: generate, plan and apply the import, until a second plan is empty. The old root is not applied meanwhile.
    # 2. There: take out what is named, put the blocks in its place, and plan: it forgets, and destroys nothing. Apply.
    # 3. Here: only then write `adopt.credentials`, which makes the way for pods. The old root would cut it off again.
    # Where Terraform refuses a block because a module is of another package: `terraform state rm` with the address after `from`.

    # old.json: take out the block `module "db"`, which holds module.db.aws_db_instance.this[0].
    # Nobody owns afterwards: module.db.aws_db_subnet_group.this[0]
    removed {
      from = module.db

      lifecycle {
        destroy = false
      }
    }
    "#);
    let alone = run(&folder, "adopt dev/other --from alone.json --report");
    assert!(
        alone.code == 1 && alone.err.contains("a state does not tell the VPC"),
        "{alone}"
    );
    let config = fs::read_to_string(folder.join("configs/dev/orders.yaml")).unwrap();
    let json = run(&folder, "adopt dev/orders --from old.json --format json");
    for text in [&told, &both, &alone, &json]
        .map(ToString::to_string)
        .iter()
        .chain([&config])
    {
        assert!(!text.contains("hunter2"), "{text}");
    }
    let ran = run(
        &folder,
        "adopt dev/orders --from found.json --old-root found.json",
    );
    assert!(
        ran.code == 1 && ran.err.contains("found.json: it is no state"),
        "{ran}"
    );
    let ran = run(
        &folder,
        "adopt dev/orders --from old.json alone.json --environment dev",
    );
    assert_ne!(ran.code, 0);
    let ran = valet(
        &folder,
        &[
            "adopt",
            "dev/orders",
            "--from",
            "old.json",
            "--from",
            "alone.json",
        ],
    );
    assert!(
        ran.code == 1 && ran.err.contains("two roots hold one database"),
        "{ran}"
    );
}

#[test]
fn an_old_root_with_keys_moves_what_it_forgets() {
    let folder = empty("old-root");
    let (a, b) = (by_hand("a-2019"), by_hand("b-2019"));
    give(&folder, "found.json", document(&[a.clone(), b.clone()]));
    let held = |one: &Value| {
        vec![
            in_state(one, "this", &json!(0)),
            beside("random_password", &json!({"result": "hunter2"})),
        ]
    };
    give(
        &folder,
        "old.json",
        state(
            &[],
            &[
                ("module.db[\"a\"]", held(&a)),
                ("module.db[\"b\"]", held(&b)),
            ],
        ),
    );
    let ran = run(
        &folder,
        "adopt dev/a --from found.json --identifier a-2019 --old-root old.json --report",
    );
    assert!(ran.out.contains("moved {\n  from = module.db[\"a\"]\n  to   = module.forgotten_db_a\n}\n\nremoved {\n  from = module.forgotten_db_a\n"), "{ran}");
    assert!(
        ran.out
            .contains("# Nobody owns afterwards: module.db[\"a\"].random_password.this[0]\n"),
        "{ran}"
    );
    assert!(!ran.out.contains("module.db[\"b\"]"), "{ran}");
    give(
        &folder,
        "names.yaml",
        "- {identifier: a-2019, namespace: a}\n- {identifier: b-2019, namespace: b}\n",
    );
    let ran = run(
        &folder,
        "adopt --from found.json --mapping names.yaml --old-root old.json --report",
    );
    assert!(
        ran.out.contains(
            "removed {\n  from = module.db\n\n  lifecycle {\n    destroy = false\n  }\n}\n"
        ),
        "{ran}"
    );
    assert!(!ran.out.contains("\nmoved {"), "{ran}");
}

/// Too many for an account is a matter of all of them: nothing is written.
#[test]
fn what_breaks_the_workspace_as_a_whole_writes_nothing() {
    let folder = empty("quota");
    edit(
        &folder.join("valet.yaml"),
        "    defaults:\n",
        "    quotas: {instances: 1}\n    defaults:\n",
    );
    two(&folder, "a", "b");
    let line = "adopt --from found.json --mapping names.yaml --skip-refused";
    let ran = run(&folder, line);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.err.contains("quota-exceeded") && ran.err.contains("nothing was written\n"),
        "{ran}"
    );
    assert!(nothing_written(&folder));
    give(
        &folder,
        "names.yaml",
        "- {identifier: a-2019, namespace: a}\n",
    );
    assert_eq!(run(&folder, line).code, 0);
}

/// Two that would have the same names around them: one is adopted.
#[test]
fn of_two_with_one_shortname_one_is_refused() {
    let folder = empty("shortnames");
    two(&folder, "a-b", "ab");
    let ran = run(
        &folder,
        "adopt --from found.json --mapping names.yaml --skip-refused",
    );
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.err
            .contains("already has the shortname `ab` (shortname-taken)"),
        "{ran}"
    );
    assert!(ran.err.contains("1 can be adopted, 1 refused"), "{ran}");
    assert_eq!(run(&folder, "check --deny warnings").code, 0);
}

#[test]
fn a_unit_behind_the_files_is_told_to_stand_before_them() {
    let folder = empty("swallowed");
    give(&folder, "found.json", document(&[by_hand("orders-2019")]));
    let ran = run(&folder, "adopt --from found.json dev/orders");
    assert_eq!(ran.code, 2);
    let words = "--from takes every word behind it; write `adopt dev/orders --from …`";
    assert!(ran.err.contains(words), "{ran}");
    let mut child = command(&folder, &["adopt", "dev/orders", "--from", "-"]);
    let file = fs::File::open(folder.join("found.json")).unwrap();
    let ran = Ran::of(child.stdin(file).output().unwrap());
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn what_the_owners_of_the_account_keep_is_refused() {
    let folder = empty("adoptable");
    edit(
        &folder.join("valet.yaml"),
        "instances: [\"*\"], secrets: [\"*\"]",
        "instances: [orders-*]",
    );
    assert_eq!(adopt(&folder, &json!({}), "dev/orders --dry-run").code, 0);
    let secret = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:prod/orders-AbCdEf";
    for (keys, line, reason) in [
        (
            json!({"DBInstanceIdentifier": "mail"}),
            "dev/mail".to_owned(),
            "`dev` does not let configs have the instance `mail` (not-adoptable)",
        ),
        (
            json!({}),
            format!("dev/orders --secret-arn {secret}"),
            "`dev` does not let configs have the secret `prod/orders` (not-adoptable)",
        ),
    ] {
        let ran = adopt(&folder, &keys, &line);
        assert_eq!(ran.code, 1, "{ran}");
        assert!(
            ran.err.contains(reason)
                && ran
                    .err
                    .contains("way out have the owners of the account add it"),
            "{ran}"
        );
    }
}
