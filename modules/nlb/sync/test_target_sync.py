import contextlib
import io
import json
import os
import socket
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
NAME = "orders-dev.proxy-abcdefghijkl.eu-central-1.rds.amazonaws.com"
PORT = 5432
A, B, C, D = "10.0.1.10", "10.0.2.20", "10.0.1.30", "10.0.2.40"
APPLY = {"trigger": "apply"}
SCHEDULE = {"trigger": "schedule"}
ALLOWED = 15


class RawBody(io.BytesIO):
    def stream(self, **_):
        yield self.read()


class Wire:
    """Stands between the handler and moto: notes each call, and may answer in moto's place.

    moto calls every registered target healthy, so the states it cannot make are written into its answers.
    """

    def __init__(self):
        self.calls = []
        self.states = {}
        self.answers = {}

    def attach(self, client):
        events = client.meta.events
        events.register_first("before-send.elastic-load-balancing-v2", self.before_send)
        events.register("after-call.elastic-load-balancing-v2.DescribeTargetHealth", self.rewrite)

    def before_send(self, event_name, request, **_):
        operation = event_name.rsplit(".", 1)[-1]
        self.calls.append(operation)
        queued = self.answers.get(operation)
        if not queued:
            return None
        status, code = queued.pop(0)
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
            if state:
                description["TargetHealth"]["State"] = state


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Nothing here may reach AWS, whatever the machine's own credentials are.
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        cls.enterClassContext(mock.patch.dict(os.environ, keys))
        cls.enterClassContext(mock_aws())
        ec2 = boto3.client("ec2", region_name=REGION)
        cls.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        cls.elb = boto3.client("elbv2", region_name=REGION)

    def setUp(self):
        group = self.elb.create_target_group(
            Name="orders-dev", Protocol="TCP", Port=PORT, VpcId=self.vpc, TargetType="ip"
        )
        self.arn = group["TargetGroups"][0]["TargetGroupArn"]
        self.addCleanup(self.elb.delete_target_group, TargetGroupArn=self.arn)

        values = {"PROXY_ENDPOINT": NAME, "PORT": str(PORT), "TARGET_GROUP_ARN": self.arn}
        self.enterContext(mock.patch.dict(os.environ, values))
        self.sleep = self.enterContext(mock.patch("time.sleep"))
        self.dns = self.enterContext(mock.patch("socket.getaddrinfo"))
        self.wire = Wire()
        self.client_regions = []
        make = boto3.client

        def client(service, **kwargs):
            made = make(service, **kwargs)
            self.client_regions.append(made.meta.region_name)
            self.wire.attach(made)
            return made

        self.enterContext(mock.patch("target_sync.boto3.client", client))

    def answer(self, *answers):
        """Queues DNS answers: a list of addresses, or an error. The last one repeats."""
        queue = list(answers)

        def getaddrinfo(name, port, family=0, kind=0):
            self.assertEqual((name, family, kind), (NAME, socket.AF_INET, socket.SOCK_STREAM))
            given = queue.pop(0) if len(queue) > 1 else queue[0]
            if isinstance(given, Exception):
                raise given
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in given]

        self.dns.side_effect = getaddrinfo

    def register(self, *addresses, port=PORT):
        targets = [{"Id": address, "Port": port} for address in addresses]
        self.elb.register_targets(TargetGroupArn=self.arn, Targets=targets)

    def registered(self):
        found = self.elb.describe_target_health(TargetGroupArn=self.arn)["TargetHealthDescriptions"]
        return {(item["Target"]["Id"], item["Target"]["Port"]) for item in found}

    def assert_registered(self, *addresses):
        self.assertEqual(self.registered(), {(address, PORT) for address in addresses})

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


