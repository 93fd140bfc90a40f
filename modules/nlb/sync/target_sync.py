"""Keeps the targets of one load balancer equal to the addresses behind one proxy's name."""

import json
import os
import socket
import time
from dataclasses import dataclass

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

APPLY = "apply"
SCHEDULE = "schedule"

# One answer may hold only some of the addresses, so this many answers are merged.
ANSWERS = 3

# Lookups allowed and seconds between them. The name of a proxy that was created a moment ago
# may need a minute; on a schedule the next run is the retry.
LOOKUPS = {APPLY: (15, 4.0), SCHEDULE: (ANSWERS, 0.5)}

# A role policy written seconds before the first run may not be in force yet.
PERMISSION_ATTEMPTS = 6
PERMISSION_PAUSE = 5.0
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}

# A target in one of these states serves nobody. "initial" is not among them: its checks have
# not finished, and a partial DNS answer must not remove what the last run has just added.
DEAD = {"unhealthy", "unhealthy.draining", "unused"}

CLIENT_CONFIG = Config(
    connect_timeout=3,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 6},
)


class BadInput(ValueError):
    """The event or the environment is not what this module sends."""


class Unresolved(RuntimeError):
    """The proxy's name gave no address in the time an apply may wait."""


@dataclass(frozen=True)
class Settings:
    proxy_endpoint: str
    port: int
    target_group_arn: str

    @classmethod
    def read(cls, environ):
        names = ("PROXY_ENDPOINT", "PORT", "TARGET_GROUP_ARN")
        absent = [name for name in names if not environ.get(name)]
        if absent:
            raise BadInput(f"environment variables not set: {', '.join(absent)}")
        endpoint, port, arn = (environ[name] for name in names)
        if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
            raise BadInput(f"PORT must be a number from 1 to 65535, got {port!r}")
        if arn.count(":") < 5 or ":targetgroup/" not in arn:
            raise BadInput(f"TARGET_GROUP_ARN must be the ARN of a target group, got {arn!r}")
        return cls(endpoint, int(port), arn)

    @property
    def region(self):
        return self.target_group_arn.split(":")[3]


def handler(event, _context):
    try:
        return run(event, os.environ)
    except Exception as error:
        log("ERROR", "failed", error=type(error).__name__, reason=str(error), got=shorten(event))
        raise


def run(event, environ):
    trigger = read_trigger(event)
    settings = Settings.read(environ)
    addresses = resolve(settings.proxy_endpoint, *LOOKUPS[trigger])
    if trigger == APPLY and not addresses:
        raise Unresolved(
            f"{settings.proxy_endpoint} gave no IPv4 address in {LOOKUPS[APPLY][0]} lookups, so the load "
            "balancer has nothing to send to; if the name resolves only inside the VPC, set sync_subnet_ids"
        )

    elb = boto3.client("elbv2", region_name=settings.region, config=CLIENT_CONFIG)
    attempts = PERMISSION_ATTEMPTS if trigger == APPLY else 1
    counts = with_permission(attempts, lambda: reconcile(elb, settings, addresses))

    result = {"trigger": trigger, "resolved": len(addresses), **counts}
    log("INFO", "done", **result)
    return result


def read_trigger(event):
    for trigger in (APPLY, SCHEDULE):
        if event == {"trigger": trigger}:
            return trigger
    raise BadInput(f'the event must be {{"trigger": "{APPLY}"}} or {{"trigger": "{SCHEDULE}"}}, got {shorten(event)}')


def resolve(name, lookups, pause):
    """Every address of ANSWERS merged answers; fewer answers, or none, when `lookups` are used up."""
    addresses = set()
    answers = 0
    for attempt in range(lookups):
        if attempt:
            time.sleep(pause)
        answer = lookup(name)
        addresses |= answer
        answers += bool(answer)
        if answers == ANSWERS:
            break
    return addresses


def lookup(name):
    """The A records of one DNS answer, empty when there is none."""
    try:
        records = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
    # UnicodeError: the name holds an empty or an overlong label.
    except (OSError, UnicodeError) as error:
        log("WARN", "lookup_failed", name=name, error=type(error).__name__, reason=str(error))
        return set()
    return {address[0] for *_, address in records}


def with_permission(attempts, call):
    for attempt in range(1, attempts + 1):
        try:
            return call()
        except ClientError as error:
            if attempt == attempts or error.response["Error"]["Code"] not in DENIED:
                raise
            log("WARN", "waiting_for_permission", attempt=attempt, reason=str(error))
            time.sleep(PERMISSION_PAUSE)


def reconcile(elb, settings, addresses):
    health = read_health(elb, settings.target_group_arn)
    wanted = {(address, settings.port) for address in addresses}

    # No answer is no news: without it every target would look stale.
    gone = set(health) - wanted if wanted else set()
    missing = wanted - set(health)
    dead = {target for target in gone if health[target] in DEAD}

    # Register first, and let a failure there end the run: what DNS gives is never removed, so
    # the group keeps at least one target.
    change(elb.register_targets, "registered", settings, {target: "absent" for target in missing})
    change(elb.deregister_targets, "deregistered", settings, {target: health[target] for target in dead})

    return {
        "registered": len(missing),
        "deregistered": len(dead),
        "kept": len(gone - dead),
        "targets": len((set(health) | missing) - dead),
    }


def read_health(elb, target_group_arn):
    """State by address and port. A draining target is already deregistered, so it is left out."""
    answer = elb.describe_target_health(TargetGroupArn=target_group_arn)
    states = {}
    for description in answer["TargetHealthDescriptions"]:
        target, state = description["Target"], description["TargetHealth"]["State"]
        if state != "draining":
            states[(target["Id"], target["Port"])] = state
    return states


def change(call, message, settings, states):
    """Calls for all targets at once, and logs each of them with the state it was in."""
    if not states:
        return
    targets = sorted(states)
    call(
        TargetGroupArn=settings.target_group_arn,
        Targets=[{"Id": address, "Port": port} for address, port in targets],
    )
    for address, port in targets:
        was = states[(address, port)]
        log("INFO", message, address=address, port=port, was=was, target_group=settings.target_group_arn)


def shorten(value):
    return repr(value)[:500]


def log(level, message, **fields):
    print(json.dumps({"level": level, "message": message, **fields}), flush=True)
