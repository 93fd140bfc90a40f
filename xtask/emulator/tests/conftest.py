"""The emulated AWS in this process, with a network and a way to make databases in it."""

import boto3
import moto
import pytest

import emulator.mends  # noqa: F401 (it mends moto)


@pytest.fixture(autouse=True)
def aws(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with moto.mock_aws():
        yield


@pytest.fixture
def rds(aws):
    return boto3.client("rds")


@pytest.fixture
def logs(aws):
    return boto3.client("logs")


@pytest.fixture
def role(aws):
    document = '{"Version": "2012-10-17", "Statement": []}'
    return boto3.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=document)["Role"]["Arn"]


@pytest.fixture
def subnets(aws):
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab")
    ]


@pytest.fixture
def make(rds, subnets):
    """Makes a database, and says what AWS says of it."""
    rds.create_db_subnet_group(DBSubnetGroupName="subnets", DBSubnetGroupDescription="one", SubnetIds=subnets)

    def make(name, **asked):
        usual = {
            "AllocatedStorage": 100,
            "DBInstanceClass": "db.r7g.large",
            "Engine": "postgres",
            "EngineVersion": "17.5",
            "MasterUsername": "owner",
            "MasterUserPassword": "not-a-secret",
            "StorageType": "gp3",
        }
        asked = {"DBInstanceIdentifier": name, "DBSubnetGroupName": "subnets", **usual, **asked}
        asked = {key: value for key, value in asked.items() if value is not None}
        return rds.create_db_instance(**asked)["DBInstance"]

    return make


@pytest.fixture
def read(rds):
    """Says what AWS says of a database."""
    return lambda name: rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


@pytest.fixture
def make_cluster(rds, subnets):
    """Makes a cluster, and says what AWS says of it."""
    rds.create_db_subnet_group(DBSubnetGroupName="subnets", DBSubnetGroupDescription="one", SubnetIds=subnets)

    def make(name="events", **asked):
        usual = {
            "DBSubnetGroupName": "subnets",
            "Engine": "aurora-postgresql",
            "EngineVersion": "16.9",
            "ManageMasterUserPassword": True,
            "MasterUsername": "owner",
            "StorageEncrypted": True,
        }
        return rds.create_db_cluster(DBClusterIdentifier=name, **usual | asked)["DBCluster"]

    return make


@pytest.fixture
def join(rds):
    """Makes an instance of a cluster."""

    def join(number, name="events", **asked):
        usual = {"DBInstanceClass": "db.r7g.large", "Engine": "aurora-postgresql"}
        asked = usual | asked | {"DBClusterIdentifier": name, "DBInstanceIdentifier": f"{name}-{number}"}
        return rds.create_db_instance(**asked)["DBInstance"]

    return join
