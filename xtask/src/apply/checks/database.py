"""The database itself: what its config and the house rules say, its secret, its logs and its alarms."""

from unit import PROXY_PORT, same

FAMILY = "postgres17"


def the_database_is_as_its_config_says(unit):
    found = unit.database
    facts = {
        "allocated_storage": found["AllocatedStorage"],
        "instance_class": found["DBInstanceClass"],
        "monitoring_interval": found["MonitoringInterval"],
        "multi_az": found["MultiAZ"],
        "port": found["Endpoint"]["Port"],
        "username": found["MasterUsername"],
    }
    same(facts, {name: unit.wanted[name] for name in facts})
    same((found["Engine"], found["EngineVersion"]), ("postgres", "17"))
    same(found.get("DBName") or "postgres", unit.wanted["database_name"])


def the_database_is_encrypted(unit):
    same(unit.database["StorageEncrypted"], True)
    if unit.environment == "prod":
        keys = unit.client("kms").list_keys()["Keys"]
        same(unit.database["KmsKeyId"] in [key["KeyArn"] for key in keys], True)
        same(unit.database["MasterUserSecret"]["KmsKeyId"], unit.database["KmsKeyId"])


def the_database_cannot_be_deleted(unit):
    same(unit.database["DeletionProtection"], True)
    rds = unit.client("rds")
    try:
        rds.delete_db_instance(DBInstanceIdentifier=unit.base, SkipFinalSnapshot=True)
    except rds.exceptions.ClientError as refusal:
        same("protect" in str(refusal).lower(), True)
    else:
        raise AssertionError("the database let itself be deleted")


def backups_and_maintenance_keep_their_windows(unit):
    found = unit.database
    same(found["BackupRetentionPeriod"], unit.wanted["backup_retention_period"])
    same(found["PreferredBackupWindow"], unit.wanted["backup_window"])
    same(found["PreferredMaintenanceWindow"], unit.wanted["maintenance_window"])
    same(found["CopyTagsToSnapshot"], True)


def the_parameter_group_fits_the_engine_and_forces_tls(unit):
    rds = unit.client("rds")
    name = unit.database["DBParameterGroups"][0]["DBParameterGroupName"]
    same(name, f"{unit.base}-{FAMILY}")
    same(
        rds.describe_db_parameter_groups(DBParameterGroupName=name)["DBParameterGroups"][0]["DBParameterGroupFamily"],
        FAMILY,
    )
    found = rds.describe_db_parameters(DBParameterGroupName=name)["Parameters"]
    same({each["ParameterName"]: each["ParameterValue"] for each in found}, unit.wanted["parameters"])


def the_password_rotates_in_the_configured_days(unit):
    secret = unit.client("secretsmanager").describe_secret(SecretId=unit.database["MasterUserSecret"]["SecretArn"])
    same(secret["OwningService"], "rds")
    same(secret["RotationEnabled"], True)
    same(secret["RotationRules"]["AutomaticallyAfterDays"], unit.wanted["rotation_days"])


def logs_are_kept_for_a_while_and_not_for_ever(unit):
    wanted = {
        f"/aws/lambda/{unit.base}-target-sync",
        f"/aws/rds/instance/{unit.base}/postgresql",
        f"/aws/rds/instance/{unit.base}/upgrade",
        f"/aws/rds/proxy/{unit.base}-proxy",
    }
    found = unit.client("logs").describe_log_groups()["logGroups"]
    same({group["logGroupName"] for group in found}, wanted)
    same([group["logGroupName"] for group in found if not group.get("retentionInDays")], [])


def alarms_watch_what_exists_and_reach_the_topic(unit):
    alarms = unit.client("cloudwatch").describe_alarms()["MetricAlarms"]
    same(sorted(alarm["AlarmName"] for alarm in alarms), unit.wanted["alarms"])
    exists = {
        unit.base,
        unit.proxy["DBProxyName"],
        f"{unit.base}-target-sync",
        unit.balancer["LoadBalancerArn"].split(":loadbalancer/")[1],
        unit.target_group["TargetGroupArn"].split(":")[-1],
    }
    for alarm in alarms:
        same(alarm["AlarmActions"], alarm["OKActions"])
        same([action.split(":")[-1] for action in alarm["AlarmActions"]], ["database-alarms"])
        watched = [*alarm.get("Dimensions", [])]
        for metric in alarm.get("Metrics", []):
            watched += metric.get("MetricStat", {}).get("Metric", {}).get("Dimensions", [])
        same(bool(watched), True)
        same([each for each in watched if each["Value"] not in exists], [])


def the_outputs_are_the_handoff(unit):
    found = unit.outputs
    wanted = {
        "database_name": unit.wanted["database_name"],
        "endpoint_service_name": unit.service["ServiceName"],
        "port": PROXY_PORT,
        "proxy_endpoint": unit.proxy["Endpoint"],
        "role_arn": unit.client("iam").get_role(RoleName=found["role_arn"].split("/")[-1])["Role"]["Arn"],
        "secret_arn": unit.database["MasterUserSecret"]["SecretArn"],
        "username": unit.wanted["username"],
    }
    same(found, wanted)
