"""Clusters of Aurora answer as AWS documents it."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError

NAME = "events"


@pytest.fixture
def read_cluster(rds):
    return lambda name=NAME: rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]


@pytest.fixture
def change(rds):
    return lambda **asked: rds.modify_db_cluster(DBClusterIdentifier=NAME, **asked)["DBCluster"]


def writers(cluster):
    return [one["DBInstanceIdentifier"] for one in cluster["DBClusterMembers"] if one["IsClusterWriter"]]


def test_only_the_storage_that_is_paid_at_once_is_told(make_cluster, read_cluster, change):
    make_cluster(StorageType="aurora")
    assert "StorageType" not in read_cluster()
    change(StorageType="aurora-iopt1")
    assert read_cluster()["StorageType"] == "aurora-iopt1"
    change(StorageType="aurora")
    assert "StorageType" not in read_cluster()
    assert make_cluster("other", StorageType="aurora-iopt1")["StorageType"] == "aurora-iopt1"


def test_a_cluster_says_where_it_is_and_whose_secret_it_has(make_cluster, read_cluster):
    make_cluster(Port=5433, EngineLifecycleSupport="open-source-rds-extended-support-disabled")
    found = read_cluster()
    assert found["Endpoint"].startswith("events.cluster-")
    assert found["ReaderEndpoint"].startswith("events.cluster-ro-")
    assert found["DbClusterResourceId"].startswith("cluster-")
    assert ":secret:rds!cluster-" in found["MasterUserSecret"]["SecretArn"]
    assert (found["Port"], found["DBSubnetGroup"]) == (5433, "subnets")
    assert found["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
    assert ":key/" in found["KmsKeyId"]


def test_windows_are_told_in_small_letters_and_what_no_cluster_of_today_has_is_not_told(make_cluster, read_cluster, change):
    make_cluster(PreferredMaintenanceWindow="Sun:18:00-Sun:19:00")
    assert read_cluster()["PreferredMaintenanceWindow"] == "sun:18:00-sun:19:00"
    change(PreferredMaintenanceWindow="Mon:01:00-Mon:02:00")
    found = read_cluster()
    assert found["PreferredMaintenanceWindow"] == "mon:01:00-mon:02:00"
    assert "ScalingConfigurationInfo" not in found


def test_a_cluster_in_a_group_that_is_not_there_is_refused(make_cluster):
    with pytest.raises(ClientError, match="DBSubnetGroupNotFound"):
        make_cluster(DBSubnetGroupName="other")


def test_instances_share_what_is_the_clusters_and_have_their_own(make_cluster, join, read_cluster, role, read):
    cluster = make_cluster(Port=5433)
    own = {
        "EnablePerformanceInsights": True,
        "MonitoringInterval": 60,
        "MonitoringRoleArn": role,
        "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
        "PromotionTier": 0,
        "PubliclyAccessible": False,
    }
    join(1, **own)
    join(2, PromotionTier=1)
    found = read("events-1")
    assert found["DBClusterIdentifier"] == NAME
    assert (found["Endpoint"]["Port"], found["DBSubnetGroup"]["DBSubnetGroupName"]) == (5433, "subnets")
    assert (found["EngineVersion"], found["StorageType"], found["KmsKeyId"]) == ("16.9", "aurora", cluster["KmsKeyId"])
    assert (found["PerformanceInsightsEnabled"], found["PerformanceInsightsRetentionPeriod"]) == (True, 7)
    assert {key: found[key] for key in own if key in found} == {
        key: value for key, value in own.items() if key != "EnablePerformanceInsights"
    }
    assert found["DbiResourceId"] != read("events-2")["DbiResourceId"]
    assert writers(read_cluster()) == ["events-1"]


def test_after_a_failover_and_when_the_writer_goes_another_one_writes(rds, make_cluster, join, read_cluster):
    make_cluster()
    for number in (1, 2, 3):
        join(number, PromotionTier=number)
    rds.failover_db_cluster(DBClusterIdentifier=NAME, TargetDBInstanceIdentifier="events-2")
    assert writers(read_cluster()) == ["events-2"]
    rds.delete_db_instance(DBInstanceIdentifier="events-2", SkipFinalSnapshot=True)
    assert writers(read_cluster()) == ["events-1"]


def test_a_version_waits_for_the_window(make_cluster, join, read_cluster, change):
    make_cluster()
    join(1)
    change(EngineVersion="16.11", EnableIAMDatabaseAuthentication=True)
    found = read_cluster()
    assert (found["EngineVersion"], found["IAMDatabaseAuthenticationEnabled"]) == ("16.9", False)
    assert found["PendingModifiedValues"] == {"EngineVersion": "16.11", "IAMDatabaseAuthenticationEnabled": True}
    change(ApplyImmediately=True)
    found = read_cluster()
    assert (found["EngineVersion"], found["IAMDatabaseAuthenticationEnabled"]) == ("16.11", True)
    assert found.get("PendingModifiedValues", {}) == {}
    with pytest.raises(ClientError, match="Cannot upgrade aurora-postgresql from 16.11 to 16.10"):
        change(EngineVersion="16.10")


def test_a_release_of_aurora_mysql_is_newer_by_its_numbers(make_cluster, read_cluster, change):
    make_cluster(Engine="aurora-mysql", EngineVersion="8.0.mysql_aurora.3.10.1")
    with pytest.raises(ClientError, match="Cannot upgrade aurora-mysql from 8.0.mysql_aurora.3.10.1"):
        change(EngineVersion="8.0.mysql_aurora.3.09.0")
    change(EngineVersion="8.0.mysql_aurora.3.12.0", ApplyImmediately=True)
    assert read_cluster()["EngineVersion"] == "8.0.mysql_aurora.3.12.0"


def test_what_does_not_wait_changes_at_once(make_cluster, join, read_cluster, read, change, logs):
    make_cluster(EnableCloudwatchLogsExports=["postgresql"])
    join(1)
    exports = {"EnableLogTypes": ["instance"], "DisableLogTypes": ["postgresql"]}
    change(
        BackupRetentionPeriod=14,
        CloudwatchLogsExportConfiguration=exports,
        DeletionProtection=True,
        Port=5433,
        PreferredBackupWindow="01:00-02:00",
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 8},
    )
    found = read_cluster()
    assert (found["BackupRetentionPeriod"], found["PreferredBackupWindow"]) == (14, "01:00-02:00")
    assert (found["EnabledCloudwatchLogsExports"], found["DeletionProtection"]) == (["instance"], True)
    assert found["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 8}
    assert (found["Port"], read("events-1")["Endpoint"]["Port"]) == (5433, 5433)
    groups = {group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]}
    assert groups == {"/aws/rds/cluster/events/postgresql", "/aws/rds/cluster/events/instance"}


def test_the_class_of_an_instance_waits_for_the_window(rds, make_cluster, join, read):
    make_cluster()
    join(1)
    rds.modify_db_instance(DBInstanceIdentifier="events-1", DBInstanceClass="db.r7g.xlarge", PromotionTier=3)
    found = read("events-1")
    assert (found["DBInstanceClass"], found["PromotionTier"]) == ("db.r7g.large", 3)
    assert found["PendingModifiedValues"] == {"DBInstanceClass": "db.r7g.xlarge"}
    rds.modify_db_instance(DBInstanceIdentifier="events-1", ApplyImmediately=True)
    assert read("events-1")["DBInstanceClass"] == "db.r7g.xlarge"


def group(rds, name, major):
    family = f"aurora-postgresql{major}"
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name, DBParameterGroupFamily=family, Description="one"
    )
    rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily=family, Description="one")


def test_a_new_major_takes_cluster_and_instances_to_its_groups(rds, make_cluster, join, read_cluster, read, change):
    for major in (16, 17):
        group(rds, f"events-{major}", major)
    make_cluster(DBClusterParameterGroupName="events-16")
    join(1, DBParameterGroupName="events-16")
    asked = {"DBClusterParameterGroupName": "events-17", "DBInstanceParameterGroupName": "events-17"}
    change(EngineVersion="17.5", AllowMajorVersionUpgrade=True, **asked)
    assert read_cluster()["DBClusterParameterGroup"] == "events-16"
    for name in ("events-16", "events-17"):
        with pytest.raises(ClientError, match="InvalidDBParameterGroupState"):
            rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName=name)
    change(ApplyImmediately=True)
    assert read_cluster()["DBClusterParameterGroup"] == "events-17"
    assert read("events-1")["DBParameterGroups"][0]["DBParameterGroupName"] == "events-17"
    rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName="events-16")


@pytest.mark.parametrize(("major", "method"), [(16, "immediate"), (17, "pending-reboot")])
def test_of_a_parameter_at_its_default_pending_reboot_is_answered(rds, major, method):
    group(rds, "events", major)
    parameter = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName="events", Parameters=[parameter])
    [found] = rds.describe_db_cluster_parameters(DBClusterParameterGroupName="events")["Parameters"]
    assert (found["ParameterValue"], found["ApplyMethod"], found["Source"]) == ("1", method, "user")


def test_a_cluster_goes_last_and_leaves_a_snapshot(rds, make_cluster, join, change):
    secret = make_cluster(DeletionProtection=True)["MasterUserSecret"]["SecretArn"]
    join(1)
    ask = {"DBClusterIdentifier": NAME, "FinalDBSnapshotIdentifier": "events-final"}
    with pytest.raises(ClientError, match="deletion protection"):
        rds.delete_db_cluster(**ask)
    change(DeletionProtection=False)
    with pytest.raises(ClientError, match="InvalidDBClusterStateFault"):
        rds.delete_db_cluster(**ask)
    with pytest.raises(ClientError, match="InvalidDBSubnetGroupState"):
        rds.delete_db_subnet_group(DBSubnetGroupName="subnets")
    rds.delete_db_instance(DBInstanceIdentifier="events-1", SkipFinalSnapshot=True)
    with pytest.raises(ClientError, match="InvalidDBSubnetGroupState"):
        rds.delete_db_subnet_group(DBSubnetGroupName="subnets")
    for wrong in ({}, {"FinalDBSnapshotIdentifier": "events-final", "SkipFinalSnapshot": True}):
        with pytest.raises(ClientError, match="FinalDBSnapshotIdentifier"):
            rds.delete_db_cluster(DBClusterIdentifier=NAME, **wrong)
    rds.delete_db_cluster(**ask)
    [left] = rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier="events-final")["DBClusterSnapshots"]
    assert (left["DBClusterIdentifier"], left["MasterUsername"]) == (NAME, "owner")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        boto3.client("secretsmanager").describe_secret(SecretId=secret)
    rds.delete_db_subnet_group(DBSubnetGroupName="subnets")


@pytest.mark.parametrize("by", ["DBClusterSnapshotIdentifier", "DBClusterSnapshotArn"])
def test_a_snapshot_is_restored_with_what_is_in_it(rds, make_cluster, by):
    before = make_cluster(DatabaseName="events")
    rds.create_db_cluster_snapshot(DBClusterIdentifier=NAME, DBClusterSnapshotIdentifier="kept")
    [kept] = rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier="kept")["DBClusterSnapshots"]
    new = rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier="again",
        DBSubnetGroupName="subnets",
        Engine="aurora-postgresql",
        SnapshotIdentifier=kept[by],
        StorageType="aurora",
    )["DBCluster"]
    same = ["DatabaseName", "EngineVersion", "KmsKeyId", "MasterUsername", "StorageEncrypted"]
    assert {key: new[key] for key in same} == {key: before[key] for key in same}
    assert "MasterUserSecret" not in new
    rds.modify_db_cluster(DBClusterIdentifier="again", ManageMasterUserPassword=True)
    [found] = rds.describe_db_clusters(DBClusterIdentifier="again")["DBClusters"]
    secret = found["MasterUserSecret"]["SecretArn"]
    value = boto3.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    assert json.loads(value)["username"] == "owner"


def test_the_secret_of_a_cluster_rotates_by_itself(make_cluster, read_cluster, change):
    secret = make_cluster()["MasterUserSecret"]["SecretArn"]
    secrets = boto3.client("secretsmanager")
    secrets.rotate_secret(SecretId=secret, RotateImmediately=False, RotationRules={"AutomaticallyAfterDays": 30})
    assert secrets.describe_secret(SecretId=secret)["RotationRules"]["AutomaticallyAfterDays"] == 30
    change(ManageMasterUserPassword=True)
    assert read_cluster()["MasterUserSecret"]["SecretArn"] == secret


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [("aurora-postgresql", "16.8", "aurora-postgresql16"), ("aurora-mysql", "8.0.mysql_aurora.3.08.0", "aurora-mysql8.0")],
)
def test_without_groups_it_has_those_of_its_version(rds, make_cluster, engine, version, family):
    found = make_cluster(Engine=engine, EngineVersion=version)
    assert found["DBClusterParameterGroup"] == f"default.{family}"
    instance = rds.create_db_instance(
        DBInstanceIdentifier="one", DBClusterIdentifier=NAME, DBInstanceClass="db.r7g.large", Engine=engine
    )["DBInstance"]
    [group] = instance["DBParameterGroups"]
    assert group["DBParameterGroupName"] == f"default.{family}"
    [group] = rds.describe_db_parameter_groups(DBParameterGroupName=f"default.{family}")["DBParameterGroups"]
    assert group["DBParameterGroupFamily"] == family