class Following(Case):
    def test_first_fill_registers_every_address(self):
        self.answer([A, B])
        result, lines = self.sync(APPLY)
        self.assert_registered(A, B)
        self.assertEqual(
            result,
            {"trigger": "apply", "resolved": 2, "registered": 2, "deregistered": 0, "kept": 0, "targets": 2},
        )
        self.assertEqual(self.changes(lines), [("registered", A, "absent"), ("registered", B, "absent")])
        self.assertEqual((lines[0]["port"], lines[0]["target_group"]), (PORT, self.arn))

    def test_nothing_to_do_changes_nothing(self):
        self.register(A, B)
        self.answer([A, B])
        result, lines = self.sync()
        self.assertEqual(self.wire.calls, ["DescribeTargetHealth"])
        self.assertEqual(self.changes(lines), [])
        self.assertEqual(
            result,
            {"trigger": "schedule", "resolved": 2, "registered": 0, "deregistered": 0, "kept": 0, "targets": 2},
        )

    def test_scale_out_adds_the_new_address(self):
        self.register(A)
        self.answer([A, B])
        result, lines = self.sync()
        self.assert_registered(A, B)
        self.assertEqual(self.changes(lines), [("registered", B, "absent")])
        self.assertEqual((result["registered"], result["targets"]), (1, 2))

    def test_scale_in_removes_the_address_once_it_is_unhealthy(self):
        self.register(A, B)
        self.answer([A])
        result, _ = self.sync()
        self.assert_registered(A, B)
        self.assertEqual((result["kept"], result["deregistered"], result["targets"]), (1, 0, 2))

        self.wire.states = {B: "unhealthy"}
        result, lines = self.sync()
        self.assert_registered(A)
        self.assertEqual(self.changes(lines), [("deregistered", B, "unhealthy")])
        self.assertEqual((result["kept"], result["deregistered"], result["targets"]), (0, 1, 1))

    def test_failover_replaces_all_addresses(self):
        self.register(A, B)
        self.wire.states = {A: "unhealthy", B: "unhealthy"}
        self.answer([C, D])
        result, lines = self.sync()
        self.assert_registered(C, D)
        self.assertEqual((result["registered"], result["deregistered"], result["targets"]), (2, 2, 2))
        self.assertEqual(
            self.changes(lines),
            [
                ("registered", C, "absent"),
                ("registered", D, "absent"),
                ("deregistered", A, "unhealthy"),
                ("deregistered", B, "unhealthy"),
            ],
        )

    def test_health_is_read_then_targets_registered_then_deregistered(self):
        self.register(A)
        self.wire.states = {A: "unhealthy"}
        self.answer([B])
        self.sync()
        self.assertEqual(self.wire.calls, ["DescribeTargetHealth", "RegisterTargets", "DeregisterTargets"])

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
        self.assertEqual(self.wire.calls, ["DescribeTargetHealth", "RegisterTargets"])
        self.assertEqual(self.changes(lines), [("registered", A, "absent")])
        self.assertEqual((result["registered"], result["kept"], result["targets"]), (1, 0, 1))

    def test_a_target_on_another_port_is_another_target(self):
        self.register(A, port=3306)
        self.answer([A])
        _, lines = self.sync()
        self.assertEqual(self.changes(lines), [("registered", A, "absent")])

    def test_the_region_is_that_of_the_target_group(self):
        self.answer([A])
        with mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"}):
            self.sync()
        self.assertEqual(self.client_regions, [REGION])


