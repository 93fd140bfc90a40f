//! What Terraform has found changed in AWS since the state was written, as a plan tells it: by address and path. It holds no
//! secret, so it can be kept with what was planned.

pub mod table;
pub mod when;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    normal_form::{Difference, Leaf},
    plan::{Action, Mode, Plan, ResourceChange, Values},
};

/// What was found, by the addresses of the resources.
pub type Outside = BTreeMap<String, Changed>;

/// A resource of which AWS says something else than the state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Changed {
    /// Its type.
    pub kind: String,
    /// What has become of it, as Terraform lists the actions: `update`, `delete`.
    pub actions: String,
    /// What AWS calls it; empty when it says nothing.
    pub name: String,
    /// What differs, by path: what the state says, and what AWS says.
    pub attributes: Vec<(String, Difference)>,
}

/// What a plan has found.
#[must_use]
pub fn outside(plan: &Plan) -> Outside {
    let managed = plan
        .resource_drift
        .iter()
        .filter(|one| one.mode == Mode::Managed);
    let told = managed.filter_map(|one| {
        let changed = Changed::of(one);
        // Only its address is another one: that is an edit.
        let is_idle = one.change.action == Action::NoOp || changed.is_nothing();
        (!is_idle).then(|| (one.address.clone(), changed))
    });
    told.collect()
}

impl Changed {
    fn of(one: &ResourceChange) -> Self {
        let change = &one.change;
        let name = |values: &Option<Values>| {
            let values = values.as_ref()?;
            let names = ["identifier", "name", "id"].into_iter();
            names
                .filter_map(|name| values.get(name)?.as_str())
                .find(|name| !name.is_empty())
                .map(str::to_owned)
        };
        let mut attributes = Vec::new();
        if let (Some(before), Some(after)) = (&change.before, &change.after) {
            let [before, after] = [before, after].map(|side| bare(&Value::Object(side.clone())));
            let old = Side(&before, &change.before_sensitive);
            let new = Side(&after, &change.after_sensitive);
            differ("", old, new, Within::Values, &mut attributes);
        }
        Self {
            kind: one.kind.clone(),
            actions: change.action.to_string(),
            name: name(&change.after)
                .or_else(|| name(&change.before))
                .unwrap_or_default(),
            attributes,
        }
    }

    /// Whether a planned change of an attribute takes back what was changed: not so, when it leads to a third value.
    #[must_use]
    pub fn is_undone_by(&self, path: &str, planned: &Difference) -> bool {
        let top = |path: &str| path.split('.').next().unwrap_or(path).to_owned();
        let mut all = self.attributes.iter();
        all.any(|(changed, difference)| {
            let is_same = changed == path;
            (!is_same && top(changed) == top(path)) || (is_same && difference.0 == planned.1)
        })
    }

    /// Whether the resource as a whole is another, or gone.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.actions != "update"
    }

    /// Whether only the way in which nothing is written differs.
    fn is_nothing(&self) -> bool {
        !self.is_whole() && self.attributes.is_empty()
    }
}

/// A value, and `true` where nobody may read it.
#[derive(Clone, Copy)]
struct Side<'a>(&'a Value, &'a Value);

impl Side<'_> {
    fn is_secret(self) -> bool {
        *self.1 == Value::Bool(true)
    }

    fn holds_secret(self) -> bool {
        fn has_true(mark: &Value) -> bool {
            match mark {
                Value::Bool(is) => *is,
                Value::Array(items) => items.iter().any(has_true),
                Value::Object(entries) => entries.values().any(has_true),
                _ => false,
            }
        }
        has_true(self.1)
    }

    fn part(self, key: &str) -> Self {
        Self(
            self.0.get(key).unwrap_or(&Value::Null),
            self.1.get(key).unwrap_or(&Value::Null),
        )
    }

    fn leaf(self) -> Option<Leaf> {
        (!is_nothing(self.0)).then(|| Leaf::Known(pruned(self.0)))
    }
}

/// `null`, an empty list and an empty map are one and the same.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    }
}

