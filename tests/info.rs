//! `info`: what is decided, where it comes from, and every name in AWS.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::Value;
use storage_valet_rds::{
    aws::name::{Kind, Names, SharedNames},
    cli::json::info::Info,
    config::SubnetGroup,
    inspect::names::names,
    yaml::Document,
};

use crate::support::{
    command::{run, valet},
    folder::{city, edit},
    outputs::{applied, outputs_of},
    snapshot,
    workspace::Workspace,
};

#[test]
fn people_read_tables() {
    let city = city("info");
    let settings = snapshot::settings("info");
    for unit in ["dev3/test-dev", "prod/ledger"] {
        let ran = valet(&city, &["info", unit]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        settings.bind(|| insta::assert_snapshot!(unit.replace('/', "-"), ran.out));
    }
}

#[test]
fn what_apply_told_is_shown_with_the_rest() {
    let city = applied("info-applied");
    let human = run(&city, "info prod/ledger").out;
    let (_, known) = human.split_once("\nKnown after apply\n").unwrap();
    assert_eq!(
        known,
        "endpoint      ledger-prod-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com\n\
         port          5432\n\
         user          ledger_owner\n\
         secret        arn:aws:secretsmanager:ap-northeast-1:333333333333:secret:rds!db-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-AbCdEf\n\
         role          arn:aws:iam::333333333333:role/ledger-database\n\
         service name  com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0\n\
         database      ledger\n"
    );
    for database in Workspace::open(&city).databases {
        let json = valet(
            &city,
            &["info", &database.unit().to_string(), "--format", "json"],
        )
        .out;
        let document: Value = serde_json::from_str(&json).unwrap();
        for (name, output) in outputs_of(&database).as_object().unwrap() {
            assert_eq!(document["outputs"][name], output["value"], "{name}");
        }
    }
    let file = city.join("generated/prod/ledger/outputs.json");
    let moved = city.join("elsewhere.json");
    fs::rename(&file, &moved).unwrap();
    let unknown = run(&city, "info prod/ledger --format yaml");
    assert!(
        unknown.out.ends_with("\noutputs: null\n"),
        "{}",
        unknown.out
    );
    let arguments = ["info", "prod/ledger", "--outputs", "elsewhere.json"];
    assert_eq!(valet(&city, &arguments).out, human);
    let yaml = valet(&city, &[&arguments[..], &["--format", "yaml"]].concat());
    let read = Document::parse("info.yaml", yaml.out.into_bytes()).unwrap();
    assert_eq!(
        read.value["outputs"]["secret_arn"],
        outputs_of(&ledger(&city))["secret_arn"]["value"]
    );
}

#[test]
fn what_cannot_be_seen_does_not_reach_a_terminal() {
    let city = applied("info-hidden");
    let ledger = city.join("configs/prod/ledger.yaml");
    let query = "initQuery: \"SET a = '\\u202e\\e[2J\\U000E0041'\"";
    edit(
        &ledger,
        "initQuery: SET search_path = ledger; SET statement_timeout = '30s'",
        query,
    );
    let human = run(&city, "info prod/ledger");
    assert_eq!(human.code, 0, "{}", human.err);
    assert!(human.out.contains(r"SET a = '\u{202e}\u{1b}[2J\u{e0041}'"));
    let preview = run(&city, "preview prod/ledger");
    assert!(
        preview
            .out
            .contains(r#"= "SET a = '\u202E\u001B[2J\U000E0041'""#),
        "{}",
        preview.out
    );
    let path = city.join("generated/prod/ledger/outputs.json");
    edit(&path, "-AbCdEf\"", "-AbCdEf\\u001b[2J\"");
    let refused = run(&city, "info prod/ledger");
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    let message = "the output `secret_arn` is not the ARN of a secret";
    assert!(refused.err.contains(message), "{}", refused.err);
    assert!(!refused.err.contains('\u{1b}'), "{}", refused.err);
}

#[test]
fn outputs_of_another_unit_or_of_no_root_are_refused() {
    let city = applied("info-foreign");
    let own = city.join("generated/prod/ledger/outputs.json");
    let other = "generated/prod/search/outputs.json";
    let named = valet(&city, &["info", "prod/ledger", "--outputs", other]);
    fs::copy(city.join(other), &own).unwrap();
    let found = run(&city, "info prod/ledger");
    for (ran, span) in [
        (named, other),
        (found, "generated/prod/ledger/outputs.json"),
    ] {
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
        assert!(ran.err.contains("foreign-outputs"), "{}", ran.err);
        assert!(ran.err.contains(span), "{}", ran.err);
    }
    fs::write(&own, "{}").unwrap();
    let empty = run(&city, "info prod/ledger");
    assert_eq!(empty.code, 1);
    assert!(empty.err.contains("has not been applied"), "{}", empty.err);
    let missing = run(&city, "info prod/ledger --outputs no.json");
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("no.json"), "{}", missing.err);
}

fn ledger(folder: &Path) -> storage_valet_rds::model::Database {
    let mut units = Workspace::open(folder).databases.into_iter();
    units
        .find(|unit| unit.unit().to_string() == "prod/ledger")
        .unwrap()
}

#[test]
fn programs_read_one_document_in_yaml_or_json() {
    let city = city("info-documents");
    let json = run(
        &city,
        "--environment prod --namespace ledger info --format json",
    );
    let document: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(document["config"]["proxy"]["idleClientTimeout"], 3600);
    assert_eq!(
        document["origins"]["proxy"]["idleClientTimeout"],
        "configs/prod/ledger.yaml:30"
    );
    assert_eq!(document["origins"]["tags"]["stage"], "valet.yaml:61");
    let yaml = run(&city, "info prod/ledger --format yaml");
    let read = Document::parse("info.yaml", yaml.out.into_bytes()).unwrap();
    assert_eq!(read.value, document);
}

#[test]
fn the_config_holds_every_key_that_a_config_can_have() {
    let schema = &storage_valet_rds::config::schema::CONFIG.document["properties"];
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>()
    };
    let city = Workspace::open(Path::new("fixtures/city"));
    let ledger = city
        .databases
        .iter()
        .find(|known| known.unit().to_string() == "prod/ledger")
        .unwrap();
    let document = serde_json::to_value(Info::new(ledger, &[], None, "")).unwrap();
    assert_eq!(keys(&document["config"]), keys(schema));
    assert_eq!(
        keys(&document["config"]["proxy"]),
        keys(&schema["proxy"]["properties"])
    );
}

