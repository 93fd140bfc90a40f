//! The engine versions that a workspace adds.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    aws::{engine::Engine, engine_version::EngineVersion},
    text::date::Date,
};

/// Engine versions that AWS offers and this version of the tool does not know.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Versions {
    /// The day on which somebody compared them with what AWS offers.
    #[schemars(example = &"2026-12-01")]
    pub as_of: Date,
    /// Exact versions by engine, of majors that are known.
    #[serde(flatten)]
    #[schemars(with = "Added")]
    pub added: BTreeMap<Engine, Vec<EngineVersion>>,
}

/// The keys of the engines, for the schema.
struct Added;

impl JsonSchema for Added {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Added".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let version = generator.subschema_for::<EngineVersion>();
        let of = |engine: &Engine| {
            let facts = engine.facts();
            let newest = facts
                .majors
                .last()
                .and_then(|major| major.minors().next_back());
            let list = json!({
                "description": format!("Exact versions of {}, of majors that are known.", facts.title),
                "type": "array",
                "items": version,
                "uniqueItems": true,
                "default": [],
                "examples": [[newest]],
            });
            (engine.as_str().to_owned(), list)
        };
        let properties: Map<String, Value> = Engine::ALL.iter().map(of).collect();
        schemars::json_schema!({"type": "object", "properties": properties})
    }
}

impl Versions {
    /// Those of an engine.
    #[must_use]
    pub fn of(&self, engine: Engine) -> &[EngineVersion] {
        self.added.get(&engine).map_or(&[], Vec::as_slice)
    }
}
