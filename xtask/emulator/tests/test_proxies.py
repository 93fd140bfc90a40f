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


def test_behind_a_cluster_the_instances_are_told_by_what_they_are_for(rds, make_cluster, join, proxy, subnets):
    make_cluster(Port=5433)
    for number in (1, 2):
        join(number)
    proxy(subnets)
    asked = rds.register_db_proxy_targets(DBProxyName="one", DBClusterIdentifiers=["events"])["DBProxyTargets"]
    assert [(one["Type"], one["RdsResourceId"]) for one in asked] == [("TRACKED_CLUSTER", "events")]

    def told():
        tracked, *instances = rds.describe_db_proxy_targets(DBProxyName="one")["Targets"]
        assert tracked["Type"] == "TRACKED_CLUSTER" and "TargetHealth" not in tracked
        assert {one["Type"] for one in instances} == {"RDS_INSTANCE"}
        assert {(one["TrackedClusterId"], one["Port"]) for one in instances} == {("events", 5433)}
        assert {one["TargetHealth"]["State"] for one in instances} == {"AVAILABLE"}
        return {one["RdsResourceId"]: one["Role"] for one in instances}

    assert told() == {"events-1": "READ_WRITE", "events-2": "READ_ONLY"}
    rds.failover_db_cluster(DBClusterIdentifier="events")
    assert told() == {"events-1": "READ_ONLY", "events-2": "READ_WRITE"}
    for number in (1, 2):
        rds.delete_db_instance(DBInstanceIdentifier=f"events-{number}", SkipFinalSnapshot=True)
    rds.delete_db_cluster(DBClusterIdentifier="events", SkipFinalSnapshot=True)
    assert rds.describe_db_proxy_targets(DBProxyName="one")["Targets"] == []


def test_a_further_endpoint_leads_to_the_readers_of_a_cluster(rds, make, make_cluster, join, proxy, subnets):
    own = proxy(subnets)
    ask = {"DBProxyName": "one", "DBProxyEndpointName": "one-ro", "TargetRole": "READ_ONLY", "VpcSubnetIds": subnets}
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        rds.create_db_proxy_endpoint(**ask)
    make_cluster()
    join(1)
    rds.register_db_proxy_targets(DBProxyName="one", DBClusterIdentifiers=["events"])
    rds.create_db_proxy_endpoint(**ask, VpcSecurityGroupIds=["sg-1"], Tags=[{"Key": "team", "Value": "agora"}])
    with pytest.raises(ClientError, match="DBProxyEndpointAlreadyExists"):
        rds.create_db_proxy_endpoint(**ask)
    [found] = rds.describe_db_proxy_endpoints(DBProxyName="one")["DBProxyEndpoints"]
    assert found["Endpoint"].startswith("one-ro.endpoint.proxy-")
    assert found["Endpoint"].endswith(".us-east-1.rds.amazonaws.com")
    assert (found["TargetRole"], found["Status"], found["IsDefault"]) == ("READ_ONLY", "available", False)
    assert (found["VpcId"], found["VpcSubnetIds"]) == (own["VpcId"], subnets)
    arn = found["DBProxyEndpointArn"]
    assert ":db-proxy-endpoint:prx-endpoint-" in arn
    assert rds.list_tags_for_resource(ResourceName=arn)["TagList"] == [{"Key": "team", "Value": "agora"}]
    asked = {"DBProxyEndpointName": "one-ro"}
    rds.modify_db_proxy_endpoint(**asked, VpcSecurityGroupIds=["sg-2"])
    [found] = rds.describe_db_proxy_endpoints(**asked)["DBProxyEndpoints"]
    assert found["VpcSecurityGroupIds"] == ["sg-2"]
    rds.delete_db_proxy_endpoint(**asked)
    with pytest.raises(ClientError, match="DBProxyEndpointNotFound"):
        rds.describe_db_proxy_endpoints(**asked)
