//! `valet.yaml` exactly as the platform team writes it: one field a key.
//!
//! The doc comments are the descriptions in the published JSON Schema.

mod catalog;
mod consumer;
mod upgrades;
mod versions;

use std::collections::{BTreeMap, BTreeSet};

use schemars::{JsonSchema, Schema};
use serde::Deserialize;

use crate::{
    aws::engine::Engine,
    config::{
        Acknowledgement, Settings, Waiver,
        ci::{Ci, ROLE_ARN},
    },
    text::{cidr::Cidr, version_requirement::VersionRequirement},
};

pub use catalog::Catalog;
pub use consumer::{AllowFrom, Consumer, ConsumerQuotas};
pub use upgrades::{Upgrades, Wave};
pub use versions::Versions;

// Forms that several keys have.
const BUCKET: &str = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$";
const PATH: &str = r"^\.*[A-Za-z0-9_-][A-Za-z0-9_.-]*(/\.*[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$";
const REGION: &str = r"^[a-z]{2,3}(-[a-z]+)+-[0-9]$";
const SUBNET: &str = r"^subnet-[0-9a-f]{8,17}$";
const KEY_ARN: &str = r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$";

/// Folder of the generated roots when `valet.yaml` names none.
pub const DEFAULT_OUTPUT: &str = "generated";

/// A workspace: where configs are, and what every environment is made of.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Workspace {
    /// Folder of the generated roots, relative to this file. Default: `generated`.
    #[schemars(regex(pattern = PATH), example = &"generated")]
    pub output: Option<String>,
    /// The versions of this tool that may compile the workspace, so that everybody generates the same. Every other one
    /// refuses. Default: any.
    #[schemars(example = &"=0.1.0", example = &">=0.1, <0.3")]
    pub required_version: Option<VersionRequirement>,
    /// Where the shared Terraform modules are.
    pub modules: Modules,
    /// The cluster team's private-link repository, to which `valet-rds privatelink` writes.
    pub privatelink: Option<Privatelink>,
    /// Engine versions that AWS offers and this version of the tool does not know.
    pub versions: Option<Versions>,
    /// The pipeline that `valet-rds ci` writes.
    #[serde(default)]
    pub ci: Ci,
    /// Where people read this repository: what goes before the path of a file or a folder in it, without a slash at its
    /// end. `report` and `catalog` make links of it. Default: none.
    #[schemars(
        regex(pattern = r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~@+-]+)*$"),
        length(max = 300),
        example = &"https://github.com/example/platform/blob/main"
    )]
    pub repository_url: Option<String>,
    /// How databases stand in a Backstage catalogue, for `valet-rds catalog`. Default: not at all.
    pub catalog: Option<Catalog>,
    /// How databases come to another major version.
    #[serde(default)]
    pub upgrades: Upgrades,
    /// EKS clusters of every environment, by name. An environment's own keys win, one by one.
    #[serde(default)]
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$"}))]
    pub clusters: BTreeMap<String, Cluster>,
    /// Tags of every resource of every environment. An environment's own win, one by one.
    #[serde(default)]
    #[schemars(example = tags_example())]
    pub tags: BTreeMap<String, String>,
    /// Values for the keys that a config leaves out, in every environment. An environment's own win, one by one.
    #[serde(default)]
    pub defaults: Settings,
    /// Guardrails of every environment. An environment's own win, one by one.
    #[serde(default)]
    pub policy: Policy,
    /// Environments by name.
    #[schemars(extend("minProperties" = 1, "propertyNames" = {"pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "maxLength": 32}))]
    pub environments: BTreeMap<String, Environment>,
}

/// Where the shared Terraform modules are.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Modules {
    /// A folder relative to this file, or a Terraform module address that ends before the module's name, such as
    /// `git::https://example.com/platform.git//modules?ref=v1.4.0`.
    #[schemars(
        length(min = 1),
        example = &"../../modules",
        example = &"git::https://example.com/platform.git//modules?ref=v1.4.0"
    )]
    pub source: String,
}

