"""Secrets answer and rotate as AWS documents it."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.awslambda.models import LambdaFunction

STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"]
RULES = {"AutomaticallyAfterDays": 7}


@pytest.fixture
def vault(aws):
    return boto3.client("secretsmanager")


@pytest.fixture
def secret(vault):
    return vault.create_secret(Name="valet-rds/dev/orders/app", SecretString='{"password": "first"}')["ARN"]


class Steps:
    """Those that a function has run. It does as it is asked to, but for one that fails."""

    def __init__(self, vault):
        self.vault, self.steps, self.fails = vault, [], None

    def run(self, event):
        step, arn, token = event["Step"], event["SecretId"], event["ClientRequestToken"]
        self.steps.append(step)
        if step == "createSecret":
            self.vault.put_secret_value(
                SecretId=arn,
                SecretString=json.dumps({"password": token}),
                VersionStages=["AWSPENDING"],
                ClientRequestToken=token,
            )
        if step == "finishSecret":
            stages = self.vault.describe_secret(SecretId=arn)["VersionIdsToStages"]
            [current] = [version for version, labels in stages.items() if "AWSCURRENT" in labels]
            self.vault.update_secret_version_stage(
                SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current
            )
        return "{}", step == self.fails, ""


@pytest.fixture
def ran(vault, monkeypatch):
    ran = Steps(vault)
    monkeypatch.setattr(LambdaFunction, "_invoke_lambda", lambda _, event: ran.run(event))
    return ran


@pytest.fixture
def function(role):
    client = boto3.client("lambda")
    code = {"ZipFile": b"nothing that runs"}
    made = client.create_function(FunctionName="one", Role=role, Runtime="python3.13", Handler="one.handler", Code=code)
    permit()
    return made["FunctionArn"]


def permit(**changed):
    permission = {
        "Principal": "secretsmanager.amazonaws.com",
        "SourceAccount": "123456789012",
        "SourceArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:valet-rds/dev/*",
    }
    named = {"FunctionName": "one", "StatementId": "rotation", "Action": "lambda:InvokeFunction"}
    boto3.client("lambda").add_permission(**named, **permission | changed)


def password(vault, secret, stage="AWSCURRENT"):
    return json.loads(vault.get_secret_value(SecretId=secret, VersionStage=stage)["SecretString"])["password"]


def rotate(vault, secret, function, **more):
    return vault.rotate_secret(SecretId=secret, RotationLambdaARN=function, RotationRules=RULES, **more)


def test_a_rotation_takes_four_steps_again_and_again(vault, secret, function, ran):
    rotate(vault, secret, function)
    second = password(vault, secret)
    assert (ran.steps, password(vault, secret, "AWSPREVIOUS")) == (STEPS, "first")
    vault.rotate_secret(SecretId=secret)
    assert (ran.steps, password(vault, secret, "AWSPREVIOUS")) == (STEPS * 2, second)
    # A value that is written later takes the place of the last one.
    third = password(vault, secret)
    vault.put_secret_value(SecretId=secret, SecretString='{"password": "fourth"}')
    assert (password(vault, secret), password(vault, secret, "AWSPREVIOUS")) == ("fourth", third)


def test_a_rotation_that_is_only_set_up_is_tested_and_leaves_nothing(vault, secret, function, ran):
    rotate(vault, secret, function, RotateImmediately=False)
    found = vault.describe_secret(SecretId=secret)
    assert (ran.steps, list(found["VersionIdsToStages"].values())) == (["testSecret"], [["AWSCURRENT"]])
    assert (found["RotationEnabled"], found["RotationRules"]) == (True, RULES)


def test_a_step_that_fails_ends_it_and_the_next_rotation_waits(vault, secret, function, ran):
    ran.fails = "setSecret"
    rotate(vault, secret, function)
    assert (ran.steps, password(vault, secret)) == (STEPS[:2], "first")
    with pytest.raises(ClientError, match="previous rotation isn't complete"):
        vault.rotate_secret(SecretId=secret)


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        ("Principal", "events.amazonaws.com"),
        ("SourceAccount", "999999999999"),
        ("SourceArn", "arn:aws:secretsmanager:us-east-1:123456789012:secret:valet-rds/prod/*"),
    ],
)
def test_a_function_that_does_not_let_secrets_manager_in_rotates_nothing(vault, secret, function, ran, changed, value):
    boto3.client("lambda").remove_permission(FunctionName="one", StatementId="rotation")
    permit(**{changed: value})
    with pytest.raises(ClientError, match="AccessDenied"):
        rotate(vault, secret, function)
    assert ran.steps == []


def test_a_function_that_is_not_there_rotates_nothing(vault, secret, function, ran):
    with pytest.raises(ClientError, match="ResourceNotFound"):
        rotate(vault, secret, f"{function}-another")


def test_each_master_has_a_login_of_its_own(rds, vault, make):
    found = []
    for name in ("one", "two"):
        database = make(name, ManageMasterUserPassword=True, MasterUserPassword=None, MasterUsername=f"{name}_owner")
        value = vault.get_secret_value(SecretId=database["MasterUserSecret"]["SecretArn"])["SecretString"]
        found.append(json.loads(value))
    assert [each["username"] for each in found] == ["one_owner", "two_owner"]
    assert found[0]["password"] != found[1]["password"]


def test_every_password_is_listed_for_whoever_asks(vault, secret, tmp_path, monkeypatch):
    monkeypatch.setenv("EMULATOR_PASSWORDS", str(tmp_path / "passwords"))
    vault.put_secret_value(SecretId=secret, SecretString='{"password": "with \\" in it"}')
    vault.create_secret(Name="another", SecretString='{"password": "third"}')
    assert (tmp_path / "passwords").read_text().splitlines() == ['"with \\" in it"', '"third"']
