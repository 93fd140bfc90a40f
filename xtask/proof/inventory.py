"""What the emulated AWS holds of the kinds that units are made of."""

# Where to ask for what a unit is made of: service, call, the list in its answer, and the name in each entry.
KINDS = [
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("ec2", "describe_vpc_endpoint_service_configurations", "ServiceConfigurations", "ServiceId"),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
    ("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList", "Arn"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    ("rds", "describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName"),
    ("rds", "describe_db_proxies", "DBProxies", "DBProxyName"),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
    ("scheduler", "list_schedules", "Schedules", "Name"),
    ("secretsmanager", "list_secrets", "SecretList", "Name"),
]


def inventory(aws):
    return [
        f"{service} {entry[name]}"
        for service, call, entries, name in KINDS
        for entry in getattr(aws.client(service), call)()[entries]
    ]


def own(entries, environment):
    """Those of the units alone: without trust in the clusters, and without what the environment is named in front of."""
    return [each for each in entries if "oidc-provider" not in each and f"{environment}_" not in each]