#[test]
fn every_name_in_the_terraform_is_listed() {
    for database in Workspace::open(Path::new("fixtures/city")).databases {
        let names: BTreeSet<_> = names(&database)
            .into_iter()
            .map(|named| named.name)
            .collect();
        let tree = storage_valet_rds::terraform::print::print_root(
            &storage_valet_rds::terraform::lower::unit(&database),
        );
        let main = tree
            .iter()
            .find(|(path, _)| path.ends_with("/main.tf"))
            .unwrap()
            .1;
        let mut seen = 0;
        for line in main.lines() {
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let key = key.trim();
            let is_name = key == "name" || key == "identifier" || key.ends_with("_name");
            let skipped = [
                "database_name",
                "service_account_name",
                "sync_function_name",
            ]
            .contains(&key);
            let skipped = skipped || value.contains(&format!("\"{}_", database.environment.name));
            if !is_name || skipped || !value.contains('"') {
                continue;
            }
            seen += 1;
            let name = value.trim().trim_matches('"');
            assert!(names.contains(name), "{}: {key} = {name}", database.unit());
        }
        assert!(seen > 11, "{seen}");
    }
}

/// The names that a module gives to resources of a type, with the texts of its variables and of the keys of a log.
fn named_by_module(module: &str, resource: &str, texts: &[(&str, &str)]) -> BTreeSet<String> {
    let files = fs::read_dir(format!("modules/{module}")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let bodies: Vec<hcl::Body> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "tf"))
        .map(|path| hcl::parse(&fs::read_to_string(path).unwrap()).unwrap())
        .collect();
    let blocks = || bodies.iter().flat_map(hcl::Body::blocks);
    // What is alike, alarms or subscriptions, is made of the entries of a map.
    let maps = blocks()
        .filter(|block| block.identifier() == "locals")
        .flat_map(|block| block.body().attributes())
        .filter_map(|local| match local.expr() {
            hcl::Expression::Object(map) => Some((local.key(), map)),
            _ => None,
        });
    let text = |shown: &dyn ToString| shown.to_string().trim_matches('"').to_owned();
    // What the instances of a cluster have is made for the one that writes, for those that read, or for both.
    let roles = |map: &str| match map {
        "of_each" => vec!["writer-", "reader-"],
        "of_writer" => vec!["writer-"],
        "of_readers" => vec!["reader-"],
        _ => vec![""],
    };
    let metrics: Vec<_> = maps
        .flat_map(|(of, map)| map.iter().map(move |entry| (of, entry)))
        .filter(|(_, (_, value))| {
            ["metric_name", "source_type"]
                .iter()
                .any(|key| value.to_string().contains(key))
        })
        .flat_map(|(of, (key, _))| {
            let key = text(key);
            roles(of).into_iter().map(move |role| [role, &key].concat())
        })
        .collect();
    let mut names = BTreeSet::new();
    for block in blocks().filter(|block| {
        block
            .labels()
            .first()
            .is_some_and(|label| label.as_str() == resource)
    }) {
        let mut attributes = block.body().attributes();
        let name = attributes
            .find(|attribute| ["alarm_name", "name"].contains(&attribute.key()))
            .unwrap();
        let mut name = match name.expr() {
            whole @ hcl::Expression::Traversal(_) => format!("${{{whole}}}"),
            other => text(other),
        };
        for (from, to) in texts {
            name = name.replace(&format!("${{{from}}}"), to);
        }
        if name.contains("${each.key}") {
            names.extend(metrics.iter().map(|key| name.replace("${each.key}", key)));
        } else {
            names.insert(name);
        }
    }
    names
}

