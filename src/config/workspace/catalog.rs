//! How databases stand in a Backstage catalogue: the block `catalog` of `valet.yaml`.

use schemars::JsonSchema;
use serde::Deserialize;

/// What `valet-rds catalog` says of each database, and where it reads it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Catalog {
    /// The tag that names the owner of a database: a group of the catalogue, or a reference such as
    /// `user:default/jo`. Every config needs it, or its environment.
    #[schemars(length(min = 1, max = 128), example = &"team")]
    pub owner_tag: String,
    /// The tag that names the system that a database belongs to. Default: none.
    #[schemars(length(min = 1, max = 128), example = &"system")]
    pub system_tag: Option<String>,
    /// The tag that names the components that use a database, with spaces between them. Default: none.
    #[schemars(length(min = 1, max = 128), example = &"component")]
    pub component_tag: Option<String>,
    /// The tag that names what a database depends on, as references such as `resource:default/backups`, with spaces
    /// between them. Default: none.
    #[schemars(length(min = 1, max = 128), example = &"depends-on")]
    pub depends_on_tag: Option<String>,
    /// The namespace of the catalogue that the databases are in. Default: `default`.
    #[schemars(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"), length(max = 63), example = &"storage")]
    pub namespace: Option<String>,
}
