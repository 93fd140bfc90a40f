"""Parameter groups, log groups, functions and roles answer as AWS documents it."""

import boto3
import pytest
from botocore.exceptions import ClientError

NAME = "orders"


@pytest.fixture
def group(rds):
    def make(name, family):
        rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily=family, Description="one")
        return name

    return make


@pytest.mark.parametrize(
    ("family", "name", "value", "method"),
    [
        ("postgres15", "rds.force_ssl", "1", "pending-reboot"),
        ("postgres17", "rds.force_ssl", "1", "pending-reboot"),
        ("postgres14", "rds.force_ssl", "1", "immediate"),
        ("postgres17", "rds.force_ssl", "0", "immediate"),
        ("mariadb11.8", "require_secure_transport", "1", "pending-reboot"),
        ("mariadb11.4", "require_secure_transport", "1", "immediate"),
        ("mysql8.0", "require_secure_transport", "1", "immediate"),
        ("aurora-mysql8.4", "require_secure_transport", "ON", "pending-reboot"),
        ("aurora-mysql8.0", "require_secure_transport", "ON", "immediate"),
        ("postgres17", "log_min_duration_statement", "250", "immediate"),
    ],
)
def test_a_parameter_at_its_default_stays_pending_reboot(rds, group, family, name, value, method):
    asked = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(DBParameterGroupName=group("one", family), Parameters=[asked])
    found = rds.describe_db_parameters(DBParameterGroupName="one", Source="user")["Parameters"]
    assert [(each["ParameterName"], each["ApplyMethod"], each["Source"]) for each in found] == [(name, method, "user")]


def test_a_parameter_group_in_use_is_not_deleted(rds, make, group):
    make(NAME, DBParameterGroupName=group("one", "postgres17"))
    with pytest.raises(ClientError, match="InvalidDBParameterGroupState"):
        rds.delete_db_parameter_group(DBParameterGroupName="one")
    rds.delete_db_instance(DBInstanceIdentifier=NAME, SkipFinalSnapshot=True)
    rds.delete_db_parameter_group(DBParameterGroupName="one")


def test_the_old_parameter_group_is_in_use_until_the_upgrade(rds, make, read, group):
    make(NAME, EngineVersion="16.9", DBParameterGroupName=group("old", "postgres16"))
    asked = {"EngineVersion": "17.5", "DBParameterGroupName": group("new", "postgres17")}
    rds.modify_db_instance(DBInstanceIdentifier=NAME, **asked, AllowMajorVersionUpgrade=True)
    for name in ["old", "new"]:
        with pytest.raises(ClientError, match="InvalidDBParameterGroupState"):
            rds.delete_db_parameter_group(DBParameterGroupName=name)
    rds.modify_db_instance(DBInstanceIdentifier=NAME, ApplyImmediately=True)
    assert read(NAME)["DBParameterGroups"][0]["DBParameterGroupName"] == "new"
    rds.delete_db_parameter_group(DBParameterGroupName="old")


def test_a_parameter_group_of_the_same_version_takes_its_place_at_once(rds, make, read, group):
    make(NAME, DBParameterGroupName=group("old", "postgres17"))
    rds.modify_db_instance(DBInstanceIdentifier=NAME, DBParameterGroupName=group("new", "postgres17"))
    assert read(NAME)["DBParameterGroups"][0]["DBParameterGroupName"] == "new"
    rds.delete_db_parameter_group(DBParameterGroupName="old")


def test_rds_makes_the_group_of_an_exported_log_again_without_a_retention(rds, make, logs):
    name = f"/aws/rds/instance/{NAME}/postgresql"
    logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName=name, retentionInDays=30)
    make(NAME, EnableCloudwatchLogsExports=["postgresql"])
    logs.delete_log_group(logGroupName=name)
    again = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert [(group["logGroupName"], group.get("retentionInDays")) for group in again] == [(name, None)]
    with pytest.raises(ClientError, match="ResourceAlreadyExists"):
        logs.create_log_group(logGroupName=name)

    rds.modify_db_instance(
        DBInstanceIdentifier=NAME, CloudwatchLogsExportConfiguration={"DisableLogTypes": ["postgresql"]}
    )
    logs.delete_log_group(logGroupName=name)
    assert logs.describe_log_groups()["logGroups"] == []


def test_rds_makes_the_group_of_a_log_that_nobody_made(make, logs):
    make(NAME, EnableCloudwatchLogsExports=["upgrade"])
    assert [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]] == [
        f"/aws/rds/instance/{NAME}/upgrade"
    ]


def test_a_new_account_has_no_concurrency_to_reserve(role):
    client = boto3.client("lambda")
    code = {"ZipFile": b"nothing that runs"}
    client.create_function(FunctionName="one", Role=role, Runtime="python3.13", Handler="one.handler", Code=code)
    with pytest.raises(ClientError, match="UnreservedConcurrentExecution"):
        client.put_function_concurrency(FunctionName="one", ReservedConcurrentExecutions=1)


def test_iam_compares_tag_keys_without_case():
    tags = [{"Key": "stage", "Value": "a"}, {"Key": "Stage", "Value": "b"}]
    with pytest.raises(ClientError, match="Duplicate tag keys"):
        boto3.client("iam").create_role(RoleName="one", AssumeRolePolicyDocument="{}", Tags=tags)


def test_there_are_option_groups_for_each_major_of_postgresql(rds):
    asked = {"OptionGroupName": "one", "EngineName": "postgres", "OptionGroupDescription": "one"}
    made = rds.create_option_group(MajorEngineVersion="17", **asked)["OptionGroup"]
    assert made["MajorEngineVersion"] == "17"
    assert rds.describe_option_groups(OptionGroupName="one")["OptionGroupsList"][0]["MajorEngineVersion"] == "17"
    with pytest.raises(ClientError, match="Cannot find major version 1.5 for postgres"):
        rds.create_option_group(MajorEngineVersion="1.5", **asked | {"OptionGroupName": "two"})
