"""An endpoint of one account leads to a service of another, as AWS documents it."""

import boto3
import pytest
from botocore.exceptions import ClientError

OWNER, CLIENT, STRANGER = "111111111111", "222222222222", "333333333333"
HOST = "orders.proxy-a.us-east-1.rds.amazonaws.com"


def session(account):
    role = f"arn:aws:iam::{account}:role/one"
    found = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="one")["Credentials"]
    return boto3.Session(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


def network(account, zones):
    """A VPC, and a subnet in each of the zones, in their order."""
    ec2 = session(account).client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]["SubnetId"]
        for number, zone in enumerate(zones)
    ]
    return vpc, subnets


@pytest.fixture
def service(aws):
    """A service in two zones, to which an account is admitted."""
    _, subnets = network(OWNER, "ab")
    owner = session(OWNER)
    made = owner.client("elbv2").create_load_balancer(Name="one", Subnets=subnets, Type="network", Scheme="internal")
    ec2 = owner.client("ec2")
    service = ec2.create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[made["LoadBalancers"][0]["LoadBalancerArn"]]
    )["ServiceConfiguration"]
    ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=service["ServiceId"], AddAllowedPrincipals=[f"arn:aws:iam::{CLIENT}:root"]
    )
    return service


def connect(account, name, zones):
    vpc, subnets = network(account, zones)
    asked = {"VpcEndpointType": "Interface", "VpcId": vpc, "SubnetIds": subnets, "PrivateDnsEnabled": False}
    return session(account).client("ec2").create_vpc_endpoint(ServiceName=name, **asked)["VpcEndpoint"]


def test_an_endpoint_is_named_after_itself_and_its_service(service):
    made = connect(CLIENT, service["ServiceName"], "ab")
    first, *zonal = [entry["DnsName"] for entry in made["DnsEntries"]]
    name, rest = first.split(".", 1)
    assert name.startswith(made["VpcEndpointId"])
    assert rest == f"{service['ServiceId']}.us-east-1.vpce.amazonaws.com"
    assert zonal == [f"{name}-us-east-1{zone}.{rest}" for zone in "ab"]
    assert len({entry["HostedZoneId"] for entry in made["DnsEntries"]}) == 1


def test_a_service_that_is_not_there_or_not_opened_does_not_exist(service):
    with pytest.raises(ClientError, match="does not exist"):
        connect(STRANGER, service["ServiceName"], "a")
    with pytest.raises(ClientError, match="does not exist"):
        connect(CLIENT, f"{service['ServiceName']}0", "a")


def test_an_endpoint_stands_in_zones_of_its_service_once_in_each(service):
    with pytest.raises(ClientError, match="does not support the availability zone"):
        connect(CLIENT, service["ServiceName"], "bc")
    with pytest.raises(ClientError, match="DuplicateSubnetsInSameZone"):
        connect(CLIENT, service["ServiceName"], "aa")


def test_a_service_is_deleted_after_its_endpoints(service):
    made = connect(CLIENT, service["ServiceName"], "a")
    owner, client = (session(account).client("ec2") for account in (OWNER, CLIENT))
    delete = {"ServiceIds": [service["ServiceId"]]}
    [refused] = owner.delete_vpc_endpoint_service_configurations(**delete)["Unsuccessful"]
    assert refused["Error"]["Code"] == "ExistingVpcEndpointConnections"
    assert len(owner.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]) == 1
    client.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    assert owner.delete_vpc_endpoint_service_configurations(**delete)["Unsuccessful"] == []
    assert owner.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"] == []


def test_a_vpc_has_one_private_zone_of_a_name(aws):
    vpcs = [network(CLIENT, "a")[0] for _ in range(2)]
    route53 = session(CLIENT).client("route53")

    def make(name, vpc, reference):
        where = {"VPCId": vpc, "VPCRegion": "us-east-1"}
        return route53.create_hosted_zone(Name=name, VPC=where, CallerReference=reference)

    assert make(HOST, vpcs[0], "1")["HostedZone"]["Config"]["PrivateZone"]
    make(HOST, vpcs[1], "2")
    make(f"other-{HOST}", vpcs[0], "3")
    with pytest.raises(ClientError, match="ConflictingDomainExists"):
        make(HOST, vpcs[0], "4")
