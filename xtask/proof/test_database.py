"""The database itself: what its config and the house rules say, its secret, its logs and its alarms."""

import pytest
from unit import PROXY_PORT, only

pytestmark = pytest.mark.usefixtures("up")

def test_the_database_is_as_its_config_says(unit):
    found = unit.database
    facts = {
        "allocated_storage": found["AllocatedStorage"],
        "instance_class": found["DBInstanceClass"],
        "monitoring_interval": found["MonitoringInterval"],
        "multi_az": found["MultiAZ"],
        "port": found["Endpoint"]["Port"],
        "username": found["MasterUsername"],
    }
    assert facts == {name: unit.wanted[name] for name in facts}
    assert (found["Engine"], found["EngineVersion"]) == ("postgres", unit.wanted["major"])
    assert (found.get("DBName") or "postgres") == unit.wanted["database_name"]


def test_the_database_uses_what_it_shares_or_has_of_its_own(unit):
    group, role = {
        "dev3": (unit.base, f"{unit.base}-rds-monitoring"),
        "prod": ("prod_databases", "prod_rds-monitoring"),
    }[unit.environment]
    found = unit.database
    assert found["DBSubnetGroup"]["DBSubnetGroupName"] == group
    assert found["MonitoringRoleArn"] == unit.client("iam").get_role(RoleName=role)["Role"]["Arn"]


def test_a_unit_without_its_environment_says_what_to_apply_first(story):
    assert "apply the root _environment first" in story.alone


def test_the_database_is_encrypted(unit):
    assert unit.database["StorageEncrypted"] is True
    if unit.environment == "prod":
        keys = unit.client("kms").list_keys()["Keys"]
        assert unit.database["KmsKeyId"] in [key["KeyArn"] for key in keys]
        assert unit.database["MasterUserSecret"]["KmsKeyId"] == unit.database["KmsKeyId"]


def test_the_database_cannot_be_deleted(unit):
    assert unit.database["DeletionProtection"] is True
    rds = unit.client("rds")
    with pytest.raises(rds.exceptions.ClientError, match="(?i)protect"):
        rds.delete_db_instance(DBInstanceIdentifier=unit.base, SkipFinalSnapshot=True)


def test_backups_and_maintenance_keep_their_windows(unit):
    found = unit.database
    assert found["BackupRetentionPeriod"] == unit.wanted["backup_retention_period"]
    assert found["PreferredBackupWindow"] == unit.wanted["backup_window"]
    assert found["PreferredMaintenanceWindow"] == unit.wanted["maintenance_window"]
    assert found["CopyTagsToSnapshot"] is True


def test_the_parameter_group_fits_the_engine_and_forces_tls(unit):
    rds = unit.client("rds")
    name = unit.database["DBParameterGroups"][0]["DBParameterGroupName"]
    family = f"postgres{unit.wanted['major']}"
    assert name == f"{unit.base}-{family}"
    group = only(rds.describe_db_parameter_groups(DBParameterGroupName=name)["DBParameterGroups"])
    assert group["DBParameterGroupFamily"] == family
    found = rds.describe_db_parameters(DBParameterGroupName=name)["Parameters"]
    assert {each["ParameterName"]: each["ParameterValue"] for each in found} == unit.wanted["parameters"]


def test_the_password_rotates_in_the_configured_days(unit):
    secret = unit.client("secretsmanager").describe_secret(SecretId=unit.database["MasterUserSecret"]["SecretArn"])
    assert secret["OwningService"] == "rds"
    assert secret["RotationEnabled"] is True
    assert secret["RotationRules"]["AutomaticallyAfterDays"] == unit.wanted["rotation_days"]


def test_logs_are_kept_for_a_while_and_not_for_ever(unit):
    wanted = {
        f"/aws/lambda/{unit.sync}",
        f"/aws/lambda/{unit.users_function}",
        f"/aws/rds/instance/{unit.base}/postgresql",
        f"/aws/rds/instance/{unit.base}/upgrade",
        f"/aws/rds/proxy/{unit.base}-proxy",
    }
    found = unit.client("logs").describe_log_groups()["logGroups"]
    assert {group["logGroupName"] for group in found} == wanted
    assert [group["logGroupName"] for group in found if not group.get("retentionInDays")] == []


def test_alarms_watch_what_exists_and_reach_the_topic(unit):
    alarms = unit.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert sorted(alarm["AlarmName"] for alarm in alarms) == unit.wanted["alarms"]
    exists = {
        unit.base,
        unit.proxy["DBProxyName"],
        unit.environment,
        unit.users_function,
        unit.balancer["LoadBalancerArn"].split(":loadbalancer/")[1],
        unit.target_group["TargetGroupArn"].split(":")[-1],
        # The proxy's own target group, and its part in it.
        "default",
        "READ_WRITE",
    }
    for alarm in alarms:
        assert alarm["AlarmActions"] == alarm["OKActions"]
        assert [action.split(":")[-1] for action in alarm["AlarmActions"]] == ["database-alarms"]
        watched = [*alarm.get("Dimensions", [])]
        for metric in alarm.get("Metrics", []):
            watched += metric.get("MetricStat", {}).get("Metric", {}).get("Dimensions", [])
        assert bool(watched)
        assert [each for each in watched if each["Value"] not in exists] == []


def test_the_outputs_are_the_handoff(unit):
    found = unit.outputs
    wanted = {
        "database_name": unit.wanted["database_name"],
        "endpoint_service_name": unit.service["ServiceName"],
        "port": PROXY_PORT,
        "proxy_endpoint": unit.proxy["Endpoint"],
        "role_arn": unit.client("iam").get_role(RoleName=found["role_arn"].split("/")[-1])["Role"]["Arn"],
        "username": unit.wanted["users"]["owner"],
    }
    secrets = {each["Name"]: each["ARN"] for each in unit.client("secretsmanager").list_secrets()["SecretList"]}
    for output, role in [("secret_arn", "owner"), ("read_only_secret_arn", "reader")]:
        if role in unit.wanted["users"]:
            wanted[output] = secrets[f"valet-rds/{unit.environment}/{unit.shortname}/{unit.wanted['users'][role]}"]
    assert found == wanted
