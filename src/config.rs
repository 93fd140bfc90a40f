//! A config exactly as the service team writes it: one field a key, as `keys.rs` declares them.
//!
//! The doc comments are the descriptions in the published JSON Schema.

pub mod adoption;
pub mod assignment;
pub mod ci;
pub mod engine;
mod format;
pub mod inherited;
pub(crate) mod keys;
pub mod schema;
pub mod workspace;
mod written;

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

use adoption::Adoption;
use keys::{keys, proxy_keys};

use crate::{
    aws::{
        acus::Acus,
        engine::{Engine, LogExport, SessionPinningFilter, StorageType},
        engine_version::EngineVersion,
        instance_class::InstanceClass,
        window::Window,
    },
    text::{date::Date, words::words},
};

/// A database user, or a pattern for one.
const USER: &str = r"^([a-z]|\{shortname\}|\{namespace\})([a-z0-9_]|\{shortname\}|\{namespace\})*$";

macro_rules! written {
    (identity $type:ty) => { $type };
    ($kind:ident $type:ty) => { Option<$type> };
}

macro_rules! built_in {
    (default ($value:expr)) => {
        Some(Value::from($value))
    };
    ($kind:ident $arguments:tt) => {
        None
    };
}

/// Makes the types that read the keys.
macro_rules! types {
    ($(
        $(#[doc = $section_doc:expr])*
        $(#[serde $section_serde:tt])?
        $section:ident {
            $(
                $(#[doc = $doc:expr])*
                $(#[schemars $schema:tt])?
                $(#[serde $serde:tt])?
                $field:ident $key:literal: $type:ty, $kind:ident $arguments:tt;
            )*
            $(..$rest:ident: $rest_type:ident)?
        }
    )*) => {
        $(
            $(#[doc = $section_doc])*
            #[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
            $(#[serde $section_serde])?
            #[schemars(transform = |schema: &mut Schema| say_defaults(schema, $section::built_in))]
            pub struct $section {
                $(
                    $(#[doc = $doc])*
                    $(#[schemars $schema])?
                    $(#[serde $serde])?
                    #[serde(rename = $key)]
                    pub $field: written!($kind $type),
                )*
                $(
                    /// The keys that an environment can set for all its configs.
                    #[serde(flatten)]
                    pub $rest: $rest_type,
                )?
            }

            impl $section {
                /// What holds when nobody writes a key, as it would be written; none when that follows from something else.
                #[must_use]
                pub fn built_in(key: &str) -> Option<Value> {
                    let all = [$(($key, built_in!($kind $arguments)),)*];
                    all.into_iter().find(|(known, _)| *known == key)?.1
                }
            }
        )*
    };
}

keys! { types }
proxy_keys! { types }

/// Adds the defaults to what a schema says about its keys.
fn say_defaults(schema: &mut Schema, built_in: fn(&str) -> Option<Value>) {
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    for (key, property) in properties {
        let shown = match built_in(key) {
            Some(Value::String(default)) => format!("`{default}`"),
            Some(default) => default.to_string(),
            None => continue,
        };
        if let Some(Value::String(description)) = property.get_mut("description") {
            description.push_str(&[" Default: ", &shown, "."].concat());
        }
    }
}

/// A guardrail or a warning that is set aside until a day.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Waiver {
    /// The code of the rule, as `valet-rds rules` lists it.
    #[schemars(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"), example = &"policy-multi-az")]
    pub rule: String,
    /// Of a rule about drift, which `drift` lists: the address in the root, or the key, that it is about. Default: all that
    /// the rule finds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 300), example = &"module.rds.aws_db_instance.this")]
    pub of: Option<String>,
    /// Why, for the next reader.
    #[schemars(regex(pattern = r"\S"), example = &"load test until the launch")]
    pub reason: String,
    /// The last day on which it holds, as YYYY-MM-DD.
    #[schemars(example = &"2027-01-31")]
    pub expires: Date,
}

/// Edits that do not wait for the maintenance window, until a day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplyImmediately {
    /// Why they cannot wait, for the reviewers.
    #[schemars(regex(pattern = r"\S"), example = &"the disk is full")]
    pub reason: String,
    /// The last day on which it counts.
    #[schemars(example = &"2026-11-30")]
    pub expires: Date,
}

/// An effect that is meant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acknowledgement {
    /// The worst that may happen.
    pub change: Effect,
    /// What it may happen to: an address in the root, or a key. Default: everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        regex(pattern = r"^(module\.[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)*(\[[^\[\]]+\])?|[a-z][A-Za-z]*(\.[A-Za-z0-9_-]+)*)$"),
        length(max = 300),
        example = &"module.irsa_role",
        example = &"iamRoleName"
    )]
    pub of: Option<String>,
    /// Why it is meant, for the reviewers.
    #[schemars(length(min = 1), example = &"moving to the new name; the old data is not needed")]
    pub reason: String,
    /// The last day on which it counts.
    #[schemars(example = &"2026-11-30")]
    pub expires: Date,
}

impl Acknowledgement {
    /// Whether it is about a key, or about what is at an address.
    #[must_use]
    pub fn is_about(&self, name: &str) -> bool {
        self.of.as_deref().is_none_or(|of| is_within(name, of))
    }
}

/// Whether a key or an address is another one, or below it: `module.rds.aws_db_instance.this` is within `module.rds`.
#[must_use]
pub fn is_within(name: &str, above: &str) -> bool {
    name.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

words! {
    /// How clients log in to the proxy.
    Authentication {
        /// With the user and the password of the secret.
        Password = "password",
        /// With an IAM token.
        Iam = "iam",
    }
}

words! {
    /// What is left to the master once there is an `appUser`.
    MasterLogin {
        /// Pods log in as the master.
        Pods = "pods",
        /// Pods are given the app user; the proxy lets the master in, too.
        Allowed = "allowed",
        /// The proxy lets only users in.
        Never = "never",
    }
}

impl MasterLogin {
    /// What holds when nobody says so.
    #[must_use]
    pub const fn default_of(has_app_user: bool) -> Self {
        if has_app_user {
            Self::Never
        } else {
            Self::Pods
        }
    }
}

words! {
    /// What a change does: from `reboot` to `data-loss` each includes those before it.
    Effect {
        /// Something restarts.
        Reboot = "reboot",
        /// Clients are cut off for minutes.
        Downtime = "downtime",
        /// Something is destroyed and made anew.
        Replace = "replace",
        /// Data is gone.
        DataLoss = "data-loss",
        /// What clients connect with becomes another; includes nothing else.
        Connection = "connection",
        /// What was changed outside of Terraform is undone although that hurts, or something is applied that nobody can
        /// explain; includes nothing else.
        Drift = "drift",
    }
}

words! {
    /// How far a database is on its way out.
    Lifecycle {
        /// It runs.
        Active = "active",
        /// It runs, but may be destroyed.
        Retiring = "retiring",
        /// It is destroyed, or with `retain` forgotten.
        Retired = "retired",
    }
}

words! {
    /// Whose subnet group a database is in.
    SubnetGroup {
        /// Its environment's.
        Shared = "shared",
        /// Its own.
        Own = "own",
    }
}

fn gibibytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    struct Gibibytes;
    impl de::Visitor<'_> for Gibibytes {
        type Value = Option<u32>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a whole number of GiB")
        }
        fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
            u32::try_from(value).map(Some).map_err(E::custom)
        }
        fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
            value.parse().map(Some).map_err(E::custom)
        }
    }
    deserializer.deserialize_any(Gibibytes)
}

fn gibibytes_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": ["integer", "string"],
        "minimum": 5,
        "maximum": 65536,
        "pattern": "^[0-9]{1,5}$",
        "examples": [50, "50"],
    })
}

fn ceiling_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": ["integer", "string"],
        "minimum": 0,
        "maximum": 65536,
        "pattern": "^[0-9]{1,5}$",
        "examples": [200],
    })
}

fn waivers_example() -> serde_json::Value {
    serde_json::json!([{"rule": "policy-multi-az", "reason": "load test until the launch", "expires": "2027-01-31"}])
}

fn parameters_example() -> serde_json::Value {
    serde_json::json!({"log_min_duration_statement": "1000"})
}

fn tags_example() -> serde_json::Value {
    serde_json::json!({"team": "agora"})
}