class Dns(Case):
    def test_partial_answers_are_merged(self):
        self.register(A, B)
        self.wire.states = {A: "unhealthy", B: "unhealthy"}
        self.answer([A], [B], [A])
        result, _ = self.sync()
        self.assert_registered(A, B)
        self.assertEqual(result["resolved"], 2)
        self.assertEqual(self.dns.call_count, 3)

    def test_a_partial_answer_does_not_remove_a_target_that_works(self):
        self.register(A, B)
        self.answer([A])
        result, _ = self.sync()
        self.assert_registered(A, B)
        self.assertEqual(result["kept"], 1)

    def test_an_empty_answer_changes_nothing(self):
        self.register(A, B)
        self.wire.states = {A: "unhealthy", B: "unhealthy"}
        self.answer([])
        result, _ = self.sync()
        self.assert_registered(A, B)
        self.assertEqual(self.wire.calls, ["DescribeTargetHealth"])
        self.assertEqual(
            result,
            {"trigger": "schedule", "resolved": 0, "registered": 0, "deregistered": 0, "kept": 0, "targets": 2},
        )

    def test_the_last_target_is_never_removed(self):
        self.register(A)
        self.wire.states = {A: "unhealthy"}
        self.answer([])
        self.sync()
        self.assert_registered(A)

        self.answer([B])
        self.wire.answers = {"RegisterTargets": [(400, "TooManyTargets")]}
        error, _ = self.sync_fails(SCHEDULE, ClientError)
        self.assertIn("TooManyTargets", str(error))
        self.assertNotIn("DeregisterTargets", self.wire.calls)
        self.assert_registered(A)

    def test_a_dns_error_changes_nothing_and_is_logged(self):
        for error in (
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
            TimeoutError("timed out"),
            UnicodeError("label empty or too long"),
        ):
            with self.subTest(type(error).__name__):
                self.register(A)
                self.wire.states = {A: "unhealthy"}
                self.answer(error)
                result, lines = self.sync()
                self.assert_registered(A)
                self.assertEqual(result["resolved"], 0)
                self.assertEqual(
                    lines[0],
                    {
                        "level": "WARN",
                        "message": "lookup_failed",
                        "name": NAME,
                        "error": type(error).__name__,
                        "reason": str(error),
                    },
                )

    def test_one_failed_lookup_does_not_spoil_the_others(self):
        self.answer(socket.gaierror(socket.EAI_AGAIN, "try again"), [A], [B])
        self.sync()
        self.assert_registered(A, B)

    def test_apply_waits_for_a_new_name(self):
        absent = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        self.answer(absent, absent, absent, absent, [A, B])
        result, _ = self.sync(APPLY)
        self.assertEqual(result["registered"], 2)
        self.assertEqual(self.dns.call_count, 7)

    def test_apply_fails_when_the_name_never_resolves(self):
        for answer in (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), []):
            with self.subTest(repr(answer)):
                self.dns.reset_mock()
                self.answer(answer)
                error, _ = self.sync_fails(APPLY, target_sync.Unresolved)
                self.assertIn(f"{NAME} gave no IPv4 address in {ALLOWED} lookups", str(error))
                self.assertIn("sync_subnet_ids", str(error))
                self.assertEqual(self.dns.call_count, ALLOWED)
                self.assertEqual(self.wire.calls, [])

    def test_an_apply_gives_up_within_a_minute_of_waiting(self):
        self.answer([])
        self.sync_fails(APPLY, target_sync.Unresolved)
        waited = sum(call.args[0] for call in self.sleep.call_args_list)
        self.assertLess(waited, 60)


