//! A config with everything decided: what `resolve` promises and every later stage relies on.

pub mod consumer;
pub mod identity;
pub mod resolve;
pub mod world;

use std::{collections::BTreeMap, sync::Arc};

use identity::{SHARED, StateKey, StateMove, UnitId};

use crate::{
    aws::{
        engine::{Engine, Facts, LogExport},
        engine_version::EngineVersion,
        instance_class::InstanceClass,
        name::{self, Names, Presence, SharedNames, SharedPresence},
        window::Window,
    },
    config::{
        Acknowledgement, ApplyImmediately, Authentication, Lifecycle, MasterLogin, StorageType,
        SubnetGroup, Waiver,
        adoption::{Adoption, Credentials},
        ci::Ci,
        inherited,
        keys::{keys, proxy_keys},
        workspace::{self, OidcProvider},
    },
    diagnostic::{File, Span},
    text::{
        date::Date,
        path::{below, in_address},
    },
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
    /// The name of the file.
    FileName,
    /// A default of this tool.
    BuiltIn,
    /// Worked out from the value of a key.
    Derived(&'static str),
    /// A key of a cluster's `consumer`.
    Consumer(&'static str),
}

/// A value and where it comes from.
#[derive(Clone, Debug)]
pub struct Resolved<T> {
    /// The value.
    pub value: T,
    /// Its origin.
    pub origin: Origin,
}

impl<T> Resolved<T> {
    /// A value with its origin.
    #[must_use]
    pub const fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

/// Folder of the generated roots, relative to the workspace: all environments of a workspace have the same.
#[must_use]
pub fn output(environments: &[Arc<Environment>]) -> &str {
    environments
        .first()
        .map_or(workspace::DEFAULT_OUTPUT, |one| one.output.as_str())
}

/// The AWS partition of a Region.
#[must_use]
pub fn partition(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// An environment with everything decided.
#[derive(Debug)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// What `valet.yaml` says.
    pub spec: workspace::Environment,
    /// `valet.yaml`.
    pub file: Arc<File>,
    /// Address of a module, up to its name, as seen from a root of this environment.
    pub modules: ModuleSource,
    /// Folder of the generated roots, relative to the workspace.
    pub output: String,
    /// Text of the lock file beside `valet.yaml`.
    pub lock: Option<Arc<str>>,
    /// The private-link repository of the workspace.
    pub privatelink: Option<workspace::Privatelink>,
    /// The engine versions that the workspace adds.
    pub versions: Option<workspace::Versions>,
    /// The pipeline of the workspace.
    pub ci: Ci,
    /// What goes before the path of a file of the repository, in an address where people read it.
    pub repository_url: Option<String>,
    /// How databases stand in a catalogue of services.
    pub catalog: Option<workspace::Catalog>,
}

/// Address of the shared modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleSource {
    /// As it is written in `valet.yaml`.
    pub written: String,
    /// What comes before the module's name.
    pub before: String,
    /// What comes after it.
    pub after: String,
}

impl Environment {
    /// Where people read a file or a folder of the workspace; `prefix` is the path of that in the repository.
    #[must_use]
    pub fn link(&self, prefix: &str, path: &str) -> Option<String> {
        let url = self.repository_url.as_ref()?;
        Some(format!("{url}/{}", in_address(&below(prefix, path))))
    }

    /// The AWS partition of the Region.
    #[must_use]
    pub fn partition(&self) -> &'static str {
        partition(&self.spec.region)
    }

    /// The name of what the units share.
    #[must_use]
    pub fn unit(&self) -> UnitId {
        UnitId::new(&self.name, SHARED)
    }

    /// Where Terraform keeps the state of a root; `root` is a shortname, or [`SHARED`].
    #[must_use]
    pub fn state(&self, root: &str) -> StateKey {
        identity::state(&self.spec.state, root)
    }

    /// Where that state was before, if `valet.yaml` says that it has moved.
    #[must_use]
    pub fn former_state(&self, root: &str) -> Option<StateKey> {
        identity::former_state(&self.spec.state, root)
    }

    /// The place of its states.
    fn state_place(&self) -> StateKey {
        StateKey {
            bucket: self.spec.state.bucket.clone(),
            key: self.spec.state.key_prefix.clone(),
        }
    }

    /// Folder of the root that the units share, relative to the workspace.
    #[must_use]
    pub fn directory(&self) -> String {
        format!("{}/{}", self.output, self.unit())
    }

    /// The place of a key that holds in this environment, as a path with `/`.
    #[must_use]
    pub fn span(&self, path: &str) -> Span {
        self.file.span(&self.pointer(path))
    }

    /// Where a key stands in `valet.yaml`: in the environment, or else at the top when it can stand there, too.
    #[must_use]
    pub fn pointer(&self, path: &str) -> String {
        let own = format!("/environments/{}/{path}", self.name);
        let key = path.split(['/', '#']).next().unwrap_or(path);
        if inherited::KEYS.contains(&key) && self.file.span(&own).range.is_empty() {
            return format!("/{path}");
        }
        own
    }

    /// Whether no function makes users of databases, and no policy says that there have to be any: all pods log in as
    /// masters, and a service team can do nothing about it.
    #[must_use]
    pub const fn lacks_users(&self) -> bool {
        self.spec.database_users.is_none() && !self.spec.policy.require_app_user
    }

    /// ARN of the IAM OIDC provider of an issuer in this account.
    #[must_use]
    pub fn oidc_provider_arn(&self, issuer: &str) -> String {
        format!(
            "arn:{}:iam::{}:oidc-provider/{}",
            self.partition(),
            self.spec.account_id,
            issuer.trim_start_matches("https://")
        )
    }

    /// ARN of the databases of this account and Region, with a wildcard for their names.
    #[must_use]
    pub fn database_arns(&self) -> String {
        format!(
            "arn:{}:rds:{}:{}:db:*",
            self.partition(),
            self.spec.region,
            self.spec.account_id
        )
    }

    /// ARN of the role with which the databases of this environment write Enhanced Monitoring.
    #[must_use]
    pub fn monitoring_role_arn(&self) -> String {
        format!(
            "arn:{}:iam::{}:role{}{}",
            self.partition(),
            self.spec.account_id,
            self.spec.role_path.as_deref().unwrap_or("/"),
            SharedNames::derive(&self.name).monitoring_role
        )
    }

    /// Whether it has what is there at some times only.
    #[must_use]
    pub const fn has(&self, presence: SharedPresence) -> bool {
        match presence {
            SharedPresence::Always => true,
            SharedPresence::Alarms => self.spec.alarm_topic_arn.is_some(),
            SharedPresence::TargetSyncInVpc => self.spec.network.target_sync_in_vpc,
            SharedPresence::DatabaseUsers => self.spec.database_users.is_some(),
            SharedPresence::DatabaseUsersAlarms => {
                self.has(SharedPresence::DatabaseUsers) && self.has(SharedPresence::Alarms)
            }
        }
    }

    /// Clusters whose OIDC provider this environment owns, with whether it exists already.
    pub fn owned_clusters(&self) -> impl Iterator<Item = (&String, &workspace::Cluster, bool)> {
        self.spec
            .clusters
            .iter()
            .filter(|(_, cluster)| cluster.oidc_provider != OidcProvider::External)
            .map(|(name, cluster)| {
                let exists = cluster.oidc_provider == OidcProvider::Import;
                (name, cluster, exists)
            })
    }
}

macro_rules! decided {
    (identity $type:ty) => { $type };
    (optional $type:ty) => { Resolved<Option<$type>> };
    (merged $type:ty) => { BTreeMap<String, Resolved<String>> };
    (group $type:ty) => { $type };
    ($kind:ident $type:ty) => { Resolved<$type> };
}

/// Makes the types with every key decided.
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
        /// A database with everything decided.
        #[derive(Clone, Debug)]
        pub struct Database {
            /// Where it runs.
            pub environment: Arc<Environment>,
            /// The config.
            pub file: Arc<File>,
            /// Names in AWS.
            pub names: Names,
            $($($(#[doc = $doc])* pub $field: decided!($kind $type),)*)*
        }
    };
}

/// Makes the type of a group with every key decided.
macro_rules! group {
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
            #[derive(Clone, Debug)]
            pub struct $section {
                $($(#[doc = $doc])* pub $field: decided!($kind $type),)*
            }
        )*
    };
}

keys! { types }
proxy_keys! { group }

impl Database {
    /// The name of the unit.
    #[must_use]
    pub fn unit(&self) -> UnitId {
        UnitId::new(&self.environment.name, &self.namespace.value)
    }

    /// Folder of the generated root, relative to the workspace.
    #[must_use]
    pub fn directory(&self) -> String {
        format!("{}/{}", self.environment.output, self.unit())
    }

    /// Where Terraform keeps the state of the unit.
    #[must_use]
    pub fn state(&self) -> StateKey {
        self.environment.state(&self.shortname)
    }

    /// Where that state was before, if `valet.yaml` says that it has moved.
    #[must_use]
    pub fn former_state(&self) -> Option<StateKey> {
        self.environment.former_state(&self.shortname)
    }

    /// Name of the snapshot that a retirement takes; none while nobody has asked for one.
    #[must_use]
    pub fn final_snapshot(&self) -> Option<String> {
        let requested = self.retirement_requested.value?;
        (self.lifecycle.value != Lifecycle::Active)
            .then(|| name::final_snapshot(&self.names.instance, requested))
    }

    /// What it keeps of its own when it was there before its config.
    #[must_use]
    pub const fn adopted(&self) -> Option<&Adoption> {
        self.adopt.value.as_ref()
    }

    /// What the proxy logs in with to an adopted instance.
    #[must_use]
    pub fn credentials(&self) -> Option<&Credentials> {
        self.adopted()?.credentials.as_ref()
    }

    /// Whether there is a way from pods to it: a proxy, a load balancer, an endpoint service, a role. An adopted instance
    /// is first taken into Terraform without.
    #[must_use]
    pub const fn has_path(&self) -> bool {
        match self.adopted() {
            Some(adopted) => adopted.credentials.is_some(),
            None => true,
        }
    }

    /// Whether its parameter group is somebody else's.
    #[must_use]
    pub fn borrows_parameters(&self) -> bool {
        self.adopted()
            .is_some_and(|one| one.parameter_group.is_some())
    }

    /// Whether pods are given the app user to log in as, and not the master.
    #[must_use]
    pub fn pods_are_users(&self) -> bool {
        self.app_user.value.is_some() && self.master_login.value != MasterLogin::Pods
    }

    /// The user that pods log in as.
    #[must_use]
    pub fn client_user(&self) -> Resolved<&str> {
        match &self.app_user.value {
            Some(user) if self.pods_are_users() => Resolved::new(user, self.app_user.origin),
            _ => Resolved::new(&self.username.value, self.username.origin),
        }
    }

    /// Whether pods can log in as the master, and why.
    #[must_use]
    pub fn master_in_pods(&self) -> Option<Origin> {
        let origin = match self.app_user.value {
            Some(_) => self.master_login.origin,
            None => Origin::Config("shortname"),
        };
        (self.has_path() && self.master_login.value != MasterLogin::Never).then_some(origin)
    }

    /// What is known of its engine.
    #[must_use]
    pub fn facts(&self) -> &'static Facts {
        self.engine.value.facts()
    }

    /// Whether AWS offers its exact version, as far as this tool or the workspace knows.
    #[must_use]
    pub fn version_is_known(&self) -> bool {
        let version = self.engine_version.value;
        let is_of_tool = self
            .facts()
            .major(version)
            .is_some_and(|major| major.minors().any(|minor| minor == version));
        let added = self.environment.versions.as_ref();
        is_of_tool || added.is_some_and(|added| added.of(self.engine.value).contains(&version))
    }

    /// Whether it has what is there at some times only.
    #[must_use]
    pub fn has(&self, presence: Presence) -> bool {
        let has_alarms = self.environment.spec.alarm_topic_arn.is_some();
        let keeps_group = self.adopted().is_some_and(|one| one.subnet_group.is_some());
        let has_own_group = self.subnet_group.value == SubnetGroup::Own && !keeps_group;
        match presence {
            Presence::Always => true,
            Presence::Path => self.has_path(),
            Presence::PathAlarms => has_alarms && self.has_path(),
            Presence::LogExports => self.adopted().is_none(),
            Presence::OwnParameterGroup => !self.borrows_parameters(),
            Presence::OwnSubnetGroup => has_own_group,
            Presence::OwnMonitoring => has_own_group && self.monitoring_interval.value > 0,
            Presence::Alarms => has_alarms,
            Presence::CreditAlarms => {
                let capacity = self.instance_class.value.capacity();
                has_alarms && capacity.is_ok_and(|capacity| capacity.burstable)
            }
            Presence::PostgresAlarms => has_alarms && self.facts().transaction_ids,
        }
    }

    /// Whether minor versions follow automatically: only a major is named.
    #[must_use]
    pub fn minors_follow(&self) -> bool {
        let version = self.engine_version.value;
        self.facts()
            .major(version)
            .is_some_and(|major| major.version == version)
    }

    /// The characters that a value comes from; for a built-in default the start of the config.
    #[must_use]
    pub fn span(&self, origin: Origin) -> Span {
        self.span_below(origin, "")
    }

    /// The characters of something inside a value; `path` starts with `/`, and ends in `#` to mean a key.
    #[must_use]
    pub fn span_below(&self, origin: Origin, path: &str) -> Span {
        match origin {
            Origin::Config(key) | Origin::Derived(key) => self.file.span(&format!("/{key}{path}")),
            Origin::Default(key) => self.environment.span(&format!("defaults/{key}{path}")),
            Origin::Environment(key) => self.environment.span(&format!("{key}{path}")),
            // No value of a database comes from there.
            Origin::Consumer(_) => self.environment.span("clusters"),
            Origin::FileName | Origin::BuiltIn => self.file.span(""),
        }
    }
}

/// The moves of states that environments declare; none from a place that one of them still has.
#[must_use]
pub fn state_moves(environments: &[Arc<Environment>]) -> Vec<StateMove> {
    let taken: Vec<StateKey> = environments.iter().map(|one| one.state_place()).collect();
    let declared = environments.iter().filter_map(|one| {
        let former = one.spec.state.moved_from.as_ref()?;
        let from = StateKey {
            bucket: former.bucket.clone(),
            key: former.key_prefix.clone(),
        };
        let to = one.state_place();
        Some(StateMove { from, to })
    });
    let declared = declared.filter(|one| !taken.contains(&one.from));
    let consumers = environments.iter().flat_map(|one| one.consumer_moves());
    consumers.chain(declared).collect()
}
