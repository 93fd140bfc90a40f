"""The statements for MySQL, whose servers the other tests do not have, and what MariaDB has instead."""

import re
import unittest

from users import mysql, verifier
from users.handler import ENGINES
from users.request import User
from users.vault import Login

OWNER = User("owner", "orders_app", "arn")
LOGIN = Login("orders_app", "a'password\\")


class Session:
    """Answers what it is told to, and keeps what it is asked."""

    def __init__(self, username="admin", answer=()):
        self.username, self.answer, self.asked, self.told = username, answer, [], []

    def rows(self, sql):
        self.asked.append(sql)
        return self.answer

    def change(self, sql, told=None):
        self.asked.append(sql)
        self.told.append(told or sql)


def without_hash(statement):
    """A hash in the statement is one of the password, whatever its salt is."""

    def look(match):
        text = bytes.fromhex(match[1]).decode()
        assert text == verifier.caching_sha2(LOGIN.password, text[7:27])
        return "0xHASH"

    return re.sub("0x([0-9a-f]+)", look, statement)


class Statements(unittest.TestCase):
    def both(self, ask, mysqls, mariadbs):
        native = verifier.native(LOGIN.password)
        found = [without_hash(one) for one in ask(ENGINES["mysql"])]
        self.assertEqual(found, mysqls)
        self.assertEqual([one.replace(native, "HASH") for one in ask(ENGINES["mariadb"])], mariadbs)

    def test_a_user_comes_with_its_mark(self):
        self.both(
            lambda engine: engine.make(OWNER, LOGIN),
            [
                "CREATE USER 'orders_app'@'%' IDENTIFIED WITH caching_sha2_password AS 0xHASH REQUIRE SSL PASSWORD EXPIRE NEVER "
                'PASSWORD REQUIRE CURRENT OPTIONAL ATTRIBUTE \'{"valet-rds": "owner"}\''
            ],
            [
                "GRANT `valet-rds:owner` TO 'orders_app'@'%' IDENTIFIED VIA mysql_native_password USING 'HASH'",
                "ALTER USER 'orders_app'@'%' REQUIRE SSL PASSWORD EXPIRE NEVER",
            ],
        )

    def test_a_user_that_changes_places_has_one_mark(self):
        self.both(
            lambda engine: engine.mark(OWNER, ["reader"]),
            ["ALTER USER 'orders_app'@'%' ATTRIBUTE '{\"valet-rds\": \"owner\"}'"],
            ["GRANT `valet-rds:owner` TO 'orders_app'@'%'", "REVOKE `valet-rds:reader` FROM 'orders_app'@'%'"],
        )

    def test_whatever_an_administrator_has_changed_is_put_right(self):
        limits = "REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 0 MAX_UPDATES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0 MAX_USER_CONNECTIONS 0"
        self.both(
            lambda engine: engine.repair(OWNER, LOGIN),
            [
                f"ALTER USER 'orders_app'@'%' IDENTIFIED WITH caching_sha2_password AS 0xHASH {limits} PASSWORD EXPIRE NEVER "
                "PASSWORD REQUIRE CURRENT OPTIONAL FAILED_LOGIN_ATTEMPTS 0 PASSWORD_LOCK_TIME 0",
                "ALTER USER 'orders_app'@'%' DISCARD OLD PASSWORD",
            ],
            [
                f"ALTER USER 'orders_app'@'%' IDENTIFIED VIA mysql_native_password USING 'HASH' {limits} MAX_STATEMENT_TIME 0 "
                "PASSWORD EXPIRE NEVER"
            ],
        )

    def test_the_master_sets_a_hash(self):
        def ask(engine):
            session = Session()
            engine.set_password(session, LOGIN)
            return session.asked

        self.both(
            ask,
            ["ALTER USER 'orders_app'@'%' IDENTIFIED WITH caching_sha2_password AS 0xHASH"],
            ["ALTER USER 'orders_app'@'%' IDENTIFIED VIA mysql_native_password USING 'HASH'"],
        )

    def test_a_user_says_its_password_to_mysql_alone_and_no_line_tells_it(self):
        sessions = {}

        def ask(engine):
            sessions[engine] = Session("orders_app")
            engine.set_password(sessions[engine], LOGIN)
            return sessions[engine].asked

        self.both(ask, ["ALTER USER USER() IDENTIFIED BY 'a''password\\'"], ["SET PASSWORD = 'HASH'"])
        self.assertEqual(sessions[ENGINES["mysql"]].told, ["ALTER USER USER() IDENTIFIED BY …"])

    def test_a_database_stands_for_itself(self):
        for is_name, pattern in ((0, "or\\_ders\\%\\\\1"), (1, "or_ders%\\1")):
            session = Session(answer=[[is_name]])
            self.assertEqual(ENGINES["mysql"].pattern(session, "or_ders%\\1"), pattern)
            self.assertEqual(session.asked, ["SELECT @@partial_revokes"])
        self.assertEqual(ENGINES["mariadb"].pattern(None, "or_ders%\\1"), "or\\_ders\\%\\\\1")

    def test_names_and_texts_are_quoted(self):
        self.assertEqual(mysql.name("a`b'c\\"), "`a``b'c\\`")
        self.assertEqual(mysql.text("a`b'c\\"), "'a`b''c\\'")
        self.assertEqual(mysql.account("a'b", "10.%"), "'a''b'@'10.%'")
        self.assertEqual(mysql.account("valet-rds:owner", ""), "`valet-rds:owner`")
