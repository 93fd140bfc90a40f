import contextlib
import io
import json
import os
import socket
import threading
import time
import unittest
import zipfile
from pathlib import Path
from unittest import mock

import boto3
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from moto import mock_aws

import target_sync

REGION = "eu-central-1"
PORT = 5432
A, B, C, D = "10.0.1.10", "10.0.2.20", "10.0.1.30", "10.0.2.40"
SCHEDULE = {"trigger": "schedule"}
CHECK = {"trigger": "check"}
ALLOWED = 15
NO_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
AVAILABLE = [{"RdsResourceId": "orders-dev", "TargetHealth": {"State": "AVAILABLE"}}]


CLUSTER = {"RdsResourceId": "orders-dev", "Type": "TRACKED_CLUSTER"}


def target(number, role, state="AVAILABLE"):
    """An instance of a cluster, as the proxy knows it."""
    health = {"State": state}
    return {"RdsResourceId": f"orders-dev-{number}", "Type": "RDS_INSTANCE", "Role": role, "TargetHealth": health}


def endpoint(name):
    return f"{name}.proxy-abcdefghijkl.eu-central-1.rds.amazonaws.com"


class RawBody(io.BytesIO):
    def stream(self, **_):
        yield self.read()


class Wire:
    """Stands between the handler and moto: notes each call, and may answer in moto's place.

    moto calls every registered target healthy, so the states it cannot make are written into its answers.
    """

    def __init__(self):
        self.calls = []
        self.requests = []
        self.states = {}
        self.answers = {}
        self.lock = threading.Lock()

    def attach(self, client):
        events = client.meta.events
        events.register_first("before-send.elastic-load-balancing-v2", self.before_send)
        events.register("after-call.elastic-load-balancing-v2.DescribeTargetHealth", self.rewrite)

    def before_send(self, event_name, request, **_):
        operation = event_name.rsplit(".", 1)[-1]
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        with self.lock:
            self.calls.append(operation)
            self.requests.append(body)
            queued = self.answers.get(operation)
            matching = next((answer for answer in queued or [] if answer[2:] == () or answer[2] in body), None)
            if not matching:
                return None
            if len(matching) == 2:
                queued.remove(matching)
        status, code = matching[:2]
        # Every listener gets the request, whoever answered first; moto leaves a foreign host alone.
        url, request.url = request.url, "https://nowhere.invalid/"
        body = (
            "<ErrorResponse><Error><Type>Sender</Type>"
            f"<Code>{code}</Code><Message>{code} from the test</Message></Error></ErrorResponse>"
        )
        return AWSResponse(url, status, {}, RawBody(body.encode()))

    def rewrite(self, parsed, **_):
        for description in parsed.get("TargetHealthDescriptions", []):
            state = self.states.get(description["Target"]["Id"])
            if isinstance(state, dict):
                description["TargetHealth"] = state
            elif state:
                description["TargetHealth"] = {"State": state}

    def changes(self):
        return [call for call in self.calls if not call.startswith("Describe")]


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Nothing here may reach AWS, whatever the machine's own credentials are.
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
        cls.enterClassContext(mock.patch.dict(os.environ, keys))
        cls.enterClassContext(mock_aws())
        ec2 = boto3.client("ec2", region_name=REGION)
        cls.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        cls.elb = boto3.client("elbv2", region_name=REGION)

    def setUp(self):
        self.arn = self.make("orders-dev")
        self.enterContext(mock.patch.dict(os.environ, {"ENVIRONMENT": "dev"}))
        self.sleep = self.enterContext(mock.patch("time.sleep"))
        wait = mock.patch.object(target_sync.Pace, "wait", autospec=True, return_value=None)
        self.pace = self.enterContext(wait)
        self.clock = self.enterContext(mock.patch("target_sync.time.time"))
        self.now = 1_800_000_000.0
        self.clock.side_effect = lambda: self.now
        self.sleep.side_effect = self.pass_time
        self.dns = self.enterContext(mock.patch("socket.getaddrinfo"))
        self.hosts = {}
        self.dns.side_effect = self.look_up
        self.wire = Wire()
        self.proxy_answers = [AVAILABLE]
        self.rds_error = None
        make = boto3.client

        def client(service, **kwargs):
            if service == "rds":
                return mock.Mock(describe_db_proxy_targets=self.describe_proxy_targets)
            made = make(service, **kwargs)
            self.assertEqual(made.meta.region_name, REGION)
            self.wire.attach(made)
            return made

        self.enterContext(mock.patch("target_sync.boto3.client", client))
        target_sync.LOOKS.clear()

    def pass_time(self, seconds):
        # Threads pause for less than a second, and at the same time.
        if seconds >= 1:
            self.now += seconds

    def describe_proxy_targets(self, DBProxyName):
        self.assertEqual(DBProxyName, "orders-dev-proxy")
        if self.rds_error:
            raise self.rds_error
        targets = self.proxy_answers.pop(0) if len(self.proxy_answers) > 1 else self.proxy_answers[0]
        return {"Targets": targets}

    def make(self, name, environment="dev", tags=None, **more):
        about = {"Protocol": "TCP", "Port": PORT, "VpcId": self.vpc, "TargetType": "ip", **more}
        tags = tags or {"valet-rds:environment": environment, "valet-rds:proxy-endpoint": endpoint(name)}
        tags = [{"Key": key, "Value": value} for key, value in tags.items()]
        group = self.elb.create_target_group(Name=name, Tags=tags, **about)
        arn = group["TargetGroups"][0]["TargetGroupArn"]
        self.addCleanup(self.elb.delete_target_group, TargetGroupArn=arn)
        return arn

    def answer(self, *answers, name="orders-dev"):
        """Queues DNS answers: a list of addresses, or an error. The last one repeats."""
        self.hosts[endpoint(name)] = list(answers)

    def look_up(self, name, port, family=0, kind=0):
        self.assertEqual((family, kind), (socket.AF_INET, socket.SOCK_STREAM))
        queue = self.hosts.get(name, [NO_NAME])
        given = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(given, Exception):
            raise given
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in given]

    def register(self, *addresses, port=PORT, arn=None):
        targets = [{"Id": address, "Port": port} for address in addresses]
        self.elb.register_targets(TargetGroupArn=arn or self.arn, Targets=targets)

    def registered(self, arn=None):
        found = self.elb.describe_target_health(TargetGroupArn=arn or self.arn)["TargetHealthDescriptions"]
        return {(item["Target"]["Id"], item["Target"]["Port"]) for item in found}

    def assert_registered(self, *addresses, arn=None):
        self.assertEqual(self.registered(arn), {(address, PORT) for address in addresses})

    def apply(self, **more):
        return {
            "trigger": "apply",
            "target_group_arn": self.arn,
            "proxy_endpoint": endpoint("orders-dev"),
            "proxy_name": "orders-dev-proxy",
            "port": PORT,
            **more,
        }

    def sync(self, event=SCHEDULE):
        """Runs the handler; returns its result and its log lines, each of which must be JSON."""
        result, lines, error = self.attempt(event)
        if error:
            raise error
        self.assertEqual(lines[-1], {"level": "INFO", "message": "done", **result})
        return result, lines

    def sync_fails(self, event, kind):
        result, lines, error = self.attempt(event)
        self.assertIsInstance(error, kind, lines)
        self.assertIsNone(result)
        self.assertEqual((lines[-1]["level"], lines[-1]["message"]), ("ERROR", "failed"))
        self.assertEqual(lines[-1]["error"], type(error).__name__)
        self.assertEqual(lines[-1]["got"], repr(event)[:500])
        return error, lines

    def attempt(self, event):
        out = io.StringIO()
        result = error = None
        with contextlib.redirect_stdout(out):
            try:
                result = target_sync.handler(event, None)
            except Exception as raised:
                error = raised
        return result, [json.loads(line) for line in out.getvalue().splitlines()], error

    def changes(self, lines):
        return [
            (line["message"], line["address"], line["was"])
            for line in lines
            if line["message"] in ("registered", "deregistered")
        ]

    def failures(self, lines):
        return {
            line["target_group"].split("/")[1]: line["reason"] for line in lines if line["message"] == "group_failed"
        }

    def metrics(self, lines):
        """What CloudWatch would count, by the dimension's value."""
        counted = {}
        for line in lines:
            if line["message"] == "metrics":
                directive = line["_aws"]["CloudWatchMetrics"][0]
                self.assertEqual(directive["Namespace"], "ValetRds/TargetSync")
                (dimension,) = directive["Dimensions"][0]
                counted[line[dimension]] = {metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]}
        return counted


