"""Keeps the targets of an environment's load balancers equal to the addresses behind their proxies' names.

It finds the target groups of its environment by their tags, and needs no state: what DNS says and what a group holds
decide each run. What a warm sandbox remembers only spares calls.
"""

import concurrent.futures
import json
import os
import socket
import threading
import time
from dataclasses import dataclass

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

APPLY = "apply"
CHECK = "check"
SCHEDULE = "schedule"

# What the load balancer's module writes on its target group.
ENVIRONMENT_TAG = "valet-rds:environment"
ENDPOINT_TAG = "valet-rds:proxy-endpoint"

METRICS = "ValetRds/TargetSync"

# Whom an endpoint of a proxy leads to.
WRITER = "READ_WRITE"
READER = "READ_ONLY"

# One answer may hold only some of the addresses, so this many answers are merged.
ANSWERS = 3

# Lookups allowed and seconds between them. The name of a proxy that was created a moment ago may need a minute; on a
# schedule the next run is the retry.
LOOKUPS = {APPLY: (15, 4.0), SCHEDULE: (ANSWERS, 0.5)}

# A role policy, or a tag that it asks for, written seconds before the first run may not count yet.
PERMISSION_ATTEMPTS = 13
PERMISSION_PAUSE = 5.0
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}

# What is wrong with a target, and not with the call.
NOT_TAKEN = {"InvalidTarget", "TooManyRegistrationsForTargetId", "TooManyTargets", "ValidationError"}

# Elastic Load Balancing gives an account and Region ten calls a second for everybody together.
CALLS_PER_SECOND = 5
WORKERS = 16

# A scheduled run begins nothing and changes nothing after this many seconds: the next run is about to start, and a
# sandbox that froze with old threads in it must not let them go on.
SCHEDULE_SECONDS = 50
# A group is read again after this many seconds even when its addresses are the same.
FRESH_SECONDS = 600
# A new target needs up to five minutes until the load balancer calls it healthy.
HEALTHY_SECONDS = 420
HEALTHY_PAUSE = 10.0

# A target in one of these states serves nobody. "initial" is not among them: its checks have not finished, and a
# partial DNS answer must not remove what the last run has just added.
DEAD = {"unhealthy", "unhealthy.draining", "unused"}

TAGS_PER_CALL = 20

CLIENT_CONFIG = Config(
    connect_timeout=3,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 6},
    max_pool_connections=WORKERS,
)


class BadInput(ValueError):
    """The event or the environment is not what the modules send."""


class Unresolved(RuntimeError):
    """The proxy's name gave no address."""


class Refused(RuntimeError):
    """AWS did not take some of the addresses."""


class Unhealthy(RuntimeError):
    """An apply may wait no longer, and no connection would work."""


class Late(RuntimeError):
    """The run's time is up."""


@dataclass(frozen=True)
class Group:
    """A target group, and the name whose addresses it is to hold."""

    arn: str
    endpoint: str
    port: int

    @property
    def name(self):
        return self.arn.split("/")[1]


@dataclass(frozen=True)
class Look:
    """When a group was last seen to hold exactly these addresses, all healthy."""

    at: float
    group: Group
    addresses: frozenset


# By ARN; a new sandbox knows nothing and looks at everything.
LOOKS = {}


class Pace:
    """Lets calls through one after the other, however many threads make them."""

    def __init__(self, per_second):
        self.gap = 1 / per_second
        self.next = 0.0
        self.lock = threading.Lock()

    def wait(self, **_):
        with self.lock:
            now = time.monotonic()
            self.next = max(self.next + self.gap, now)
            pause = self.next - now
        if pause > 0:
            time.sleep(pause)


def handler(event, _context):
    try:
        return run(event, os.environ)
    except Exception as error:
        log("ERROR", "failed", error=type(error).__name__, reason=str(error), got=shorten(event))
        raise


def run(event, environ):
    trigger = read_trigger(event)
    environment = environ.get("ENVIRONMENT")
    if not environment:
        raise BadInput("the environment variable ENVIRONMENT is not set")
    elb = make_client("elbv2", "elastic-load-balancing-v2")
    if trigger == APPLY:
        result = apply(elb, read_group(event), event["proxy_name"], event.get("target_role", WRITER))
    elif trigger == CHECK:
        result = {"groups": len(find_groups(elb, environment))}
    else:
        result = sync_all(elb, environment)
    result = {"trigger": trigger, **result}
    log("INFO", "done", **result)
    return result


