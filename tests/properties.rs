//! What holds for any config that is valid, not only for those that somebody thought of.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use hcl::{
    Body, Value,
    eval::{Context, Evaluate},
};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::{Index, select, subsequence},
    strategy::ValueTree,
    test_runner::{RngSeed, TestRunner},
};
use serde_json::json;
use storage_valet_rds::{
    aws::{
        engine::Engine,
        name::{self, Kind, Names},
    },
    compile::{self, ConfigFile},
    diagnostic::report,
    model::{Database, Environment, world::World},
    terraform::{
        lower,
        print::print_root,
        root_module::{Block, Expression, RootModule},
        tree::Tree,
    },
    text::unicode::{first_confusable, is_hidden},
};

use unicode_segmentation::UnicodeSegmentation;

use crate::support::{folder::QUOTAS, oracle::assert_sinks_agree, workspace::today};

type Keys = Vec<(String, serde_json::Value)>;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    }
}

fn environments() -> Vec<Arc<Environment>> {
    let text = fs::read_to_string("fixtures/valet.yaml").unwrap();
    compile::open(format!("{text}{QUOTAS}").into_bytes(), None).unwrap()
}

/// Text that may stand in a file as it is.
fn text(most: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{1,6}",
        "\\PC{1,4}",
        select(vec![
            "${", "%{", "$${", "%%{", "\\", "\"", "\n", "\t", " = ", "}", "🐘", "e\u{301}"
        ])
        .prop_map(str::to_owned),
    ];
    let text = vec(piece, 1..=most).prop_map(|pieces| pieces.concat());
    text.prop_filter("hidden", |text| !text.contains(is_hidden))
}

fn tag(first: &'static str) -> impl Strategy<Value = String> {
    let text = format!(
        "{first}([A-Za-z0-9 _.:/=+@-]|\\p{{Greek}}|\\p{{Han}}|\\p{{Hangul}}|\\p{{Thai}}){{0,20}}"
    );
    let honest = |text: &String| {
        let lower = text.to_lowercase();
        let is_taken = lower.starts_with("aws:") || lower.starts_with("valet-rds:");
        let is_letters = text
            .chars()
            .all(|letter| letter.is_ascii() || letter.is_alphanumeric());
        is_letters && !is_taken && !text.contains(is_hidden) && first_confusable(text).is_none()
    };
    proptest::string::string_regex(&text)
        .unwrap()
        .prop_filter("not a tag", honest)
}

/// Adds a key or leaves it out.
fn maybe(
    key: &'static str,
    value: impl Strategy<Value = serde_json::Value>,
) -> impl Strategy<Value = Keys> {
    option::of(value).prop_map(move |value| {
        value
            .map(|value| (key.to_owned(), value))
            .into_iter()
            .collect()
    })
}

fn storage() -> impl Strategy<Value = Keys> {
    (20_u32..=390, any::<bool>(), 0_u32..3).prop_map(|(size, quoted, growth)| {
        let written = if quoted {
            json!(size.to_string())
        } else {
            json!(size)
        };
        let key = |name: &str, value| (name.to_owned(), value);
        vec![
            key("allocatedStorage", written),
            key("maxAllocatedStorage", json!(size * 2 * growth)),
        ]
    })
}

fn sizes() -> impl Strategy<Value = Keys> {
    let parts = (
        storage(),
        maybe("backupRetentionPeriod", (0_u32..=35).prop_map(Into::into)),
        maybe(
            "backupWindow",
            (0_u32..12).prop_map(|hour| json!(format!("{hour:02}:00-{hour:02}:45"))),
        ),
        maybe(
            "maintenanceWindow",
            (19_u32..23, select(vec!["Mon", "Sun", "fri"]))
                .prop_map(|(hour, day)| json!(format!("{day}:{hour}:15-{day}:{hour}:50"))),
        ),
        maybe("port", (1150_u32..=65535).prop_map(Into::into)),
        maybe("passwordRotationDays", (1_u32..=1000).prop_map(Into::into)),
        maybe(
            "monitoringInterval",
            select(vec![0, 1, 5, 10, 15, 30, 60]).prop_map(Into::into),
        ),
    );
    parts.prop_map(|(a, b, c, d, e, f, g)| [a, b, c, d, e, f, g].concat())
}

