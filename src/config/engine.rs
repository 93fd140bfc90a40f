//! What the published schema says of keys that mean nothing for an engine, so that editors know. The rules say it in words.

use serde_json::{Map, Value, json};

use crate::aws::engine::{Engine, Form};

/// Keys that only an engine of a form has, as paths with `/`.
const OF_FORM: [(Form, &[&str]); 2] = [
    (
        Form::Instance,
        &[
            "adopt/dedicatedLogVolume",
            "adopt/optionGroup",
            "allocatedStorage",
            "iops",
            "maxAllocatedStorage",
            "multiAz",
            "storageThroughput",
        ],
    ),
    (
        Form::Cluster,
        &[
            "adopt/clusterParameterGroup",
            "adopt/instances",
            "maxCapacity",
            "minCapacity",
            "readOnlyEndpoint",
            "replicas",
        ],
    ),
];

/// What the path of a key below `adopt` begins with.
const BELOW_ADOPT: &str = "adopt/";

/// Adds a condition for each engine to the schema of a config; one that names no engine may have that of `defaults`.
pub(super) fn publish(schema: &mut Value) {
    let is_of_config = schema.pointer("/properties/engine").is_some();
    if let (true, Value::Object(schema)) = (is_of_config, schema) {
        let conditions = Engine::ALL.iter().map(|engine| condition(*engine));
        schema.insert("allOf".to_owned(), conditions.collect());
    }
}

fn condition(engine: Engine) -> Value {
    let facts = engine.facts();
    let (mut then, mut adopt) = (Map::new(), Map::new());
    for key in of_others(facts.form) {
        match key.strip_prefix(BELOW_ADOPT) {
            Some(key) => adopt.insert(key.to_owned(), false.into()),
            None => then.insert(key.to_owned(), false.into()),
        };
    }
    let adopt = if facts.is_cluster() {
        json!({"properties": adopt, "required": ["instances"]})
    } else {
        json!({"properties": adopt})
    };
    then.insert("adopt".to_owned(), adopt);
    let storage: Vec<_> = facts.storage_types.iter().map(|one| one.as_str()).collect();
    let logs: Vec<_> = facts.log_exports.iter().map(|one| one.as_str()).collect();
    then.insert("storageType".to_owned(), json!({"enum": storage}));
    then.insert("logExports".to_owned(), json!({"items": {"enum": logs}}));
    if facts.session_pinning_filters.is_empty() {
        let none = json!({"properties": {"sessionPinningFilters": {"maxItems": 0}}});
        then.insert("proxy".to_owned(), none);
    }
    json!({
        "if": {
            "properties": {"engine": {"const": engine.as_str()}},
            "required": ["engine"],
        },
        "then": {"properties": then},
    })
}

/// Keys that mean nothing for what AWS makes in this form.
pub fn of_others(form: Form) -> impl Iterator<Item = &'static str> {
    let others = OF_FORM.into_iter().filter(move |(of, _)| *of != form);
    others.flat_map(|(_, keys)| keys.iter().copied())
}