/// The cluster team's private-link repository.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Privatelink {
    /// Folder of the repository, relative to this file. Default: the one that `--privatelink-repository` names.
    #[schemars(length(min = 1), example = &"../privatelink")]
    pub repository: Option<String>,
    /// The YAML file in it that lists endpoints as `<app>: apps: <cluster>: <proxy endpoint>: service_name: <service>`.
    #[schemars(regex(pattern = r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$"), example = &"endpoints.yaml")]
    pub file: String,
}

/// One AWS account and Region, its network, and the clusters that its databases serve.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Environment {
    /// Folder of the configs, relative to this file.
    #[schemars(regex(pattern = PATH), example = &"configs/dev3")]
    pub configs: String,
    /// The storage account, as twelve quoted digits.
    #[schemars(regex(pattern = r"^[0-9]{12}$"), example = &"111111111111")]
    pub account_id: String,
    /// The AWS Region of the databases.
    #[schemars(regex(pattern = REGION), example = &"ap-northeast-1")]
    pub region: String,
    /// The role that Terraform assumes. Default: the credentials it was started with.
    #[schemars(
        regex(pattern = ROLE_ARN),
        example = &"arn:aws:iam::111111111111:role/terraform"
    )]
    pub deploy_role_arn: Option<String>,
    /// The policy that bounds what every role made here may do, for accounts that refuse a role without one.
    /// Default: none.
    #[schemars(
        regex(pattern = r"^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+$"),
        example = &"arn:aws:iam::111111111111:policy/boundary"
    )]
    pub permissions_boundary_arn: Option<String>,
    /// The path of every role made here. Changing it replaces them. Default: `/`.
    #[schemars(
        regex(pattern = r"^/([A-Za-z0-9_+=,.@-]+/)*$"),
        length(max = 512),
        example = &"/databases/"
    )]
    pub role_path: Option<String>,
    /// Where Terraform keeps its state.
    pub state: State,
    /// Where the databases live.
    pub network: Network,
    /// What configs may take over with `adopt`. Whoever takes an instance over rules it, and its pods read the secret, so this
    /// is for the owners of the account to say. Default: nothing.
    pub adoptable: Option<Adoptable>,
    /// A function in the VPC that makes and rotates database users: `appUser` and `readOnlyUser` need it. It runs in
    /// `network.subnetIds`, which then need a route to Secrets Manager. Default: none.
    pub database_users: Option<DatabaseUsers>,
    /// Customer managed KMS key for volumes and secrets. Default: the keys that AWS manages.
    /// Changing it replaces every instance.
    #[schemars(
        regex(pattern = KEY_ARN),
        example = &"arn:aws:kms:ap-northeast-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    )]
    pub kms_key_arn: Option<String>,
    /// Customer managed KMS key for the log groups. Its policy has to admit CloudWatch Logs. Default: the key of AWS.
    #[schemars(
        regex(pattern = KEY_ARN),
        example = &"arn:aws:kms:ap-northeast-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    )]
    pub log_kms_key_arn: Option<String>,
    /// SNS topic of the alarms. Default: no alarms.
    #[schemars(
        regex(pattern = r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$"),
        example = &"arn:aws:sns:ap-northeast-1:111111111111:database-alarms"
    )]
    pub alarm_topic_arn: Option<String>,
    /// EKS clusters by name; those at the top of the file belong to it, too.
    #[serde(default)]
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$"}))]
    pub clusters: BTreeMap<String, Cluster>,
    /// Tags of every resource.
    #[serde(default)]
    #[schemars(example = tags_example())]
    pub tags: BTreeMap<String, String>,
    /// Values for the keys that a config leaves out.
    #[serde(default)]
    pub defaults: Settings,
    /// The account's real quotas in this Region. Default: those of a new account.
    #[serde(default)]
    pub quotas: Quotas,
    /// Guardrails: what a config of this environment may not do without a waiver.
    #[serde(default)]
    pub policy: Policy,
    /// Effects on what the units of this environment share that are meant, such as a cluster that is taken out, so that
    /// `diff --deny` and `gate` let them pass until a date.
    #[serde(default)]
    #[schemars(example = allow_example())]
    pub allow: Vec<Acknowledgement>,
    /// Warnings about the environment as a whole that are set aside until a day: `master-in-pods` where there are no
    /// `databaseUsers`, and `plan-role`.
    #[serde(default)]
    #[schemars(example = waivers_example())]
    pub waivers: Vec<Waiver>,
    /// Modules for this environment alone, so that a new version can roll out in waves.
    pub modules: Option<Modules>,
}

