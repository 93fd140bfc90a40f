//! What a plan changes in a database that is there, and when AWS does that.

use serde_json::Value as Json;

use crate::{
    review::impact::{self, Happens},
    terraform::{
        plan::{Action, ResourceChange},
        read::Value,
    },
};

/// The types that AWS changes in its window, with the resource that the table of impacts knows.
const KINDS: [(&str, &str); 3] = [
    ("aws_db_instance", "aws_db_instance.this"),
    ("aws_rds_cluster", "aws_rds_cluster.this"),
    ("aws_rds_cluster_instance", "aws_rds_cluster_instance.this"),
];

/// The changes of a database that AWS keeps for its maintenance window.
pub(super) struct Waits {
    /// The attributes that change, as the provider names them.
    pub(super) attributes: Vec<String>,
    /// The maintenance window.
    pub(super) window: String,
    /// Whether the plan makes them happen at once instead.
    pub(super) is_immediate: bool,
}

impl Waits {
    /// What waits, or would; none for what is no database that changes.
    pub(super) fn of(change: &ResourceChange) -> Option<Self> {
        let resource = KINDS.iter().find(|(kind, _)| *kind == change.kind)?.1;
        if change.change.action != Action::Update {
            return None;
        }
        let (before, after) = (
            change.change.before.as_ref()?,
            change.change.after.as_ref()?,
        );
        let waits = |(name, new): &(&String, &Json)| {
            let old = before.get(*name).unwrap_or(&Json::Null);
            let row = impact::of_attribute(
                resource,
                name,
                Value::of_plan(old).as_ref(),
                Value::of_plan(new).as_ref(),
            );
            old != *new && row.is_some_and(|row| row.happens == Happens::Window)
        };
        let attributes = after.iter().filter(waits).map(|(name, _)| name.clone());
        let window = ["maintenance_window", "preferred_maintenance_window"];
        let window = window.iter().find_map(|name| after.get(*name)?.as_str());
        Some(Self {
            attributes: attributes.collect(),
            window: window.unwrap_or("not stated").to_owned(),
            is_immediate: after.get("apply_immediately") == Some(&Json::Bool(true)),
        })
    }

    /// The attributes in words.
    pub(super) fn list(&self) -> String {
        let quoted: Vec<_> = self
            .attributes
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        quoted.join(", ")
    }
}
