//! How databases of a workspace come to another major version.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// How databases come to another major version.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Upgrades {
    /// Who goes one after the other: no unit before those of every earlier wave are through. A unit is in the first wave that
    /// names it; those that none names come last. Default: all at once.
    #[serde(default)]
    #[schemars(example = waves_example())]
    pub waves: Vec<Wave>,
}

/// Units that are upgraded together. It names environments, units, or both.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Wave {
    /// Its name.
    #[schemars(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"), length(max = 32), example = &"early")]
    pub name: String,
    /// Environments whose units are in it.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true), example = ["dev3"])]
    pub environments: Vec<String>,
    /// Units that are in it, as ENVIRONMENT/NAMESPACE, with `*` for any characters.
    #[serde(default)]
    #[schemars(inner(regex(pattern = r"^[a-z0-9*-]+/[a-z0-9*-]+$")), extend("uniqueItems" = true), example = ["prod/search", "prod/a*"])]
    pub units: Vec<String>,
}

fn waves_example() -> Value {
    json!([{"name": "early", "environments": ["dev3"]}, {"name": "first-of-prod", "units": ["prod/search"]}])
}
