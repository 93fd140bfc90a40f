//! The least IAM policies of a pipeline, made from the types of resources that the modules have: `xtask/policy.json` says which
//! actions each type needs, `cargo xtask apply` that they are those which the provider calls.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};
use xshell::Shell;

use crate::{derived::Derived, files, tables};

const TABLE: &str = "xtask/policy.json";
/// The longest customer managed policy that IAM takes, in characters without blanks.
const LONGEST: usize = 6144;

/// What stands for the placeholders when characters are counted.
const EXAMPLES: [(&str, &str); 7] = [
    ("ACCOUNT", "111122223333"),
    (
        "KEY_ARN",
        "arn:aws:kms:ap-northeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
    ("KEY_PREFIX", "databases/storage-valet-rds/production"),
    ("REGION", "ap-northeast-1"),
    ("ROLE_PATH", "/databases/"),
    (
        "STATE_BUCKET",
        "a-company-with-a-long-name-terraform-states",
    ),
    ("/VPC", "/vpc-0a1b2c3d4e5f60000"),
];

/// The page and the two policies.
pub(crate) fn make(sh: &Shell) -> Result<Vec<Derived>> {
    let table: Value = serde_json::from_str(&sh.read_file(TABLE)?).context(TABLE)?;
    let mut consumer = table.get("consumer").cloned().unwrap_or_default();
    if let (Value::Object(consumer), Some(state)) = (&mut consumer, table.get("state")) {
        consumer.insert("state".to_owned(), state.clone());
    }
    for (table, is_consumer) in [(&table, false), (&consumer, true)] {
        let known: BTreeSet<String> = entries(table, "resources")
            .map(|(name, _)| name.clone())
            .collect();
        let used = used(sh, is_consumer)?;
        ensure!(
            known == used,
            "{TABLE}: resources that the modules do not have, or that it has not: {:?}",
            known.symmetric_difference(&used).collect::<Vec<_>>()
        );
    }
    let policies = Policies {
        plan: plan(&table),
        apply: apply(&table),
        apply_clusters: apply_clusters(&table),
        consumer_plan: plan(&consumer),
        consumer_apply: apply(&consumer),
    };
    for (name, policy) in policies.all() {
        let length = length(policy);
        ensure!(
            length <= LONGEST,
            "the {name} policy has {length} characters; IAM takes {LONGEST}"
        );
    }
    let page = page(&table, &consumer, &policies);
    let files = policies.all().map(|(name, policy)| {
        let path = format!("docs/deploy-policy/{name}.json");
        (path.into(), format!("{policy:#}\n").into_bytes())
    });
    let page = ("docs/deploy-policy.md".into(), page.into_bytes());
    Ok([page].into_iter().chain(files).collect())
}

struct Policies {
    plan: Value,
    apply: Value,
    apply_clusters: Value,
    consumer_plan: Value,
    consumer_apply: Value,
}

impl Policies {
    fn all(&self) -> [(&'static str, &Value); 5] {
        [
            ("plan", &self.plan),
            ("apply", &self.apply),
            ("apply-clusters", &self.apply_clusters),
            ("consumer-plan", &self.consumer_plan),
            ("consumer-apply", &self.consumer_apply),
        ]
    }
}

/// The module of consumer sides, which works in other accounts than all others.
const CONSUMER: &str = "endpoint-consumer";

/// Types of the modules' resources and, with `data.` before them, data sources; of the module of consumer sides, or of all
/// others.
fn used(sh: &Shell, of_consumer: bool) -> Result<BTreeSet<String>> {
    let mut used = BTreeSet::new();
    let folders = files::folders(sh, "modules")?.into_iter();
    for module in folders.filter(|module| (files::name(module) == CONSUMER) == of_consumer) {
        for path in sh.read_dir(module)? {
            if !files::has_extension(Path::new(&path), "tf") {
                continue;
            }
            for block in tables::parse(sh, &path)?.blocks() {
                let label = block.labels().first().map_or("", hcl::BlockLabel::as_str);
                if label.starts_with("aws_") {
                    used.insert(match block.identifier() {
                        "data" => format!("data.{label}"),
                        _ => label.to_owned(),
                    });
                }
            }
        }
    }
    Ok(used)
}

/// Characters that IAM counts, with values of a usual length filled in.
fn length(policy: &Value) -> usize {
    let text = EXAMPLES
        .iter()
        .fold(policy.to_string(), |text, (name, value)| {
            text.replace(name, value)
        });
    text.chars()
        .filter(|letter| !letter.is_whitespace())
        .count()
}

fn entries<'a>(table: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    table
        .get(key)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

fn items<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    node.get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn words<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    items(node, key).filter_map(Value::as_str)
}

/// The actions of one kind of all resources.
fn actions<'a>(table: &'a Value, kind: &str) -> BTreeSet<&'a str> {
    entries(table, "resources")
        .flat_map(|(_, one)| words(one, kind))
        .collect()
}

/// The actions that change resources which every environment can have.
fn common(table: &Value) -> BTreeSet<&str> {
    entries(table, "resources")
        .filter(|(_, one)| one.get("of").is_none())
        .flat_map(|(_, one)| words(one, "write"))
        .collect()
}

