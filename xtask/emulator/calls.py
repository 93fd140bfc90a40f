"""Which operations were called, and by whom: one line of JSON for each, in their order; with what RDS was asked to change."""

import json
import os

from moto.core.responses import BaseResponse
from moto.s3.responses import S3Response
from moto.sts.models import sts_backends

from emulator.mends.replaces import replaces

# By the names of the emulator.
SERVICES = {"awslambda": "lambda"}
READS = ("Describe", "List")


def note(response, operation):
    if not operation:
        return
    service = SERVICES.get(response.service_name, response.service_name)
    call = {"agent": response.headers.get("User-Agent", ""), "service": service, "operation": operation}
    if service == "secretsmanager":
        call |= {"role": role_of(response), "secret": response._get_param("SecretId")}
    if service == "rds" and not operation.startswith(READS):
        call["asked"] = {name: value for name, [value] in response.querystring.items() if name not in ("Action", "Version")}
    with open(os.environ["EMULATOR_CALLS"], "a") as file:
        file.write(json.dumps(call) + "\n")


def role_of(response):
    """The ARN of the role that calls."""
    assumed = sts_backends[response.current_account][response.partition].get_assumed_role_from_access_key(
        response.get_access_key()
    )
    return assumed and assumed.role_arn


# Before anything is decided: a call that is refused is one too.
@replaces(BaseResponse, "setup_class")
def setup_class(setup, response, *arguments, **named):
    setup(response, *arguments, **named)
    if not isinstance(response, S3Response):
        note(response, response._get_action())


# Of a call to S3 only its own code knows what it is.
@replaces(S3Response, "_set_action")
def set_action(original, response, *arguments, **named):
    original(response, *arguments, **named)
    note(response, response.data["Action"])
