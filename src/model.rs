//! A config with everything decided: what `resolve` promises and every later stage relies on.

pub mod consumer;
mod environment;
pub mod identity;
pub mod resolve;
pub mod wave;
pub mod world;

use std::{collections::BTreeMap, sync::Arc};

pub use environment::{Environment, ModuleSource, partition};

use identity::{StateKey, StateMove, UnitId};

use crate::{
    aws::{
        acus::Acus,
        engine::{Engine, Facts, Form, LogExport, SessionPinningFilter, StorageType},
        engine_version::EngineVersion,
        instance_class::InstanceClass,
        name::{self, Names, Need, Presence},
        upgrade::Offers,
        window::Window,
    },
    config::{
        Acknowledgement, ApplyImmediately, Authentication, Lifecycle, MasterLogin, SubnetGroup,
        Waiver,
        adoption::{AdoptedInstance, Adoption, Credentials},
        keys::{keys, proxy_keys},
        workspace,
    },
    diagnostic::{File, Span},
    text::date::Date,
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

    /// The parameter group that its `parameters` would be in, when that is somebody else's: of a cluster, the cluster's.
    #[must_use]
    pub fn borrowed_parameters(&self) -> Option<&String> {
        let adopted = self.adopted()?;
        match self.facts().form {
            Form::Instance => adopted.parameter_group.as_ref(),
            Form::Cluster => adopted.cluster_parameter_group.as_ref(),
        }
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

    /// What AWS offers of its engine on a day, as far as this tool and the workspace know.
    #[must_use]
    pub fn offers(&self, today: Date) -> Offers<'_> {
        let added = self.environment.versions.as_ref();
        Offers {
            facts: self.facts(),
            added: added.map_or(&[], |added| added.of(self.engine.value)),
            today,
        }
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
        presence.0.iter().all(|need| self.fulfils(*need))
    }

    fn fulfils(&self, need: Need) -> bool {
        let keeps_group = || self.adopted().is_some_and(|one| one.subnet_group.is_some());
        match need {
            Need::Alarms => self.environment.spec.alarm_topic_arn.is_some(),
            Need::Path => self.has_path(),
            Need::OwnParameterGroup => {
                let borrows = |one: &Adoption| one.parameter_group.is_some();
                !self.adopted().is_some_and(borrows)
            }
            Need::OwnClusterParameterGroup => {
                self.facts().is_cluster() && self.borrowed_parameters().is_none()
            }
            Need::OwnSubnetGroup => self.subnet_group.value == SubnetGroup::Own && !keeps_group(),
            Need::Monitoring => self.monitoring_interval.value > 0,
            Need::LogExports => self.adopted().is_none(),
            Need::Credits => {
                let capacity = self.instance_class.value.capacity();
                capacity.is_ok_and(|capacity| capacity.burstable)
            }
            Need::TransactionIds => self.facts().transaction_ids,
            Need::Instance => self.facts().form == Form::Instance,
            Need::Cluster => self.facts().form == Form::Cluster,
            Need::Serverless => self.instance_class.value.is_serverless(),
            Need::Readers => self.readers() > 0,
            Need::ReadOnlyPath => self.has_read_only_path(),
        }
    }

    /// GiB of its volume, and of what that may grow to; none of a cluster, whose storage has no size.
    #[must_use]
    pub fn volume(&self) -> Option<(u32, u32)> {
        let (size, most) = (
            self.allocated_storage.value,
            self.max_allocated_storage.value,
        );
        (self.facts().form == Form::Instance).then_some((size, most.max(size)))
    }

    /// Readers of its cluster; none of an instance.
    #[must_use]
    pub fn readers(&self) -> u32 {
        match self.facts().form {
            Form::Cluster => self.replicas.value,
            Form::Instance => 0,
        }
    }

    /// Whether there is a way of their own from pods to its readers.
    #[must_use]
    pub fn has_read_only_path(&self) -> bool {
        self.facts().form == Form::Cluster && self.read_only_endpoint.value && self.has_path()
    }

    /// The names of the instances of its cluster, in the order of their numbers; none of an instance.
    pub fn members(&self) -> impl Iterator<Item = String> {
        let kept = self.adopted_instances();
        let count = match self.facts().form {
            Form::Cluster => self.replicas.value + 1,
            Form::Instance => 0,
        };
        (1..=count).map(move |number| {
            let place = usize::try_from(number - 1).unwrap_or(usize::MAX);
            kept.get(place).map_or_else(
                || name::of_cluster(&self.names.cluster, number),
                |one| one.identifier.clone(),
            )
        })
    }

    /// The instances of its cluster that were there before.
    #[must_use]
    pub fn adopted_instances(&self) -> &[AdoptedInstance] {
        let of_cluster = self.adopted().filter(|_| self.facts().is_cluster());
        of_cluster
            .and_then(|one| one.instances.as_deref())
            .unwrap_or_default()
    }

    /// Memory of an instance in GiB, as far as it is known: of one whose capacity follows the load, the most that it has.
    #[must_use]
    pub fn memory_gib(&self) -> Option<u32> {
        if self.instance_class.value.is_serverless() {
            return self.max_capacity.value.map(Acus::memory_gib);
        }
        let capacity = self.instance_class.value.capacity();
        capacity.ok().map(|capacity| capacity.memory_gib)
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
