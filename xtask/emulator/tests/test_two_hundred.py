"""The target sync with two hundred load balancers, at 50 ms a call."""

import concurrent.futures
import json
import os
import pathlib
import time

import boto3
import pytest
from emulator import emulated_aws

REGION = "ap-northeast-1"
ZIP = pathlib.Path(__file__).parents[3] / "modules/target-sync/target_sync.zip"
OWN, FOREIGN = 200, 150
LOST = "unit-007"


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    before = dict(os.environ)
    with emulated_aws(tmp_path_factory.mktemp("two-hundred") / "server.log", EMULATOR_LATENCY="0.05", MOTO_RDS_PROXY_LIMIT="1000"):
        yield lambda service: boto3.client(service, region_name=REGION)
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def sync(aws):
    """Runs the function: what it says, what it logs, and how long it takes."""
    make_groups(aws)
    document = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = aws("iam").create_role(RoleName="sync", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    aws("lambda").create_function(
        FunctionName="sync",
        Role=role,
        Runtime="python3.13",
        Handler="target_sync.handler",
        Code={"ZipFile": ZIP.read_bytes()},
        Environment={"Variables": {"ENVIRONMENT": "dev"}},
        Timeout=600,
    )
    aws("logs").create_log_group(logGroupName="/aws/lambda/sync")
    client = boto3.client("lambda", region_name=REGION, config=boto3.session.Config(read_timeout=600))

    def run():
        start = time.monotonic()
        answer = client.invoke(FunctionName="sync", Payload=b'{"trigger": "schedule"}')
        seconds = time.monotonic() - start
        assert "FunctionError" not in answer
        events = aws("logs").filter_log_events(logGroupName="/aws/lambda/sync")["events"]
        lines = [json.loads(line) for event in events for line in event["message"].splitlines() if line.startswith("{")]
        return json.load(answer["Payload"]), lines, seconds

    return run


def make_groups(aws):
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]
        for number, zone in enumerate("ac")
    ]
    proxy = {
        "Auth": [{"AuthScheme": "SECRETS", "SecretArn": f"arn:aws:secretsmanager:{REGION}:123456789012:secret:one"}],
        "EngineFamily": "POSTGRESQL",
        "RoleArn": "arn:aws:iam::123456789012:role/one",
        "VpcSubnetIds": [subnet["SubnetId"] for subnet in subnets],
    }

    def make(number):
        # Of the names, those of the first proxies are resolved by the emulated network; a lost one is not.
        own = number < OWN
        name = f"unit-{number:03}" if own else f"other-{number:03}"
        endpoint = f"{name}.example.com"
        if own and name != LOST:
            made = aws("rds").create_db_proxy(DBProxyName=name, **proxy)["DBProxy"]
            endpoint = made["Endpoint"]
        tags = [{"Key": "valet-rds:environment", "Value": "dev"}, {"Key": "valet-rds:proxy-endpoint", "Value": endpoint}]
        aws("elbv2").create_target_group(
            Name=name, Protocol="TCP", Port=5432, VpcId=vpc, TargetType="ip", Tags=tags if own else tags[1:]
        )

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(OWN + FOREIGN)))


def targets(aws):
    """How many targets each group of ours has."""
    elb = aws("elbv2")
    groups = [group for page in elb.get_paginator("describe_target_groups").paginate() for group in page["TargetGroups"]]

    def count(group):
        health = elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
        return group["TargetGroupName"], len(health["TargetHealthDescriptions"])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return dict(pool.map(count, groups))


def metrics(lines):
    """What CloudWatch would count: by the dimension's value, the metrics."""
    counted = {}
    for line in lines:
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            dimension = line[directive["Dimensions"][0][0]]
            names = [metric["Name"] for metric in directive["Metrics"]]
            counted.setdefault(dimension, []).append({name: line[name] for name in names})
    return counted


def test_one_run_gets_through_two_hundred_groups_and_a_lost_name_is_its_own(aws, sync):
    fills = []
    # Nothing is registered yet: what one run has no time for, the next one begins with.
    while not fills or fills[-1]["late"]:
        fills.append(sync()[0])
        assert len(fills) < 6, fills
    result, lines, seconds = sync()
    late = [fill["late"] for fill in fills]
    print(f"\n{OWN} groups among {OWN + FOREIGN}, 50 ms a call: one run {seconds:.0f} s; late while filling: {late}")
    settled = dict.fromkeys(["late", "unchanged", "registered", "deregistered", "kept"], 0)
    assert result == {"trigger": "schedule", "groups": OWN, "failed": 1, **settled}
    # A sandbox that starts takes some of them.
    assert seconds < 70

    found = targets(aws)
    assert {name for name, count in found.items() if name.startswith("unit-") and count != 2} == {LOST}
    assert {count for name, count in found.items() if name.startswith("other-")} == {0}
    # By these the alarm of the one unit begins, and no other one.
    counted = metrics(lines)
    assert set(counted) == {"dev", LOST}
    assert {json.dumps(each) for each in counted[LOST]} == {'{"Failed": 1}'}
    assert all((each["Groups"], each["FailedGroups"]) == (OWN, 1) for each in counted["dev"])
