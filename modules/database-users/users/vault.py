"""Secrets Manager: where passwords are, and the only place where they are written down."""

import json
import os
import secrets
import time
import uuid
from dataclasses import dataclass

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from . import journal
from .failure import BadInput, Failure, Unreachable
from .request import Place, read_place

CURRENT = "AWSCURRENT"
PENDING = "AWSPENDING"
PREVIOUS = "AWSPREVIOUS"

# Without a route out of the VPC the defaults would wait for minutes.
CLIENT_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})

SHORTEST, LONGEST = 8, 128
# What MySQL's validate_password asks for, unless it is told otherwise.
KINDS_OF_CHARACTERS = (str.islower, str.isupper, str.isdigit, "-_".__contains__)

# A role policy written seconds before the first run may not count yet.
PERMISSION_ATTEMPTS = 13
PERMISSION_PAUSE = 5.0


@dataclass(frozen=True)
class Login:
    """A user, and its password."""

    username: str
    password: str

    def __post_init__(self):
        journal.hide(self.password)

    def __repr__(self):
        return f"Login({self.username})"


@dataclass(frozen=True)
class Value:
    """What a secret of ours holds."""

    login: Login
    place: Place


def make_password():
    """256 bits, of characters that need no quotes in an address, but of each kind that a server may ask for."""
    while True:
        password = secrets.token_urlsafe(32)
        if all(any(kind(character) for character in password) for kind in KINDS_OF_CHARACTERS):
            return password


def is_usable(password):
    """Whether every client, the proxy among them, takes the password for the same."""
    return (
        isinstance(password, str)
        and SHORTEST <= len(password) <= LONGEST
        and all(" " <= character <= "~" for character in password)
    )


class Vault:
    def __init__(self, engines):
        self.engines = engines
        self.client = boto3.client("secretsmanager", region_name=os.environ["AWS_REGION"], config=CLIENT_CONFIG)

    def read_master(self, arn):
        text = self._read(arn, VersionStage=CURRENT)
        fields = parse(text)
        if not fields or not all(isinstance(fields.get(key), str) and fields[key] for key in ("username", "password")):
            raise Failure(f"the master's secret {arn} holds no username and password")
        return Login(fields["username"], fields["password"])

    def read(self, arn, stage=CURRENT, version=None):
        """The value with a stage, also of one version alone; nothing when there is none, or none that can be used."""
        which = {"VersionStage": stage} if version is None else {"VersionStage": stage, "VersionId": version}
        fields = parse(self._read(arn, **which))
        if not fields or not isinstance(fields.get("username"), str) or not is_usable(fields.get("password")):
            return None
        try:
            place = read_place(fields, "dbname", self.engines)
        except BadInput:
            return None
        return Value(Login(fields["username"], fields["password"]), place)

    def provide(self, user, place):
        """The login of a user, whose secret is written when it has no value, or holds something else."""
        value = self.read(user.secret_arn)
        if value and value.login.username == user.name:
            if value.place != place:
                journal.log("INFO", "secret_written", user=user.name, reason="the database has moved")
                self.write(user.secret_arn, Value(value.login, place))
            return value.login
        login = Login(user.name, make_password())
        journal.log("INFO", "secret_written", user=user.name, reason="it held no login of this user")
        self.write(user.secret_arn, Value(login, place))
        return login

    def write(self, arn, value, stage=CURRENT, token=None):
        place = value.place
        text = json.dumps(
            {
                "engine": place.engine,
                "host": place.host,
                "port": place.port,
                "dbname": place.database,
                "username": value.login.username,
                "password": value.login.password,
            }
        )
        self._call(
            "put_secret_value",
            arn,
            SecretString=text,
            VersionStages=[stage],
            ClientRequestToken=token or str(uuid.uuid4()),
        )

    def check(self, prefix):
        """Whether Secrets Manager answers, and lets the function at secrets that begin so."""
        for attempt in range(PERMISSION_ATTEMPTS):
            if attempt:
                time.sleep(PERMISSION_PAUSE)
            try:
                self._call("get_secret_value", f"{prefix}check")
            except Missing:
                return
            except Denied as error:
                denied = error
                journal.log("WARN", "waiting_for_permission", attempt=attempt)
            else:
                return
        raise denied

    def describe(self, arn):
        """The stages of each version, and whether the secret rotates."""
        answer = self._call("describe_secret", arn)
        return answer.get("VersionIdsToStages", {}), answer.get("RotationEnabled", False)

    def promote(self, arn, version, instead_of):
        self._call(
            "update_secret_version_stage",
            arn,
            VersionStage=CURRENT,
            MoveToVersionId=version,
            RemoveFromVersionId=instead_of,
        )

    def _read(self, arn, **which):
        try:
            return self._call("get_secret_value", arn, **which).get("SecretString")
        except Missing:
            return None

    def _call(self, operation, arn, **arguments):
        """Errors of the client may show what was sent, so only their kind is told."""
        try:
            return getattr(self.client, operation)(SecretId=arn, **arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            kind = KINDS.get(code, Failure)
        except BotoCoreError as error:
            code, kind = type(error).__name__, Unreachable
        raise kind(f"Secrets Manager did not do {operation} for {arn}: {code}{HINTS.get(code, '')}")


class Missing(Failure):
    """There is no such secret, or no such value."""


class Denied(Failure):
    """The function is not allowed to."""


KINDS = {"ResourceNotFoundException": Missing, "AccessDeniedException": Denied}

HINTS = {
    name: "; the function's subnets need a route to Secrets Manager, through a NAT or an interface endpoint"
    for name in ("ConnectTimeoutError", "EndpointConnectionError", "ReadTimeoutError")
} | {"AccessDeniedException": "; its role, the secret's policy or its key does not allow it"}


def parse(text):
    """The fields of a secret; nothing of what is no object of JSON."""
    try:
        fields = json.loads(text) if text else None
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None
