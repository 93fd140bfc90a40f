//! The consumer side of a cluster: the VPC in which its pods look for databases, and what leads from there to them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Database, Environment,
    identity::{self, CLUSTER, StateKey, StateMove, UnitId},
};
use crate::{config::workspace, diagnostic::Span};

/// The consumer side of a cluster, with everything decided.
#[derive(Debug)]
pub struct Consumer {
    /// The environment whose databases it leads to.
    pub environment: Arc<Environment>,
    /// Name of the cluster.
    pub cluster: String,
    /// What `valet.yaml` says of it.
    pub spec: workspace::Consumer,
    /// The endpoints that it has, by shortname.
    pub endpoints: Vec<Endpoint>,
    /// The units that it has no endpoint for yet, by name.
    pub waiting: Vec<Waiting>,
    /// Shortnames of the units on their way out: their endpoints go before they do.
    pub leaving: BTreeSet<String>,
}

/// Behind the shortname in the key of an endpoint that leads to readers: no shortname has an underscore.
pub const READERS: &str = "_read_only";

/// A VPC endpoint to the service of a unit, and the private zone for its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The unit.
    pub unit: UnitId,
    /// What the module calls it: the shortname, with `_read_only` behind it where it leads to readers.
    pub key: String,
    /// Host of its proxy.
    pub host: String,
    /// Port that clients connect to.
    pub port: u32,
    /// Name of its endpoint service.
    pub service_name: String,
    /// Ids of the availability zones that the service is in; none when it is in another Region.
    pub zone_ids: Vec<String>,
}

/// A unit without an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The unit.
    pub unit: UnitId,
    /// What it waits for.
    pub reason: &'static str,
}

impl Consumer {
    /// The name of its root.
    #[must_use]
    pub fn unit(&self) -> UnitId {
        UnitId::new(&self.environment.name, identity::of_cluster(&self.cluster))
    }

    /// Folder of the root, relative to the workspace.
    #[must_use]
    pub fn directory(&self) -> String {
        self.environment.consumer_directory(&self.cluster)
    }

    /// Where Terraform keeps its state.
    #[must_use]
    pub fn state(&self) -> StateKey {
        identity::state(&self.spec.state, &identity::of_cluster(&self.cluster))
    }

    /// Where that state was before, if `valet.yaml` says that it has moved.
    #[must_use]
    pub fn former_state(&self) -> Option<StateKey> {
        identity::former_state(&self.spec.state, &identity::of_cluster(&self.cluster))
    }

    /// What the names of all that it makes begin with.
    #[must_use]
    pub fn name_prefix(&self) -> String {
        name_prefix(&self.cluster, &self.environment.name)
    }

    /// Whether the databases are in another Region.
    #[must_use]
    pub fn is_across_regions(&self) -> bool {
        self.spec.region != self.environment.spec.region
    }

    /// The path of one of its keys, below the environment.
    #[must_use]
    pub fn path(&self, key: &str) -> String {
        format!("clusters/{}/consumer/{key}", self.cluster)
    }

    /// The place of one of its keys.
    #[must_use]
    pub fn span(&self, key: &str) -> Span {
        self.environment.span(&self.path(key))
    }

    /// Whether an endpoint may go: its unit is on its way out, or all endpoints are. One that leads to readers may, while the
    /// unit stays.
    #[must_use]
    pub fn lets_go(&self, key: &str) -> bool {
        self.spec.retired || self.leaving.contains(key) || key.ends_with(READERS)
    }

    /// What its endpoints are called.
    #[must_use]
    pub fn keys(&self) -> BTreeSet<String> {
        let endpoints = self.endpoints.iter();
        endpoints.map(|one| one.key.clone()).collect()
    }
}

impl Environment {
    /// The clusters that have a consumer side of their own, by name.
    pub fn consumers(&self) -> impl Iterator<Item = (&String, &workspace::Consumer)> {
        let clusters = self.spec.clusters.iter();
        clusters.filter_map(|(name, cluster)| Some((name, cluster.consumer.as_ref()?)))
    }

    /// The consumer side that the pods of a cluster use: its own, or the one that it shares.
    #[must_use]
    pub fn consumer_of(&self, cluster: &str) -> Option<(&String, &workspace::Consumer)> {
        let (name, known) = self.spec.clusters.get_key_value(cluster)?;
        match (&known.consumer, &known.shares_consumer_of) {
            (Some(consumer), _) => Some((name, consumer)),
            (None, Some(other)) => {
                let (name, other) = self.spec.clusters.get_key_value(other)?;
                Some((name, other.consumer.as_ref()?))
            }
            (None, None) => None,
        }
    }

    /// Folder of the root of a cluster's consumer side, relative to the workspace.
    #[must_use]
    pub fn consumer_directory(&self, cluster: &str) -> String {
        format!(
            "{}/{}/{}",
            self.output,
            self.name,
            identity::of_cluster(cluster)
        )
    }

    /// The moves of the states of consumer sides that are declared. Each is one root: its move says more than one of a whole
    /// place.
    pub(super) fn consumer_moves(&self) -> impl Iterator<Item = StateMove> {
        self.consumers().filter_map(|(cluster, consumer)| {
            let folder = |state: StateKey| {
                let key = state.key.rsplit_once('/').map_or("", |(folder, _)| folder);
                StateKey {
                    key: key.to_owned(),
                    ..state
                }
            };
            let root = identity::of_cluster(cluster);
            let from = identity::former_state(&consumer.state, &root)?;
            let to = identity::state(&consumer.state, &root);
            Some(StateMove {
                from: folder(from),
                to: folder(to),
            })
        })
    }
}

impl Database {
    /// The consumer sides that its clusters use, by the names of their clusters.
    #[must_use]
    pub fn consumers(&self) -> BTreeMap<&String, &workspace::Consumer> {
        let clusters = self.clusters.value.iter();
        clusters
            .filter_map(|cluster| self.environment.consumer_of(cluster))
            .collect()
    }
}

/// What the names of all begin with that the consumer side of a cluster makes.
#[must_use]
pub fn name_prefix(cluster: &str, environment: &str) -> String {
    format!("{cluster}-{environment}")
}

/// Whether a name in the place of a namespace is that of a consumer side.
#[must_use]
pub fn is_of_cluster(namespace: &str) -> bool {
    namespace.starts_with(CLUSTER)
}
