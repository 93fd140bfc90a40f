"""What a platform team has before its first database: a network, a key, a topic and a bucket for the states."""

import string

import boto3

REGION = "ap-northeast-1"
ACCOUNTS = {"dev3": "111111111111", "prod": "333333333333"}
ENVIRONMENTS = list(ACCOUNTS)
# By environment the letters of the zones of its subnets. One of them has no RDS Proxy, and the emulated AWS is told so.
ZONES = {"dev3": "ac", "prod": "acd"}
PROXY_ZONES = "ac"
ZONE_WITHOUT_PROXIES = "apne1-az2"
# By environment, as `valet.yaml` says it: where the function that makes users finds databases.
USERS_REACH = {
    "dev3": "{vpcCidrs: [10.1.0.0/16], ports: [5432]}",
    "prod": "{vpcCidrs: [10.2.0.0/16], ports: [5433, 5434]}",
}
STATE_BUCKET = "city-terraform-state"


def session(environment):
    """Clients in the account of an environment."""
    return account_session(ACCOUNTS[environment])


def account_session(account):
    role = f"arn:aws:iam::{account}:role/terraform"
    sts = boto3.client("sts", region_name=REGION)
    credentials = sts.assume_role(RoleArn=role, RoleSessionName="proof")["Credentials"]
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=REGION,
    )


def network(aws, second_octet, zones):
    """A VPC, and a subnet of it in each zone, by the letter of the zone."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=f"10.{second_octet}.0.0/16")["Vpc"]["VpcId"]
    subnets = {
        zone: ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.{second_octet}.{number}.0/24", AvailabilityZone=f"{REGION}{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate(zones)
    }
    return vpc, subnets


def make_bucket():
    boto3.client("s3", region_name=REGION).create_bucket(
        Bucket=STATE_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )


def fill(config, found):
    """Fills the placeholders of a `valet.yaml`."""
    config.write_text(string.Template(config.read_text()).substitute(found, name="$name"))


def make_world(config):
    """Makes it, and fills the placeholders of a `valet.yaml` with it."""
    make_bucket()
    found = {}
    for number, environment in enumerate(ACCOUNTS, start=1):
        vpc, subnets = network(session(environment), number, ZONES[environment])
        found |= {f"{environment}_vpc": vpc, f"{environment}_subnets": ", ".join(subnets.values())}
        found[f"{environment}_proxy_subnets"] = ", ".join(subnets[zone] for zone in PROXY_ZONES)
    prod = session("prod")
    found["prod_key"] = prod.client("kms").create_key()["KeyMetadata"]["Arn"]
    found["prod_topic"] = prod.client("sns").create_topic(Name="database-alarms")["TopicArn"]
    fill(config, found)
