"""What is left after the configs were deleted and the rest was destroyed."""

import boto3
import pytest
from inventory import inventory, own
from world import REGION, STATE_BUCKET

STATES = {"dev3": ["_environment", "orders"], "prod": ["_environment", "ledger"]}
each_environment = pytest.mark.parametrize(("environment", "roots"), STATES.items(), ids=STATES)


def test_without_its_config_a_retired_root_is_pruned(story, gone):
    files = (story.workspace / "generated").glob("*/*/*.tf")
    assert [path for path in files if path.parent.name != "_environment"] == []


def test_nothing_is_left_but_the_final_snapshot_the_logs_and_what_was_retained(gone, story, unit):
    is_retained = unit.environment == "prod"
    kept = own(story.before[unit.environment], unit.environment)
    assert inventory(unit.aws) == (kept if is_retained else unit.logs)
    groups = unit.client("ec2").describe_security_groups()["SecurityGroups"]
    worn = {f"{unit.base}-{each}" for each in ["db", "proxy", "nlb"]} if is_retained else set()
    assert {group["GroupName"] for group in groups} == {"default"} | worn


@each_environment
def test_the_states_are_empty_and_unlocked(gone, environment, roots):
    s3 = boto3.client("s3", region_name=REGION)
    prefix = f"storage-valet-rds/{environment}/"
    keys = [f"{prefix}{root}/terraform.tfstate" for root in roots]
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=STATE_BUCKET, Prefix=prefix)["Contents"]] == keys
    for key in keys:
        assert b'"resources": []' in s3.get_object(Bucket=STATE_BUCKET, Key=key)["Body"].read()


@each_environment
def test_each_apply_held_the_lock_of_its_state(story, gone, environment, roots):
    log = (story.folder / "server.log").read_text().splitlines()
    for root in roots:
        lock = f"storage-valet-rds/{environment}/{root}/terraform.tfstate.tflock"
        for verb in ["PUT", "DELETE"]:
            assert any(verb in line and lock in line for line in log), f"no {verb} of {lock}"


def test_the_account_of_the_caller_was_never_used(gone):
    assert inventory(boto3.Session(region_name=REGION)) == []
