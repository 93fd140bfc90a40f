"""Which functions come to which database, in the emulated network."""

from types import SimpleNamespace

import boto3
import pytest
from moto.rds.models import rds_backends

from emulator.mends import servers

ACCOUNT, REGION, PORT = "123456789012", "us-east-1", 5432


@pytest.fixture
def way(subnets, make):
    """A database and a function that may come to it; whether it gets there after something else."""
    ec2 = boto3.client("ec2")
    vpc = ec2.describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
    database, function = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("db", "function")
    )
    make("orders", VpcSecurityGroupIds=[database], Port=PORT)

    def permit(port_out=PORT, cidr="10.1.0.0/16", port_in=PORT, source=function):
        tcp = {"IpProtocol": "tcp"}
        ec2.revoke_security_group_egress(
            GroupId=function, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        )
        ec2.authorize_security_group_egress(
            GroupId=function,
            IpPermissions=[tcp | {"FromPort": port_out, "ToPort": port_out, "IpRanges": [{"CidrIp": cidr}]}],
        )
        ec2.authorize_security_group_ingress(
            GroupId=database,
            IpPermissions=[tcp | {"FromPort": port_in, "ToPort": port_in, "UserIdGroupPairs": [{"GroupId": source}]}],
        )
        made = SimpleNamespace(account_id=ACCOUNT, region=REGION, vpc_config={"SecurityGroupIds": [function]})
        return servers.is_way(made, rds_backends[ACCOUNT][REGION].databases["orders"])

    permit.database = database
    return permit


def test_a_function_comes_where_both_groups_let_it(way):
    assert way()


@pytest.mark.parametrize("changed", [{"port_out": 5433}, {"cidr": "10.2.0.0/16"}, {"cidr": "10.1.0.0/24"}, {"port_in": 5433}])
def test_a_function_does_not_come_where_one_group_keeps_it_from(way, changed):
    assert not way(**changed)


def test_a_function_does_not_come_where_another_one_may(way):
    assert not way(source=way.database)


def test_without_a_folder_for_servers_there_is_no_way(way):
    assert servers.reached_by(SimpleNamespace(vpc_config={"SecurityGroupIds": []})) == {}