#[test]
fn the_modules_name_alarms_and_log_groups_as_the_table_does() {
    let names = Names::derive("s", "e", "f");
    let modules = [
        ("rds", [("var.identifier", names.instance.as_str())]),
        ("aurora", [("var.identifier", &names.cluster)]),
        ("proxy", [("var.name", &names.proxy)]),
        ("nlb", [("var.name", &names.load_balancer)]),
        ("nlb", [("var.name", &names.load_balancer_read_only)]),
    ];
    let log = ("each.key", "log");
    let mut of_kind: BTreeMap<Kind, BTreeSet<String>> = BTreeMap::new();
    for (module, [name]) in modules {
        let alarms = named_by_module(module, "aws_cloudwatch_metric_alarm", &[name]);
        of_kind.entry(Kind::Alarm).or_default().extend(alarms);
        let groups = named_by_module(module, "aws_cloudwatch_log_group", &[name, log]);
        of_kind.entry(Kind::LogGroup).or_default().extend(groups);
    }
    for (kind, named) in of_kind {
        let all = names.all(&["log"]).into_iter();
        let listed: BTreeSet<_> = all
            .filter(|named| named.kind == kind)
            .map(|named| named.name)
            .collect();
        assert_eq!(listed, named, "{kind:?}");
    }
}

#[test]
fn the_modules_name_what_units_share_as_the_table_does() {
    let names = SharedNames::derive("e");
    let sync = ("var.name", names.sync_function.as_str());
    let users = ("var.name", names.users_function.as_str());
    let events = (
        "var.event_subscription_name",
        names.event_subscription.as_str(),
    );
    let all = names.all();
    let listed = |kind| -> BTreeSet<String> {
        let of_kind = all.iter().filter(|(listed, ..)| *listed == kind);
        of_kind.map(|(_, name, _)| name.clone()).collect()
    };
    let (sync, users) = (("target-sync", sync), ("database-users", users));
    for (kind, modules, resource) in [
        (
            Kind::Alarm,
            vec![sync, users],
            "aws_cloudwatch_metric_alarm",
        ),
        (
            Kind::LogGroup,
            vec![sync, users],
            "aws_cloudwatch_log_group",
        ),
        (Kind::Schedule, vec![sync], "aws_scheduler_schedule"),
        (
            Kind::EventSubscription,
            vec![("environment", events)],
            "aws_db_event_subscription",
        ),
    ] {
        let found = modules
            .into_iter()
            .flat_map(|(module, text)| named_by_module(module, resource, &[text]));
        assert_eq!(listed(kind), found.collect(), "{kind:?}");
    }
}

#[test]
fn only_what_a_unit_has_is_listed() {
    let [city, own] = ["fixtures/city", "fixtures/ok/own-subnet-group"]
        .map(|folder| Workspace::open(Path::new(folder)));
    for database in city.databases.iter().chain(&own.databases) {
        let all = names(database);
        let (own, spec) = (&database.names, &database.environment.spec);
        let lists = |kind, name: &str| {
            all.iter()
                .any(|named| (named.kind, named.name.as_str()) == (kind, name))
        };
        let alarm = |suffix| lists(Kind::Alarm, &format!("{}-{suffix}", own.instance));
        let alarms = spec.alarm_topic_arn.is_some();
        let is_burstable = database
            .instance_class
            .value
            .to_string()
            .starts_with("db.t");
        let unit = database.unit();
        let is_cluster = database.facts().is_cluster();
        let of_instance = alarms && !is_cluster;
        assert_eq!(alarm("cpu"), of_instance, "{unit}");
        assert_eq!(alarm("cpu-credits"), of_instance && is_burstable, "{unit}");
        let of_cluster = alarms && is_cluster;
        assert_eq!(alarm("writer-cpu"), of_cluster, "{unit}");
        assert_eq!(alarm("reader-replica-lag"), of_cluster, "{unit}");
        assert!(!alarm("writer-capacity"), "{unit}");
        let has_own = database.subnet_group.value == SubnetGroup::Own;
        assert_eq!(
            lists(Kind::SubnetGroup, &own.subnet_group),
            has_own,
            "{unit}"
        );
        assert_eq!(
            lists(Kind::Role, &own.monitoring_role),
            has_own && database.monitoring_interval.value > 0,
            "{unit}"
        );
    }
}