/// Where Terraform keeps its state.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct State {
    /// The S3 bucket.
    #[schemars(regex(pattern = BUCKET), example = &"city-terraform-state")]
    pub bucket: String,
    /// What the key of each state starts with.
    #[schemars(
        regex(pattern = PATH),
        example = &"storage-valet-rds/dev3"
    )]
    pub key_prefix: String,
    /// The Region of the bucket.
    #[schemars(regex(pattern = REGION), example = &"ap-northeast-1")]
    pub region: String,
    /// The KMS key of the state: an alias, the id of a key, or the ARN of either. Default: the bucket's.
    #[schemars(
        regex(
            pattern = r"^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(alias/[A-Za-z0-9/_-]+|key/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}))|alias/[A-Za-z0-9/_-]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$"
        ),
        example = &"alias/terraform-state"
    )]
    pub kms_key_id: Option<String>,
    /// The role that Terraform assumes for the state, when the bucket belongs to another account.
    /// Default: the credentials it was started with.
    #[schemars(
        regex(pattern = ROLE_ARN),
        example = &"arn:aws:iam::999999999999:role/state"
    )]
    pub role_arn: Option<String>,
    /// Where the states were before they were copied to this place. It goes when no branch has the old place any more.
    pub moved_from: Option<FormerState>,
}

/// Where Terraform kept its state before.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FormerState {
    /// The S3 bucket.
    #[schemars(regex(pattern = BUCKET), example = &"city-terraform-state")]
    pub bucket: String,
    /// What the key of each state started with.
    #[schemars(
        regex(pattern = PATH),
        example = &"storage-valet-rds/dev3"
    )]
    pub key_prefix: String,
}

/// Where the databases live.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Network {
    /// The VPC.
    #[schemars(regex(pattern = r"^vpc-[0-9a-f]{8,17}$"), example = &"vpc-0a1b2c3d")]
    pub vpc_id: String,
    /// Private subnets in at least two availability zones. Changing them replaces every proxy and load balancer.
    #[schemars(
        length(min = 2),
        inner(regex(pattern = SUBNET)),
        extend("uniqueItems" = true),
        example = ["subnet-0a1b2c3d", "subnet-1a2b3c4d"]
    )]
    pub subnet_ids: Vec<String>,
    /// Subnets of the proxies, in at least two availability zones that offer RDS Proxy, which not every zone does: AWS
    /// leaves out a subnet in another zone, and every plan would replace the proxy for it. Changing them replaces every
    /// proxy. Default: `subnetIds`.
    #[schemars(
        length(min = 2),
        inner(regex(pattern = SUBNET)),
        extend("uniqueItems" = true),
        example = ["subnet-0a1b2c3d", "subnet-1a2b3c4d"]
    )]
    pub proxy_subnet_ids: Option<Vec<String>>,
    /// Whether the target sync runs inside the VPC, for accounts where the proxy's name does not resolve publicly.
    /// The subnets then need a route to the APIs of Elastic Load Balancing and RDS. Default: false.
    #[serde(default)]
    pub target_sync_in_vpc: bool,
}