def read_trigger(event):
    keys = {APPLY: {"port", "proxy_endpoint", "proxy_name", "target_group_arn"}, CHECK: set(), SCHEDULE: set()}
    trigger = event.get("trigger") if isinstance(event, dict) else None
    beside = {"target_role"} if trigger == APPLY else set()
    if not isinstance(trigger, str) or trigger not in keys or set(event) - beside != {"trigger"} | keys[trigger]:
        raise BadInput(
            f'the event must be {{"trigger": "{SCHEDULE}"}}, {{"trigger": "{CHECK}"}}, or {{"trigger": "{APPLY}"}} '
            f"with {', '.join(sorted(keys[APPLY]))} and perhaps target_role; got {shorten(event)}"
        )
    return trigger


def read_group(event):
    arn, endpoint, port = event["target_group_arn"], event["proxy_endpoint"], event["port"]
    if not isinstance(arn, str) or arn.count(":") < 5 or arn.count("/") < 2 or ":targetgroup/" not in arn:
        raise BadInput(f"target_group_arn must be the ARN of a target group, got {arn!r}")
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= 65535:
        raise BadInput(f"port must be a number from 1 to 65535, got {port!r}")
    for key in ("proxy_endpoint", "proxy_name"):
        if not isinstance(event[key], str) or not event[key]:
            raise BadInput(f"{key} must be a name, got {event[key]!r}")
    if event.get("target_role", WRITER) not in (WRITER, READER):
        raise BadInput(f"target_role must be {WRITER} or {READER}, got {event['target_role']!r}")
    return Group(arn, endpoint, port)


def make_client(service, event_name):
    client = boto3.client(service, region_name=os.environ["AWS_REGION"], config=CLIENT_CONFIG)
    # It comes before every attempt, a retry too.
    client.meta.events.register(f"before-send.{event_name}", Pace(CALLS_PER_SECOND).wait)
    return client


def sync_all(elb, environment):
    """Every group of the environment; what fails with one of them touches no other."""
    deadline = time.time() + SCHEDULE_SECONDS
    groups = find_groups(elb, environment)
    for arn in set(LOOKS) - {group.arn for group in groups}:
        del LOOKS[arn]
    # The longest not looked at come first, so that nobody is late twice in a row.
    groups.sort(key=lambda group: LOOKS[group.arn].at if group.arn in LOOKS else 0.0)

    counts = dict.fromkeys(("failed", "late", "unchanged", "registered", "deregistered", "kept"), 0)
    # Leaving the block waits for every thread: none may go on while the sandbox sleeps.
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
        jobs = {workers.submit(sync_one, elb, group, deadline): group for group in groups}
        for job in concurrent.futures.as_completed(jobs):
            group = jobs[job]
            try:
                for name, count in job.result().items():
                    counts[name] += count
            except Late:
                counts["late"] += 1
            except Exception as error:  # whatever it is, it is this group's
                counts["failed"] += 1
                LOOKS.pop(group.arn, None)
                count_metrics({"TargetGroup": group.name}, {"Failed": 1})
                log(
                    "ERROR",
                    "group_failed",
                    target_group=group.arn,
                    proxy_endpoint=group.endpoint,
                    error=type(error).__name__,
                    reason=str(error),
                )
    count_metrics(
        {"Environment": environment},
        {"Groups": len(groups), "FailedGroups": counts["failed"], "LateGroups": counts["late"]},
    )
    return {"groups": len(groups), **counts}


def sync_one(elb, group, deadline):
    if time.time() > deadline:
        raise Late(group.name)
    addresses = frozenset(resolve(group.endpoint, *LOOKUPS[SCHEDULE]))
    if not addresses:
        raise Unresolved(
            f"{group.endpoint} gave no IPv4 address in {ANSWERS} lookups; what is registered stays registered"
        )
    look = LOOKS.get(group.arn)
    now = time.time()
    if look and (look.group, look.addresses) == (group, addresses) and now - look.at < FRESH_SECONDS:
        return {"unchanged": 1}
    counts, is_settled = reconcile(elb, group, addresses, deadline)
    if is_settled:
        LOOKS[group.arn] = Look(now, group, addresses)
    else:
        LOOKS.pop(group.arn, None)
    return counts


