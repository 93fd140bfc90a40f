"""Databases change as AWS documents it."""

import boto3
import pytest
from botocore.exceptions import ClientError

NAME = "orders"


def test_each_database_has_a_resource_id_of_its_own(rds, make):
    ids = {make(name)["DbiResourceId"] for name in ["one", "two"]}
    assert len(ids) == 2
    found = rds.describe_db_instances(Filters=[{"Name": "dbi-resource-id", "Values": [ids.pop()]}])
    assert len(found["DBInstances"]) == 1


def test_what_waits_is_pending_until_the_window_is_opened(rds, make, read):
    make(NAME, BackupRetentionPeriod=0)
    asked = {
        "AllocatedStorage": 450,
        "BackupRetentionPeriod": 7,
        "DBInstanceClass": "db.r7g.xlarge",
        "EngineVersion": "17.6",
        "Iops": 12000,
        "MultiAZ": True,
        "StorageThroughput": 500,
    }
    before = read(NAME)
    assert rds.modify_db_instance(DBInstanceIdentifier=NAME, **asked)["DBInstance"]["PendingModifiedValues"] == asked
    found = read(NAME)
    assert {key: found[key] for key in asked} == {key: before[key] for key in asked}
    assert found["PendingModifiedValues"] == asked

    # Reference of ModifyDBInstance: with ApplyImmediately whatever is pending is applied.
    rds.modify_db_instance(DBInstanceIdentifier=NAME, ApplyImmediately=True)
    found = read(NAME)
    assert {key: found[key] for key in asked} == asked
    assert found["PendingModifiedValues"] == {}


def test_asked_back_nothing_waits_any_more(rds, make, read):
    make(NAME)
    rds.modify_db_instance(DBInstanceIdentifier=NAME, DBInstanceClass="db.r7g.xlarge")
    rds.modify_db_instance(DBInstanceIdentifier=NAME, DBInstanceClass="db.r7g.large")
    assert read(NAME)["PendingModifiedValues"] == {}


def test_the_days_of_backups_that_are_on_change_at_once(rds, make, read):
    make(NAME, BackupRetentionPeriod=1)
    rds.modify_db_instance(DBInstanceIdentifier=NAME, BackupRetentionPeriod=7)
    assert read(NAME)["BackupRetentionPeriod"] == 7


def test_the_port_changes_at_once(rds, make, read):
    make(NAME, Port=5432)
    rds.modify_db_instance(DBInstanceIdentifier=NAME, DBPortNumber=5433, ApplyImmediately=False)
    assert read(NAME)["Endpoint"]["Port"] == 5433


def test_enhanced_monitoring_is_remembered(rds, make, read):
    make(NAME, MonitoringInterval=60, MonitoringRoleArn="arn:aws:iam::123456789012:role/one")
    rds.modify_db_instance(DBInstanceIdentifier=NAME, MonitoringInterval=15, MonitoringRoleArn="arn:aws:iam::1:role/two")
    found = read(NAME)
    assert (found["MonitoringInterval"], found["MonitoringRoleArn"]) == (15, "arn:aws:iam::1:role/two")


def test_a_master_password_that_is_managed_already_stays_as_it_is(rds, make, read):
    make(NAME, ManageMasterUserPassword=True, MasterUserPassword=None)
    rds.create_db_snapshot(DBInstanceIdentifier=NAME, DBSnapshotIdentifier="kept")
    rds.delete_db_instance(DBInstanceIdentifier=NAME, SkipFinalSnapshot=True)
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=NAME, DBSnapshotIdentifier="kept")
    before = read(NAME)["MasterUserSecret"]
    rds.modify_db_instance(DBInstanceIdentifier=NAME, ManageMasterUserPassword=True, ApplyImmediately=True)
    assert read(NAME)["MasterUserSecret"] == before
    secrets = boto3.client("secretsmanager").list_secrets()["SecretList"]
    assert [secret["ARN"] for secret in secrets] == [before["SecretArn"]]


def test_an_older_version_is_refused_of_a_restored_database_too(rds, make):
    make(NAME, EngineVersion="17.5")
    rds.create_db_snapshot(DBInstanceIdentifier=NAME, DBSnapshotIdentifier="kept")
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="restored", DBSnapshotIdentifier="kept")
    for name in [NAME, "restored"]:
        with pytest.raises(ClientError, match="Cannot upgrade postgres from 17.5 to 16.9"):
            rds.modify_db_instance(DBInstanceIdentifier=name, EngineVersion="16.9", ApplyImmediately=True)


