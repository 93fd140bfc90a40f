"""Asks the emulated AWS what is left after everything was destroyed."""

import sys
import types

import boto3
from report import report
from unit import WANTED, same
from world import ACCOUNTS, REGION, STATE_BUCKET, session

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


def nothing_is_left_but_the_final_snapshot(unit):
    same(left(unit.aws), [])
    groups = unit.aws.client("ec2").describe_security_groups()["SecurityGroups"]
    same({group["GroupName"] for group in groups}, {"default"})
    snapshots = unit.aws.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    base = f"{WANTED[unit.environment]['shortname']}-{unit.environment}"
    same([(each["DBSnapshotIdentifier"], each["Encrypted"]) for each in snapshots], [(f"{base}-final", True)])


def the_states_are_empty_and_unlocked(unit):
    s3 = boto3.client("s3", region_name=REGION)
    name = WANTED[unit.environment]["shortname"]
    prefix = f"storage-valet-rds/{unit.environment}/"
    found = s3.list_objects_v2(Bucket=STATE_BUCKET, Prefix=prefix).get("Contents", [])
    wanted = [f"{prefix}{root}/terraform.tfstate" for root in sorted(["_environment", name])]
    same([each["Key"] for each in found], wanted)
    for key in wanted:
        state = s3.get_object(Bucket=STATE_BUCKET, Key=key)["Body"].read()
        same(b'"resources": []' in state, True)


def the_account_of_the_caller_was_never_used(unit):
    same(left(boto3.Session(region_name=REGION)), [])


def left(aws):
    return [
        f"{service} {entry[name]}"
        for service, call, entries, name in KINDS
        for entry in getattr(aws.client(service), call)()[entries]
    ]


def main():
    units = [types.SimpleNamespace(environment=name, aws=session(name)) for name in ACCOUNTS]
    report(units, sys.modules[__name__])


if __name__ == "__main__":
    main()
