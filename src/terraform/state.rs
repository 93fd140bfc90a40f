//! A state as Terraform keeps it: whose it is, and what it says of resources.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A state.
#[derive(Debug, Default, Deserialize)]
pub struct State {
    /// What tells it from every other state.
    #[serde(default)]
    pub lineage: String,
    /// How often it has been written.
    #[serde(default)]
    pub serial: u64,
    /// Its outputs, by name, as `terraform output -json` prints them.
    #[serde(default)]
    pub outputs: Map<String, Value>,
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Debug, Deserialize)]
struct Resource {
    #[serde(default)]
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    instances: Vec<Instance>,
}

#[derive(Debug, Deserialize)]
struct Instance {
    #[serde(default)]
    attributes: Map<String, Value>,
}

impl State {
    /// Reads a state; an empty text is one that nobody has written yet.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(bytes: &[u8]) -> serde_json::Result<Self> {
        if bytes.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(bytes)
    }

    /// Whether anything is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self
            .resources
            .iter()
            .any(|resource| resource.mode == "managed")
    }

    /// What it says of each resource of a type.
    pub fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Map<String, Value>> {
        let of_kind =
            move |resource: &&Resource| resource.mode == "managed" && resource.kind == kind;
        let instances = self.resources.iter().filter(of_kind);
        instances.flat_map(|resource| resource.instances.iter().map(|one| &one.attributes))
    }
}

#[cfg(test)]
mod tests {
    use super::State;

    const STATE: &[u8] = br#"{"version": 4, "serial": 7, "lineage": "l", "outputs": {"a": {"value": 1, "type": "number"}},
        "resources": [
            {"mode": "data", "type": "aws_lb", "name": "a", "instances": [{"attributes": {"id": "0"}}]},
            {"mode": "managed", "type": "aws_lb", "name": "b", "instances": [{"attributes": {"id": "1"}}, {"attributes": {"id": "2"}}]}
        ]}"#;

    #[test]
    fn a_state_says_whose_it_is_and_what_is_in_it() {
        let state = State::read(STATE).unwrap();
        assert_eq!((state.lineage.as_str(), state.serial), ("l", 7));
        assert_eq!(state.outputs["a"]["value"], 1);
        let ids: Vec<_> = state
            .all("aws_lb")
            .map(|one| one["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["1", "2"]);
        assert!(!state.is_empty());
        assert!(State::read(b"\n").unwrap().is_empty());
        assert!(State::read(b"null").is_err());
    }
}
