//! A config exactly as the service team writes it: one field a key.
//!
//! The doc comments are the descriptions in the published JSON Schema.

pub mod assignment;
mod format;
pub mod schema;
pub mod workspace;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{
    aws::{
        engine::{Engine, LogExport},
        engine_version::EngineVersion,
        instance_class::InstanceClass,
        window::Window,
    },
    text::{date::Date, words::words},
};

/// A PostgreSQL database for one Kubernetes namespace.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// The Kubernetes namespace. Equals the name of the file without `.yaml`.
    #[schemars(regex(pattern = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"), example = &"test-dev")]
    pub namespace: Option<String>,
    /// The identity of the database: seeds the name of everything in AWS and the key of the Terraform state.
    /// Unique in an environment. Changing it builds a second database and abandons the first.
    #[schemars(regex(pattern = r"^[a-z](-?[a-z0-9])*$"), length(max = 63), example = &"testdev")]
    pub shortname: String,
    /// The Kubernetes ServiceAccount that may use the database. Default: `<namespace>-sa`.
    #[schemars(
        regex(pattern = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"),
        length(max = 253),
        example = &"test-dev-sa"
    )]
    pub service_account_name: Option<String>,
    /// The IAM role of the ServiceAccount, unique in the AWS account.
    /// Default: `<namespace>-<environment>-proxy-access`.
    #[schemars(
        regex(pattern = r"^[A-Za-z0-9_+=,.@-]{1,64}$"),
        example = &"test-dev-dev3-proxy-access"
    )]
    pub iam_role_name: Option<String>,
    /// Guardrails and warnings that are set aside until a day.
    #[schemars(example = waivers_example())]
    pub waivers: Option<Vec<Waiver>>,
    /// How far the database is on its way out. `active` runs; `retiring` gives up deletion protection and fixes the
    /// name of the final snapshot; `retired` destroys everything but that snapshot. Each step is a change of its own
    /// that has to be applied before the next; afterwards the file may go. Default: `active`.
    pub lifecycle: Option<Lifecycle>,
    /// The day on which the retirement was asked for, with `lifecycle: retiring` and `retired` only. It names the
    /// final snapshot, so a second attempt on another day gets a snapshot of its own.
    #[schemars(example = &"2026-11-01")]
    pub retirement_requested: Option<Date>,
    /// Whether `lifecycle: retired` makes Terraform forget the database and everything around it instead of
    /// destroying it. Deletion protection then stays as it is. Default: false.
    pub retain: Option<bool>,
    /// The snapshot that the database is created from: a name or an ARN. Write-once: it counts only when the
    /// database is created, and stays in the file afterwards.
    #[schemars(
        regex(
            pattern = r"^(rds:|arn:[a-z0-9-]+:rds:[a-z0-9-]+:[0-9]{12}:snapshot:(rds:)?)?[A-Za-z](-?[A-Za-z0-9]+)*$"
        ),
        length(max = 400),
        example = &"orders-dev3-final-2026-11-01"
    )]
    pub restore_from: Option<String>,
    /// Effects of a change that are meant, so that `diff --deny` and `gate` let them pass until a date.
    #[schemars(extend("default" = []))]
    pub allow: Option<Vec<Acknowledgement>>,
    /// Everything that an environment may also set for all its configs.
    #[serde(flatten)]
    pub settings: Settings,
}

/// A guardrail or a warning that is set aside until a day.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Waiver {
    /// The code of the rule, as `valet-rds rules` lists it.
    #[schemars(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"), example = &"policy-multi-az")]
    pub rule: String,
    /// Why, for the next reader.
    #[schemars(regex(pattern = r"\S"), example = &"load test until the launch")]
    pub reason: String,
    /// The last day on which it holds, as YYYY-MM-DD.
    #[schemars(example = &"2027-01-31")]
    pub expires: Date,
}

