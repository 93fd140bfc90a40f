"""Who may do what: the roles, their trust, their policies; and the tags by which everything is found again."""

import json

import pytest
from unit import only

pytestmark = pytest.mark.usefixtures("up")

# Actions for which AWS offers no resource-level permission, and those that Lambda wants for any network interface.
WITHOUT_A_RESOURCE = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    "elasticloadbalancing:DescribeTargetHealth",
}
ISSUER = "oidc.eks.ap-northeast-1.amazonaws.com/id"


def test_the_clusters_are_trusted_once_for_the_account(unit):
    iam = unit.client("iam")
    found = {}
    for provider in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        each = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider["Arn"])
        found[each["Url"].removeprefix("https://")] = each["ClientIDList"]
    assert found == {f"{ISSUER}/{issuer}": ["sts.amazonaws.com"] for issuer in unit.wanted["issuers"]}


def test_the_role_trusts_one_service_account_of_the_clusters(unit):
    document = role(unit)["AssumeRolePolicyDocument"]
    found = {json.dumps({**statement, "Sid": ""}, sort_keys=True) for statement in document["Statement"]}
    wanted = {
        json.dumps(
            {
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{ISSUER}/{issuer}:aud": "sts.amazonaws.com",
                        f"{ISSUER}/{issuer}:sub": f"system:serviceaccount:{unit.namespace}:{unit.namespace}-sa",
                    }
                },
                "Effect": "Allow",
                "Principal": {"Federated": f"arn:aws:iam::{unit.account}:oidc-provider/{ISSUER}/{issuer}"},
                "Sid": "",
            },
            sort_keys=True,
        )
        for issuer in unit.wanted["issuers"]
    }
    assert found == wanted


def test_the_role_may_log_in_to_this_database_and_nothing_else(unit):
    found = unit.statements(role(unit)["RoleName"])
    if unit.wanted["authentication"] == "iam":
        proxy = unit.proxy["DBProxyArn"].split(":")[-1]
        user = f"arn:aws:rds-db:ap-northeast-1:{unit.account}:dbuser:{proxy}/"
        assert proxy.startswith("prx-")
        # Some pods still log in as the master.
        users = [f"{user}{name}" for name in (unit.wanted["users"]["owner"], unit.wanted["username"])]
        allowed = {sid: (each["Action"], each["Resource"]) for sid, each in found.items()}
        assert allowed == {"ConnectToProxy": (["rds-db:connect"], users)}
    else:
        read = only(list(found.values()))
        assert {action.split(":")[0] for action in read["Action"]} == {"secretsmanager"}
        assert read["Resource"] == unit.secret_of("owner")


def test_the_role_of_the_proxy_reads_its_own_secrets_only(unit):
    name = unit.proxy["RoleArn"].split("/")[-1]
    trust = only(unit.client("iam").get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"])
    assert (trust["Action"], trust["Principal"]) == ("sts:AssumeRole", {"Service": "rds.amazonaws.com"})
    found = {each["Action"]: each["Resource"] for each in unit.statements(name).values()}
    found["secretsmanager:GetSecretValue"] = sorted(found["secretsmanager:GetSecretValue"])
    secrets = [each["SecretArn"] for each in unit.proxy["Auth"]]
    wanted = {"secretsmanager:GetSecretValue": sorted(secrets)}
    if unit.environment == "prod":
        wanted["kms:Decrypt"] = unit.database["KmsKeyId"]
    assert found == wanted


def test_no_policy_has_a_wildcard_that_aws_does_not_force(unit):
    for name in roles(unit):
        for statement in unit.statements(name).values():
            actions, resources = as_list(statement["Action"]), as_list(statement["Resource"])
            assert [action for action in actions if "*" in action] == []
            # A log group ends so: what is in it.
            if any("*" in resource.removesuffix(":*") for resource in resources):
                assert [action for action in actions if action not in WITHOUT_A_RESOURCE] == []


def test_everything_carries_the_default_tags(unit):
    wanted = unit.wanted["tags"] | {
        "valet-rds:environment": unit.environment,
        "valet-rds:namespace": unit.namespace,
        "valet-rds:shortname": unit.shortname,
    }
    found = {resource["address"]: tags(unit, resource) for resource in unit.tagged()}
    assert len(found) > 20
    assert {address: has for address, has in found.items() if not wanted.items() <= has.items()} == {}


def as_list(value):
    return value if isinstance(value, list) else [value]


def role(unit):
    """The one for the ServiceAccount."""
    return unit.client("iam").get_role(RoleName=unit.outputs["role_arn"].split("/")[-1])["Role"]


def roles(unit):
    return [each["values"]["name"] for each in unit.tagged() if each["type"] == "aws_iam_role"]


def tags(unit, resource):
    """The tags of a resource of the state, as the service says and not the state."""
    kind, values = resource["type"], resource["values"]
    match kind.removeprefix("aws_"):
        case "iam_role":
            found = unit.client("iam").list_role_tags(RoleName=values["name"])["Tags"]
        case "cloudwatch_log_group":
            return unit.client("logs").list_tags_log_group(logGroupName=values["name"])["tags"]
        case "cloudwatch_metric_alarm":
            found = unit.client("cloudwatch").list_tags_for_resource(ResourceARN=values["arn"])["Tags"]
        case "secretsmanager_secret":
            found = unit.client("secretsmanager").describe_secret(SecretId=values["arn"])["Tags"]
        case "lambda_function":
            return unit.client("lambda").list_tags(Resource=values["arn"])["Tags"]
        case name if name.startswith("db_"):
            found = unit.client("rds").list_tags_for_resource(ResourceName=values["arn"])["TagList"]
        case name if name.startswith("lb"):
            found = unit.client("elbv2").describe_tags(ResourceArns=[values["arn"]])["TagDescriptions"][0]["Tags"]
        case name if name.startswith(("security_group", "vpc_")):
            mine = [{"Name": "resource-id", "Values": [values["id"]]}]
            found = unit.client("ec2").describe_tags(Filters=mine)["Tags"]
        case _:
            pytest.fail(f"where are the tags of {kind}?")
    return {tag["Key"]: tag["Value"] for tag in found}