class Following(Case):
    def test_nothing_to_do_changes_nothing(self):
        self.register(A, B)
        self.answer([A, B])
        result, lines = self.sync()
        self.assertEqual(self.wire.calls, ["DescribeTargetGroups", "DescribeTags", "DescribeTargetHealth"])
        self.assertEqual(self.changes(lines), [])
        self.assertEqual(
            result,
            {
                "trigger": "schedule",
                "groups": 1,
                "failed": 0,
                "late": 0,
                "unchanged": 0,
                "registered": 0,
                "deregistered": 0,
                "kept": 0,
            },
        )

    def test_scale_out_adds_the_new_address(self):
        self.register(A)
        self.answer([A, B])
        result, lines = self.sync()
        self.assert_registered(A, B)
        self.assertEqual(self.changes(lines), [("registered", B, "absent")])
        self.assertEqual((lines[0]["port"], lines[0]["target_group"]), (PORT, self.arn))
        self.assertEqual(result["registered"], 1)

    def test_scale_in_removes_the_address_once_it_is_unhealthy(self):
        self.register(A, B)
        self.answer([A])
        result, _ = self.sync()
        self.assert_registered(A, B)
        self.assertEqual((result["kept"], result["deregistered"]), (1, 0))

        self.wire.states = {B: "unhealthy"}
        result, lines = self.sync()
        self.assert_registered(A)
        self.assertEqual(self.changes(lines), [("deregistered", B, "unhealthy")])
        self.assertEqual((result["kept"], result["deregistered"]), (0, 1))

    def test_failover_replaces_all_addresses(self):
        self.register(A, B)
        self.wire.states = {A: "unhealthy", B: "unhealthy"}
        self.answer([C, D])
        result, lines = self.sync()
        self.assert_registered(C, D)
        self.assertEqual((result["registered"], result["deregistered"]), (2, 2))
        self.assertEqual(
            self.changes(lines),
            [
                ("registered", C, "absent"),
                ("registered", D, "absent"),
                ("deregistered", A, "unhealthy"),
                ("deregistered", B, "unhealthy"),
            ],
        )

    def test_an_unhealthy_target_that_dns_still_gives_stays(self):
        self.register(A, B)
        self.wire.states = {A: "unhealthy", B: "unhealthy"}
        self.answer([A, B])
        self.sync()
        self.assert_registered(A, B)

    def test_an_old_target_goes_only_in_a_dead_state(self):
        fates = {
            "healthy": "kept",
            "initial": "kept",
            "unavailable": "kept",
            "unhealthy": "deregistered",
            "unhealthy.draining": "deregistered",
            "unused": "deregistered",
        }
        self.answer([A])
        for state, fate in fates.items():
            with self.subTest(state):
                self.register(A, B)
                self.wire.states = {B: state}
                result, _ = self.sync()
                self.assertEqual(result[fate], 1)
                self.assert_registered(*([A, B] if fate == "kept" else [A]))

    def test_a_draining_target_does_not_count_as_registered(self):
        self.register(A, B)
        self.wire.states = {A: "draining", B: "draining"}
        self.answer([A])
        result, lines = self.sync()
        self.assertEqual(self.wire.changes(), ["RegisterTargets"])
        self.assertEqual(self.changes(lines), [("registered", A, "absent")])
        self.assertEqual((result["registered"], result["kept"]), (1, 0))

    def test_a_target_on_another_port_is_another_target(self):
        self.register(A, port=3306)
        self.answer([A])
        _, lines = self.sync()
        self.assertEqual(self.changes(lines), [("registered", A, "absent")])


