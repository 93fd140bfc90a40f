"""Which operations were called, and by whom: one line of JSON for each that is new."""

import json
import os

from moto.core.responses import BaseResponse
from moto.s3.responses import S3Response

from emulator.mends.replaces import replaces

# By the names of the emulator.
SERVICES = {"awslambda": "lambda"}
SEEN = set()


def note(response, operation):
    call = (response.headers.get("User-Agent", ""), SERVICES.get(response.service_name, response.service_name), operation)
    if operation and call not in SEEN:
        SEEN.add(call)
        with open(os.environ["EMULATOR_CALLS"], "a") as file:
            file.write(json.dumps(dict(zip(("agent", "service", "operation"), call))) + "\n")


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
