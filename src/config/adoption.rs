//! What an adopted instance or cluster keeps of its own: each key is a difference from how this tool makes one.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::{engine_version::EngineVersion, window::Window};

/// An instance that was there before its config, or a cluster of Aurora with its instances. Each key but `identifier` is a
/// difference from what this tool makes, and can be removed in a change of its own where its text does not say otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Adoption {
    /// The certificate authority of its server certificate. Another one restarts nothing on PostgreSQL, but clients that
    /// trust the old one alone no longer connect. Default: `rds-ca-rsa2048-g1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^rds-ca-[a-z0-9-]{1,50}$"), example = &"rds-ca-rsa4096-g1")]
    pub ca_certificate: Option<String>,
    /// The parameter group of a cluster, of the family of `majorVersion`. It belongs to somebody else: `parameters` say nothing,
    /// and TLS is not forced. A major upgrade has to do without it. Default: a group of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^(default\.)?[A-Za-z](-?[A-Za-z0-9.]+)*$"), length(max = 255), example = &"orders-cluster-pg14")]
    pub cluster_parameter_group: Option<String>,
    /// Whether its snapshots carry its tags. Default: `true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_tags_to_snapshot: Option<bool>,
    /// What the proxy logs in with. Default: nothing, and the instance is taken into Terraform without a proxy, a load
    /// balancer and a role: the first of two steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Credentials>,
    /// Whether it has a volume of its own for its transaction log. Default: `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedicated_log_volume: Option<bool>,
    /// Whether it may run, for money, after the standard support of its version ends. It cannot be changed afterwards.
    /// Default: `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_support: Option<bool>,
    /// Whether users may log in to the instance with IAM tokens. The proxy then takes nothing else, so that
    /// `authentication` has to be `iam`. Default: `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iam_authentication: Option<bool>,
    /// The identifier of the instance, or of the cluster. It stays: another one is another database.
    #[schemars(regex(pattern = r"^[a-z](-?[a-z0-9])*$"), length(max = 63), example = &"orders-prod-2019")]
    pub identifier: String,
    /// Whether Terraform's state holds it already, so that its root no longer imports it. Default: `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<bool>,
    /// The instances of a cluster, which needs them: the first ones of its `replicas` + 1, whichever of them writes. Each stays
    /// at its place for as long as it lives; to remove one, remove the last, together with one of `replicas`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 16))]
    pub instances: Option<Vec<AdoptedInstance>>,
    /// The major version that it was adopted with. While `engineVersion` says the same, no version is asked for, and the
    /// minor stays. Default: `engineVersion` is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"14")]
    pub major_version: Option<EngineVersion>,
    /// Whether AWS installs minor versions by itself. Default: when `engineVersion` names a major.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minor_upgrades: Option<bool>,
    /// The role with which it writes Enhanced Monitoring. Default: its environment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^arn:[a-z0-9-]+:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$"), example = &"arn:aws:iam::111111111111:role/rds-monitoring-role")]
    pub monitoring_role_arn: Option<String>,
    /// Its option group. Default: AWS's own for the version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Za-z](-?[A-Za-z0-9]+)*$"), length(max = 255), example = &"orders-options")]
    pub option_group: Option<String>,
    /// Its parameter group, of the family of `majorVersion`; of a cluster, that of its instances. It belongs to somebody else:
    /// `parameters` say nothing, and TLS is not forced. A major upgrade has to do without it, and alone takes the instances of
    /// a cluster to another one. Default: a group of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^(default\.)?[A-Za-z](-?[A-Za-z0-9.]+)*$"), length(max = 255), example = &"orders-pg14")]
    pub parameter_group: Option<String>,
    /// Days for which Performance Insights keeps its data; 0 turns it off. Default: `7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 731), example = 731)]
    pub performance_insights_days: Option<u32>,
    /// The KMS key of Performance Insights. It cannot be changed while that is on. Default: the environment's; where that has
    /// none, it keeps its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$"), example = &"arn:aws:kms:eu-central-1:111111111111:key/2f9c1c0e-0000-4000-8000-000000000000")]
    pub performance_insights_kms_key_arn: Option<String>,
    /// Whether its name resolves to a public address outside of its VPC. Default: `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publicly_accessible: Option<bool>,
    /// Security groups that stay attached beside the database's own: whoever connects through them is not cut off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(inner(regex(pattern = r"^sg-[0-9a-f]{8,17}$")), length(min = 1, max = 4), extend("uniqueItems" = true), example = ["sg-0a1b2c3d4e5f60718"])]
    pub security_groups: Option<Vec<String>>,
    /// Its subnet group. It stays: AWS moves no instance to another one of its VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9._ -]{0,254}$"), example = &"data-private")]
    pub subnet_group: Option<String>,
    /// Tags of the instance alone, or of the cluster alone, beside those of all that belongs to the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = tags_example())]
    pub tags: Option<BTreeMap<String, String>>,
}

/// An instance of an adopted cluster, with what it has otherwise than those that this tool makes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdoptedInstance {
    /// Its identifier. It stays: another one is another instance.
    #[schemars(regex(pattern = r"^[a-z](-?[a-z0-9])*$"), length(max = 63), example = &"orders-prod-2019-instance-1")]
    pub identifier: String,
    /// Its maintenance window. Default: `maintenanceWindow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        regex(
            pattern = r"^([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un):([01][0-9]|2[0-3]):[0-5][0-9]-([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un):([01][0-9]|2[0-3]):[0-5][0-9]$"
        ),
        example = &"Tue:00:13-Tue:00:43"
    )]
    pub maintenance_window: Option<Window>,
    /// Its promotion tier: when the writer is gone, the instance of the lowest takes its place. Default: its place in the list,
    /// from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 15), example = 1)]
    pub promotion_tier: Option<u32>,
    /// Tags of this instance alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = tags_example())]
    pub tags: Option<BTreeMap<String, String>>,
}

/// What the proxy logs in to an adopted instance with: exactly one of a secret that is there, and one that RDS makes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Credentials {
    /// The KMS key of `secretArn`, when it is not AWS's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$"), example = &"arn:aws:kms:eu-central-1:111111111111:key/2f9c1c0e-0000-4000-8000-000000000000")]
    pub kms_key_arn: Option<String>,
    /// Whether RDS makes a new password and rotates it. Nobody can log in as the master with the old one any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed: Option<bool>,
    /// A secret that holds `username` and `password` as JSON. The password stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^arn:[a-z0-9-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+$"), example = &"arn:aws:secretsmanager:eu-central-1:111111111111:secret:prod/orders/master-a1b2c3")]
    pub secret_arn: Option<String>,
}

impl Credentials {
    /// Whether RDS makes the password.
    #[must_use]
    pub fn is_managed(&self) -> bool {
        self.managed == Some(true)
    }
}

fn tags_example() -> serde_json::Value {
    serde_json::json!({"backup-plan": "daily-35d"})
}