/// The function that makes database users.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DatabaseUsers {
    /// Networks of the subnets that the databases are in, such as those of the VPC: the function reaches no others.
    #[schemars(length(min = 1, max = 10), extend("uniqueItems" = true), example = ["10.0.0.0/16"])]
    pub vpc_cidrs: Vec<Cidr>,
    /// Ports that the databases listen on. Default: those of the engines.
    #[serde(default = "default_ports")]
    #[schemars(length(min = 1, max = 5), inner(range(min = 1150, max = 65535)), extend("uniqueItems" = true), example = [5432])]
    pub ports: Vec<u32>,
}

/// What configs may take over.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Adoptable {
    /// Identifiers of instances and clusters, with `*` for any characters.
    #[schemars(length(min = 1), extend("uniqueItems" = true), example = ["orders-*", "ledger"])]
    pub instances: Vec<String>,
    /// Names of secrets, without the six letters that AWS puts at their end, with `*` for any characters. Default: none.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true), example = ["prod/*/master"])]
    pub secrets: Vec<String>,
}

fn default_ports() -> Vec<u32> {
    let ports: BTreeSet<_> = Engine::ALL
        .iter()
        .map(|engine| engine.facts().port)
        .collect();
    ports.into_iter().collect()
}

/// An EKS cluster. The top of the file and an environment can each say a part of it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = |schema: &mut Schema| drop(schema.remove("required")))]
pub struct Cluster {
    /// The OIDC issuer of the cluster, without a slash at its end. Required, here or where else the cluster is named.
    #[schemars(
        regex(pattern = r"^https://[A-Za-z0-9.-]+(/[A-Za-z0-9._-]+)*$"),
        length(max = 255),
        example = &"https://oidc.eks.ap-northeast-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
    )]
    pub oidc_issuer: String,
    /// Who may create endpoints to the service. Required, here or where else the cluster is named.
    #[schemars(
        length(min = 1),
        inner(regex(pattern = r"^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[A-Za-z0-9_+=,.@/-]+)$")),
        extend("uniqueItems" = true),
        example = ["arn:aws:iam::222222222222:root"]
    )]
    pub principal_arns: Vec<String>,
    /// Addresses of the cluster's pods. When any is given, the load balancer admits only these.
    #[serde(default)]
    #[schemars(
        extend("uniqueItems" = true),
        example = ["10.64.0.0/16"]
    )]
    pub client_cidrs: Vec<Cidr>,
    /// Who makes the IAM OIDC provider of this cluster. Default: `create`.
    #[serde(default)]
    pub oidc_provider: OidcProvider,
    /// The VPC of this cluster, in which a root of its own makes a VPC endpoint for every database that serves it, and a
    /// private zone for the name of its proxy. Default: other people make them.
    pub consumer: Option<Consumer>,
    /// Another cluster of this environment in the same VPC, whose endpoints this one uses.
    #[schemars(
        regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$"),
        example = &"apps"
    )]
    pub shares_consumer_of: Option<String>,
}

/// Who makes the IAM OIDC provider of a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OidcProvider {
    /// This environment makes it.
    #[default]
    Create,
    /// It exists in the account; this environment takes it over.
    Import,
    /// Something else owns it; it is only referred to.
    External,
}

