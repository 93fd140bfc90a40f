"""Volumes are what AWS lets them be."""

import pytest
from botocore.exceptions import ClientError

NAME = "orders"


@pytest.mark.parametrize(
    "asked",
    [
        {"AllocatedStorage": 399, "Iops": 3000},
        {"AllocatedStorage": 399, "StorageThroughput": 125},
        {"AllocatedStorage": 400, "Iops": 11999},
        {"AllocatedStorage": 400, "Iops": 12000, "StorageThroughput": 499},
    ],
)
def test_gp3_off_its_range_is_refused(make, asked):
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        make(NAME, **asked)


def test_a_stale_iops_is_refused_when_the_volume_crosses_400_gib(rds, make, read):
    make(NAME, AllocatedStorage=390)
    with pytest.raises(ClientError, match="InvalidParameterCombination.*3000"):
        rds.modify_db_instance(DBInstanceIdentifier=NAME, AllocatedStorage=500, Iops=3000, ApplyImmediately=True)
    rds.modify_db_instance(DBInstanceIdentifier=NAME, AllocatedStorage=500, Iops=12000, ApplyImmediately=True)
    assert read(NAME)["Iops"] == 12000


def test_a_stale_iops_is_refused_when_io1_becomes_gp3(rds, make):
    make(NAME, AllocatedStorage=500, StorageType="io1", Iops=5000)
    with pytest.raises(ClientError, match="InvalidParameterCombination.*5000"):
        rds.modify_db_instance(DBInstanceIdentifier=NAME, StorageType="gp3", Iops=5000)


@pytest.mark.parametrize(("size", "reported"), [(399, (3000, 125)), (400, (12000, 500))])
def test_gp3_always_says_what_it_gives(make, size, reported):
    found = make(NAME, AllocatedStorage=size)
    assert (found["Iops"], found["StorageThroughput"]) == reported


@pytest.mark.parametrize(("asked", "becomes"), [(101, 110), (109, 110), (110, 110), (150, 150)])
def test_a_step_of_less_than_a_tenth_is_rounded_up(rds, make, read, asked, becomes):
    make(NAME, AllocatedStorage=100)
    rds.modify_db_instance(DBInstanceIdentifier=NAME, AllocatedStorage=asked, ApplyImmediately=True)
    assert read(NAME)["AllocatedStorage"] == becomes


def test_a_volume_does_not_shrink(rds, make):
    make(NAME, AllocatedStorage=100)
    with pytest.raises(ClientError, match="cannot be less"):
        rds.modify_db_instance(DBInstanceIdentifier=NAME, AllocatedStorage=90)


def test_a_restored_volume_may_be_asked_to_grow(rds, make):
    make(NAME, AllocatedStorage=100)
    rds.create_db_snapshot(DBInstanceIdentifier=NAME, DBSnapshotIdentifier="kept")
    restored = rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="restored", DBSnapshotIdentifier="kept", AllocatedStorage=500
    )
    assert (restored["DBInstance"]["AllocatedStorage"], restored["DBInstance"]["Iops"]) == (500, 12000)
