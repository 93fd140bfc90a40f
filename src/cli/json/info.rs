//! What `info` prints for programs, as JSON or YAML.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{FORMAT, FormatVersion};
use crate::{
    connect::outputs::Outputs,
    inspect::{names, resolved},
    model::{Database, identity::UnitId},
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
    /// What Terraform told after apply; null when nothing is known yet.
    outputs: Option<&'a Outputs>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Name {
    /// What has the name.
    kind: &'static str,
    name: String,
}

impl<'a> Info<'a> {
    /// The document of a database, with its outputs as far as they are known. `prefix` is the path of the workspace in the
    /// repository.
    #[must_use]
    pub fn new(database: &'a Database, outputs: Option<&'a Outputs>, prefix: &str) -> Self {
        let (mut config, mut origins) = (Map::new(), Map::new());
        for entry in resolved::entries(database) {
            put(&mut config, &entry.key, entry.value);
            put(&mut origins, &entry.key, entry.origin.into());
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
