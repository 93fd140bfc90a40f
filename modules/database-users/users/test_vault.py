import contextlib
import hashlib
import hmac
import io
import json
import os
import unittest
from base64 import b64decode
from pathlib import Path
from unittest import mock

import boto3
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws

from users import connection, handler, journal, postgres, vault, verifier
from users.failure import Failure, Unreachable
from users.request import Place, User

REGION = "eu-central-1"
ENGINES = {"postgres": postgres}
PLACE = Place("postgres", "orders.example", 5432, "orders")


class Case(unittest.TestCase):
    def setUp(self):
        # Nothing here may reach AWS, whatever the machine's own credentials are.
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
        self.enterContext(mock.patch.dict(os.environ, keys))
        self.enterContext(mock_aws())
        self.sleep = self.enterContext(mock.patch("time.sleep"))
        self.out = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        self.client = boto3.client("secretsmanager", region_name=REGION)
        self.arn = self.client.create_secret(Name="valet-rds/dev/orders/orders_app")["ARN"]
        self.user = User("owner", "orders_app", self.arn)
        self.vault = vault.Vault(ENGINES)

    def lines(self):
        return [json.loads(line) for line in self.out.getvalue().splitlines()]


class Secrets(Case):
    def test_a_new_secret_gets_its_first_value(self):
        login = self.vault.provide(self.user, PLACE)
        self.assertEqual(self.vault.read(self.arn), vault.Value(login, PLACE))
        # The same at the second time.
        self.assertEqual(self.vault.provide(self.user, PLACE), login)
        self.assertEqual(len(self.client.list_secret_version_ids(SecretId=self.arn)["Versions"]), 1)

    def test_versions_go_through_their_stages(self):
        first = self.vault.provide(self.user, PLACE)
        token = "11111111-2222-3333-4444-555555555555"
        second = vault.Value(vault.Login("orders_app", vault.make_password()), PLACE)
        self.vault.write(self.arn, second, stage=vault.PENDING, token=token)
        self.assertEqual(self.vault.read(self.arn).login, first)
        self.assertEqual(self.vault.read(self.arn, vault.PENDING, token), second)
        stages, is_rotating = self.vault.describe(self.arn)
        self.assertEqual((stages[token], is_rotating), ([vault.PENDING], False))
        [current] = [version for version, names in stages.items() if vault.CURRENT in names]
        self.vault.promote(self.arn, token, current)
        self.assertEqual(self.vault.read(self.arn), second)
        self.assertEqual(self.vault.read(self.arn, vault.PREVIOUS).login, first)

    def test_a_login_does_not_show_its_password(self):
        login = vault.Login("orders_app", "a-password")
        self.assertNotIn("a-password", f"{login} {login!r} {vault.Value(login, PLACE)}")

    def test_a_missing_secret_is_told_by_its_arn(self):
        missing = f"{self.arn[:-1]}x"
        with self.assertRaisesRegex(Failure, f"put_secret_value for {missing}: ResourceNotFoundException"):
            self.vault.provide(User("owner", "orders_app", missing), PLACE)

    def test_what_was_sent_is_not_repeated(self):
        """The client's own words show the arguments of a call that it does not take."""
        login = vault.Login("orders_app", "never-to-be-told")
        with self.assertRaises(Failure) as caught:
            self.vault.write(self.arn, vault.Value(login, PLACE), stage=["no", "text"])
        self.assertNotIn("never-to-be-told", str(caught.exception))
        self.assertRegex(str(caught.exception), "ParamValidationError")

    def test_without_a_route_the_words_say_so(self):
        with mock.patch.object(self.vault, "client") as client:
            client.get_secret_value.side_effect = ConnectTimeoutError(endpoint_url="https://secretsmanager")
            with self.assertRaisesRegex(Unreachable, "need a route to Secrets Manager"):
                self.vault.read(self.arn)

    def test_no_call_waits_for_minutes(self):
        config = self.vault.client.meta.config
        attempts = config.retries["total_max_attempts"]
        self.assertLessEqual((config.connect_timeout + config.read_timeout) * attempts, 24)


class Check(Case):
    def denied(self, times):
        error = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetSecretValue")
        missing = ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "no"}}, "GetSecretValue")
        client = mock.Mock()
        client.get_secret_value.side_effect = [error] * times + [missing] * 20
        return mock.patch.object(vault.boto3, "client", lambda *_, **__: client)

    def test_an_answer_is_enough(self):
        event = {"action": "check", "name_prefix": "valet-rds/dev/"}
        self.assertEqual(handler.handler(event, None), {"action": "check"})
        self.sleep.assert_not_called()

    def test_a_permission_written_a_moment_ago_is_waited_for(self):
        with self.denied(3):
            handler.handler({"action": "check", "name_prefix": "valet-rds/dev/"}, None)
        self.assertEqual(self.sleep.call_count, 3)

    def test_a_permission_that_does_not_come_is_an_error(self):
        with self.denied(99), self.assertRaisesRegex(Failure, "AccessDeniedException; its role"):
            handler.handler({"action": "check", "name_prefix": "valet-rds/dev/"}, None)
        self.assertEqual(self.lines()[-1]["message"], "failed")

    def test_a_bundle_that_cannot_be_read_is_an_error(self):
        with (
            mock.patch.object(connection, "BUNDLE", Path("no-such.pem")),
            self.assertRaisesRegex(Failure, "FileNotFound"),
        ):
            handler.handler({"action": "check", "name_prefix": "valet-rds/dev/"}, None)


