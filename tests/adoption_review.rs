//! What `diff` and `info` say of an instance that a config adopts.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::support::{
    command::{Ran, run, valet},
    folder::{self, adoptable, case, copy},
    repository::{commit, repository},
    snapshot,
};

const MAIL: &str = "shortname: mail
username: postgres
engineVersion: \"15\"
adopt:
  identifier: mail-2019
  majorVersion: \"15\"
  parameterGroup: tuned
  securityGroups: [sg-0a1b2c3d4e5f60718]
  subnetGroup: data-private
";

const CREDENTIALS: &str = "  credentials: {secretArn: \"arn:aws:secretsmanager:eu-central-1:111111111111:secret:mail-AbCdEf\"}\n";

fn diff(city: &Path, more: &[&str]) -> Ran {
    valet(city, &[&["diff", "--base", "HEAD"], more].concat())
}

/// The one unit that differs.
fn unit(city: &Path) -> Value {
    let ran = diff(city, &["--format", "json"]);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    let units = document["units"].as_array().unwrap();
    assert_eq!(units.len(), 1, "{ran}");
    units[0].clone()
}

/// A city with this config, of which the first is committed.
fn adopted(name: &str, before: &str, after: &str) -> PathBuf {
    let city = repository(name);
    adoptable(&city, folder::MAIL);
    let config = city.join("configs/dev3/mail.yaml");
    fs::write(&config, before).unwrap();
    commit(&city);
    fs::write(&config, after).unwrap();
    city
}

#[test]
fn a_new_unit_that_adopts_takes_an_instance_over() {
    let city = repository("adoption-new");
    adoptable(&city, folder::MAIL);
    commit(&city);
    fs::write(city.join("configs/dev3/mail.yaml"), MAIL).unwrap();
    let said = diff(&city, &[]);
    assert_eq!(said.code, 0, "{said}");
    let settings = snapshot::settings("adoption");
    settings.bind(|| insta::assert_snapshot!("diff-new", said.out));
    let unit = unit(&city);
    assert_eq!(unit["kind"], "created");
    let lines = unit["lines"].as_array().unwrap();
    let [line] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!(line["key"], "adopt.identifier");
    assert_eq!(line["grade"], "in-place");
    let path = format!("{MAIL}{CREDENTIALS}");
    fs::write(city.join("configs/dev3/mail.yaml"), path).unwrap();
    let said = diff(&city, &["--format", "markdown"]);
    assert!(said.out.contains("one more security group"), "{said}");
    assert!(!said.out.contains("a new, empty database"), "{said}");
}