/// A value without the keys that say nothing.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(entries) => {
            let said = entries.iter().filter(|(_, value)| !is_nothing(value));
            Value::Object(
                said.map(|(key, value)| (key.clone(), bare(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(bare).collect(),
        other => other.clone(),
    }
}

/// The same without empty texts, to be shown.
fn pruned(value: &Value) -> Value {
    match value {
        Value::Object(entries) => {
            let said = entries
                .iter()
                .filter(|(_, value)| !is_nothing(value) && **value != Value::String(String::new()));
            Value::Object(
                said.map(|(key, value)| (key.clone(), pruned(value)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

/// Where values stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Among the attributes of a resource.
    Values,
    /// In a block, of which the provider cannot tell nothing from a zero, a `false` or an empty text.
    Block,
    /// In a policy or another document, whose lists are compared entry by entry.
    Document,
}

/// Adds what differs below a path. The order of entries that have names says nothing; other entries of a list come and go whole.
fn differ(path: &str, old: Side, new: Side, within: Within, found: &mut Vec<(String, Difference)>) {
    let is_empty = |value: &Value| {
        let zeros = [Value::from(0), Value::from(""), Value::Bool(false)];
        is_nothing(value) || within == Within::Block && zeros.contains(value)
    };
    if old.0 == new.0 || (is_empty(old.0) && is_empty(new.0)) {
        return;
    }
    if old.is_secret() || new.is_secret() {
        let leaf = |side: Side| (!is_nothing(side.0)).then_some(Leaf::Sensitive);
        found.push((path.to_owned(), Difference(leaf(old), leaf(new))));
        return;
    }
    let below = |key: &str| match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    };
    if let (Some(old), Some(new)) = (document(old.0), document(new.0)) {
        let open = Value::Null;
        return differ(
            path,
            Side(&old, &open),
            Side(&new, &open),
            Within::Document,
            found,
        );
    }
    match (old.0, new.0) {
        (Value::Object(_) | Value::Null | Value::Array(_), Value::Object(_))
        | (Value::Object(_), Value::Null | Value::Array(_)) => {
            let mut keys: Vec<&String> = [old.0, new.0]
                .into_iter()
                .filter_map(Value::as_object)
                .flat_map(serde_json::Map::keys)
                .collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                differ(&below(key), old.part(key), new.part(key), within, found);
            }
        }
        (Value::Array(_) | Value::Null, Value::Array(_)) | (Value::Array(_), Value::Null) => {
            if old.holds_secret() || new.holds_secret() {
                let secret = Some(Leaf::Sensitive);
                found.push((path.to_owned(), Difference(secret.clone(), secret)));
            } else {
                entries(path, old, new, within, found);
            }
        }
        _ => found.push((path.to_owned(), Difference(old.leaf(), new.leaf()))),
    }
}

/// What a text says that is a JSON document, such as a policy.
fn document(value: &Value) -> Option<Value> {
    let text = value.as_str().filter(|text| text.starts_with('{'))?;
    serde_json::from_str(text).ok()
}

/// Adds what differs between two lists.
fn entries(
    path: &str,
    old: Side,
    new: Side,
    within: Within,
    found: &mut Vec<(String, Difference)>,
) {
    let list = |side: Side| side.0.as_array().cloned().unwrap_or_default();
    let (mut gone, mut come) = (list(old), list(new));
    let counts = (gone.len(), come.len());
    gone.retain(|one| match come.iter().position(|other| other == one) {
        Some(at) => {
            come.remove(at);
            false
        }
        None => true,
    });
    if gone.is_empty() && come.is_empty() {
        // The same in another order, which may mean something.
        found.push((path.to_owned(), Difference(old.leaf(), new.leaf())));
        return;
    }
    let name = |one: &Value| {
        let name = one.get("name").or_else(|| one.get("id"))?;
        Some(name.as_str()?.to_owned())
    };
    let nothing = Value::Null;
    let is_block = counts == (1, 1) && within != Within::Document;
    for one in gone {
        let other = come.iter().position(|other| {
            (is_block && one.is_object() && other.is_object())
                || (name(&one).is_some() && name(other) == name(&one))
        });
        match other.map(|at| come.remove(at)) {
            Some(other) => {
                let path = match name(&one) {
                    Some(name) if !is_block => format!("{path}.{name}"),
                    _ => path.to_owned(),
                };
                let within = if within == Within::Document {
                    within
                } else {
                    Within::Block
                };
                let (old, new) = (Side(&one, &nothing), Side(&other, &nothing));
                differ(&path, old, new, within, found);
            }
            None => found.push((
                path.to_owned(),
                Difference(Some(Leaf::Known(pruned(&one))), None),
            )),
        }
    }
    let added = |one: Value| {
        (
            path.to_owned(),
            Difference(None, Some(Leaf::Known(pruned(&one)))),
        )
    };
    found.extend(come.into_iter().map(added));
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::outside;
    use crate::terraform::plan;

    fn told(before: &Value, after: &Value) -> Vec<String> {
        let plan = json!({"format_version": "1.2", "planned_values": {}, "resource_drift": [{
            "address": "a.b", "mode": "managed", "type": "a",
            "change": {"actions": ["update"], "before": before, "after": after,
                "before_sensitive": {"password": true}, "after_sensitive": {"password": true}},
        }]});
        let plan = plan::read(plan.to_string().as_bytes()).unwrap();
        let all = outside(&plan).into_values().flat_map(|one| one.attributes);
        all.map(|(path, difference)| format!("{path}: {difference}"))
            .collect()
    }

    #[test]
    fn what_differs_is_told_by_its_path() {
        for (before, after, expected) in [
            (
                json!({"a": null, "b": {}}),
                json!({"a": [], "b": null}),
                &[][..],
            ),
            (
                json!({"tags": {"a": "1", "b": "1"}}),
                json!({"tags": {"a": "2", "c": "1"}}),
                &[
                    "tags.a: \"1\" -> \"2\"",
                    "tags.b: \"1\" -> nothing",
                    "tags.c: nothing -> \"1\"",
                ],
            ),
            (
                json!({"parameter": [{"name": "a", "value": "1"}, {"name": "b", "value": "1"}]}),
                json!({"parameter": [{"name": "a", "value": "2"}, {"name": "c", "value": ""}]}),
                &[
                    "parameter.a.value: \"1\" -> \"2\"",
                    "parameter: {\"name\":\"b\",\"value\":\"1\"} -> nothing",
                    "parameter: nothing -> {\"name\":\"c\"}",
                ],
            ),
            (
                json!({"check": [{"interval": 10, "port": 1}]}),
                json!({"check": [{"interval": 300, "port": 1}]}),
                &["check.interval: 10 -> 300"],
            ),
            (
                json!({"list": ["a", "b"]}),
                json!({"list": ["b", "a"]}),
                &["list: [\"a\",\"b\"] -> [\"b\",\"a\"]"],
            ),
            (
                json!({"policy": "{\"Statement\":[{\"Action\":\"a\"}]}"}),
                json!({"policy": "{ \"Statement\": [{\"Action\": \"a\"}] }"}),
                &[],
            ),
            (
                json!({"policy": "{\"Statement\":[{\"Action\":\"a\"}]}"}),
                json!({"policy": "{\"Statement\":[{\"Action\":\"b\"}]}"}),
                &[
                    "policy.Statement: {\"Action\":\"a\"} -> nothing",
                    "policy.Statement: nothing -> {\"Action\":\"b\"}",
                ],
            ),
            (
                json!({"query": [{"id": "a", "period": null}, {"id": "b", "dimensions": {}}]}),
                json!({"query": [{"id": "a", "period": 0}, {"id": "b"}]}),
                &[],
            ),
            (
                json!({"password": "swordfish"}),
                json!({"password": "hunter2"}),
                &["password: (sensitive) -> (sensitive)"],
            ),
        ] {
            assert_eq!(told(&before, &after), expected);
        }
    }
}