class Finding(Case):
    def test_only_groups_with_the_tags_of_the_environment_are_touched(self):
        other = self.make("orders-prod", environment="prod")
        plain = self.make("somebodys", tags={"team": "web"})
        half = self.make("half-tagged", tags={"valet-rds:environment": "dev"})
        http = self.make("web", Protocol="HTTP")
        self.answer([A])
        for name in ("orders-prod", "somebodys", "half-tagged", "web"):
            self.answer([B], name=name)
        result, _ = self.sync()
        self.assertEqual(result["groups"], 1)
        self.assert_registered(A)
        for arn in (other, plain, half, http):
            self.assertEqual(self.registered(arn), set())

    def test_tags_are_read_for_twenty_groups_at_a_time(self):
        for number in range(44):
            name = f"many-{number}"
            self.make(name)
            self.answer([A], name=name)
        self.answer([A])
        result, _ = self.sync()
        self.assertEqual((result["groups"], result["failed"], result["registered"]), (45, 0, 45))
        self.assertEqual(self.wire.calls.count("DescribeTags"), 3)

    def test_a_group_that_vanishes_meanwhile_spoils_no_other(self):
        for name in ("one", "two", "three"):
            self.make(name)
            self.answer([A], name=name)
        self.answer([A])
        vanished = self.make("vanished")
        self.wire.answers = {"DescribeTags": [(400, "TargetGroupNotFound", "vanished")]}
        result, lines = self.sync()
        self.assertEqual((result["groups"], result["failed"], result["registered"]), (4, 0, 4))
        self.assertEqual(self.registered(vanished), set())
        self.assertEqual(self.failures(lines), {})

    def test_both_endpoints_of_one_proxy_are_kept(self):
        readers = self.make("orders-dev-ro")
        self.answer([A])
        self.answer([B, C], name="orders-dev-ro")
        result, _ = self.sync()
        self.assertEqual((result["groups"], result["registered"]), (2, 3))
        self.assert_registered(A)
        self.assert_registered(B, C, arn=readers)
        self.answer([D], name="orders-dev-ro")
        self.wire.states = {B: "unhealthy", C: "unhealthy"}
        self.sync()
        self.assert_registered(A)
        self.assert_registered(D, arn=readers)

    def test_a_check_finds_the_groups_and_changes_nothing(self):
        result, _ = self.sync(CHECK)
        self.assertEqual(result, {"trigger": "check", "groups": 1})
        self.assertEqual(self.wire.changes(), [])
        self.assertEqual(self.dns.call_count, 0)

    def test_a_check_fails_without_the_permission(self):
        self.wire.answers = {"DescribeTargetGroups": [(403, "AccessDenied")]}
        error, _ = self.sync_fails(CHECK, ClientError)
        self.assertIn("DescribeTargetGroups", str(error))