def find_groups(elb, environment):
    """The target groups that say by their tags that they are of this environment, and which proxy they are for."""
    ports = {
        group["TargetGroupArn"]: group["Port"]
        for page in elb.get_paginator("describe_target_groups").paginate()
        for group in page["TargetGroups"]
        if group["TargetType"] == "ip" and group["Protocol"] == "TCP"
    }
    arns = sorted(ports)
    groups = []
    for start in range(0, len(arns), TAGS_PER_CALL):
        for arn, tags in read_tags(elb, arns[start : start + TAGS_PER_CALL]).items():
            if tags.get(ENVIRONMENT_TAG) == environment and tags.get(ENDPOINT_TAG):
                groups.append(Group(arn, tags[ENDPOINT_TAG], ports[arn]))
    return groups


def read_tags(elb, arns):
    """Tags by ARN. One group that is gone fails the call for all, so the rest is asked for in halves."""
    try:
        answer = elb.describe_tags(ResourceArns=arns)
    except elb.exceptions.TargetGroupNotFoundException:
        if len(arns) == 1:
            return {}
        half = len(arns) // 2
        return read_tags(elb, arns[:half]) | read_tags(elb, arns[half:])
    return {
        description["ResourceArn"]: {tag["Key"]: tag["Value"] for tag in description["Tags"]}
        for description in answer["TagDescriptions"]
    }


def apply(elb, group, proxy_name, role):
    """Fills one group, and waits until connections work."""
    addresses = resolve(group.endpoint, *LOOKUPS[APPLY])
    if not addresses:
        raise Unresolved(
            f"{group.endpoint} gave no IPv4 address in {LOOKUPS[APPLY][0]} lookups, so the load balancer has nothing "
            "to send to; if the name resolves only inside the VPC, let the target sync run there"
        )
    deadline = time.time() + HEALTHY_SECONDS
    counts, _ = with_permission(lambda: reconcile(elb, group, addresses, deadline))
    wait_until_usable(elb, group, addresses, (proxy_name, role), deadline)
    return {"resolved": len(addresses), **counts}


def wait_until_usable(elb, group, addresses, proxy, deadline):
    """An address must be healthy, and behind it the proxy must be able to use its database: no check of the load
    balancer sees the second."""
    rds = boto3.client("rds", region_name=os.environ["AWS_REGION"], config=CLIENT_CONFIG)
    while True:
        troubles = read_proxy_troubles(rds, *proxy)
        sick = read_sick(elb, group, addresses)
        is_over = time.time() >= deadline
        works = not troubles and len(sick) < len(addresses)
        if works and (is_over or not sick):
            for words in sick:
                log("WARN", "still_unhealthy", target_group=group.arn, reason=words)
            return
        if is_over:
            raise Unhealthy(
                f"after {HEALTHY_SECONDS} seconds clients of {group.endpoint} still cannot connect: "
                f"{'; '.join(troubles + sick)}. The next apply tries again"
            )
        time.sleep(HEALTHY_PAUSE)


def read_sick(elb, group, addresses):
    """In words, the addresses that the load balancer does not call healthy."""
    found = read_health(elb, group.arn)
    sick = []
    for address in sorted(addresses):
        health = found.get((address, group.port), {"State": "not registered"})
        if health["State"] != "healthy":
            sick.append(f"{address} is {in_words(health)}")
    return sick


def read_proxy_troubles(rds, proxy_name, role):
    """Why a proxy cannot use its database for clients of this role, in words; nothing when it can."""
    try:
        targets = rds.describe_db_proxy_targets(DBProxyName=proxy_name)["Targets"]
    except BotoCoreError as error:
        raise Unhealthy(
            f"the RDS API does not answer, which tells whether {proxy_name} can use its database ({error}); if the "
            "target sync runs in the VPC, its subnets need a route to it"
        ) from error
    # A cluster is a target beside its instances, and has no health of its own.
    instances = [target for target in targets if target.get("Type") != "TRACKED_CLUSTER"]
    if not instances:
        return [f"the proxy {proxy_name} has no database behind it"]
    serving = [target for target in instances if serves(target, role)]
    if not serving:
        return [f"the proxy {proxy_name} knows no {'reader' if role == READER else 'writer'} of its database"]
    troubles = []
    for target in serving:
        health = target.get("TargetHealth", {})
        if health.get("State") != "AVAILABLE":
            troubles.append(
                f"the proxy {proxy_name} cannot use {target.get('RdsResourceId', 'its database')}: {in_words(health)}"
            )
    # The proxy sends nobody to a reader that it cannot use, so one that it can is enough.
    return [] if role == READER and len(troubles) < len(serving) else troubles


