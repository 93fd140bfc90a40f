//! An environment with everything decided.

use std::sync::Arc;

use super::identity::{self, SHARED, StateKey, UnitId};
use crate::{
    aws::name::{SharedNames, SharedPresence},
    config::{
        ci::Ci,
        inherited,
        workspace::{self, OidcProvider},
    },
    diagnostic::{File, Span},
    text::path::{below, in_address},
};

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
    /// How the workspace's databases come to another major.
    pub upgrades: workspace::Upgrades,
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
    pub(super) fn state_place(&self) -> StateKey {
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