fn words() -> impl Strategy<Value = Keys> {
    let majors: Vec<_> = Engine::Postgres
        .facts()
        .majors
        .iter()
        .map(|major| major.version.to_string())
        .collect();
    let flag = || any::<bool>().prop_map(Into::into);
    let parts = (
        maybe("engineVersion", select(majors).prop_map(Into::into)),
        maybe(
            "instanceClass",
            select(vec!["db.t4g.medium", "db.r6g.large", "db.m6g.4xlarge"]).prop_map(Into::into),
        ),
        maybe(
            "authentication",
            select(vec!["iam", "password"]).prop_map(Into::into),
        ),
        maybe("multiAz", flag()),
        maybe("encrypted", flag()),
        maybe("deletionProtection", flag()),
        maybe("databaseName", "d_[A-Za-z0-9_]{0,20}".prop_map(Into::into)),
        maybe("username", "u_[A-Za-z0-9_]{0,10}".prop_map(Into::into)),
        maybe(
            "serviceAccountName",
            "[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?".prop_map(Into::into),
        ),
        maybe(
            "logExports",
            subsequence(vec!["postgresql", "upgrade"], 0..=2).prop_map(|logs| json!(logs)),
        ),
    );
    parts.prop_map(|(a, b, c, d, e, f, g, h, i, j)| [a, b, c, d, e, f, g, h, i, j].concat())
}

fn texts() -> impl Strategy<Value = Keys> {
    let parts = (
        maybe("tags", btree_map(tag("[A-Za-z]"), tag(""), 0..6).prop_map(|tags| json!(tags))),
        maybe("parameters", text(4).prop_map(|value| json!({"application_name": value, "log_min_messages": "error"}))),
        maybe("proxy", (text(12), 1_u32..=100, 60_u32..=28800).prop_map(|(query, max, idle)| {
            json!({"initQuery": query, "maxConnectionsPercent": max, "maxIdleConnectionsPercent": max / 2, "idleClientTimeout": idle})
        })),
    );
    parts.prop_map(|(a, b, c)| [a, b, c].concat())
}

/// The keys of a valid config, apart from its shortname.
fn keys() -> impl Strategy<Value = Keys> {
    (sizes(), words(), texts()).prop_map(|(a, b, c)| [a, b, c].concat())
}

/// Some configs with names of their own, each with the keys in some order.
fn configs(most: usize) -> impl Strategy<Value = Vec<(String, Keys)>> {
    vec(keys().prop_shuffle(), 1..=most).prop_map(|configs| {
        let named = |(number, mut keys): (usize, Keys)| {
            keys.push(("shortname".to_owned(), json!(format!("unit-{number}"))));
            (format!("namespace-{number}"), keys)
        };
        configs.into_iter().enumerate().map(named).collect()
    })
}

fn file(namespace: &str, keys: &Keys) -> ConfigFile {
    let lines = keys.iter().map(|(key, value)| format!("{key}: {value}\n"));
    ConfigFile {
        environment: "dev".to_owned(),
        path: format!("configs/dev/{namespace}.yaml"),
        bytes: lines.collect::<String>().into_bytes(),
    }
}

fn compiled(files: Vec<ConfigFile>) -> (Vec<Database>, String) {
    let compiled = compile::compile(&environments(), files, World::on(today()));
    let drawn = report::draw(&compiled.problems, "", false, 100).to_string();
    assert!(!compiled.problems.has_errors(), "{drawn}");
    (compiled.databases, drawn)
}

fn tree(databases: &[Database]) -> Tree {
    databases
        .iter()
        .flat_map(|database| print_root(&lower::unit(database)))
        .collect()
}

/// The expression as Terraform would evaluate it, or as it is written when it is a reference.
fn evaluated(expression: &hcl::Expression) -> Value {
    match expression {
        hcl::Expression::Traversal(_) => Value::from(hcl::format::to_string(expression).unwrap()),
        other => other.evaluate(&Context::new()).unwrap(),
    }
}

fn expected(term: &Expression) -> Value {
    match term {
        Expression::Text(text) => Value::from(text.as_str()),
        Expression::Number(number) => Value::from(*number),
        Expression::Acus(acus) => Value::from(acus.to_string().parse::<f64>().unwrap()),
        Expression::Bool(value) => Value::from(*value),
        Expression::List(items) => items.iter().map(expected).collect(),
        Expression::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.clone(), expected(value)))
            .collect(),
        Expression::Object(entries) => entries
            .iter()
            .map(|(key, value)| ((*key).to_owned(), expected(value)))
            .collect(),
        Expression::Output(module, output) => Value::from(format!("module.{module}.{output}")),
        Expression::Address(..) | Expression::Module(_) => panic!("{term:?} is of no active unit"),
    }
}