fn statement(sid: &str, actions: &Value, resource: &Value, condition: Option<&Value>) -> Value {
    let mut statement = Map::new();
    statement.insert("Sid".to_owned(), sid.into());
    statement.insert("Effect".to_owned(), "Allow".into());
    statement.insert("Action".to_owned(), actions.clone());
    statement.insert("Resource".to_owned(), resource.clone());
    if let Some(condition) =
        condition.filter(|one| one.as_object().is_some_and(|one| !one.is_empty()))
    {
        statement.insert("Condition".to_owned(), condition.clone());
    }
    statement.into()
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn state<'a>(table: &'a Value, kind: &str, sid: &'a str) -> impl Iterator<Item = Value> + use<'a> {
    let found: Vec<_> = items(&table["state"], kind).collect();
    found.into_iter().enumerate().map(move |(number, one)| {
        let sid = if number == 0 {
            sid.to_owned()
        } else {
            format!("{sid}Files")
        };
        statement(&sid, &one["actions"], &one["resource"], None)
    })
}

/// What reads everything, and changes nothing but the lock of a state.
fn plan(table: &Value) -> Value {
    let read = statement(
        "ReadResources",
        &json!(actions(table, "read")),
        &json!("*"),
        None,
    );
    let states = state(table, "read", "ReadState").chain(state(table, "lock", "LockState"));
    document(&[read].into_iter().chain(states).collect::<Vec<_>>())
}

/// What an apply does beside reading.
fn apply(table: &Value) -> Value {
    let mut statements: Vec<_> = state(table, "write", "WriteState").collect();

    let narrowed: BTreeMap<&str, &Value> = entries(table, "narrowed")
        .map(|(action, condition)| (action.as_str(), condition))
        .collect();
    let mut by_service: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut by_condition: BTreeMap<String, (Vec<&str>, &Value)> = BTreeMap::new();
    for action in common(table) {
        match narrowed.get(action) {
            Some(condition) => {
                let same = by_condition.entry(condition.to_string());
                same.or_insert((Vec::new(), condition)).0.push(action);
            }
            None => by_service.entry(service(action)).or_default().push(action),
        }
    }
    for (service, actions) in by_service {
        statements.push(json!({
            // No Sid: each letter counts against the length that IAM allows, and the actions name their service.
            "Effect": "Allow",
            "Action": actions,
            "Resource": scope(table, service),
        }));
    }
    for (actions, condition) in by_condition.into_values() {
        let resource = scope(table, actions.first().map_or("", |action| service(action)));
        statements.push(statement(
            "AttachPolicies",
            &json!(actions),
            resource,
            Some(condition),
        ));
    }
    for one in items(table, "beside") {
        let sid = one["sid"].as_str().unwrap_or_default();
        statements.push(statement(
            sid,
            &one["actions"],
            &one["resource"],
            Some(&one["condition"]),
        ));
    }
    document(&statements)
}

/// What an apply does beside all that where there are clusters. In one with the others IAM would not take it.
fn apply_clusters(table: &Value) -> Value {
    let more = actions(table, "write");
    let more: Vec<_> = more.difference(&common(table)).copied().collect();
    let resource = scope(table, more.first().map_or("", |action| service(action)));
    document(&[statement("ChangeClusters", &json!(more), resource, None)])
}

/// What the actions of a service may be done to.
fn scope<'a>(table: &'a Value, service: &str) -> &'a Value {
    let scopes = table.get("scopes");
    scopes
        .and_then(|scopes| scopes.get(service))
        .unwrap_or(&Value::Null)
}

fn service(action: &str) -> &str {
    action.split(':').next().unwrap_or(action)
}

fn page(table: &Value, consumer: &Value, policies: &Policies) -> String {
    let code = |actions: Vec<&str>| {
        let actions: Vec<_> = actions
            .into_iter()
            .map(|action| format!("`{action}`"))
            .collect();
        actions.join(", ")
    };
    let resources = |table: &Value| {
        let rows = entries(table, "resources").map(|(name, one)| {
            let list = |kind| code(words(one, kind).collect());
            vec![format!("`{name}`"), list("read"), list("write")]
        });
        tables::table(&["Resource", "Plan and apply", "Apply alone"], rows)
    };
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let beside = |table: &Value| {
        let rows = items(table, "beside").map(|one| {
            vec![
                code(words(one, "actions").collect()),
                text(one, "why"),
                text(one, "source"),
            ]
        });
        tables::table(&["Actions", "Why", "Source"], rows)
    };
    let uncalled = entries(table, "uncalled").map(|(action, why)| {
        vec![
            format!("`{action}`"),
            why.as_str().unwrap_or_default().to_owned(),
        ]
    });
    let uncalled = tables::table(&["Action", "When it is needed"], uncalled);
    format!(
        include_str!("policy.md"),
        plan = length(&policies.plan),
        apply = length(&policies.apply),
        apply_clusters = length(&policies.apply_clusters),
        longest = LONGEST,
        resources = resources(table),
        beside = beside(table),
        consumer_plan = length(&policies.consumer_plan),
        consumer_apply = length(&policies.consumer_apply),
        consumer_resources = resources(consumer),
        consumer_beside = beside(consumer),
        uncalled = uncalled,
    )
}