class Isolation(Case):
    def setUp(self):
        super().setUp()
        self.good = [self.make(name) for name in ("ledger-dev", "stock-dev")]
        for name in ("ledger-dev", "stock-dev"):
            self.answer([C], name=name)

    def assert_only_orders_fails(self, part, **counts):
        result, lines = self.sync()
        self.assertEqual(result["failed"], 1)
        for arn in self.good:
            self.assert_registered(C, arn=arn)
        failures = self.failures(lines)
        self.assertEqual(list(failures), ["orders-dev"])
        self.assertIn(part, failures["orders-dev"])
        counted = self.metrics(lines)
        self.assertEqual(counted.pop("dev"), {"Groups": 3, "FailedGroups": 1, "LateGroups": 0})
        self.assertEqual(counted, {"orders-dev": {"Failed": 1}})

    def test_a_name_without_addresses_is_a_failure_of_its_group(self):
        for answer in (NO_NAME, [], TimeoutError("timed out"), UnicodeError("label empty or too long")):
            with self.subTest(repr(answer)):
                self.register(A)
                self.wire.states = {A: "unhealthy"}
                self.answer(answer)
                self.assert_only_orders_fails("gave no IPv4 address in 3 lookups")
                self.assert_registered(A)

    def test_throttling_without_end_is_a_failure_of_its_group(self):
        self.answer([A])
        self.wire.answers = {"DescribeTargetHealth": [(400, "Throttling", "orders-dev")]}
        self.assert_only_orders_fails("Throttling")

    def test_a_denied_change_is_a_failure_of_its_group_and_not_tried_again(self):
        self.answer([A, B])
        self.wire.answers = {"RegisterTargets": [(403, "AccessDenied", "orders-dev")]}
        self.assert_only_orders_fails("AccessDenied")
        orders = [body for body in self.wire.requests if "RegisterTargets" in body and "orders-dev" in body]
        self.assertEqual(len(orders), 1)

    def test_one_address_that_aws_refuses_stops_neither_the_others_nor_the_removal(self):
        self.register(D)
        self.wire.states = {D: "unhealthy"}
        self.answer([A, B])
        self.wire.answers = {"RegisterTargets": [(400, "InvalidTarget", B)]}
        self.assert_only_orders_fails(f"AWS does not take {B}")
        self.assert_registered(A)

    def test_a_group_is_never_emptied(self):
        self.register(A)
        self.wire.states = {A: "unhealthy"}
        self.answer([B])
        self.wire.answers = {"RegisterTargets": [(400, "TooManyTargets", "orders-dev")]}
        self.assert_only_orders_fails(f"AWS does not take {B}")
        self.assert_registered(A)

    def test_a_whole_run_that_fails_counts_no_groups(self):
        self.wire.answers = {"DescribeTargetGroups": [(403, "AccessDenied")]}
        _, lines = self.sync_fails(SCHEDULE, ClientError)
        self.assertEqual(self.metrics(lines), {})