def serves(target, role):
    """Whether the proxy sends clients of this role there. Only readers are told apart: of a sole instance it is the writer."""
    return (target.get("Role") == READER) == (role == READER)


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


def with_permission(call):
    for attempt in range(1, PERMISSION_ATTEMPTS):
        try:
            return call()
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            log("WARN", "waiting_for_permission", attempt=attempt, reason=str(error))
            time.sleep(PERMISSION_PAUSE)
    return call()


def reconcile(elb, group, addresses, deadline):
    """Makes a group hold these addresses: what was done, and whether nothing is left to do."""
    health = read_health(elb, group.arn)
    wanted = {(address, group.port) for address in addresses}
    gone = set(health) - wanted
    missing = wanted - set(health)
    dead = {target for target in gone if health[target]["State"] in DEAD}

    # Register first, and remove only where something of what DNS gives is held: a group is never emptied.
    refused = register(elb, group, missing, deadline)
    if dead and wanted - set(refused):
        require_time(group, deadline)
        elb.deregister_targets(TargetGroupArn=group.arn, Targets=as_targets(dead))
        log_each("deregistered", group, {target: health[target]["State"] for target in dead})
    if refused:
        raise Refused("; ".join(f"AWS does not take {target[0]}: {refused[target]}" for target in sorted(refused)))

    is_settled = set(health) == wanted and all(state["State"] == "healthy" for state in health.values())
    return {"registered": len(missing), "deregistered": len(dead), "kept": len(gone - dead)}, is_settled


def register(elb, group, missing, deadline):
    """Registers targets, one by one when AWS does not take them together: those that it does not take, and why."""
    if not missing:
        return {}
    require_time(group, deadline)
    try:
        elb.register_targets(TargetGroupArn=group.arn, Targets=as_targets(missing))
    except ClientError as error:
        if code_of(error) not in NOT_TAKEN:
            raise
        if len(missing) == 1:
            return dict.fromkeys(missing, str(error))
        refused = {}
        for target in sorted(missing):
            refused |= register(elb, group, {target}, deadline)
        return refused
    log_each("registered", group, dict.fromkeys(missing, "absent"))
    return {}


def require_time(group, deadline):
    if time.time() > deadline:
        raise Late(group.name)


def as_targets(targets):
    return [{"Id": address, "Port": port} for address, port in sorted(targets)]


def read_health(elb, target_group_arn):
    """Health by address and port. A draining target is already deregistered, so it is left out."""
    answer = elb.describe_target_health(TargetGroupArn=target_group_arn)
    return {
        (description["Target"]["Id"], description["Target"]["Port"]): description["TargetHealth"]
        for description in answer["TargetHealthDescriptions"]
        if description["TargetHealth"]["State"] != "draining"
    }


def in_words(health):
    # A target that nobody has looked at yet has no state.
    words = (health.get("State", "not looked at yet"), health.get("Reason"), health.get("Description"))
    return " ".join(filter(None, words))


def code_of(error):
    return error.response["Error"]["Code"]


def count_metrics(dimensions, metrics):
    """Metrics in CloudWatch's embedded format: a log line that CloudWatch counts, without a call."""
    directive = {
        "Namespace": METRICS,
        "Dimensions": [sorted(dimensions)],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in sorted(metrics)],
    }
    meta = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    log("INFO", "metrics", _aws=meta, **dimensions, **metrics)


def log_each(message, group, states):
    for address, port in sorted(states):
        log("INFO", message, address=address, port=port, was=states[(address, port)], target_group=group.arn)


def shorten(value):
    return repr(value)[:500]


def log(level, message, **fields):
    # One write: lines of several threads must not run into each other.
    print(json.dumps({"level": level, "message": message, **fields}) + "\n", end="", flush=True)
