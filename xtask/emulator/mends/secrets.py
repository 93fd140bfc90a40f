"""Secrets: those that RDS manages, how one is rotated by a function, and a list of every password, for whoever names a file
for it: `EMULATOR_PASSWORDS`."""

import json
import os
import secrets
import string
import time
import uuid

from moto.awslambda.utils import get_backend
from moto.rds.models import MasterUserSecret
from moto.secretsmanager.exceptions import InvalidRequestException, ResourceNotFoundException, SecretsManagerClientError
from moto.secretsmanager.models import SecretsManagerBackend

from emulator.mends.replaces import replaces

CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"
# Lambda developer guide and user guide, "Rotation by Lambda function": the steps, each of which gets the same token.
STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"]
# Letters of which some are written otherwise in JSON and in addresses. RDS leaves four out (user guide, "Limitations").
LETTERS = "".join(sorted(set(string.ascii_letters + string.digits + string.punctuation) - set("/'\"@")))


# moto gives every master the same login.
@replaces(MasterUserSecret, "_generate_secret_string")
def make_login(_, secret):
    password = "".join(secrets.choice(LETTERS) for _ in range(32))
    return json.dumps({"username": secret.resource.master_username, "password": password})


@replaces(SecretsManagerBackend, "_add_secret")
def add_value(add, backend, secret_id, secret_string=None, *rest, **named):
    if secret_string and "EMULATOR_PASSWORDS" in os.environ:
        with open(os.environ["EMULATOR_PASSWORDS"], "a") as file:
            file.write(json.dumps(json.loads(secret_string)["password"]) + "\n")
    return add(backend, secret_id, secret_string, *rest, **named)


# A secret that RDS manages rotates without a function of its own, which moto wants before it cancels a rotation.
@replaces(SecretsManagerBackend, "cancel_rotate_secret")
def cancel_rotation(cancel, backend, secret_id):
    secret = backend.secrets[secret_id]
    if secret.owning_service is None:
        return cancel(backend, secret_id)
    secret.rotation_enabled = False
    return secret.to_short_dict()


# moto runs the steps whatever they answer, keeps what only was a test, and takes a rotation that is over for one that goes
# on (reference of RotateSecret). Here it is over when the call is; AWS does not wait.
@replaces(SecretsManagerBackend, "rotate_secret")
def rotate(
    original,
    backend,
    secret_id,
    client_request_token=None,
    rotation_lambda_arn=None,
    rotation_rules=None,
    rotate_immediately=True,
):
    secret = backend.secrets[secret_id]
    if secret.owning_service is not None:
        return original(
            backend, secret_id, client_request_token, rotation_lambda_arn, rotation_rules, rotate_immediately
        )
    function = function_of(backend, secret, rotation_lambda_arn or secret.rotation_lambda_arn)
    if any(version["version_stages"] == [PENDING] for version in secret.versions.values()):
        raise InvalidRequestException("A previous rotation isn't complete. That rotation will be reattempted.")
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = function.function_arn
    if rotation_rules:
        secret.auto_rotate_after_days = rotation_rules["AutomaticallyAfterDays"]

    token = client_request_token or str(uuid.uuid4())
    secret.remove_version_stages_from_old_versions([PENDING])
    secret.versions[token] = {"createdate": int(time.time()), "version_id": token, "version_stages": [PENDING]}
    for step in STEPS if rotate_immediately else ["testSecret"]:
        _, has_failed, _ = function._invoke_lambda({"Step": step, "SecretId": secret.arn, "ClientRequestToken": token})
        if has_failed:
            break
    if not rotate_immediately:
        del secret.versions[token]
    return secret.to_short_dict()


def function_of(backend, secret, arn):
    try:
        function = get_backend(backend.account_id, backend.region_name).get_function(arn)
    except Exception:
        raise ResourceNotFoundException(f"Resource not found for ARN '{arn}'.") from None
    if not any(admits(statement, secret, backend.account_id) for statement in function.policy.statements):
        raise SecretsManagerClientError(
            "AccessDeniedException",
            f"Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy of {arn} grants "
            "access to the principal secretsmanager.amazonaws.com.",
        )
    return function


def admits(statement, secret, account_id):
    """Whether a function's policy lets Secrets Manager in for this secret (user guide, "Lambda rotation function execution
    role permissions")."""
    condition = statement.get("Condition", {})
    source = condition.get("ArnLike", {}).get("AWS:SourceArn", "*")
    return (
        statement["Principal"] == {"Service": "secretsmanager.amazonaws.com"}
        and condition.get("StringEquals", {}).get("AWS:SourceAccount", account_id) == account_id
        and (source == secret.arn or source.endswith("*") and secret.arn.startswith(source[:-1]))
    )


# moto forgets which version is the current one when its label is moved, and gives it to another one with the next value.
@replaces(SecretsManagerBackend, "update_secret_version_stage")
def move_stage(move, backend, secret_id, version_stage, remove_from_version_id, move_to_version_id):
    answer = move(backend, secret_id, version_stage, remove_from_version_id, move_to_version_id)
    if version_stage == CURRENT:
        backend.secrets[secret_id].set_default_version_id(move_to_version_id)
    return answer
