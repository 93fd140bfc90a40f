//! What a plan does, in a form that is equal for two plans that do the same. It holds no secret, so it can travel from a
//! review to an apply.
//!
//! Left out is what varies between plans that do the same: times, the order of attributes, what the state and the
//! configuration say besides. `null`, an empty list and an empty map are one and the same: nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plan::{Action, Mode, OutputChange, Plan, ResourceChange, Values};

/// What a plan does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NormalForm {
    /// What happens to resources, by address.
    pub resources: BTreeMap<String, Planned>,
    /// Outputs that become others.
    pub outputs: BTreeMap<String, Difference>,
    /// Addresses of checks that fail.
    pub failed_checks: BTreeSet<String>,
}

/// What happens to one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Planned {
    /// The actions, as Terraform lists them.
    pub actions: String,
    /// Why Terraform chose them, when it says so.
    pub reason: Option<String>,
    /// The address in the state, when it is another one.
    pub previous_address: Option<String>,
    /// What it is imported from, when it is.
    pub importing: Option<Value>,
    /// The arguments that force a replacement.
    pub replaced_by: BTreeSet<String>,
    /// Address of the provider.
    pub provider: String,
    /// Its attributes that become others, by path; none for what goes.
    pub attributes: BTreeMap<String, Difference>,
}

/// One value, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference(pub Option<Leaf>, pub Option<Leaf>);

/// A value that is neither a list nor a map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Leaf {
    /// A value that can be told.
    Known(Value),
    /// What only the apply tells.
    Unknown,
    /// What nobody may read: it is not in here, so two of them are never taken for the same.
    Sensitive,
}

impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => write!(f, "{value}"),
            Self::Unknown => f.write_str("(known after apply)"),
            Self::Sensitive => f.write_str("(sensitive)"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |leaf: &Option<Leaf>| {
            leaf.as_ref()
                .map_or_else(|| "nothing".to_owned(), ToString::to_string)
        };
        write!(f, "{} -> {}", shown(&self.0), shown(&self.1))
    }
}

impl NormalForm {
    /// What a plan does.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let resources = plan.resource_changes.iter().filter(|one| is_told(one));
        let resources = resources.map(|one| (name(one), Planned::of(one)));
        let outputs = plan.output_changes.iter();
        let outputs = outputs.filter_map(|(name, change)| Some((name.clone(), output(change)?)));
        let failed = plan.checks.iter().filter(|check| check.failed());
        Self {
            resources: resources.collect(),
            outputs: outputs.collect(),
            failed_checks: failed
                .map(|check| check.address.to_display.clone())
                .collect(),
        }
    }

    /// Whether the plan does nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.outputs.is_empty() && self.failed_checks.is_empty()
    }

    /// Addresses of the resources of a type that go, or are made anew.
    pub fn removed(&self, kind: &str) -> impl Iterator<Item = &str> {
        let goes = |planned: &Planned| planned.actions.contains("delete");
        let is_it = move |address: &str| {
            let mut parts = address.split('[').next().unwrap_or(address).rsplit('.');
            parts.nth(1) == Some(kind)
        };
        self.resources
            .iter()
            .filter(move |(address, planned)| goes(planned) && is_it(address))
            .map(|(address, _)| address.as_str())
    }

    /// Takes over what a later plan knows and this one did not: values that were only known after an apply.
    pub fn learn(&mut self, later: &Self) {
        for (address, planned) in &mut self.resources {
            let Some(later) = later.resources.get(address) else {
                continue;
            };
            let known = later.attributes.keys().map(String::as_str);
            let known: BTreeSet<&str> = known.collect();
            let unknown = |difference: &Difference| difference.1 == Some(Leaf::Unknown);
            let open: Vec<String> = planned
                .attributes
                .iter()
                .filter(|(_, difference)| unknown(difference))
                .map(|(path, _)| path.clone())
                .collect();
            for path in open {
                planned.attributes.remove(&path);
                // A list or map that was unknown as a whole is known by its parts.
                let below = format!("{path}.");
                let parts = known
                    .iter()
                    .filter(|part| **part == path || part.starts_with(&below));
                for part in parts {
                    if let Some(difference) = later.attributes.get(*part) {
                        planned
                            .attributes
                            .insert((*part).to_owned(), difference.clone());
                    }
                }
            }
        }
        for (name, difference) in &mut self.outputs {
            if difference.1 == Some(Leaf::Unknown)
                && let Some(later) = later.outputs.get(name)
            {
                *difference = later.clone();
            }
        }
    }

    /// What another plan does otherwise, in words: one line for each difference, in the order of addresses. What is
    /// planned here is called reviewed, and the other plan's is what is planned now.
    #[must_use]
    pub fn deviations(&self, now: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        for (address, pair) in pairs(&self.resources, &now.resources) {
            match pair {
                (Some(reviewed), None) => lines.push(format!(
                    "{address}: {} was reviewed, and nothing is planned now",
                    reviewed.actions
                )),
                (None, Some(now)) => lines.push(format!(
                    "{address}: {} is planned now, and was not reviewed",
                    now.actions
                )),
                (Some(reviewed), Some(now)) => {
                    lines.extend(
                        reviewed
                            .deviations(now)
                            .into_iter()
                            .map(|line| format!("{address}: {line}")),
                    );
                }
                (None, None) => {}
            }
        }
        for (name, pair) in pairs(&self.outputs, &now.outputs) {
            lines.extend(deviation(pair).map(|line| format!("output {name}: {line}")));
        }
        let failed = now.failed_checks.difference(&self.failed_checks);
        lines.extend(failed.map(|check| format!("{check}: fails now")));
        lines
    }
}