fn assert_same(
    body: &Body,
    arguments: &[storage_valet_rds::terraform::root_module::Argument],
    blocks: &[Block],
) {
    let read: Vec<_> = body
        .attributes()
        .map(|read| (read.key(), evaluated(read.expr())))
        .collect();
    let meant: Vec<_> = arguments
        .iter()
        .map(|meant| (meant.name, expected(&meant.value)))
        .collect();
    assert_eq!(read, meant);
    assert_eq!(body.blocks().count(), blocks.len());
    for (read, meant) in body.blocks().zip(blocks) {
        assert_eq!(read.identifier(), meant.kind.as_str());
        let labels: Vec<_> = read.labels().iter().map(hcl::BlockLabel::as_str).collect();
        assert_eq!(labels, meant.labels);
        assert_same(read.body(), &meant.arguments, &meant.blocks);
    }
}

fn assert_parses_back(root: &RootModule) {
    let tree = print_root(root);
    assert_eq!(tree.len(), root.files.len());
    for file in &root.files {
        let text = &tree[&root.path(file)];
        assert_sinks_agree(&root.written_in, &file.blocks);
        assert_same(&hcl::parse(text).unwrap(), &[], &file.blocks);
        assert_aligned(text);
    }
}

/// The `=` of one-line items that follow each other stand in one column, as close as they can.
fn assert_aligned(text: &str) {
    let item = |line: &str| {
        let indent = line.len() - line.trim_start().len();
        let quoted = line.trim_start().starts_with('"');
        let mut letters = line.char_indices().skip(indent + usize::from(quoted));
        let mut escaped = false;
        let end = letters.find(|(_, letter)| {
            let ends = if quoted {
                *letter == '"' && !escaped
            } else {
                *letter == ' '
            };
            escaped = *letter == '\\' && !escaped;
            ends
        });
        let end = end?.0 + usize::from(quoted);
        let rest = &line[end..];
        let is_item = rest.trim_start().starts_with("= ") && !rest.ends_with(['{', '[', '(']);
        let key = line[..end].graphemes(true).count();
        is_item.then(|| (indent, key, key + rest.len() - rest.trim_start().len()))
    };
    let lines: Vec<_> = text.lines().map(item).collect();
    for run in lines.split(Option::is_none) {
        let run: Vec<_> = run.iter().flatten().collect();
        for same in run.chunk_by(|a, b| a.0 == b.0) {
            let widest = same.iter().map(|item| item.1).max().unwrap();
            assert!(same.iter().all(|item| item.2 == widest + 1), "{text}");
        }
    }
}

/// What a config says, as it must stand in the call of a module.
const WRITTEN: &[(&str, &str, &str)] = &[
    ("allocatedStorage", "rds", "allocated_storage"),
    ("backupRetentionPeriod", "rds", "backup_retention_period"),
    ("backupWindow", "rds", "backup_window"),
    ("databaseName", "rds", "database_name"),
    ("deletionProtection", "rds", "deletion_protection"),
    ("engineVersion", "rds", "engine_version"),
    ("instanceClass", "rds", "instance_class"),
    ("multiAz", "rds", "multi_az"),
    ("passwordRotationDays", "rds", "password_rotation_days"),
    ("port", "rds", "port"),
    ("username", "rds", "username"),
];

fn assert_says_what_is_written(keys: &Keys, main: &str) {
    let body = hcl::parse(main).unwrap();
    let keys: BTreeMap<_, _> = keys.iter().cloned().collect();
    let argument = |module: &str, name: &str| {
        let call = body
            .blocks()
            .find(|block| block.labels()[0].as_str() == module)
            .unwrap();
        let found = call
            .body()
            .attributes()
            .find(|argument| argument.key() == name);
        found.map(|found| evaluated(found.expr()))
    };
    let plain = |value: &serde_json::Value| value.to_string().trim_matches('"').to_owned();
    for (key, module, name) in WRITTEN {
        if let Some(written) = keys.get(*key) {
            let read =
                argument(module, name).map(|value| value.to_string().trim_matches('"').to_owned());
            assert_eq!(read, Some(plain(written)), "{key}");
        }
    }
    let query = keys
        .get("proxy")
        .map(|proxy| Value::from(proxy["initQuery"].as_str().unwrap()));
    assert_eq!(argument("proxy", "init_query"), query);
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn a_valid_config_parses_back_to_what_it_says(configs in configs(1)) {
        let (namespace, keys) = &configs[0];
        let (databases, _) = compiled(vec![file(namespace, keys)]);
        let root = lower::unit(&databases[0]);
        assert_parses_back(&root);
        assert_says_what_is_written(keys, &print_root(&root)[&format!("generated/dev/{namespace}/main.tf")]);
    }
}