#[test]
fn each_step_of_an_adoption_has_its_grade() {
    let grade = |name: &str, after: &str| {
        let city = adopted(&format!("adoption-step-{name}"), MAIL, after);
        unit(&city)["grade"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        grade("imported", &format!("{MAIL}  imported: true\n")),
        "none"
    );
    assert_eq!(grade("path", &format!("{MAIL}{CREDENTIALS}")), "in-place");
    assert_eq!(
        grade("renamed", &MAIL.replace("mail-2019", "mail-2020")),
        "data-loss"
    );
    let whole = MAIL.split("adopt:").next().unwrap();
    let made = format!("{whole}subnetGroup: shared\n");
    assert_eq!(grade("undone", &made), "data-loss");
    let back = adopted(
        "adoption-step-back",
        &format!("{MAIL}  imported: true\n"),
        MAIL,
    );
    assert_eq!(unit(&back)["grade"], "none");
}

/// Keys that can go, each as it is written.
const LEAVING: &[&str] = &[
    "caCertificate: rds-ca-rsa4096-g1",
    "copyTagsToSnapshot: false",
    "dedicatedLogVolume: true",
    "iamAuthentication: true",
    "minorUpgrades: false",
    "optionGroup: tools",
    "parameterGroup: tuned",
    "performanceInsightsDays: 0",
    "performanceInsightsDays: 31",
    "performanceInsightsKmsKeyArn: arn:aws:kms:ap-northeast-1:111111111111:key/0a1b2c3d-1111-4222-8333-444444444444",
    "publiclyAccessible: true",
    "securityGroups: [sg-0a1b2c3d4e5f60718]",
    "tags: {Name: mail}",
];

#[test]
fn a_key_that_goes_is_the_cause_of_all_that_differs() {
    let bare = MAIL
        .replace("  parameterGroup: tuned\n", "")
        .replace("  securityGroups: [sg-0a1b2c3d4e5f60718]\n", "");
    let city = adopted("adoption-leaving", &bare, &bare);
    let config = city.join("configs/dev3/mail.yaml");
    for line in LEAVING {
        fs::write(&config, format!("{bare}  {line}\n")).unwrap();
        commit(&city);
        fs::write(&config, &bare).unwrap();
        let unit = unit(&city);
        let lines = unit["lines"].as_array().unwrap();
        assert!(!lines.is_empty(), "{line}");
        let key = format!("adopt.{}", line.split(':').next().unwrap());
        for one in lines {
            assert_eq!(one["key"], key, "{line}: {one:#}");
            // Another group counts after a restart, and not with an upgrade.
            let is_of_group = key == "adopt.parameterGroup";
            assert_eq!(one["happens"] == "restart", is_of_group, "{one:#}");
        }
    }
}

#[test]
fn an_adopted_instance_stays_in_its_subnet_group() {
    for (name, after) in [
        ("dropped", MAIL.replace("  subnetGroup: data-private\n", "")),
        ("another", MAIL.replace("data-private", "data-public")),
    ] {
        let city = adopted(&format!("adoption-group-{name}"), MAIL, &after);
        let said = diff(&city, &[]);
        assert_eq!(said.code, 1, "{said}");
        assert!(said.err.contains("subnet-group-changed"), "{said}");
        assert!(
            said.err
                .contains("write `subnetGroup: data-private` below `adopt`"),
            "{said}"
        );
    }
}

#[test]
fn a_unit_that_was_given_up_takes_its_instance_over_again() {
    let retired =
        format!("{MAIL}lifecycle: retired\nretain: true\nretirementRequested: 2026-11-01\n");
    let city = adopted("adoption-revived", &retired, MAIL);
    let said = diff(&city, &[]);
    assert!(
        said.out.contains("takes over the instance `mail-2019`"),
        "{said}"
    );
    assert!(!said.out.contains("a new, empty database"), "{said}");
}

#[test]
fn info_lists_what_is_otherwise_and_the_next_step() {
    let folder = copy("fixtures/ok/adopted", "adoption-info");
    let human = run(&folder, "info dev/orders");
    assert_eq!(human.code, 0, "{human}");
    let (_, debts) = human.out.split_once("Otherwise than").unwrap();
    let (debts, _) = debts.split_once("Known after").unwrap();
    let settings = snapshot::settings("adoption");
    settings.bind(|| insta::assert_snapshot!("info", debts));
    let of = |unit: &str| -> BTreeMap<String, Value> {
        let printed = run(&folder, &format!("info {unit} --format json"));
        let document: Value = serde_json::from_str(&printed.out).unwrap();
        let list = document["differences"].as_array().unwrap().iter();
        list.map(|one| (one["key"].as_str().unwrap().to_owned(), one["next"].clone()))
            .collect()
    };
    let orders = of("dev/orders");
    // Every key of the block is there, and no step is one that the table of impacts does not know.
    let config = fs::read_to_string(folder.join("configs/dev/orders.yaml")).unwrap();
    let block = config.split("adopt:\n").nth(1).unwrap();
    let keys = block
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("    "));
    for key in keys.map(|line| line.trim().split(':').next().unwrap()) {
        assert!(orders.contains_key(&format!("adopt.{key}")), "{key}");
    }
    for (key, next) in orders
        .iter()
        .chain(&of("dev/taken"))
        .chain(&of("dev/ledger"))
    {
        let why = next["why"].as_str().unwrap_or_default();
        assert!(!why.contains("nothing is known"), "{key}: {next}");
    }
    for key in [
        "adopt.identifier",
        "adopt.subnetGroup",
        "adopt.extendedSupport",
    ] {
        assert_eq!(orders[key], Value::Null, "{key}");
    }
    assert_eq!(orders["adopt.securityGroups"]["grade"], "downtime");
    assert_eq!(orders["adopt.parameterGroup"]["happens"], "restart");
    assert_eq!(orders["adopt.imported"]["grade"], "none");
    assert_eq!(orders["storageType"]["happens"], "window");
    assert_eq!(of("dev/taken")["adopt.credentials"]["grade"], "in-place");
    assert_eq!(of("dev/taken")["deletionProtection"]["grade"], "in-place");
    assert!(!of("dev/ledger").contains_key("adopt.credentials"));
    let plain = case("ok/minimal", "adoption-info-none");
    let named = fs::read_dir(plain.join("configs/dev"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let stem = named
        .path()
        .file_stem()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let printed = run(&plain, &format!("info dev/{stem} --format json"));
    let document: Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(document["differences"], Value::Null);
}

const CLUSTER: &str = "shortname: mail
username: postgres
engine: aurora-postgresql
engineVersion: \"15\"
instanceClass: db.r6g.large
replicas: 1
adopt:
  identifier: mail-2019
  clusterParameterGroup: tuned
  instances:
    - {identifier: mail-2019-writer, promotionTier: 1, tags: {Name: mail}}
    - {identifier: mail-2019-reader, maintenanceWindow: \"fri:22:00-fri:22:30\"}
  majorVersion: \"15\"
  parameterGroup: tuned-instances
  securityGroups: [sg-0a1b2c3d4e5f60718]
  subnetGroup: data-private
";

#[test]
fn a_new_unit_that_adopts_takes_a_cluster_over() {
    let city = repository("adoption-cluster");
    adoptable(&city, folder::MAIL);
    commit(&city);
    fs::write(city.join("configs/dev3/mail.yaml"), CLUSTER).unwrap();
    let said = diff(&city, &[]);
    assert_eq!(said.code, 0, "{said}");
    let settings = snapshot::settings("adoption");
    settings.bind(|| insta::assert_snapshot!("diff-cluster", said.out));
    let unit = unit(&city);
    let [line] = &unit["lines"].as_array().unwrap()[..] else {
        panic!("{unit:#}");
    };
    assert_eq!(
        (&line["key"], &line["grade"]),
        (&"adopt.identifier".into(), &"in-place".into())
    );
}

#[test]
fn each_step_of_a_cluster_has_its_grade_and_its_cause() {
    let without = |text: &str| {
        assert!(CLUSTER.contains(text), "{text}");
        CLUSTER.replace(text, "")
    };
    let instances = "    - {identifier: mail-2019-writer, promotionTier: 1, tags: {Name: mail}}\n    - {identifier: mail-2019-reader, maintenanceWindow: \"fri:22:00-fri:22:30\"}\n";
    let names = CLUSTER.replace(", promotionTier: 1, tags: {Name: mail}", "");
    let turned = CLUSTER.replace(
        instances,
        "    - {identifier: mail-2019-reader}\n    - {identifier: mail-2019-writer}\n",
    );
    let fewer = CLUSTER.replace("replicas: 1\n", "").replace(
        "    - {identifier: mail-2019-reader, maintenanceWindow: \"fri:22:00-fri:22:30\"}\n",
        "",
    );
    let upgrade = CLUSTER
        .replace("engineVersion: \"15\"", "engineVersion: \"16\"")
        .replace("  majorVersion: \"15\"\n", "")
        .replace("  clusterParameterGroup: tuned\n", "")
        .replace("  parameterGroup: tuned-instances\n", "");
    for (name, after, grade, key) in [
        (
            "imported",
            format!("{CLUSTER}  imported: true\n"),
            "none",
            "",
        ),
        (
            "path",
            format!("{CLUSTER}{CREDENTIALS}"),
            "in-place",
            "adopt.credentials",
        ),
        (
            "reader",
            CLUSTER.replace("replicas: 1", "replicas: 2"),
            "in-place",
            "replicas",
        ),
        ("own-of-instances", names, "in-place", "adopt.instances"),
        ("turned", turned, "replace", "adopt.instances"),
        ("fewer", fewer, "replace", "adopt.instances"),
        (
            "group",
            without("  clusterParameterGroup: tuned\n"),
            "reboot",
            "adopt.clusterParameterGroup",
        ),
        (
            "security",
            without("  securityGroups: [sg-0a1b2c3d4e5f60718]\n"),
            "downtime",
            "adopt.securityGroups",
        ),
        ("upgrade", upgrade, "downtime", "engineVersion"),
        (
            "renamed",
            CLUSTER.replace("identifier: mail-2019\n", "identifier: mail-2020\n"),
            "data-loss",
            "adopt.identifier",
        ),
    ] {
        let city = adopted(&format!("adoption-cluster-{name}"), CLUSTER, &after);
        let unit = unit(&city);
        assert_eq!(unit["grade"], grade, "{name}: {unit:#}");
        let mut lines = unit["lines"].as_array().unwrap().iter();
        assert!(lines.any(|line| line["key"] == key), "{name}: {unit:#}");
        let unknown = unit.to_string().contains("nothing is known");
        assert!(!unknown, "{name}: {unit:#}");
    }
    let city = adopted(
        "adoption-cluster-subnets",
        CLUSTER,
        &without("  subnetGroup: data-private\n"),
    );
    let said = diff(&city, &[]);
    assert!(
        said.code == 1 && said.err.contains("subnet-group-changed"),
        "{said}"
    );
    let back = adopted(
        "adoption-cluster-back",
        &format!("{CLUSTER}  imported: true\n"),
        CLUSTER,
    );
    assert_eq!(unit(&back)["grade"], "none");
}