def test_a_restore_has_the_size_and_the_encryption_of_its_snapshot(rds, make):
    make(NAME, AllocatedStorage=100, StorageEncrypted=False)
    rds.create_db_snapshot(DBInstanceIdentifier=NAME, DBSnapshotIdentifier="kept")
    with pytest.raises(ClientError, match="storage size"):
        rds.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier="small", DBSnapshotIdentifier="kept", AllocatedStorage=50
        )
    restored = rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="restored", DBSnapshotIdentifier="kept")
    assert (restored["DBInstance"]["AllocatedStorage"], restored["DBInstance"]["StorageEncrypted"]) == (100, False)
    with pytest.raises(ClientError, match="not found"):
        rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="other", DBSnapshotIdentifier="lost")


def test_a_final_snapshot_whose_name_is_taken_keeps_the_database(rds, make, read):
    make(NAME)
    rds.create_db_snapshot(DBInstanceIdentifier=NAME, DBSnapshotIdentifier="orders-final")
    with pytest.raises(ClientError, match="already exist"):
        rds.delete_db_instance(DBInstanceIdentifier=NAME, FinalDBSnapshotIdentifier="orders-final")
    assert read(NAME)["DBInstanceStatus"] == "available"


def test_a_subnet_group_with_a_database_is_not_deleted(rds, make):
    make(NAME)
    with pytest.raises(ClientError, match="InvalidDBSubnetGroupState"):
        rds.delete_db_subnet_group(DBSubnetGroupName="subnets")
    rds.delete_db_instance(DBInstanceIdentifier=NAME, SkipFinalSnapshot=True)
    rds.delete_db_subnet_group(DBSubnetGroupName="subnets")


def test_no_move_to_another_subnet_group_of_the_same_vpc(rds, make, subnets):
    make(NAME)
    rds.create_db_subnet_group(DBSubnetGroupName="other", DBSubnetGroupDescription="other", SubnetIds=subnets)
    with pytest.raises(ClientError, match="InvalidVPCNetworkStateFault"):
        rds.modify_db_instance(DBInstanceIdentifier=NAME, DBSubnetGroupName="other")
    rds.modify_db_instance(DBInstanceIdentifier=NAME, DBSubnetGroupName="subnets")


def test_without_a_certificate_of_its_own_a_database_has_the_one_of_new_databases(make, read):
    assert make("one")["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"
    make("other", CACertificateIdentifier="rds-ca-ecc384-g1")
    assert read("other")["CACertificateIdentifier"] == "rds-ca-ecc384-g1"


def test_of_an_instance_that_was_asked_for_nothing_aws_says_what_it_has(make, read):
    make(NAME, EngineVersion="15.12")
    found = read(NAME)
    usual = {
        "BackupTarget": "region",
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "DedicatedLogVolume": False,
        "EngineLifecycleSupport": "open-source-rds-extended-support",
        "MonitoringInterval": 0,
        "PendingModifiedValues": {},
        "PerformanceInsightsEnabled": False,
        "PubliclyAccessible": False,
    }
    assert {key: found.get(key) for key in usual} == usual
    assert [one["OptionGroupName"] for one in found["OptionGroupMemberships"]] == ["default:postgres-15"]


def test_performance_insights_have_days_and_a_key_while_they_are_on(rds, make, read):
    make(NAME, EnablePerformanceInsights=True)
    found = read(NAME)
    assert found["PerformanceInsightsRetentionPeriod"] == 7
    assert found["PerformanceInsightsKMSKeyId"].startswith("arn:aws:kms:us-east-1:123456789012:key/")
    rds.modify_db_instance(DBInstanceIdentifier=NAME, EnablePerformanceInsights=False)
    assert "PerformanceInsightsRetentionPeriod" not in read(NAME)
    rds.modify_db_instance(DBInstanceIdentifier=NAME, EnablePerformanceInsights=True, PerformanceInsightsRetentionPeriod=31)
    found = read(NAME)
    assert (found["PerformanceInsightsRetentionPeriod"], "PerformanceInsightsKMSKeyId" in found) == (31, True)


def test_an_encrypted_volume_without_a_key_of_its_own_has_that_of_the_account(make):
    keys = [make(name, StorageEncrypted=True)["KmsKeyId"] for name in ["one", "two"]]
    assert keys[0] == keys[1]
    assert keys[0].startswith("arn:aws:kms:us-east-1:123456789012:key/")
