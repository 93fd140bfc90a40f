"""Asks the emulated AWS what is left after the configs were deleted and the rest was destroyed."""

import sys

import boto3
from inventory import inventory
from report import report
from unit import same, units
from world import REGION, STATE_BUCKET


def nothing_is_left_but_the_final_snapshot_and_what_was_retained(unit):
    retained = [] if unit.environment == "dev3" else [each for each in unit.before if "oidc-provider" not in each]
    same(inventory(unit.aws), retained)
    groups = unit.client("ec2").describe_security_groups()["SecurityGroups"]
    wanted = {"default"} if unit.environment == "dev3" else {"default", *(f"{unit.base}-{each}" for each in unit.groups)}
    same({group["GroupName"] for group in groups}, wanted)


def the_states_are_empty_and_unlocked(unit):
    s3 = boto3.client("s3", region_name=REGION)
    prefix = f"storage-valet-rds/{unit.environment}/"
    found = s3.list_objects_v2(Bucket=STATE_BUCKET, Prefix=prefix).get("Contents", [])
    wanted = [f"{prefix}{root}/terraform.tfstate" for root in sorted(["_environment", unit.shortname])]
    same([each["Key"] for each in found], wanted)
    for key in wanted:
        state = s3.get_object(Bucket=STATE_BUCKET, Key=key)["Body"].read()
        same(b'"resources": []' in state, True)


def the_account_of_the_caller_was_never_used(unit):
    same(inventory(boto3.Session(region_name=REGION)), [])


def main(folder):
    report(units(folder, before="inventory"), sys.modules[__name__])


if __name__ == "__main__":
    main(sys.argv[1])
