//! A plan, read attribute by attribute: what would change, but for what the emulator is known not to give back.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::json;

/// Type and attribute of what moto 5.2.1 takes and does not give back: each plan shows it as unset.
const GAPS: [(&str, &str); 6] = [
    ("aws_db_parameter_group", "parameter"),
    ("aws_lambda_function", "logging_config"),
    (
        "aws_lb",
        "enforce_security_group_inbound_rules_on_private_link_traffic",
    ),
    ("aws_vpc_endpoint_service", "supported_ip_address_types"),
    // Between two groups: with an address range it is given back.
    ("aws_vpc_security_group_egress_rule", "description"),
    ("aws_vpc_security_group_ingress_rule", "description"),
];

/// What would change.
pub(crate) struct Plan {
    changes: Vec<Change>,
    gaps: BTreeSet<&'static (&'static str, &'static str)>,
}

/// What would change of one resource.
struct Change {
    address: String,
    kind: String,
    actions: Vec<String>,
    attributes: BTreeMap<String, String>,
}

impl Change {
    /// What happens, and to what.
    fn told(&self) -> String {
        format!("{} {}", self.actions.join(" and "), self.address)
    }
}

impl Plan {
    pub(crate) fn read(json: &str) -> Result<Self, String> {
        let plan: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let mut found = Self {
            changes: Vec::new(),
            gaps: BTreeSet::new(),
        };
        for resource in json::list(&plan, "resource_changes") {
            found.note(resource);
        }
        for (name, output) in json::at(&plan, "output_changes")
            .as_object()
            .into_iter()
            .flatten()
        {
            if actions(output) != ["no-op"] {
                found.changes.push(Change {
                    address: format!("output.{name}"),
                    kind: "output".to_owned(),
                    actions: actions(output),
                    attributes: BTreeMap::new(),
                });
            }
        }
        Ok(found)
    }

    fn note(&mut self, resource: &Value) {
        let (kind, change) = (json::text(resource, "type"), json::at(resource, "change"));
        let actions = actions(change);
        if actions == ["no-op"] || actions == ["read"] {
            return;
        }
        let mut attributes = attributes(change);
        if actions == ["update"] {
            for gap in &GAPS {
                if gap.0 == kind && is_unset(json::at(json::at(change, "before"), gap.1)) {
                    let removed = attributes.remove(gap.1);
                    self.gaps.extend(removed.map(|_| gap));
                }
            }
            if attributes.is_empty() {
                return;
            }
        }
        self.changes.push(Change {
            address: json::text(resource, "address").to_owned(),
            kind: kind.to_owned(),
            actions,
            attributes,
        });
    }

    /// Every change, one a line.
    pub(crate) fn shown(&self) -> Vec<String> {
        let lines = self.changes.iter().flat_map(|change| {
            let attributes = change.attributes.iter();
            std::iter::once(change.told())
                .chain(attributes.map(|(name, what)| format!("  {name}: {what}")))
        });
        lines.collect()
    }

    /// Changes that are not an update in place, outside the modules named.
    pub(crate) fn not_in_place(&self, but_for: &[&str]) -> Vec<String> {
        let excused = |change: &&Change| {
            but_for
                .iter()
                .any(|module| change.address.starts_with(module))
        };
        self.changes
            .iter()
            .filter(|change| change.kind != "output" && change.actions != ["update"])
            .filter(|change| !excused(change))
            .map(Change::told)
            .collect()
    }

    /// What keeps an attribute of the resource of a type from changing in place.
    pub(crate) fn in_place(&self, kind: &str, attribute: &str) -> Vec<String> {
        let changes = |change: &Change| {
            change.kind == kind
                && change.actions == ["update"]
                && change.attributes.contains_key(attribute)
        };
        if self.changes.iter().any(changes) {
            Vec::new()
        } else {
            vec![format!("no update of {kind}.{attribute}")]
        }
    }

    /// The attributes of a type that change although they are not named, and its being made or destroyed.
    pub(crate) fn differs_from(&self, kind: &str, attributes: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for change in self.changes.iter().filter(|change| change.kind == kind) {
            if change.actions != ["update"] {
                found.push(change.told());
            }
            let others = change
                .attributes
                .iter()
                .filter(|(name, _)| !attributes.contains(&name.as_str()));
            found.extend(others.map(|(name, what)| format!("{name}: {what}")));
        }
        found
    }

    /// Every change of a resource, one a line.
    pub(crate) fn resources(&self) -> Vec<String> {
        let resources = self.changes.iter().filter(|change| change.kind != "output");
        resources.map(Change::told).collect()
    }

    /// The changes of resources of other types.
    pub(crate) fn besides(&self, kind: &str) -> Vec<String> {
        let others = self.changes.iter().filter(|change| change.kind != kind);
        others.map(Change::told).collect()
    }

    /// The named gaps that none of the plans has.
    pub(crate) fn unused_gaps(plans: &[Self]) -> Vec<String> {
        let used: BTreeSet<_> = plans.iter().flat_map(|plan| &plan.gaps).collect();
        let unused = GAPS.iter().filter(|gap| !used.contains(gap));
        unused
            .map(|(kind, attribute)| format!("{kind}.{attribute} is given back now"))
            .collect()
    }

    /// Number of the named gaps.
    pub(crate) const fn gaps() -> usize {
        GAPS.len()
    }
}

fn actions(change: &Value) -> Vec<String> {
    let actions = json::list(change, "actions").iter();
    actions
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Top-level attributes that differ, or will be known only after the apply.
fn attributes(change: &Value) -> BTreeMap<String, String> {
    let [before, after, unknown] =
        ["before", "after", "after_unknown"].map(|key| json::at(change, key));
    let names = [before, after, unknown]
        .into_iter()
        .filter_map(Value::as_object)
        .flat_map(|object| object.keys());
    let mut found = BTreeMap::new();
    for name in names {
        let [old, new] = [before, after].map(|side| json::at(side, name));
        if has_unknown(json::at(unknown, name)) {
            found.insert(name.clone(), format!("{old} -> known after apply"));
        } else if old != new {
            found.insert(name.clone(), format!("{old} -> {new}"));
        }
    }
    found
}

fn has_unknown(value: &Value) -> bool {
    match value {
        Value::Bool(unknown) => *unknown,
        Value::Array(inside) => inside.iter().any(has_unknown),
        Value::Object(inside) => inside.values().any(has_unknown),
        _ => false,
    }
}

fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(inside) => inside.is_empty(),
        Value::Object(inside) => inside.is_empty(),
        _ => false,
    }
}
