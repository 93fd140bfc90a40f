//! The consumer side of a cluster, exactly as the platform team writes it.

use schemars::{JsonSchema, Schema};
use serde::Deserialize;

use super::{REGION, SUBNET, State};
use crate::{config::ci::ROLE_ARN, text::cidr::Cidr};

/// The VPC of a cluster: where its pods reach databases through endpoints. The top of the file and an environment can each
/// say a part of it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = |schema: &mut Schema| drop(schema.remove("required")))]
pub struct Consumer {
    /// The account of the VPC, as twelve quoted digits. Required.
    #[schemars(regex(pattern = r"^[0-9]{12}$"), example = &"222222222222")]
    pub account_id: String,
    /// The AWS Region of the VPC. Required.
    #[schemars(regex(pattern = REGION), example = &"ap-northeast-1")]
    pub region: String,
    /// The VPC, which needs DNS support and DNS hostnames. Required.
    #[schemars(regex(pattern = r"^vpc-[0-9a-f]{8,17}$"), example = &"vpc-0b1c2d3e")]
    pub vpc_id: String,
    /// Subnets for the endpoints, one in an availability zone. Those in zones that the databases' load balancers are not in
    /// are left out. Required.
    #[schemars(
        length(min = 1),
        inner(regex(pattern = SUBNET)),
        extend("uniqueItems" = true),
        example = ["subnet-0b1c2d3e", "subnet-1b2c3d4e"]
    )]
    pub subnet_ids: Vec<String>,
    /// The role that Terraform assumes. Default: the credentials it was started with.
    #[schemars(
        regex(pattern = ROLE_ARN),
        example = &"arn:aws:iam::222222222222:role/terraform"
    )]
    pub deploy_role_arn: Option<String>,
    /// Where Terraform keeps its state. Required.
    pub state: State,
    /// Who in the VPC may connect. Required.
    pub allow_from: AllowFrom,
    /// The account's real quotas in this Region. Default: those of a new account.
    #[serde(default)]
    pub quotas: ConsumerQuotas,
    /// Whether all endpoints go: applied, it leaves nothing behind, and the key `consumer` can be taken out. Default: false.
    #[serde(default)]
    pub retired: bool,
}

/// Who in the VPC of a cluster may connect to databases: at least one of both.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AllowFrom {
    /// Addresses, such as those of the pods.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true), example = ["10.64.0.0/16"])]
    pub cidrs: Vec<Cidr>,
    /// Security groups, such as that of the nodes.
    #[serde(default)]
    #[schemars(
        inner(regex(pattern = r"^sg-[0-9a-f]{8,17}$")),
        extend("uniqueItems" = true),
        example = ["sg-0b1c2d3e"]
    )]
    pub security_groups: Vec<String>,
}

/// Quotas of the account and the VPC of a cluster.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsumerQuotas {
    /// Interface endpoints in one VPC; those of AWS services count, too. Default: 50.
    #[schemars(range(min = 1), example = 100)]
    pub endpoints_per_vpc: Option<u32>,
    /// Hosted zones of the whole account: every database has one. Default: 500.
    #[schemars(range(min = 1), example = 1000)]
    pub hosted_zones: Option<u32>,
    /// Rules of one security group: every source is one. Default: 60.
    #[schemars(range(min = 1), example = 100)]
    pub rules_per_security_group: Option<u32>,
}
