"""What a platform team has before its first database: a network, a key, a topic and a bucket for the states."""

import string

import boto3

REGION = "ap-northeast-1"
ACCOUNTS = {"dev3": "111111111111", "prod": "333333333333"}
ENVIRONMENTS = list(ACCOUNTS)
STATE_BUCKET = "city-terraform-state"


def session(environment):
    """Clients in the account of an environment."""
    role = f"arn:aws:iam::{ACCOUNTS[environment]}:role/terraform"
    sts = boto3.client("sts", region_name=REGION)
    credentials = sts.assume_role(RoleArn=role, RoleSessionName="proof")["Credentials"]
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=REGION,
    )


def network(aws, second_octet):
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=f"10.{second_octet}.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{second_octet}.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")[
            "Subnet"
        ]["SubnetId"]
        for number, zone in enumerate("acd")
    ]
    return vpc, ", ".join(subnets)


def make_world(config):
    """Makes it, and fills the placeholders of a `valet.yaml` with it."""
    boto3.client("s3", region_name=REGION).create_bucket(
        Bucket=STATE_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    found = {}
    for number, environment in enumerate(ACCOUNTS, start=1):
        vpc, subnets = network(session(environment), number)
        found |= {f"{environment}_vpc": vpc, f"{environment}_subnets": subnets}
    prod = session("prod")
    found["prod_key"] = prod.client("kms").create_key()["KeyMetadata"]["Arn"]
    found["prod_topic"] = prod.client("sns").create_topic(Name="database-alarms")["TopicArn"]
    config.write_text(string.Template(config.read_text()).substitute(found, name="$name"))
