//! The plans that `cargo xtask grades` records of the real provider.

use std::fs;

use serde_json::Value;

/// What `terraform show -json` prints of one.
pub(crate) fn recorded(name: &str) -> Value {
    let text = fs::read_to_string(format!("fixtures/plans/{name}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The change of a resource in a plan.
pub(crate) fn change<'a>(plan: &'a mut Value, address: &str) -> &'a mut Value {
    let mut changes = plan["resource_changes"].as_array_mut().unwrap().iter_mut();
    changes.find(|one| one["address"] == address).unwrap()
}
