//! Kubernetes objects as they are printed.

use serde_json::Value;

/// The documents of a YAML stream.
pub(crate) fn documents(yaml: &str) -> Vec<Value> {
    serde_yaml::from_multiple(yaml).unwrap()
}

/// The object of a kind.
pub(crate) fn kind<'a>(documents: &'a [Value], kind: &str) -> &'a Value {
    documents
        .iter()
        .find(|document| document["kind"] == kind)
        .unwrap()
}
