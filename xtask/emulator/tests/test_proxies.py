"""Proxies answer as AWS documents it."""

import boto3
import pytest
from botocore.exceptions import ClientError

NAME = "orders"


@pytest.fixture
def proxy(rds, role):
    def make(subnets):
        auth = [{"AuthScheme": "SECRETS", "SecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:one"}]
        return rds.create_db_proxy(
            DBProxyName="one", EngineFamily="POSTGRESQL", Auth=auth, RoleArn=role, VpcSubnetIds=subnets
        )["DBProxy"]

    return make


def subnets_in(zones):
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{number}.0/24", AvailabilityZoneId=zone)["Subnet"]["SubnetId"]
        for number, zone in enumerate(zones)
    ]


def test_a_subnet_in_a_zone_without_proxies_is_left_out_in_silence(rds, proxy):
    subnets = subnets_in(["use1-az1", "use1-az2", "use1-az3"])
    assert proxy(subnets)["VpcSubnetIds"] == subnets[:2]
    assert rds.describe_db_proxies(DBProxyName="one")["DBProxies"][0]["VpcSubnetIds"] == subnets[:2]


def test_fewer_than_two_zones_with_proxies_are_refused(rds, proxy):
    with pytest.raises(ClientError, match="at least 2 supported availability zones"):
        proxy(subnets_in(["use1-az1", "use1-az3"]))
    assert rds.describe_db_proxies()["DBProxies"] == []


def test_a_proxy_changes_in_place_and_keeps_what_is_not_named(rds, proxy, subnets):
    before = proxy(subnets)
    auth = [{"AuthScheme": "SECRETS", "SecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:two"}]
    rds.modify_db_proxy(DBProxyName="one", Auth=auth, IdleClientTimeout=60)
    found = rds.describe_db_proxies(DBProxyName="one")["DBProxies"][0]
    assert (found["Auth"][0]["SecretArn"], found["IdleClientTimeout"]) == (auth[0]["SecretArn"], 60)
    assert (found["Endpoint"], found["RoleArn"]) == (before["Endpoint"], before["RoleArn"])


def test_the_target_goes_with_its_database(rds, make, proxy, subnets):
    proxy(subnets)
    for name in [NAME, "other"]:
        make(name)
        rds.register_db_proxy_targets(DBProxyName="one", DBInstanceIdentifiers=[name])
    rds.delete_db_instance(DBInstanceIdentifier=NAME, SkipFinalSnapshot=True)
    make(NAME)
    targets = rds.describe_db_proxy_targets(DBProxyName="one")["Targets"]
    assert [target["RdsResourceId"] for target in targets] == ["other"]


def test_the_init_query_is_kept_until_another_one_is_given(rds, proxy, subnets):
    proxy(subnets)
    modify = {"DBProxyName": "one", "TargetGroupName": "default"}
    rds.modify_db_proxy_target_group(**modify, ConnectionPoolConfig={"InitQuery": "SET one = 1"})
    rds.modify_db_proxy_target_group(**modify, ConnectionPoolConfig={"MaxConnectionsPercent": 50})
    group = rds.describe_db_proxy_target_groups(DBProxyName="one")["TargetGroups"][0]
    assert group["ConnectionPoolConfig"]["InitQuery"] == "SET one = 1"