class Api(Case):
    def test_throttling_is_retried(self):
        self.answer([A])
        self.wire.answers = {
            "DescribeTargetHealth": [(400, "Throttling")] * 2,
            "RegisterTargets": [(400, "Throttling"), (400, "RequestLimitExceeded"), (503, "ServiceUnavailable")],
        }
        result, _ = self.sync()
        self.assert_registered(A)
        self.assertEqual(result["registered"], 1)
        self.assertEqual(self.wire.calls, ["DescribeTargetHealth"] * 3 + ["RegisterTargets"] * 4)

    def test_throttling_without_end_is_raised(self):
        self.answer([A])
        self.wire.answers = {"DescribeTargetHealth": [(400, "Throttling")] * 50}
        error, lines = self.sync_fails(SCHEDULE, ClientError)
        self.assertEqual(error.response["Error"]["Code"], "Throttling")
        self.assertIn("DescribeTargetHealth", lines[-1]["reason"])
        self.assertEqual(len(self.wire.calls), 6)

    def test_access_denied_is_raised_with_a_log_line(self):
        self.answer([A])
        for operation in ("DescribeTargetHealth", "RegisterTargets"):
            with self.subTest(operation):
                self.wire.calls.clear()
                self.wire.answers = {operation: [(403, "AccessDenied")]}
                error, lines = self.sync_fails(SCHEDULE, ClientError)
                self.assertEqual(error.response["Error"]["Code"], "AccessDenied")
                self.assertIn(operation, lines[-1]["reason"])
                self.assertEqual(self.wire.calls.count(operation), 1)
                self.assertEqual(self.registered(), set())

    def test_apply_waits_for_a_new_policy(self):
        self.answer([A])
        self.wire.answers = {"DescribeTargetHealth": [(403, "AccessDenied")] * 2}
        _, lines = self.sync(APPLY)
        self.assert_registered(A)
        waits = [line["attempt"] for line in lines if line["message"] == "waiting_for_permission"]
        self.assertEqual(waits, [1, 2])

    def test_apply_does_not_wait_for_ever_for_a_policy(self):
        self.answer([A])
        self.wire.answers = {"DescribeTargetHealth": [(403, "AccessDenied")] * 50}
        self.sync_fails(APPLY, ClientError)
        self.assertEqual(self.wire.calls, ["DescribeTargetHealth"] * 6)

    def test_a_missing_target_group_is_raised_at_once(self):
        self.answer([A])
        with mock.patch.dict(os.environ, {"TARGET_GROUP_ARN": self.arn + "absent"}):
            error, _ = self.sync_fails(APPLY, ClientError)
        self.assertEqual(error.response["Error"]["Code"], "TargetGroupNotFound")
        self.assertEqual(len(self.wire.calls), 1)


class Input(Case):
    def test_a_wrong_event_is_refused_with_what_it_was(self):
        events = (
            None,
            {},
            [],
            "apply",
            7,
            {"trigger": "Apply"},
            {"trigger": None},
            {"trigger": ["apply"]},
            {"trigger": "apply", "force": True},
            {"Records": [{"Sns": {"Message": "x" * 2000}}]},
            {("a", "tuple"): object()},
        )
        for event in events:
            with self.subTest(repr(event)[:40]):
                error, _ = self.sync_fails(event, target_sync.BadInput)
                self.assertIn(repr(event)[:400], str(error))
                self.assertEqual((self.dns.call_count, self.wire.calls), (0, []))

    def test_a_wrong_environment_is_refused_by_name(self):
        cases = (
            ("PROXY_ENDPOINT", "", "PROXY_ENDPOINT"),
            ("PORT", "", "PORT"),
            ("PORT", "postgres", "'postgres'"),
            ("PORT", "0", "'0'"),
            ("PORT", "65536", "'65536'"),
            ("PORT", "٥٤٣٢", "PORT"),
            ("TARGET_GROUP_ARN", "", "TARGET_GROUP_ARN"),
            ("TARGET_GROUP_ARN", "orders-dev", "'orders-dev'"),
        )
        for name, value, part in cases:
            with self.subTest(f"{name}={value}"), mock.patch.dict(os.environ, {name: value}):
                error, _ = self.sync_fails(SCHEDULE, target_sync.BadInput)
                self.assertIn(part, str(error))
                self.assertEqual((self.dns.call_count, self.wire.calls), (0, []))

    def test_all_absent_variables_are_named_together(self):
        with mock.patch.dict(os.environ):
            for name in ("PROXY_ENDPOINT", "PORT", "TARGET_GROUP_ARN"):
                del os.environ[name]
            error, _ = self.sync_fails(APPLY, target_sync.BadInput)
        self.assertIn("PROXY_ENDPOINT, PORT, TARGET_GROUP_ARN", str(error))


class Package(unittest.TestCase):
    def test_the_zip_holds_exactly_this_source(self):
        here = Path(__file__).parent
        with zipfile.ZipFile(here.parent / "target_sync.zip") as archive:
            self.assertEqual(archive.namelist(), ["target_sync.py"])
            self.assertEqual(archive.read("target_sync.py"), (here / "target_sync.py").read_bytes())


if __name__ == "__main__":
    unittest.main()