class Remembering(Case):
    def setUp(self):
        super().setUp()
        self.register(A)
        self.answer([A])
        self.sync()
        self.wire.calls.clear()

    def test_a_group_that_was_right_is_not_read_again_for_a_while(self):
        self.now += 599
        result, _ = self.sync()
        self.assertEqual(result["unchanged"], 1)
        self.assertNotIn("DescribeTargetHealth", self.wire.calls)
        self.assertEqual(self.dns.call_count, 6)

    def test_after_ten_minutes_it_is_read_again(self):
        self.now += 600
        result, _ = self.sync()
        self.assertEqual(result["unchanged"], 0)
        self.assertIn("DescribeTargetHealth", self.wire.calls)

    def test_another_address_is_seen_at_once(self):
        self.answer([A, B])
        self.sync()
        self.assert_registered(A, B)

    def test_another_name_is_seen_at_once(self):
        tag = {"Key": "valet-rds:proxy-endpoint", "Value": endpoint("renamed")}
        self.elb.add_tags(ResourceArns=[self.arn], Tags=[tag])
        self.answer([A], name="renamed")
        result, _ = self.sync()
        self.assertEqual(result["unchanged"], 0)

    def test_what_is_not_yet_right_is_read_each_time(self):
        for state in ("unhealthy", "initial", "draining"):
            with self.subTest(state):
                target_sync.LOOKS.clear()
                self.wire.states = {A: state}
                self.sync()
                result, _ = self.sync()
                self.assertEqual(result["unchanged"], 0)

    def test_a_target_too_many_is_read_each_time(self):
        target_sync.LOOKS.clear()
        self.register(B)
        self.sync()
        result, _ = self.sync()
        self.assertEqual((result["unchanged"], result["kept"]), (0, 1))

    def test_a_group_that_is_gone_is_forgotten(self):
        arn = self.make("short-lived")
        self.answer([A], name="short-lived")
        self.register(A, arn=arn)
        self.sync()
        self.assertIn(arn, target_sync.LOOKS)
        self.elb.remove_tags(ResourceArns=[arn], TagKeys=["valet-rds:environment"])
        self.sync()
        self.assertNotIn(arn, target_sync.LOOKS)


class Timing(Case):
    def test_what_comes_after_the_deadline_is_late_and_not_failed(self):
        other = self.make("ledger-dev")
        self.answer([A])
        self.answer([B], name="ledger-dev")
        # Each group's turn takes the whole time of a run.
        self.dns.side_effect = lambda name, *rest: self.wait_long(name, *rest)
        with mock.patch("target_sync.WORKERS", 1):
            result, lines = self.sync()
        self.assertEqual((result["late"], result["failed"], result["registered"]), (2, 0, 0))
        self.assertEqual(self.wire.changes(), [])
        self.assertEqual(self.registered(other) | self.registered(), set())
        self.assertEqual(self.metrics(lines), {"dev": {"Groups": 2, "FailedGroups": 0, "LateGroups": 2}})

    def wait_long(self, *lookup):
        self.now += 51
        return self.look_up(*lookup)

    def test_who_was_not_looked_at_comes_first(self):
        for name in ("ledger-dev", "stock-dev"):
            arn = self.make(name)
            self.register(A, arn=arn)
            self.answer([A], name=name)
        self.register(A)
        self.answer([A])
        self.sync()
        looks = target_sync.LOOKS
        ages = {"ledger-dev": 30, "orders-dev": 700, "stock-dev": None}
        for arn in list(looks):
            age = ages[arn.split("/")[1]]
            if age is None:
                del looks[arn]
            else:
                looks[arn] = target_sync.Look(self.now - age, looks[arn].group, looks[arn].addresses)
        asked = []
        self.dns.side_effect = lambda name, *rest: asked.append(name) or self.look_up(name, *rest)
        with mock.patch("target_sync.WORKERS", 1):
            self.sync()
        self.assertEqual(asked[::3], [endpoint("stock-dev"), endpoint("orders-dev"), endpoint("ledger-dev")])

    def test_every_call_waits_its_turn_retries_too(self):
        self.answer([A])
        self.wire.answers = {"DescribeTargetHealth": [(400, "Throttling")] * 2}
        self.sync()
        self.assertEqual(self.pace.call_count, len(self.wire.calls))
        self.assertEqual(self.wire.calls.count("DescribeTargetHealth"), 3)