/// The keys that an environment's `defaults` may set too.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Size of the volume in GiB, 20 to 65536; 5 to 3072 for `standard`. It can grow, never shrink. Default: 50.
    #[serde(default, deserialize_with = "gibibytes")]
    #[schemars(schema_with = "gibibytes_schema")]
    pub allocated_storage: Option<u32>,
    /// How clients log in to the proxy: `password` with the secret's user and password, `iam` with an IAM token.
    /// Default: `password`.
    pub authentication: Option<Authentication>,
    /// Days that automated backups are kept, 0 to 35; 0 turns them off. Default: 7.
    #[schemars(range(max = 35), example = 7)]
    pub backup_retention_period: Option<u32>,
    /// Daily window for backups in UTC, at least 30 minutes. Default: `16:00-17:00`.
    #[schemars(
        regex(pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"),
        example = &"16:00-17:00"
    )]
    pub backup_window: Option<Window>,
    /// Names of the clusters whose pods may connect. Default: every cluster of the environment.
    #[schemars(length(min = 1, max = 100), extend("uniqueItems" = true), example = ["gc-0-apps-ap-northeast-1"])]
    pub clusters: Option<Vec<String>>,
    /// Name of the first database. Default: none is created and `postgres`, which always exists, is used.
    /// Setting or changing it on a live instance replaces the instance.
    #[schemars(regex(pattern = r"^[A-Za-z][A-Za-z0-9_]{0,62}$"), example = &"orders")]
    pub database_name: Option<String>,
    /// Whether AWS refuses to delete the instance. Default: true.
    pub deletion_protection: Option<bool>,
    /// Whether the volume is encrypted. Changing it replaces the instance. Default: true.
    pub encrypted: Option<bool>,
    /// The database engine. Default: `postgres`.
    pub engine: Option<Engine>,
    /// A major version such as `"16"`, whose minors follow automatically, or an exact one such as `"16.8"`,
    /// which stays. Quoted, because 16.10 without quotes is the number 16.1. Default: the newest supported major.
    #[schemars(example = &"17", example = &"16.10")]
    pub engine_version: Option<EngineVersion>,
    /// The instance class. Default: `db.t4g.medium`.
    #[schemars(example = &"db.t4g.medium")]
    pub instance_class: Option<InstanceClass>,
    /// Provisioned I/O operations per second, for `io1`, `io2` and large `gp3` volumes.
    #[schemars(range(min = 1000, max = 256_000), example = 12000)]
    pub iops: Option<u32>,
    /// Logs that go to CloudWatch. Default: `[postgresql, upgrade]`.
    #[schemars(extend("uniqueItems" = true), example = ["postgresql", "upgrade"])]
    pub log_exports: Option<Vec<LogExport>>,
    /// Weekly window for maintenance in UTC, at least 30 minutes, apart from the backup window.
    /// Default: `Sun:18:00-Sun:19:00`.
    #[schemars(
        regex(
            pattern = r"^([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un):([01][0-9]|2[0-3]):[0-5][0-9]-([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un):([01][0-9]|2[0-3]):[0-5][0-9]$"
        ),
        example = &"Sun:18:00-Sun:19:00"
    )]
    pub maintenance_window: Option<Window>,
    /// Size in GiB up to which the volume grows by itself; 0 turns growth off. Default: twice the allocated storage.
    #[serde(default, deserialize_with = "gibibytes")]
    #[schemars(schema_with = "ceiling_schema")]
    pub max_allocated_storage: Option<u32>,
    /// Seconds between Enhanced Monitoring samples; 0 turns it off. Default: 60.
    #[schemars(extend("enum" = [0, 1, 5, 10, 15, 30, 60]))]
    pub monitoring_interval: Option<u32>,
    /// Whether a standby runs in a second availability zone. Default: false.
    pub multi_az: Option<bool>,
    /// Database parameters by name; values are strings. Merged with the environment's by name.
    #[schemars(example = parameters_example())]
    pub parameters: Option<BTreeMap<String, String>>,
    /// Days between rotations of the master password. Default: 7.
    #[schemars(range(min = 1, max = 1000), example = 30)]
    pub password_rotation_days: Option<u32>,
    /// Port of the instance, 1150 to 65535. Clients always reach the proxy on 5432. Default: 5432.
    #[schemars(range(min = 1150, max = 65535), example = 5432)]
    pub port: Option<u32>,
    /// Settings of the RDS Proxy. Merged with the environment's by key.
    pub proxy: Option<Proxy>,
    /// Throughput of a large `gp3` volume in MiB/s.
    #[schemars(range(min = 500, max = 4000), example = 500)]
    pub storage_throughput: Option<u32>,
    /// Type of the volume. Default: `gp3`.
    pub storage_type: Option<StorageType>,
    /// Tags of every resource. Merged with the environment's by key.
    #[schemars(example = tags_example())]
    pub tags: Option<BTreeMap<String, String>>,
    /// The master user. Changing it replaces the instance.
    #[schemars(
        regex(pattern = r"^[A-Za-z][A-Za-z0-9_]{0,62}$"),
        example = &"postgres"
    )]
    pub username: Option<String>,
}

/// An effect that is meant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acknowledgement {
    /// The worst that may happen.
    pub change: Effect,
    /// Why it is meant, for the reviewers.
    #[schemars(length(min = 1), example = &"moving to the new name; the old data is not needed")]
    pub reason: String,
    /// The last day on which it counts.
    #[schemars(example = &"2026-11-30")]
    pub expires: Date,
}

/// Whether a key or an address is another one, or below it: `module.rds.aws_db_instance.this` is within `module.rds`.
#[must_use]
pub fn is_within(name: &str, above: &str) -> bool {
    name.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Settings of the RDS Proxy.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proxy {
    /// Seconds that a client waits for a free database connection, 1 to 300. Default: 120.
    #[schemars(range(min = 1, max = 300), example = 120)]
    pub connection_borrow_timeout: Option<u32>,
    /// Seconds after which an idle client is disconnected, 60 to 28800. Default: 1800.
    #[schemars(range(min = 60, max = 28800), example = 1800)]
    pub idle_client_timeout: Option<u32>,
    /// SQL that the proxy runs on each new database connection, separated by `;`.
    #[schemars(length(min = 1, max = 1024), example = &"SET search_path = app")]
    pub init_query: Option<String>,
    /// Percentage of the instance's connections that the proxy may use, 1 to 100. Default: 100.
    #[schemars(range(min = 1, max = 100), example = 100)]
    pub max_connections_percent: Option<u32>,
    /// Percentage of the instance's connections that the proxy keeps open when idle, 0 to `maxConnectionsPercent`.
    /// Default: half of `maxConnectionsPercent`.
    #[schemars(range(max = 100), example = 50)]
    pub max_idle_connections_percent: Option<u32>,
    /// What does not pin a client to a database connection. MySQL engines only. Default: none.
    #[schemars(extend("uniqueItems" = true), example = ["EXCLUDE_VARIABLE_SETS"])]
    pub session_pinning_filters: Option<Vec<SessionPinningFilter>>,
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
    /// What does not pin a session.
    SessionPinningFilter {
        /// `SET` statements.
        ExcludeVariableSets = "EXCLUDE_VARIABLE_SETS",
    }
}

words! {
    /// Type of an RDS volume.
    StorageType {
        /// General purpose, second generation.
        Gp2 = "gp2",
        /// General purpose, third generation.
        Gp3 = "gp3",
        /// Provisioned IOPS.
        Io1 = "io1",
        /// Provisioned IOPS, second generation.
        Io2 = "io2",
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
