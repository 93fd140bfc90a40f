//! A config with everything decided: what `resolve` promises and every later stage relies on.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    config::{
        Acknowledgement, Authentication, Engine, Lifecycle, LogExport, SessionPinningFilter,
        StorageType, Waiver,
    },
    name::{self, Names},
    problem::{File, Place},
    source,
    workspace::{self, OidcProvider},
};

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A key of the config, as a path with `/`.
    Config(&'static str),
    /// A key of the environment's `defaults`.
    Default(&'static str),
    /// Another key of the environment.
    Environment(&'static str),
    /// A default of this tool.
    BuiltIn,
    /// Worked out from the value of a key.
    Derived(&'static str),
}

/// A value and where it comes from.
#[derive(Clone, Debug)]
pub struct Given<T> {
    /// The value.
    pub value: T,
    /// Its origin.
    pub origin: Origin,
}

impl<T> Given<T> {
    /// A value with its origin.
    #[must_use]
    pub const fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

/// An environment with everything decided.
#[derive(Debug)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// What `valet.yaml` says.
    pub written: workspace::Environment,
    /// `valet.yaml`.
    pub file: Arc<File>,
    /// Address of a module, up to its name, as seen from a root of this environment.
    pub modules: ModuleSource,
    /// Folder of the generated roots, relative to the workspace.
    pub output: String,
    /// The private-link repository of the workspace.
    pub privatelink: Option<workspace::Privatelink>,
}

/// Address of the shared modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleSource {
    /// What comes before the module's name.
    pub before: String,
    /// What comes after it.
    pub after: String,
}

impl Environment {
    /// The AWS partition of the Region.
    #[must_use]
    pub fn partition(&self) -> &'static str {
        match self.written.region.split('-').next() {
            Some("cn") => "aws-cn",
            _ if self.written.region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// `environment/_environment`, the name of what the units share on the command line.
    #[must_use]
    pub fn unit(&self) -> String {
        format!("{}/_environment", self.name)
    }

    /// Folder of the root that the units share, relative to the workspace.
    #[must_use]
    pub fn directory(&self) -> String {
        format!("{}/{}", self.output, self.unit())
    }

    /// The place of a key of this environment, as a path with `/`.
    #[must_use]
    pub fn place(&self, path: &str) -> Place {
        source::place(&self.file, &format!("/environments/{}/{path}", self.name))
    }

    /// ARN of the IAM OIDC provider of an issuer in this account.
    #[must_use]
    pub fn oidc_provider_arn(&self, issuer: &str) -> String {
        format!(
            "arn:{}:iam::{}:oidc-provider/{}",
            self.partition(),
            self.written.account_id,
            issuer.trim_start_matches("https://")
        )
    }

    /// Clusters whose OIDC provider this environment owns, with whether it exists already.
    pub fn owned_clusters(&self) -> impl Iterator<Item = (&String, &workspace::Cluster, bool)> {
        self.written
            .clusters
            .iter()
            .filter(|(_, cluster)| cluster.oidc_provider != OidcProvider::External)
            .map(|(name, cluster)| {
                let exists = cluster.oidc_provider == OidcProvider::Import;
                (name, cluster, exists)
            })
    }
}

/// A database with everything decided.
#[derive(Debug)]
pub struct Instance {
    /// Where it runs.
    pub environment: Arc<Environment>,
    /// The config.
    pub file: Arc<File>,
    /// Kubernetes namespace.
    pub namespace: Given<String>,
    /// Identity.
    pub shortname: String,
    /// Kubernetes ServiceAccount.
    pub service_account_name: Given<String>,
    /// Role of the ServiceAccount.
    pub iam_role_name: Given<String>,
    /// Names in AWS.
    pub names: Names,
    /// How far it is on its way out.
    pub lifecycle: Given<Lifecycle>,
    /// Day on which its retirement was asked for, as `YYYY-MM-DD`.
    pub retirement_requested: Option<String>,
    /// Whether retirement forgets instead of destroying.
    pub retain: bool,
    /// Snapshot that it is created from, if any.
    pub restore_from: Given<Option<String>>,
    /// Effects that are meant, as written.
    pub allow: Vec<Acknowledgement>,
    /// GiB.
    pub allocated_storage: Given<u32>,
    /// How clients log in.
    pub authentication: Given<Authentication>,
    /// Days.
    pub backup_retention_period: Given<u32>,
    /// Daily, UTC.
    pub backup_window: Given<String>,
    /// Names of clusters, in name order.
    pub clusters: Given<Vec<String>>,
    /// First database, if one is created.
    pub database_name: Given<Option<String>>,
    /// Whether AWS refuses deletion.
    pub deletion_protection: Given<bool>,
    /// Whether the volume is encrypted.
    pub encrypted: Given<bool>,
    /// Engine.
    pub engine: Given<Engine>,
    /// A major or an exact version.
    pub engine_version: Given<String>,
    /// Instance class.
    pub instance_class: Given<String>,
    /// I/O operations per second, when provisioned.
    pub iops: Given<Option<u32>>,
    /// Logs that go to CloudWatch, sorted.
    pub log_exports: Given<Vec<LogExport>>,
    /// Weekly, UTC.
    pub maintenance_window: Given<String>,
    /// GiB; 0 means that the volume does not grow by itself.
    pub max_allocated_storage: Given<u32>,
    /// Seconds; 0 means off.
    pub monitoring_interval: Given<u32>,
    /// Whether there is a standby.
    pub multi_az: Given<bool>,
    /// Database parameters by name.
    pub parameters: BTreeMap<String, Given<String>>,
    /// Days.
    pub password_rotation_days: Given<u32>,
    /// Port of the instance.
    pub port: Given<u32>,
    /// Proxy settings.
    pub proxy: Proxy,
    /// MiB/s, when set.
    pub storage_throughput: Given<Option<u32>>,
    /// Volume type.
    pub storage_type: Given<StorageType>,
    /// Tags by key.
    pub tags: BTreeMap<String, Given<String>>,
    /// Master user.
    pub username: Given<String>,
    /// Rules that are set aside.
    pub waivers: Vec<Waiver>,
}

/// Settings of the proxy with everything decided.
#[derive(Debug)]
pub struct Proxy {
    /// Seconds.
    pub connection_borrow_timeout: Given<u32>,
    /// Seconds.
    pub idle_client_timeout: Given<u32>,
    /// SQL, if any.
    pub init_query: Given<Option<String>>,
    /// Per cent.
    pub max_connections_percent: Given<u32>,
    /// Per cent.
    pub max_idle_connections_percent: Given<u32>,
    /// Sorted.
    pub session_pinning_filters: Given<Vec<SessionPinningFilter>>,
}

impl Instance {
    /// `environment/namespace`, the name of the unit on the command line.
    #[must_use]
    pub fn unit(&self) -> String {
        format!("{}/{}", self.environment.name, self.namespace.value)
    }

    /// Folder of the generated root, relative to the workspace.
    #[must_use]
    pub fn directory(&self) -> String {
        format!("{}/{}", self.environment.output, self.unit())
    }

    /// Bucket and key of the Terraform state.
    #[must_use]
    pub fn state(&self) -> (String, String) {
        let state = &self.environment.written.state;
        (
            state.bucket.clone(),
            name::state_key(&state.key_prefix, &self.shortname),
        )
    }

    /// Name of the snapshot that a retirement takes; none while nobody has asked for one.
    #[must_use]
    pub fn final_snapshot(&self) -> Option<String> {
        let requested = self.retirement_requested.as_deref()?;
        (self.lifecycle.value != Lifecycle::Active)
            .then(|| name::final_snapshot(&self.names.instance, requested))
    }

    /// Whether minor versions follow automatically: only a major is named.
    #[must_use]
    pub fn minors_follow(&self) -> bool {
        let version = self.engine_version.value.as_str();
        self.engine
            .value
            .major(version)
            .is_some_and(|major| major.name == version)
    }

    /// The characters that a value comes from; for a built-in default the start of the config.
    #[must_use]
    pub fn place(&self, origin: Origin) -> Place {
        self.place_below(origin, "")
    }

    /// The characters of something inside a value; `path` starts with `/`, and ends in `#` to mean a key.
    #[must_use]
    pub fn place_below(&self, origin: Origin, path: &str) -> Place {
        match origin {
            Origin::Config(key) | Origin::Derived(key) => {
                source::place(&self.file, &format!("/{key}{path}"))
            }
            Origin::Default(key) => self.environment.place(&format!("defaults/{key}{path}")),
            Origin::Environment(key) => self.environment.place(&format!("{key}{path}")),
            Origin::BuiltIn => source::place(&self.file, ""),
        }
    }
}