class Pacing(unittest.TestCase):
    def test_calls_keep_their_pace_whatever_the_number_of_threads(self):
        pace = target_sync.Pace(100)
        passed = []

        def go():
            pace.wait()
            passed.append(time.monotonic())

        threads = [threading.Thread(target=go) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertGreaterEqual(max(passed) - min(passed), 0.18)


class Dns(Case):
    def test_partial_answers_are_merged(self):
        self.register(A, B)
        self.wire.states = {A: "unhealthy", B: "unhealthy"}
        self.answer([A], [B], [A])
        self.sync()
        self.assert_registered(A, B)
        self.assertEqual(self.dns.call_count, 3)

    def test_one_failed_lookup_does_not_spoil_the_others(self):
        self.answer(socket.gaierror(socket.EAI_AGAIN, "try again"), [A], [B])
        result, lines = self.sync()
        self.assertEqual(result["failed"], 0)
        self.assert_registered(A, B)
        self.assertEqual(
            lines[0],
            {
                "level": "WARN",
                "message": "lookup_failed",
                "name": endpoint("orders-dev"),
                "error": "gaierror",
                "reason": "[Errno -3] try again",
            },
        )


class Apply(Case):
    def test_it_fills_its_own_group_and_no_other(self):
        other = self.make("ledger-dev")
        self.answer([A, B])
        self.answer([C], name="ledger-dev")
        result, lines = self.sync(self.apply())
        self.assert_registered(A, B)
        self.assertEqual(self.registered(other), set())
        self.assertEqual(
            result, {"trigger": "apply", "resolved": 2, "registered": 2, "deregistered": 0, "kept": 0}
        )
        self.assertEqual(self.changes(lines), [("registered", A, "absent"), ("registered", B, "absent")])

    def test_it_waits_for_a_new_name(self):
        self.answer(NO_NAME, NO_NAME, NO_NAME, NO_NAME, [A, B])
        result, _ = self.sync(self.apply())
        self.assertEqual(result["registered"], 2)
        self.assertEqual(self.dns.call_count, 7)

    def test_it_fails_within_a_minute_when_the_name_never_resolves(self):
        for answer in (NO_NAME, []):
            with self.subTest(repr(answer)):
                self.dns.reset_mock()
                self.answer(answer)
                start = self.now
                error, _ = self.sync_fails(self.apply(), target_sync.Unresolved)
                self.assertIn(f"gave no IPv4 address in {ALLOWED} lookups", str(error))
                self.assertIn("inside the VPC", str(error))
                self.assertEqual(self.dns.call_count, ALLOWED)
                self.assertEqual(self.wire.calls, [])
                self.assertLess(self.now - start, 60)

    def test_it_waits_for_a_new_permission(self):
        self.answer([A])
        self.wire.answers = {"RegisterTargets": [(403, "AccessDenied")] * 11}
        _, lines = self.sync(self.apply())
        self.assert_registered(A)
        waits = [line["attempt"] for line in lines if line["message"] == "waiting_for_permission"]
        self.assertEqual(waits, list(range(1, 12)))

    def test_it_waits_a_minute_and_no_longer_for_a_permission(self):
        self.answer([A])
        self.wire.answers = {"RegisterTargets": [(403, "AccessDenied", "")]}
        start = self.now
        self.sync_fails(self.apply(), ClientError)
        self.assertEqual(self.now - start, 12 * 5 + 2 * 4)

    def test_a_missing_target_group_is_raised_at_once(self):
        self.answer([A])
        error, _ = self.sync_fails(self.apply(target_group_arn=self.arn + "absent"), ClientError)
        self.assertEqual(error.response["Error"]["Code"], "TargetGroupNotFound")
        self.assertEqual(len(self.wire.calls), 1)

    def test_an_address_that_aws_refuses_fails_it_with_words_and_the_others_are_there(self):
        self.answer([A, B])
        self.wire.answers = {"RegisterTargets": [(400, "InvalidTarget", B)]}
        error, _ = self.sync_fails(self.apply(), target_sync.Refused)
        self.assertIn(f"AWS does not take {B}", str(error))
        self.assert_registered(A)

    def test_it_waits_until_every_target_is_healthy(self):
        self.answer([A, B])
        self.wire.states = {A: "initial", B: "initial"}
        states = iter(["initial"] * 9)

        def pass_time(seconds):
            self.pass_time(seconds)
            if seconds == 10:
                self.wire.states = {A: "healthy", B: next(states, "healthy")}

        self.sleep.side_effect = pass_time
        start = self.now
        self.sync(self.apply())
        # Two pauses between the lookups, ten between the checks.
        self.assertEqual(self.now - start, 8 + 100)

    def test_one_healthy_target_is_enough_at_the_end(self):
        self.answer([A, B])
        self.wire.states = {B: {"State": "unhealthy", "Reason": "Target.FailedHealthChecks"}}
        _, lines = self.sync(self.apply())
        words = [line["reason"] for line in lines if line["message"] == "still_unhealthy"]
        self.assertEqual(words, [f"{B} is unhealthy Target.FailedHealthChecks"])

    def test_without_a_healthy_target_it_fails_and_says_which_is_how(self):
        self.answer([A, B])
        self.wire.states = {
            A: {"State": "unhealthy", "Reason": "Target.FailedHealthChecks", "Description": "Health checks failed"},
            B: "initial",
        }
        start = self.now
        error, _ = self.sync_fails(self.apply(), target_sync.Unhealthy)
        self.assertIn(f"{A} is unhealthy Target.FailedHealthChecks Health checks failed; {B} is initial", str(error))
        self.assertIn("The next apply tries again", str(error))
        # Together with the longest waits for a name and a permission it stays within the function's ten minutes.
        self.assertLess(self.now - start, 440)

    def test_a_proxy_that_cannot_log_in_fails_it_although_the_load_balancer_is_content(self):
        self.answer([A])
        self.proxy_answers = [
            [
                {
                    "RdsResourceId": "orders-dev",
                    "TargetHealth": {
                        "State": "UNAVAILABLE",
                        "Reason": "AUTH_FAILURE",
                        "Description": "Proxy does not have any registered credentials",
                    },
                }
            ]
        ]
        error, _ = self.sync_fails(self.apply(), target_sync.Unhealthy)
        self.assertIn("orders-dev-proxy cannot use orders-dev: UNAVAILABLE AUTH_FAILURE", str(error))
        self.assertNotIn(f"{A} is", str(error))

    def test_a_proxy_without_a_database_fails_it(self):
        self.answer([A])
        self.proxy_answers = [[]]
        error, _ = self.sync_fails(self.apply(), target_sync.Unhealthy)
        self.assertIn("has no database behind it", str(error))

    def test_behind_a_cluster_it_waits_for_the_writer_and_not_for_readers(self):
        self.answer([A])
        self.proxy_answers = [
            [CLUSTER],
            [CLUSTER, target(1, "READ_WRITE", "REGISTERING"), target(2, "READ_ONLY", "UNAVAILABLE")],
            [CLUSTER, target(1, "READ_WRITE"), target(2, "READ_ONLY", "UNAVAILABLE")],
        ]
        start = self.now
        self.sync(self.apply())
        self.assertEqual(self.now - start, 8 + 20)

    def test_for_readers_it_waits_for_one_of_them_and_not_for_the_writer(self):
        self.answer([A])
        self.proxy_answers = [
            [CLUSTER, target(1, "READ_WRITE")],
            [CLUSTER, target(1, "READ_WRITE"), target(2, "READ_ONLY", "REGISTERING")],
            [
                CLUSTER,
                target(1, "READ_WRITE", "UNAVAILABLE"),
                target(2, "READ_ONLY", "UNAVAILABLE"),
                target(3, "READ_ONLY"),
            ],
        ]
        start = self.now
        self.sync(self.apply(target_role="READ_ONLY"))
        self.assertEqual(self.now - start, 8 + 20)

    def test_without_a_reader_an_apply_for_readers_fails(self):
        self.answer([A])
        for instance in (target(1, "READ_WRITE"), target(1, "UNKNOWN"), AVAILABLE[0]):
            with self.subTest(str(instance)):
                self.proxy_answers = [[CLUSTER, instance]]
                error, _ = self.sync_fails(self.apply(target_role="READ_ONLY"), target_sync.Unhealthy)
                self.assertIn("orders-dev-proxy knows no reader", str(error))

    def test_readers_that_the_proxy_cannot_use_fail_it_with_each_reason(self):
        self.answer([A])
        self.proxy_answers = [[target(1, "READ_WRITE"), target(2, "READ_ONLY", "UNAVAILABLE"), target(3, "READ_ONLY", "REGISTERING")]]
        error, _ = self.sync_fails(self.apply(target_role="READ_ONLY"), target_sync.Unhealthy)
        self.assertIn("cannot use orders-dev-2: UNAVAILABLE", str(error))
        self.assertIn("cannot use orders-dev-3: REGISTERING", str(error))

    def test_without_a_writer_an_apply_fails(self):
        self.answer([A])
        self.proxy_answers = [[CLUSTER, target(2, "READ_ONLY")]]
        error, _ = self.sync_fails(self.apply(), target_sync.Unhealthy)
        self.assertIn("orders-dev-proxy knows no writer", str(error))

    def test_it_waits_for_a_proxy_that_is_still_registering(self):
        self.answer([A])
        self.proxy_answers = [
            [],
            [{"RdsResourceId": "orders-dev"}],
            [{"TargetHealth": {"State": "REGISTERING"}}],
            AVAILABLE,
        ]
        start = self.now
        self.sync(self.apply())
        self.assertEqual(self.now - start, 8 + 30)

    def test_an_rds_api_out_of_reach_is_told_at_once(self):
        self.answer([A])
        self.rds_error = target_sync.BotoCoreError()
        start = self.now
        error, _ = self.sync_fails(self.apply(), target_sync.Unhealthy)
        self.assertIn("its subnets need a route", str(error))
        self.assertEqual(self.now - start, 8)


class Input(Case):
    def test_a_wrong_event_is_refused_with_what_it_was(self):
        events = (
            None,
            {},
            [],
            "apply",
            7,
            {"trigger": "Schedule"},
            {"trigger": None},
            {"trigger": ["schedule"]},
            {"trigger": "schedule", "force": True},
            {"trigger": "schedule", "target_role": "READ_ONLY"},
            {"trigger": "apply"},
            {"trigger": "apply", "target_group_arn": "x", "proxy_endpoint": "y", "port": 1},
            {"Records": [{"Sns": {"Message": "x" * 2000}}]},
            {("a", "tuple"): object()},
        )
        for event in events:
            with self.subTest(repr(event)[:40]):
                error, _ = self.sync_fails(event, target_sync.BadInput)
                self.assertIn(repr(event)[:400], str(error))
                self.assertEqual((self.dns.call_count, self.wire.calls), (0, []))

    def test_a_wrong_value_is_refused_by_its_key(self):
        cases = (
            ("target_group_arn", "orders-dev"),
            ("target_group_arn", "arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/net/x/1"),
            ("target_group_arn", None),
            ("port", "5432"),
            ("port", 0),
            ("port", 65536),
            ("port", True),
            ("proxy_endpoint", ""),
            ("proxy_name", None),
            ("target_role", "READ_BOTH"),
            ("target_role", None),
            ("target_role", ["READ_ONLY"]),
        )
        for key, value in cases:
            with self.subTest(f"{key}={value!r}"):
                error, _ = self.sync_fails(self.apply(**{key: value}), target_sync.BadInput)
                self.assertIn(key, str(error))
                self.assertIn(repr(value), str(error))
                self.assertEqual((self.dns.call_count, self.wire.calls), (0, []))

    def test_without_its_environment_it_does_nothing(self):
        for value in ({}, {"ENVIRONMENT": ""}):
            with self.subTest(value), mock.patch.dict(os.environ, value):
                if not value:
                    del os.environ["ENVIRONMENT"]
                error, _ = self.sync_fails(SCHEDULE, target_sync.BadInput)
                self.assertIn("ENVIRONMENT", str(error))
                self.assertEqual(self.wire.calls, [])


class Package(unittest.TestCase):
    def test_the_zip_holds_exactly_this_source(self):
        here = Path(__file__).parent
        with zipfile.ZipFile(here.parent / "target_sync.zip") as archive:
            self.assertEqual(archive.namelist(), ["target_sync.py"])
            self.assertEqual(archive.read("target_sync.py"), (here / "target_sync.py").read_bytes())


if __name__ == "__main__":
    unittest.main()
