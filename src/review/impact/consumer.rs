//! Facts about the consumer side of a cluster.

use super::{
    Impact::{self, Downtime, InPlace},
    Row,
    When::{Always, Grows},
};

const fn row(
    argument: &'static str,
    grade: Impact,
    becomes: &'static str,
    why: &'static str,
) -> Row {
    Row::new(BLOCK, argument, Always, grade, becomes, why)
}

const fn grows(argument: &'static str, becomes: &'static str, why: &'static str) -> Row {
    Row::new(BLOCK, argument, Grows, InPlace, becomes, why)
}

const BLOCK: &str = "endpoint_consumer";
const MODULE: &str =
    "another version of the module: only a plan shows what it does; `valet-rds gate` reads it";
const ENDPOINTS: &[&str] = &[
    "aws_vpc_endpoint.this",
    "aws_route53_record.this",
    "aws_route53_zone.this",
];
const GROUPS: &[&str] = &[
    "aws_security_group.this",
    "aws_vpc_security_group_ingress_rule.cidr",
    "aws_vpc_security_group_ingress_rule.group",
];
const EVERYTHING: &[&str] = &[
    "aws_vpc_endpoint.this",
    "aws_route53_record.this",
    "aws_route53_zone.this",
    "aws_security_group.this",
    "aws_vpc_security_group_ingress_rule.cidr",
    "aws_vpc_security_group_ingress_rule.group",
];

pub(super) static ROWS: &[Row] = &[
    grows(
        "allowed_cidrs",
        "aws_vpc_security_group_ingress_rule.cidr",
        "one more network may connect",
    ),
    row(
        "allowed_cidrs",
        Downtime,
        "aws_vpc_security_group_ingress_rule.cidr",
        "pods with an address that goes are cut off",
    )
    .replaces(&["aws_vpc_security_group_ingress_rule.cidr"]),
    grows(
        "allowed_security_group_ids",
        "aws_vpc_security_group_ingress_rule.group",
        "one more security group may connect",
    ),
    row(
        "allowed_security_group_ids",
        Downtime,
        "aws_vpc_security_group_ingress_rule.group",
        "pods in a security group that goes are cut off",
    )
    .replaces(&["aws_vpc_security_group_ingress_rule.group"]),
    grows(
        "databases",
        "aws_vpc_endpoint.this",
        "an endpoint and a zone are made; nothing that exists is touched",
    ),
    row(
        "databases",
        Downtime,
        "aws_vpc_endpoint.this",
        "pods are cut off from a database whose endpoint goes, or is made anew",
    )
    .connection(&["endpoint"])
    .replaces(ENDPOINTS),
    row(
        "name_prefix",
        Downtime,
        "aws_security_group.this.name",
        "the security groups are made anew",
    )
    .replaces(GROUPS),
    row("source", InPlace, "the module itself", MODULE),
    grows(
        "subnet_ids",
        "aws_vpc_endpoint.this.subnet_ids",
        "endpoints are in more zones",
    ),
    row(
        "subnet_ids",
        Downtime,
        "aws_vpc_endpoint.this.subnet_ids",
        "connections through a subnet that goes break; new ones take another",
    ),
    row(
        "vpc_id",
        Downtime,
        "aws_vpc_endpoint.this.vpc_id",
        "everything is made anew in another VPC; pods of this one are cut off",
    )
    .connection(&["endpoint"])
    .replaces(EVERYTHING),
];
