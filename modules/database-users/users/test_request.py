import copy
import unittest

from users.failure import BadInput
from users.handler import ENGINES
from users.request import Place, User, is_check, read_check, read_request

ARN = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:"
EVENT = {
    "action": "ensure",
    "adopt": [],
    "database": "orders",
    "engine": "postgres",
    "host": "orders.abcdefghijkl.eu-central-1.rds.amazonaws.com",
    "master_secret_arn": f"{ARN}rds!db-11111111-AbCdEf",
    "port": 5432,
    "transition": False,
    "users": {
        "owner": {"name": "orders_app", "secret_arn": f"{ARN}valet-rds/dev/orders/orders_app-a1B2c3"},
        "reader": {"name": "orders_ro", "secret_arn": f"{ARN}valet-rds/dev/orders/orders_ro-a1B2c3"},
    },
}


class Events(unittest.TestCase):
    def refuse(self, words, **changed):
        with self.assertRaisesRegex(BadInput, words):
            read_request({**EVENT, **changed}, ENGINES)

    def refuse_user(self, words, role="owner", **changed):
        users = copy.deepcopy(EVENT["users"])
        users[role].update(changed)
        self.refuse(words, users=users)

    def test_what_the_modules_send_is_read(self):
        request = read_request({**EVENT, "adopt": ["orders_ro"]}, ENGINES)
        self.assertEqual(request.place, Place("postgres", EVENT["host"], 5432, "orders"))
        owner, reader = request.users
        self.assertEqual(owner, User("owner", "orders_app", EVENT["users"]["owner"]["secret_arn"]))
        self.assertEqual((reader.role, request.names), ("reader", ["orders_app", "orders_ro"]))
        self.assertEqual((request.adopt, request.transition), (frozenset({"orders_ro"}), False))
        self.assertIs(request.find("reader"), reader)

    def test_no_users_are_an_answer_too(self):
        self.assertEqual(read_request({**EVENT, "users": {}}, ENGINES).users, ())

    def test_another_event_is_refused_with_what_it_should_be(self):
        for event in (None, [], "ensure", {}, {"action": "ensure"}, {**EVENT, "more": 1}, {**EVENT, "action": "drop"}):
            with self.assertRaisesRegex(BadInput, "the event must be"):
                read_request(event, ENGINES)

    def test_every_key_is_needed(self):
        for key in EVENT:
            with self.assertRaises(BadInput):
                read_request({other: EVENT[other] for other in EVENT if other != key}, ENGINES)

    def test_a_place_is_a_place(self):
        for engine in ("aurora-mysql", "oracle", "", None, ["postgres"]):
            self.refuse("engine must be one of mariadb, mysql, postgres", engine=engine)
        for host in ("", None, 1):
            self.refuse("host must be", host=host)
        for port in (0, 65536, "5432", True, None, 5432.0):
            self.refuse("port must be", port=port)
        for database in ("", None):
            self.refuse("database must be", database=database)

    def test_secrets_are_arns(self):
        for arn in ("", "rds!db-1", None, f"{ARN}*", "arn:aws:s3:::bucket"):
            self.refuse("master_secret_arn must be", master_secret_arn=arn)
            self.refuse_user("must have a name and a secret_arn", secret_arn=arn)

    def test_names_that_sql_or_the_engine_would_take_for_something_else(self):
        for name in ("", "1a", "a-b", "A", 'a"b', "a'b", "a b", "a;b", "ä", "a" * 64, None, 1, "a\n"):
            self.refuse_user("the name of the owner must start", name=name)
        for name in ("public", "postgres", "rdsadmin", "rds_superuser", "pg_monitor", "none", "session_user", "master"):
            self.refuse_user("reserved", name=name)

    def test_names_that_mysql_would_take_for_something_else(self):
        for engine in ("mariadb", "mysql"):
            event = {**EVENT, "engine": engine}
            for name in ("root", "event_scheduler", "rdsadmin", "public", "a" * 33):
                users = {"owner": {**EVENT["users"]["owner"], "name": name}}
                with self.assertRaisesRegex(BadInput, "reserved|32 at most"):
                    read_request({**event, "users": users}, ENGINES)
            for name in ("pg_app", "current_role", "a" * 32):
                users = {"owner": {**EVENT["users"]["owner"], "name": name}}
                self.assertEqual(read_request({**event, "users": users}, ENGINES).names, [name])

    def test_users_are_two_different_ones(self):
        self.refuse_user("two users must not share one name", role="reader", name="orders_app")
        arn = EVENT["users"]["owner"]["secret_arn"]
        self.refuse_user("two users must not share one secret_arn", role="reader", secret_arn=arn)
        self.refuse("a reader needs an owner", users={"reader": EVENT["users"]["reader"]})
        self.refuse("users must map", users={"admin": EVENT["users"]["owner"]})
        self.refuse("users must map", users=[])
        self.refuse("must have a name and a secret_arn", users={"owner": "orders_app"})
        self.refuse_user("must have a name and a secret_arn", password="x")

    def test_only_users_are_adopted(self):
        for adopt in (["clerk"], "orders_app", [1], [["orders_app"]], None):
            self.refuse("adopt must be", adopt=adopt)

    def test_the_transition_is_on_or_off(self):
        for transition in (None, "true", 1):
            self.refuse("transition must be", transition=transition)

    def test_a_check_is_one(self):
        self.assertFalse(is_check(EVENT))
        event = {"action": "check", "name_prefix": "valet-rds/dev/"}
        self.assertTrue(is_check(event))
        self.assertEqual(read_check(event), "valet-rds/dev/")
        for wrong in (
            {"action": "check"},
            {**event, "more": 1},
            {**event, "name_prefix": ""},
            {**event, "name_prefix": 1},
        ):
            with self.assertRaisesRegex(BadInput, "name_prefix"):
                read_check(wrong)