impl Planned {
    /// Whether it is made, be it in the place of another.
    #[must_use]
    pub fn is_made(&self) -> bool {
        self.actions.split(", ").any(|action| action == "create")
    }

    fn of(resource: &ResourceChange) -> Self {
        let change = &resource.change;
        let attributes = match change.action {
            Action::Delete | Action::Forget => BTreeMap::new(),
            _ => {
                let whole = |values: &Option<Values>| values.clone().map(Value::Object);
                let (before, after) = (whole(&change.before), whole(&change.after));
                let before = Side {
                    value: before.as_ref(),
                    unknown: None,
                    sensitive: Some(&change.before_sensitive),
                };
                let after = Side {
                    value: after.as_ref(),
                    unknown: Some(&change.after_unknown),
                    sensitive: Some(&change.after_sensitive),
                };
                differences(
                    &before.leaves(),
                    &after.leaves(),
                    change.action == Action::Update,
                )
            }
        };
        Self {
            actions: change.action.to_string(),
            reason: resource.action_reason.clone(),
            previous_address: resource.previous_address.clone(),
            importing: change.importing.clone(),
            replaced_by: resource.forced_by().into_iter().collect(),
            provider: resource.provider_name.clone(),
            attributes,
        }
    }

    fn deviations(&self, now: &Self) -> Vec<String> {
        if self.actions != now.actions {
            return vec![format!(
                "{} was reviewed, and {} is planned now",
                self.actions, now.actions
            )];
        }
        let mut lines = Vec::new();
        let mut aspect = |what: &str, reviewed: String, now: String| {
            if reviewed != now {
                lines.push(format!(
                    "{what} `{reviewed}` was reviewed, and is `{now}` now"
                ));
            }
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let list = |list: &BTreeSet<String>| list.iter().cloned().collect::<Vec<_>>().join(", ");
        let value =
            |value: &Option<Value>| value.as_ref().map(Value::to_string).unwrap_or_default();
        aspect("the reason", text(&self.reason), text(&now.reason));
        aspect(
            "the address before",
            text(&self.previous_address),
            text(&now.previous_address),
        );
        aspect(
            "what is imported",
            value(&self.importing),
            value(&now.importing),
        );
        aspect(
            "what forces it",
            list(&self.replaced_by),
            list(&now.replaced_by),
        );
        aspect("the provider", self.provider.clone(), now.provider.clone());
        for (path, pair) in pairs(&self.attributes, &now.attributes) {
            lines.extend(deviation(pair).map(|line| format!("{path}: {line}")));
        }
        lines
    }
}

/// How a value becomes another one otherwise than was reviewed; none, when it does not.
fn deviation(pair: (Option<&Difference>, Option<&Difference>)) -> Option<String> {
    let is_secret = |one: &Difference| [&one.0, &one.1].contains(&&Some(Leaf::Sensitive));
    match pair {
        (Some(reviewed), Some(now)) if reviewed == now && !is_secret(now) => None,
        (Some(reviewed), Some(now)) if reviewed == now => {
            Some(format!("{now}: what nobody may read cannot be compared"))
        }
        (Some(reviewed), Some(now)) => {
            Some(format!("{reviewed} was reviewed, and {now} is planned now"))
        }
        (Some(reviewed), None) => Some(format!(
            "{reviewed} was reviewed, and nothing is planned now"
        )),
        (None, Some(now)) => Some(format!("{now} is planned now, and was not reviewed")),
        (None, None) => None,
    }
}

/// The values of two maps under the same keys, in their order.
fn pairs<'a, V>(
    left: &'a BTreeMap<String, V>,
    right: &'a BTreeMap<String, V>,
) -> impl Iterator<Item = (&'a String, (Option<&'a V>, Option<&'a V>))> {
    let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    keys.into_iter()
        .map(|key| (key, (left.get(key), right.get(key))))
}

/// Whether something happens to a resource that an apply does.
fn is_told(resource: &ResourceChange) -> bool {
    let is_idle = matches!(resource.change.action, Action::NoOp | Action::Read);
    let is_noted = resource.change.importing.is_some() || resource.previous_address.is_some();
    resource.mode == Mode::Managed && (!is_idle || is_noted)
}

/// The address; what is left of an earlier, broken replacement has one of its own.
fn name(resource: &ResourceChange) -> String {
    match &resource.deposed {
        Some(key) => format!("{} (deposed {key})", resource.address),
        None => resource.address.clone(),
    }
}

