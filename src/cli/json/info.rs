//! What `info` prints for programs, as JSON or YAML.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{FORMAT, FormatVersion};
use crate::{
    config::workspace,
    connect::{outputs::Outputs, way::Ways},
    inspect::{
        debts::{self, Debt},
        names, resolved,
    },
    model::{Database, consumer::Consumer, identity::UnitId},
    text::path::below,
};

/// Everything that is decided about a unit.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Info<'a> {
    format_version: FormatVersion,
    /// `ENVIRONMENT/NAMESPACE`.
    unit: UnitId,
    /// The config, relative to the top of the repository; without one, to the workspace.
    file: String,
    /// Folder of its root, relative to the same.
    root: String,
    account_id: &'a str,
    region: &'a str,
    /// The value in force of each key that a config can have; null when AWS decides.
    config: Map<String, Value>,
    /// Where each of these values comes from, by the same keys: a file and its line, or in words.
    origins: Map<String, Value>,
    /// Everything that has a name in AWS.
    names: Vec<Name>,
    /// What an adopted instance has otherwise than the databases that this tool makes; null for one that is not adopted.
    differences: Option<Vec<Difference>>,
    /// The consumer sides that lead to it from its clusters.
    consumers: Vec<Way>,
    /// What Terraform told after apply; null when nothing is known yet.
    outputs: Option<&'a Outputs>,
}

/// Something that an adopted instance has otherwise.
#[derive(Debug, Serialize, JsonSchema)]
struct Difference {
    /// The key that says it, with dots.
    key: &'static str,
    /// What the key says; null when it is not there.
    value: Value,
    /// What is otherwise, in words.
    what: &'static str,
    /// The step that takes it away; null when it stays for ever.
    next: Option<Next>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Next {
    /// What to write.
    write: &'static str,
    /// How much it hurts, as `diff` grades it.
    grade: &'static str,
    /// When AWS does it: `now`, `restart` or `window`.
    happens: &'static str,
    /// Why it has this grade; empty when nothing happens.
    why: String,
}

impl From<Debt> for Difference {
    fn from(debt: Debt) -> Self {
        let next = debt.next.map(|step| Next {
            write: step.write,
            grade: step.grade.as_str(),
            happens: step.happens.as_str(),
            why: step.why,
        });
        Self {
            key: debt.key,
            value: debt.value,
            what: debt.what,
            next,
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct Name {
    /// What has the name.
    kind: &'static str,
    name: String,
}

/// A consumer side of clusters.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Way {
    /// Name of its root, as `ENVIRONMENT/_cluster-NAME`.
    unit: UnitId,
    account_id: String,
    region: String,
    vpc_id: String,
    /// The clusters that use it.
    clusters: Vec<String>,
    /// What the database waits for, when it has no endpoint yet.
    waiting: Option<&'static str>,
}

impl Way {
    fn new(
        unit: &UnitId,
        (spec, clusters): &(&workspace::Consumer, Vec<&String>),
        consumers: &[Consumer],
    ) -> Self {
        let consumer = consumers.iter().find(|one| one.unit() == *unit);
        let waiting = consumer.and_then(|consumer| consumer.waiting.first());
        Self {
            unit: unit.clone(),
            account_id: spec.account_id.clone(),
            region: spec.region.clone(),
            vpc_id: spec.vpc_id.clone(),
            clusters: clusters.iter().map(ToString::to_string).collect(),
            waiting: waiting.map(|waiting| waiting.reason),
        }
    }
}

impl<'a> Info<'a> {
    /// The document of a database, with its outputs as far as they are known, and the consumer sides of its clusters as far
    /// as they concern it. `prefix` is the path of the workspace in the
    /// repository.
    #[must_use]
    pub fn new(
        database: &'a Database,
        consumers: &[Consumer],
        outputs: Option<&'a Outputs>,
        prefix: &str,
    ) -> Self {
        let (mut config, mut origins) = (Map::new(), Map::new());
        for entry in resolved::entries(database) {
            put(&mut origins, &entry.key, entry.place(database).into());
            put(&mut config, &entry.key, entry.value);
        }
        let names = names::names(database).into_iter().map(|named| Name {
            kind: named.kind.as_str(),
            name: named.name,
        });
        let spec = &database.environment.spec;
        Self {
            format_version: FORMAT,
            unit: database.unit(),
            file: below(prefix, &database.file.path),
            root: below(prefix, &database.directory()),
            account_id: &spec.account_id,
            region: &spec.region,
            config,
            origins,
            names: names.collect(),
            differences: debts::debts(database)
                .map(|debts| debts.into_iter().map(Difference::from).collect()),
            consumers: Ways::of(database)
                .consumers
                .iter()
                .map(|(unit, way)| Way::new(unit, way, consumers))
                .collect(),
            outputs,
        }
    }
}

fn put(map: &mut Map<String, Value>, path: &[String], value: Value) {
    match path {
        [] => {}
        [key] => {
            map.insert(key.clone(), value);
        }
        [key, rest @ ..] => {
            let inner = map.entry(key.clone()).or_insert_with(|| Map::new().into());
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}
