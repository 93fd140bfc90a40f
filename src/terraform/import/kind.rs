//! What becomes of each type of resource that an apply has made or was making, when the state does not hold it.

/// What becomes of a resource of some type that was made, or begun, and is not in the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It is made again, which comes to the same.
    Anew,
    /// It is imported by what the plan says of it: a text with names of arguments in braces.
    Named(&'static str),
    /// It is imported by the first of these whose arguments the plan states.
    NamedByOne(&'static [&'static str]),
    /// It is imported by the id that AWS has given it, which the journal tells when it is done.
    Given(Begun),
}

/// What becomes of something to which AWS gives an id, when nobody knows whether it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is made again: of the same twice AWS makes one.
    Anew,
    /// It is made again, and AWS refuses when there is one.
    Refused,
    /// AWS would make a second one, so nothing is done.
    Unknown,
    /// A data source of the same name finds it, by these arguments, and tells the id by this attribute.
    Found(&'static [&'static str], &'static str),
}

/// Every type that the modules make, with the import that the provider documents for it (hashicorp/aws 5.100,
/// `website/docs/r/`), and for what is made again, the operation of AWS that does nothing the second time.
pub const KINDS: &[(&str, Again)] = &[
    ("aws_cloudwatch_log_group", Again::Named("{name}")),
    ("aws_cloudwatch_metric_alarm", Again::Named("{alarm_name}")),
    ("aws_db_event_subscription", Again::Named("{name}")),
    // Its id is the one that AWS gives, but it is imported by its name.
    ("aws_db_instance", Again::Named("{identifier}")),
    ("aws_db_parameter_group", Again::Named("{name}")),
    ("aws_db_proxy", Again::Named("{name}")),
    (
        "aws_db_proxy_default_target_group",
        Again::Named("{db_proxy_name}"),
    ),
    (
        "aws_db_proxy_endpoint",
        Again::Named("{db_proxy_name}/{db_proxy_endpoint_name}"),
    ),
    // These two have no tags, but are named after their proxy. Making the first again would replace the second, which does not
    // know its name then.
    (
        "aws_db_proxy_target",
        Again::NamedByOne(&[
            "{db_proxy_name}/default/RDS_INSTANCE/{db_instance_identifier}",
            "{db_proxy_name}/default/TRACKED_CLUSTER/{db_cluster_identifier}",
        ]),
    ),
    ("aws_db_subnet_group", Again::Named("{name}")),
    (
        "aws_iam_openid_connect_provider",
        Again::Given(Begun::Refused),
    ),
    ("aws_iam_role", Again::Named("{name}")),
    // PutRolePolicy
    ("aws_iam_role_policy", Again::Anew),
    // AttachRolePolicy
    ("aws_iam_role_policy_attachment", Again::Anew),
    ("aws_lambda_function", Again::Named("{function_name}")),
    // PutFunctionEventInvokeConfig
    ("aws_lambda_function_event_invoke_config", Again::Anew),
    // Cannot be imported. What the functions do, they do as often as they are asked.
    ("aws_lambda_invocation", Again::Anew),
    // Has no tags, but belongs to its function.
    (
        "aws_lambda_permission",
        Again::Named("{function_name}/{statement_id}"),
    ),
    ("aws_lb", Again::Given(Begun::Found(&["name"], "arn"))),
    // "If you attempt to create multiple listeners with the same settings, each call succeeds" (CreateListener).
    ("aws_lb_listener", Again::Given(Begun::Anew)),
    (
        "aws_lb_target_group",
        Again::Given(Begun::Found(&["name"], "arn")),
    ),
    ("aws_rds_cluster", Again::Named("{cluster_identifier}")),
    ("aws_rds_cluster_instance", Again::Named("{identifier}")),
    ("aws_rds_cluster_parameter_group", Again::Named("{name}")),
    // Has no tags, but belongs to its zone.
    (
        "aws_route53_record",
        Again::Named("{zone_id}_{name}_{type}"),
    ),
    // A VPC takes no second zone of one name (CreateHostedZone: ConflictingDomainExists).
    ("aws_route53_zone", Again::Given(Begun::Refused)),
    // Has no tags that would say whose it is.
    ("aws_scheduler_schedule", Again::Given(Begun::Refused)),
    (
        "aws_secretsmanager_secret",
        Again::Given(Begun::Found(&["name"], "arn")),
    ),
    // RotateSecret, which only sets the rules.
    ("aws_secretsmanager_secret_rotation", Again::Anew),
    (
        "aws_security_group",
        Again::Given(Begun::Found(&["name", "vpc_id"], "id")),
    ),
    (
        "aws_vpc_endpoint",
        Again::Given(Begun::Found(&["service_name", "vpc_id"], "id")),
    ),
    ("aws_vpc_endpoint_service", Again::Given(Begun::Unknown)),
    (
        "aws_vpc_security_group_egress_rule",
        Again::Given(Begun::Refused),
    ),
    (
        "aws_vpc_security_group_ingress_rule",
        Again::Given(Begun::Refused),
    ),
    // Nothing in AWS.
    ("terraform_data", Again::Anew),
];