fn output(change: &OutputChange) -> Option<Difference> {
    let before = Side {
        value: Some(&change.before),
        unknown: None,
        sensitive: Some(&change.before_sensitive),
    };
    let after = Side {
        value: Some(&change.after),
        unknown: Some(&change.after_unknown),
        sensitive: Some(&change.after_sensitive),
    };
    let whole = |side: Side| match side.leaves().len() {
        0 => None,
        _ => side.whole(),
    };
    let differs = differences(&before.leaves(), &after.leaves(), true);
    (!differs.is_empty()).then(|| Difference(whole(before), whole(after)))
}

/// A value with what is known of its parts.
#[derive(Clone, Copy)]
struct Side<'a> {
    value: Option<&'a Value>,
    unknown: Option<&'a Value>,
    sensitive: Option<&'a Value>,
}

/// A leaf with its value, which is only compared where nobody may read it.
#[derive(Clone, PartialEq, Eq)]
struct Compared {
    value: Option<Value>,
    is_sensitive: bool,
}

impl Compared {
    fn leaf(&self) -> Leaf {
        match &self.value {
            _ if self.is_sensitive => Leaf::Sensitive,
            Some(value) => Leaf::Known(value.clone()),
            None => Leaf::Unknown,
        }
    }
}

impl<'a> Side<'a> {
    fn leaves(self) -> BTreeMap<String, Compared> {
        let mut found = BTreeMap::new();
        self.collect("", &mut found);
        found
    }

    fn whole(self) -> Option<Leaf> {
        let is = |mark: Option<&Value>| mark.is_some_and(has_true);
        if is(self.sensitive) {
            Some(Leaf::Sensitive)
        } else if is(self.unknown) {
            Some(Leaf::Unknown)
        } else {
            self.value.cloned().map(Leaf::Known)
        }
    }

    fn collect(self, path: &str, found: &mut BTreeMap<String, Compared>) {
        let is = |mark: Option<&Value>| mark == Some(&Value::Bool(true));
        let is_sensitive = is(self.sensitive);
        if is(self.unknown) {
            let unknown = Compared {
                value: None,
                is_sensitive,
            };
            found.insert(path.to_owned(), unknown);
            return;
        }
        let parts = if is_sensitive {
            Vec::new()
        } else {
            self.parts()
        };
        if parts.is_empty() {
            let is_nothing = |value: &&Value| match value {
                Value::Null => true,
                Value::Array(items) => items.is_empty(),
                Value::Object(entries) => entries.is_empty(),
                _ => false,
            };
            if let Some(value) = self.value.filter(|value| !is_nothing(value)) {
                let known = Compared {
                    value: Some(value.clone()),
                    is_sensitive,
                };
                found.insert(path.to_owned(), known);
            }
            return;
        }
        for (key, part) in parts {
            let path = if path.is_empty() {
                key
            } else {
                format!("{path}.{key}")
            };
            part.collect(&path, found);
        }
    }

    /// The values in a list or a map, those that are not known yet among them.
    fn parts(self) -> Vec<(String, Side<'a>)> {
        let mut keys = BTreeSet::new();
        for value in [self.value, self.unknown].into_iter().flatten() {
            match value {
                Value::Object(entries) => keys.extend(entries.keys().cloned()),
                Value::Array(items) => keys.extend((0..items.len()).map(|at| at.to_string())),
                _ => {}
            }
        }
        let part = |value: Option<&'a Value>, key: &str| match value? {
            Value::Object(entries) => entries.get(key),
            Value::Array(items) => items.get(key.parse::<usize>().ok()?),
            // A mark for the whole holds for each part.
            mark @ Value::Bool(true) => Some(mark),
            _ => None,
        };
        keys.into_iter()
            .map(|key| {
                let side = Side {
                    value: part(self.value, &key),
                    unknown: part(self.unknown, &key),
                    sensitive: part(self.sensitive, &key),
                };
                (key, side)
            })
            .collect()
    }
}

fn has_true(mark: &Value) -> bool {
    match mark {
        Value::Bool(is) => *is,
        Value::Array(items) => items.iter().any(has_true),
        Value::Object(entries) => entries.values().any(has_true),
        _ => false,
    }
}

/// The paths whose values differ. What was there before counts only where a known value takes its place.
fn differences(
    before: &BTreeMap<String, Compared>,
    after: &BTreeMap<String, Compared>,
    in_place: bool,
) -> BTreeMap<String, Difference> {
    let differing = pairs(before, after).filter(|(_, (before, after))| {
        before != after || after.is_some_and(|after| after.value.is_none())
    });
    differing
        .map(|(path, (before, after))| {
            let after = after.map(Compared::leaf);
            let before = before.filter(|_| in_place && after != Some(Leaf::Unknown));
            let difference = Difference(before.map(Compared::leaf), after);
            (path.clone(), difference)
        })
        .filter(|(_, difference)| difference.0.is_some() || difference.1.is_some())
        .collect()
}
