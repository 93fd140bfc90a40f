"""What is left after the configs were deleted and the rest was destroyed."""

import boto3
import pytest
from inventory import inventory
from world import REGION, STATE_BUCKET, session

ROOTS = {"dev3": ["_environment", "orders"], "prod": ["_environment", "ledger"]}
# A retained database still needs what it shared.
ENDED = [("dev3", "_environment"), ("dev3", "orders"), ("prod", "ledger")]
each_root = pytest.mark.parametrize(("environment", "root"), [(name, root) for name in ROOTS for root in ROOTS[name]])


def test_without_its_config_a_retired_root_is_pruned(story, gone):
    files = (story.workspace / "generated").glob("*/*/*.tf")
    assert [path for path in files if path.parent.name != "_environment"] == []


def test_what_a_retained_database_is_in_is_not_destroyed_and_nothing_else_is_then(gone, story):
    assert "InvalidDBSubnetGroupState" in gone
    assert inventory(session("prod")) == story.before["prod"]


def test_nothing_is_left_but_the_final_snapshot_the_logs_and_what_was_retained(gone, story, unit):
    if unit.environment == "dev3":
        assert inventory(unit.aws) == unit.logs
        groups = unit.client("ec2").describe_security_groups()["SecurityGroups"]
        assert {group["GroupName"] for group in groups} == {"default"}


@each_root
def test_the_states_are_empty_and_unlocked(gone, environment, root):
    s3 = boto3.client("s3", region_name=REGION)
    prefix = f"storage-valet-rds/{environment}/"
    keys = [f"{prefix}{name}/terraform.tfstate" for name in ROOTS[environment]]
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=STATE_BUCKET, Prefix=prefix)["Contents"]] == keys
    state = s3.get_object(Bucket=STATE_BUCKET, Key=f"{prefix}{root}/terraform.tfstate")["Body"].read()
    assert (b'"resources": []' in state) == ((environment, root) in ENDED)


@each_root
def test_each_apply_held_the_lock_of_its_state(story, gone, environment, root):
    log = (story.folder / "server.log").read_text().splitlines()
    lock = f"storage-valet-rds/{environment}/{root}/terraform.tfstate.tflock"
    for verb in ["PUT", "DELETE"]:
        assert any(verb in line and lock in line for line in log), f"no {verb} of {lock}"


def test_the_account_of_the_caller_was_never_used(gone):
    assert inventory(boto3.Session(region_name=REGION)) == []