proptest! {
    #![proptest_config(config(32))]

    #[test]
    fn order_and_threads_change_nothing(configs in configs(6), turns in vec(any::<Index>(), 12), threads in 2_usize..9) {
        let straight: Vec<_> = configs.iter().map(|(namespace, keys)| file(namespace, keys)).collect();
        let mut turned: Vec<_> = configs
            .iter()
            .zip(&turns)
            .map(|((namespace, keys), turn)| {
                let mut keys = keys.clone();
                let by = turn.index(keys.len());
                keys.rotate_left(by);
                file(namespace, &keys)
            })
            .collect();
        let by = turns[7].index(turned.len());
        turned.rotate_left(by);
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let once = pool(1).install(|| tree(&compiled(straight).0));
        let again = pool(threads).install(|| tree(&compiled(turned).0));
        prop_assert_eq!(once, again);
    }
}

const ENVIRONMENT: &str = "[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,7}){0,3}";
const SHORTNAME: &str = "[a-z](-?[a-z0-9]){0,31}";

/// Whether AWS takes a name of a kind.
fn is_taken_by_aws(kind: Kind, name: &str) -> bool {
    let letters = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let ends = name.starts_with(|letter: char| letter.is_ascii_lowercase()) && !name.ends_with('-');
    letters && ends && !name.contains("--") && name.len() <= kind.limit()
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn names_fit_and_are_distinct(
        namespace in "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        short in SHORTNAME, environment in ENVIRONMENT,
        other_short in SHORTNAME, other_environment in ENVIRONMENT,
    ) {
        let role = name::access_role(&namespace, &environment);
        prop_assert!(role.len() <= Kind::Role.limit() && role.ends_with(|letter: char| letter.is_ascii_alphanumeric()));
        prop_assert!(name::service_account(&namespace).len() <= 253);
        let names = Names::derive(&short, &environment, "postgres17");
        let others = Names::derive(&other_short, &other_environment, "postgres17");
        let all: Vec<_> = names.unique(|_| true).collect();
        for (kind, name) in &all {
            prop_assert!(is_taken_by_aws(*kind, name), "{kind:?} {name}");
        }
        for named in names.all(&["iam-db-auth-error"]) {
            prop_assert!(named.name.len() <= named.kind.limit(), "{named:?}");
        }
        let mut own: Vec<_> = all.iter().collect();
        own.sort();
        own.dedup();
        prop_assert_eq!(own.len(), all.len(), "one unit uses a name twice");
        // `a-b` in `c` and `a` in `b-c` have one name by design; the fleet's rules refuse the second.
        if format!("{short}-{environment}") != format!("{other_short}-{other_environment}") {
            for name in others.unique(|_| true) {
                prop_assert!(!all.contains(&name), "{name:?}");
            }
        }
    }

    #[test]
    fn default_roles_of_other_namespaces_differ(
        namespace in "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", other in "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", environment in ENVIRONMENT,
    ) {
        prop_assume!(namespace != other);
        prop_assert_ne!(name::access_role(&namespace, &environment), name::access_role(&other, &environment));
    }
}

/// Roots of any valid configs, for `cargo xtask properties` to show to Terraform.
#[test]
#[ignore = "writes into target/"]
fn write_roots_for_terraform() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("properties");
    let _ = fs::remove_dir_all(&folder);
    let mut runner = TestRunner::new(config(1));
    let strategy = vec(keys(), 300);
    let many = strategy.new_tree(&mut runner).unwrap().current();
    let files = many.into_iter().enumerate().map(|(number, mut keys)| {
        keys.push(("shortname".to_owned(), json!(format!("unit-{number}"))));
        file(&format!("namespace-{number}"), &keys)
    });
    for (path, text) in tree(&compiled(files.collect()).0) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}