/// Quotas of the account in this Region.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Quotas {
    /// RDS proxies. Default: 20.
    #[schemars(range(min = 1), example = 100)]
    pub proxies: Option<u32>,
    /// Network load balancers. Default: 50.
    #[schemars(range(min = 1), example = 100)]
    pub load_balancers: Option<u32>,
    /// Interface endpoints in one VPC: every endpoint of a proxy makes one. Default: 50.
    #[schemars(range(min = 1), example = 100)]
    pub endpoints_per_vpc: Option<u32>,
    /// RDS instances. Backups that outlive their instance count, too. Default: 40.
    #[schemars(range(min = 1), example = 100)]
    pub instances: Option<u32>,
    /// Aurora clusters; their instances count among the RDS instances. Default: 40.
    #[schemars(range(min = 1), example = 100)]
    pub clusters: Option<u32>,
    /// DB subnet groups. Default: 50.
    #[schemars(range(min = 1), example = 100)]
    pub subnet_groups: Option<u32>,
    /// DB parameter groups: a unit has one, and during a major upgrade two. Default: 50.
    #[schemars(range(min = 1), example = 200)]
    pub parameter_groups: Option<u32>,
    /// DB cluster parameter groups: a cluster has one, and during a major upgrade two. Default: 50.
    #[schemars(range(min = 1), example = 200)]
    pub cluster_parameter_groups: Option<u32>,
    /// RDS event subscriptions: an environment with `alarmTopicArn` has four. Default: 20.
    #[schemars(range(min = 1), example = 40)]
    pub event_subscriptions: Option<u32>,
    /// Manual snapshots: every retirement leaves one. Default: 100.
    #[schemars(range(min = 1), example = 200)]
    pub snapshots: Option<u32>,
    /// Manual snapshots of clusters: every retirement of one leaves one. Default: 100.
    #[schemars(range(min = 1), example = 200)]
    pub cluster_snapshots: Option<u32>,
    /// IAM roles of the whole account. Default: 1000.
    #[schemars(range(min = 1), example = 2000)]
    pub roles: Option<u32>,
    /// IAM OIDC providers of the whole account: one for each cluster. Default: 100.
    #[schemars(range(min = 1), example = 200)]
    pub oidc_providers: Option<u32>,
    /// GiB of all volumes together. Default: 100000.
    #[schemars(range(min = 1), example = 200_000)]
    pub allocated_storage: Option<u32>,
    /// Characters of the policy that says whose pods may take a role, without spaces. Default: 2048.
    #[schemars(range(min = 2048, max = 8192), example = 4096)]
    pub trust_policy_length: Option<u32>,
}

/// Guardrails of an environment.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// Engines that may be used, with `*` for any characters.
    #[schemars(length(min = 1), example = ["postgres"])]
    pub engines: Option<Vec<String>>,
    /// Engine versions that may be used, with `*` for any characters.
    #[schemars(length(min = 1), example = ["16*", "17*"])]
    pub engine_versions: Option<Vec<String>>,
    /// Instance classes that may be used, with `*` for any characters.
    #[schemars(length(min = 1), example = ["db.r7g.*", "db.m7g.*"])]
    pub instance_classes: Option<Vec<String>>,
    /// The most GiB that a volume may have, or grow to.
    #[schemars(range(min = 20, max = 65536), example = 1000)]
    pub max_allocated_storage: Option<u32>,
    /// The most days between rotations of the password.
    #[schemars(range(min = 1, max = 1000), example = 30)]
    pub max_password_rotation_days: Option<u32>,
    /// The fewest days that backups are kept.
    #[schemars(range(max = 35), example = 7)]
    pub min_backup_retention_period: Option<u32>,
    /// Whether pods must log in as an `appUser`, and not as the master. Default: false.
    #[serde(default)]
    pub require_app_user: bool,
    /// Whether volumes must be encrypted. Default: false.
    #[serde(default)]
    pub require_encryption: bool,
    /// Whether a standby must run. Default: false.
    #[serde(default)]
    pub require_multi_az: bool,
    /// Tags that every config, or its environment, must set.
    #[schemars(length(min = 1), example = ["team"])]
    pub require_tags: Option<Vec<String>>,
}

fn allow_example() -> serde_json::Value {
    serde_json::json!([{"change": "replace", "of": "clusters.jobs", "reason": "the cluster is gone", "expires": "2026-11-30"}])
}

fn waivers_example() -> serde_json::Value {
    serde_json::json!([{"rule": "master-in-pods", "reason": "users of their own come with the next release", "expires": "2027-03-31"}])
}

fn tags_example() -> serde_json::Value {
    serde_json::json!({"cost-center": "agora"})
}