class Words(Case):
    def test_a_bad_event_is_told_without_what_it_holds(self):
        with self.assertRaises(Failure) as caught:
            handler.handler({"action": "ensure", "password": "never-to-be-told"}, None)
        self.assertIn("the event must be", str(caught.exception))
        self.assertNotIn("never-to-be-told", self.out.getvalue() + str(caught.exception))

    def test_passwords_are_kept_out_of_lines(self):
        journal.begin()
        for password in ('with "quotes"\\', "plain-password", "plain-password-longer"):
            journal.hide(password)
            journal.log("INFO", f"it is {password}!", what=[password])
        self.assertEqual([(line["message"], line["what"]) for line in self.lines()], [("it is …!", ["…"])] * 3)

    def test_what_checks_a_password_is_kept_out_too(self):
        for told in (
            f"'{verifier.scram('plain-password')}'",
            f"'{verifier.native('plain-password')}'",
            f"0x{verifier.caching_sha2('plain-password').encode().hex()}",
        ):
            self.assertIn(journal.clean(f"PASSWORD {told}; more"), ("PASSWORD '…'; more", "PASSWORD …; more"))

    def test_a_run_forgets_the_passwords_of_the_last(self):
        journal.hide("of-the-last-run")
        journal.begin()
        self.assertEqual(journal.clean("of-the-last-run"), "of-the-last-run")


class Passwords(unittest.TestCase):
    def test_each_holds_what_a_server_may_ask_for(self):
        for _ in range(200):
            password = vault.make_password()
            self.assertEqual(len(password), 43)
            for kind in ("[a-z]", "[A-Z]", "[0-9]", "[-_]"):
                self.assertRegex(password, kind)


class Verifiers(unittest.TestCase):
    def test_a_verifier_is_what_the_standard_says(self):
        """RFC 5802 and 7677, computed from the start."""
        kind, iterations, keys = verifier.scram("pencil").split("$", 2)
        iterations, salt = iterations.split(":")
        stored, server = (b64decode(key) for key in keys.split(":"))
        salted = hashlib.pbkdf2_hmac("sha256", b"pencil", b64decode(salt), int(iterations))
        client = hmac.digest(salted, b"Client Key", "sha256")
        self.assertEqual((kind, iterations, len(b64decode(salt))), ("SCRAM-SHA-256", "4096", 16))
        self.assertEqual(stored, hashlib.sha256(client).digest())
        self.assertEqual(server, hmac.digest(salted, b"Server Key", "sha256"))

    def test_the_same_password_has_another_verifier_each_time(self):
        for make in (verifier.scram, verifier.caching_sha2):
            self.assertNotEqual(make("pencil"), make("pencil"))

    def test_a_verifier_of_mariadb_is_what_its_manual_says(self):
        self.assertEqual(verifier.native("mariadb"), "*54958E764CE10E50764C2EECBB71D01F08549980")

    def test_a_verifier_of_mysql_is_what_a_server_has_made(self):
        salt = bytes.fromhex("F9CC98CE08892924F50A213B6BC571A2C11778C5")
        self.assertEqual(verifier.sha_crypt(b"hashcat", salt, 5000), "bTy95Y99eAME1dwEkHOA1ndHGBWz.1bxSSRkuTXFGV/")
        made = verifier.caching_sha2("hashcat")
        self.assertRegex(made, r"\A\$A\$005\$[./0-9A-Za-z]{63}\Z")
        self.assertEqual(verifier.caching_sha2("hashcat", made[7:27]), made)

    def test_sha_crypt_is_what_the_c_library_makes(self):
        for key, salt, rounds, digest in (
            ("Hello world!", "saltstring", 5000, "5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"),
            ("Hello world!", "saltstringsaltst", 10000, "3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA"),
            (
                "a very much longer text to encrypt.  This one even stretches over morethan one line.",
                "anotherlongsalts",
                1400,
                "Rx.j8H.h8HjEDGomFU8bDkXm3XIUnzyxf12oP84Bnq1",
            ),
        ):
            self.assertEqual(verifier.sha_crypt(key.encode(), salt.encode(), rounds), digest)


class Driver(unittest.TestCase):
    def test_the_tests_run_with_the_packages_of_the_archive(self):
        module = Path(__file__).parents[1]
        pinned = {line.split(" ")[0] for line in (module / "driver.txt").read_text().splitlines()}
        tested = set((module.parents[1] / "xtask" / "requirements.txt").read_text().splitlines())
        self.assertEqual(len(pinned), 6)
        self.assertLessEqual(pinned, tested)

    def test_each_package_of_the_archive_has_its_license_told(self):
        module = Path(__file__).parents[1]
        licenses = (module / "LICENSES.md").read_text()
        for line in (module / "driver.txt").read_text().splitlines():
            name, version = line.split(" ")[0].split("==")
            row = next(row for row in licenses.splitlines() if row.startswith(f"| {name}"))
            self.assertIn(f"| {version} |", row)
