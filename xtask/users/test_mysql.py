"""Users of MariaDB and MySQL: what they may do, and that a second run changes nothing and repairs what differs."""

import json

import pymysql
import pytest
from conftest import denied

from users import mysql
from users.failure import Failure

ROLES = ("owner", "reader")
TABLES = (
    "CREATE TABLE orders (id bigint AUTO_INCREMENT PRIMARY KEY, what text)",
    "INSERT INTO orders (what) VALUES ('tea')",
)

# No right on a table, a database, a column, a routine or the server; no login, or not this password; locked.
NO_RIGHT = (1142, 1044, 1143, 1370, 1227)
NO_LOGIN = (1045,)
IS_LOCKED = (3118, 4151)


def rights(shop, username, table="db", host="%"):
    """Of an account, from the tables of the server."""
    scope = {"db": "SCHEMA", "server": "USER", "table": "TABLE", "column": "COLUMN"}[table]
    found = shop.admin.run(
        f"SELECT PRIVILEGE_TYPE FROM information_schema.{scope}_PRIVILEGES "
        f"WHERE GRANTEE = '''{username}''@''{host}''' AND PRIVILEGE_TYPE <> 'USAGE'"
    )
    return {one for [one] in found}


def marks(shop):
    if shop.engine == "mysql":
        found = shop.admin.run(
            "SELECT USER, ATTRIBUTE FROM information_schema.USER_ATTRIBUTES WHERE ATTRIBUTE IS NOT NULL"
        )
        return {
            username: json.loads(attribute)["valet-rds"] for username, attribute in found if "valet-rds" in attribute
        }
    found = shop.admin.run("SELECT User, Role FROM mysql.roles_mapping WHERE Admin_option = 'N'")
    return {username: role.removeprefix("valet-rds:") for username, role in found}


def test_mysql_gives_each_user_its_rights_and_its_mark(shop):
    shop.ensure()
    assert rights(shop, "orders_app") == mysql.OWNERS and rights(shop, "orders_ro") == {"SELECT", "SHOW VIEW"}
    assert rights(shop, "orders_app", "server") == rights(shop, "orders_ro", "server") == set()
    assert marks(shop) == {"orders_app": "owner", "orders_ro": "reader"}
    with shop.login() as owner, shop.login("reader") as reader:
        for statement in TABLES:
            owner.run(statement)
        assert reader.run("SELECT what FROM orders") == [["tea"]]
        owner.run("CREATE VIEW names AS SELECT what FROM orders")
        owner.run("CREATE FUNCTION two() RETURNS int DETERMINISTIC RETURN 2")
        owner.run("CREATE PROCEDURE fill() INSERT INTO orders (what) VALUES ('more')")
        owner.run("CREATE TRIGGER touch BEFORE INSERT ON orders FOR EACH ROW SET NEW.what = upper(NEW.what)")
        owner.run("CREATE EVENT later ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01' DO DELETE FROM orders")
        owner.run("CREATE TEMPORARY TABLE t (x int)")
        owner.run("CALL fill()")
        assert reader.run("SELECT what FROM names") == [["tea"], ["MORE"]] and owner.run("SELECT two()") == [[2]]
        assert "names" in reader.run("SHOW CREATE VIEW names")[0][1]
        owner.run("ALTER TABLE orders ADD COLUMN paid boolean")
        again = shop.ensure()
        assert (again["changed"], again["open"], again["removed"]) == (0, [], [])
        owner.run("DROP VIEW names")
    assert shop.ensure()["changed"] == 0


WRITING = [
    "INSERT INTO orders (what) VALUES ('x')", "UPDATE orders SET what = 'x'", "DELETE FROM orders", "TRUNCATE orders",
    "ALTER TABLE orders ADD COLUMN x int", "DROP TABLE orders", "CREATE TABLE t (x int)", "CALL fill()", "SELECT two()",
    "CREATE TEMPORARY TABLE t (x int)", "CREATE VIEW v AS SELECT 1", "LOCK TABLES orders READ", "CREATE DATABASE mine",
    "CREATE PROCEDURE p() SELECT 1", "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1", "SELECT * FROM mysql.user",
]  # fmt: skip


def test_mysql_lets_a_reader_write_nothing(shop):
    shop.ensure()
    shop.seed(
        shop.login,
        *TABLES,
        "CREATE PROCEDURE fill() INSERT INTO orders (what) VALUES ('more')",
        "CREATE FUNCTION two() RETURNS int DETERMINISTIC RETURN 2",
    )
    with shop.login("reader") as reader:
        for statement in WRITING:
            with denied(*NO_RIGHT):
                reader.run(statement)


@pytest.mark.parametrize("role", ROLES)
def test_mysql_makes_nobody_an_administrator(shop, role):
    other = shop.database.replace("_", "x")
    shop.seed(shop.as_admin, f"CREATE DATABASE `{other}`", f"CREATE TABLE `{other}`.t (x int)")
    assert shop.ensure()["open"] == []
    me = shop.secret(role)["username"]
    with shop.login(role) as session:
        for statement in (
            "CREATE USER mine", "CREATE ROLE mine", f"CREATE DATABASE `{shop.database}x`", f"SELECT * FROM `{other}`.t",
            f"ALTER USER `{shop.master}`@'%' ACCOUNT LOCK", f"GRANT SELECT ON `{shop.database}`.* TO `{me}`@'%'",
            f"GRANT ALL ON *.* TO `{me}`@'%'", "SELECT * FROM mysql.db", "FLUSH PRIVILEGES", "SHOW CREATE USER rdsadmin@'%'",
        ):  # fmt: skip
            with denied(*NO_RIGHT, 1410, 1045):
                session.run(statement)
    # What a pattern would let in.
    with denied(1044):
        shop.login(role, database=other)


def test_mysql_lets_nobody_in_without_tls(shop):
    shop.ensure()
    shop.admin.run("SET GLOBAL require_secure_transport = OFF")
    try:
        for role in ROLES:
            value = shop.secret(role)
            with pytest.raises(pymysql.err.OperationalError) as caught:
                pymysql.connect(
                    user=value["username"], password=value["password"], host="127.0.0.1", port=shop.server.port,
                    ssl_disabled=True,
                )  # fmt: skip
            # MySQL's plugin says no word without TLS.
            assert caught.value.args[0] in NO_LOGIN or "cryptography" in str(caught.value)
    finally:
        shop.admin.run("SET GLOBAL require_secure_transport = ON")


def test_mysql_with_only_an_owner_and_with_nobody(shop):
    assert shop.ensure(reader=None)["users"] == {"owner": "orders_app"}
    shop.seed(shop.login, *TABLES)
    shop.ensure()
    with shop.login("reader") as reader:
        assert reader.run("SELECT what FROM orders") == [["tea"]]
    assert shop.ensure(owner=None, reader=None)["removed"] == ["orders_app", "orders_ro"]
    assert shop.ensure(owner=None, reader=None)["changed"] == 0


def test_mysql_changes_nothing_at_the_second_time(shop):
    first = shop.ensure()
    calls = len(shop.vault.calls)
    assert first["changed"] > 0
    assert shop.ensure() == {**first, "changed": 0}
    assert "PutSecretValue" not in shop.vault.calls[calls:]


BOTHERS = [
    "ALTER USER orders_app@'%' ACCOUNT LOCK",
    "ALTER USER orders_app@'%' PASSWORD EXPIRE",
    "ALTER USER orders_app@'%' PASSWORD EXPIRE INTERVAL 1 DAY",
    "ALTER USER orders_app@'%' REQUIRE NONE",
    "ALTER USER orders_app@'%' WITH MAX_USER_CONNECTIONS 1",
    "ALTER USER orders_app@'%' WITH MAX_QUERIES_PER_HOUR 1",
]
OF_MARIADB = [
    "ALTER USER orders_app@'%' IDENTIFIED VIA unix_socket",
    "ALTER USER orders_app@'%' IDENTIFIED VIA mysql_native_password USING '' OR unix_socket",
    "ALTER USER orders_app@'%' WITH MAX_STATEMENT_TIME 0.001",
]
OF_MYSQL = [
    "ALTER USER orders_app@'%' IDENTIFIED WITH sha256_password BY 'Another-1'",
    "ALTER USER orders_app@'%' IDENTIFIED BY 'Another-1' RETAIN CURRENT PASSWORD",
    "ALTER USER orders_app@'%' PASSWORD REQUIRE CURRENT",
    "ALTER USER orders_app@'%' FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME UNBOUNDED",
]


def test_mysql_repairs_each_attribute(shop):
    shop.ensure()
    for statement in BOTHERS + (OF_MYSQL if shop.engine == "mysql" else OF_MARIADB):
        shop.admin.run(statement)
        assert shop.ensure()["changed"] > 0, statement
        shop.rotate()
        shop.login().close()
        assert shop.ensure()["changed"] == 0, statement


def test_mysql_takes_rights_wherever_they_hold(shop):
    shop.ensure()
    shop.seed(shop.login, *TABLES, "CREATE PROCEDURE fill() INSERT INTO orders (what) VALUES ('more')")
    where = f"`{shop.database}`"
    shop.seed(
        shop.as_admin,
        "GRANT SELECT, PROCESS ON *.* TO orders_ro@'%' WITH GRANT OPTION",
        "GRANT RELOAD ON *.* TO orders_app@'%'",
        "GRANT USAGE ON *.* TO orders_app@'%' WITH GRANT OPTION",
        f"GRANT INSERT ON `{mysql.escape(shop.database)}`.* TO orders_ro@'%' WITH GRANT OPTION",
        "GRANT SELECT ON mysql.* TO orders_app@'%'",
        f"GRANT {', '.join(sorted(mysql.OWNERS))} ON `o%`.* TO orders_app@'%'",
        f"GRANT DELETE, DROP ON {where}.orders TO orders_ro@'%' WITH GRANT OPTION",
        f"GRANT UPDATE (what), INSERT (what, id) ON {where}.orders TO orders_ro@'%'",
        f"GRANT EXECUTE ON PROCEDURE {where}.fill TO orders_ro@'%' WITH GRANT OPTION",
        "GRANT SELECT ON mysql.user TO orders_ro@'%'",
    )
    shop.ensure()
    assert rights(shop, "orders_app") == mysql.OWNERS and rights(shop, "orders_ro") == mysql.READERS
    for username in ("orders_app", "orders_ro"):
        for scope in ("server", "table", "column"):
            assert rights(shop, username, scope) == set()
    assert shop.admin.run("SELECT COUNT(*) FROM mysql.procs_priv WHERE User = 'orders_ro'") == [[0]]
    assert shop.ensure()["changed"] == 0
    # A routine is still its maker's.
    shop.seed(shop.login, "CALL fill()", "DROP PROCEDURE fill")


def test_mysql_takes_roles_away(shop):
    shop.ensure()
    shop.seed(shop.as_master, "CREATE ROLE clerks", "GRANT SELECT ON mysql.* TO clerks", "GRANT clerks TO orders_app")
    shop.ensure()
    assert len(shop.changes()) == 1
    with shop.login() as owner, denied(1959, 3530):
        owner.run("SET ROLE clerks")
    assert marks(shop)["orders_app"] == "owner"


def test_mysql_tells_of_a_role_that_the_master_cannot_take(shop):
    shop.ensure()
    shop.seed(shop.as_admin, "CREATE ROLE clerks", "GRANT clerks TO orders_app")
    if shop.engine == "mysql":
        assert shop.ensure()["changed"] == 1
    else:
        with pytest.raises(Failure, match="1698 Access denied for user 'Master.*REVOKE `clerks` FROM 'orders_app'"):
            shop.ensure()


def test_mysql_keeps_marks_free_of_rights(shop):
    shop.ensure()
    if shop.engine == "mysql":
        assert shop.admin.run("SELECT COUNT(*) FROM mysql.user WHERE User LIKE 'valet-rds%'") == [[0]]
        return
    shop.seed(
        shop.as_master,
        "GRANT SELECT ON mysql.* TO `valet-rds:owner`",
        "CREATE ROLE clerks",
        "GRANT clerks TO `valet-rds:owner`",
    )
    shop.ensure()
    assert sorted(shop.changes()) == [
        "REVOKE SELECT ON `mysql`.* FROM `valet-rds:owner`",
        "REVOKE `clerks` FROM `valet-rds:owner`",
    ]


def test_mysql_refuses_a_stranger_until_adopted(shop):
    shop.seed(
        shop.as_master,
        "CREATE USER orders_app@'%' IDENTIFIED BY 'known to somebody'",
        "GRANT SELECT ON mysql.* TO orders_app@'%'",
        "CREATE ROLE clerks",
        "GRANT clerks TO orders_app@'%'",
    )
    for _ in range(2):
        with pytest.raises(Failure, match="a user orders_app that was not made here"):
            shop.ensure()
    assert shop.changes() == []
    shop.ensure(adopt=["orders_app"])
    with denied(*NO_LOGIN):
        shop.server.connect("orders_app", "known to somebody", shop.database)
    shop.login().close()
    assert rights(shop, "orders_app") == mysql.OWNERS
    assert shop.ensure()["changed"] == 0


def test_mysql_takes_no_mark_from_a_user_of_the_application(shop):
    """What the owner can write is no mark: neither a table, nor a name, nor what it may say of itself."""
    shop.ensure()
    shop.seed(shop.as_admin, "CREATE USER clerk@'%' IDENTIFIED BY 'Clerk-1234'")
    with shop.login() as owner:
        owner.run("CREATE TABLE roles_mapping (User text, Host text, Role text)")
        owner.run("CREATE TABLE USER_ATTRIBUTES (USER text, HOST text, ATTRIBUTE text)")
        for statement in (
            "GRANT `valet-rds:owner` TO clerk@'%'", "CREATE ROLE `valet-rds:owner`",
            "ALTER USER clerk@'%' ATTRIBUTE '{\"valet-rds\": \"owner\"}'",
        ):  # fmt: skip
            with pytest.raises(pymysql.err.MySQLError):
                owner.run(statement)
    with pytest.raises(Failure, match="clerk that was not made here"):
        shop.ensure(reader="clerk")


def test_mysql_never_makes_a_mighty_user_one_of_ours(shop):
    shop.seed(shop.as_admin, "CREATE USER orders_app@'%' IDENTIFIED BY 'x'", "GRANT SUPER ON *.* TO orders_app@'%'")
    with pytest.raises(Failure, match="it is not made a user"):
        shop.ensure(adopt=["orders_app"])
    assert shop.changes() == []


def test_mysql_never_makes_the_master_a_user(shop):
    shop.seed(
        shop.as_admin,
        f"CREATE USER master_of@'%' IDENTIFIED BY '{shop.master_password}'",
        "GRANT ALL ON *.* TO master_of@'%' WITH GRANT OPTION",
        "REVOKE SUPER ON *.* FROM master_of@'%'",
    )
    shop.vault.put(shop.arn("master"), shop.login_text("master_of", shop.master_password))
    for role in ROLES:
        with pytest.raises(Failure, match="master_of is the master"):
            shop.ensure(**{role: "master_of"}, adopt=["master_of"])


def test_mysql_never_takes_the_master_for_one_that_left(shop):
    """Whoever marks it."""
    shop.ensure()
    if shop.engine == "mysql":
        shop.admin.run(f"ALTER USER `{shop.master}`@'%' ATTRIBUTE '{{\"valet-rds\": \"owner\"}}'")
        shop.admin.run("ALTER USER rdsadmin@'%' ATTRIBUTE '{\"valet-rds\": \"owner\"}'")
    else:
        # The master made the roles, and has them.
        shop.seed(shop.as_master, "GRANT `valet-rds:owner` TO rdsadmin@'%'")
    try:
        assert shop.ensure() == {
            "users": {"owner": "orders_app", "reader": "orders_ro"},
            "removed": [],
            "changed": 0,
            "open": [],
        }
    finally:
        if shop.engine == "mysql":
            shop.admin.run("ALTER USER rdsadmin@'%' ATTRIBUTE '{\"valet-rds\": null}'")


@pytest.mark.parametrize("host", ["localhost", "10.%", "127.0.0.1"])
def test_mysql_refuses_a_namesake_on_another_host(shop, host):
    shop.ensure()
    shop.admin.run(f"CREATE USER orders_app@'{host}' IDENTIFIED BY 'known to somebody'")
    with pytest.raises(Failure, match=f"the server has 'orders_app'@'{host}', who would log in instead"):
        shop.ensure(adopt=["orders_app"])
    assert shop.changes() == []


def test_mysql_locks_a_removed_user(shop):
    shop.ensure()
    shop.seed(shop.login, *TABLES)
    result = shop.ensure(reader=None)
    assert result["removed"] == ["orders_ro"]
    with denied(*IS_LOCKED):
        shop.login("reader")
    assert shop.ensure(reader=None)["changed"] == 0
    # And back.
    shop.vault.create(shop.arn("reader"))
    assert shop.ensure()["removed"] == []
    with shop.login("reader") as reader:
        assert reader.run("SELECT what FROM orders") == [["tea"]]


def test_mysql_ends_the_sessions_of_a_removed_user(shop):
    shop.ensure()
    shop.seed(shop.as_admin, "CREATE USER ORDERS_RO@'%' IDENTIFIED BY 'Another-1'")
    with shop.login() as owner, shop.server.connect("ORDERS_RO", "Another-1") as another:
        reader = shop.login("reader")
        shop.ensure(reader=None)
        with pytest.raises(pymysql.err.OperationalError):
            reader.run("SELECT 1")
        assert owner.run("SELECT 1") == another.run("SELECT 1") == [[1]]


def test_mysql_keeps_what_a_removed_user_made_working(shop):
    shop.ensure(owner="orders_old")
    shop.seed(shop.login, *TABLES, "CREATE VIEW names AS SELECT what FROM orders")
    result = shop.ensure()
    assert (result["removed"], result["open"]) == (
        ["orders_old"],
        ["1 views, routines, triggers or events run with the rights of orders_old@%, and not of orders_app"],
    )
    with shop.login() as owner, shop.login("reader") as reader:
        assert reader.run("SELECT what FROM names") == [["tea"]]
        owner.run("ALTER TABLE orders ADD COLUMN y int")
        owner.run("DROP VIEW names")
        owner.run("CREATE VIEW names AS SELECT what FROM orders")
    again = shop.ensure()
    assert (again["changed"], again["open"]) == (0, [])


def test_mysql_lets_users_change_places(shop):
    shop.ensure()
    secrets = shop.vault.secrets
    owner, reader = shop.arn("owner"), shop.arn("reader")
    secrets[owner], secrets[reader] = secrets[reader], secrets[owner]
    shop.ensure(owner="orders_ro", reader="orders_app")
    assert rights(shop, "orders_ro") == mysql.OWNERS and rights(shop, "orders_app") == mysql.READERS
    assert marks(shop) == {"orders_app": "reader", "orders_ro": "owner"}
    assert shop.ensure(owner="orders_ro", reader="orders_app")["changed"] == 0


def test_mysql_tells_what_everybody_may(shop):
    shop.ensure()
    shop.seed(shop.as_admin, "CREATE DATABASE billing")
    if shop.engine == "mysql":
        shop.seed(shop.as_admin, "CREATE USER ''@'%'", "GRANT SELECT ON billing.* TO ''@'%'")
        told = ["everybody may use `billing`"]
    else:
        shop.seed(shop.as_admin, "GRANT SELECT ON billing.* TO PUBLIC", "GRANT INSERT ON mysql.user TO PUBLIC")
        told = ["everybody may use `billing`", "everybody may use `mysql`.`user`"]
    try:
        result = shop.ensure()
        seen = [one for one in result["open"] if one.startswith("everybody")]
        assert (result["changed"], seen) == (0, told)
        assert "orders_ro may use the database billing" in result["open"]
    finally:
        if shop.engine == "mariadb":
            shop.seed(
                shop.as_admin, "REVOKE SELECT ON billing.* FROM PUBLIC", "REVOKE INSERT ON mysql.user FROM PUBLIC"
            )


def test_mysql_needs_nothing_of_a_transition(shop):
    """What the master makes meanwhile is the users' at once, and what the owner makes the master's."""
    shop.seed(shop.as_master, *TABLES)
    shop.ensure(transition=True)
    with shop.as_master() as master, shop.login() as owner, shop.login("reader") as reader:
        master.run("CREATE TABLE late (x int)")
        owner.run("INSERT INTO late VALUES (1)")
        owner.run("ALTER TABLE orders ADD COLUMN y int")
        owner.run("CREATE TABLE own (x int)")
        master.run("ALTER TABLE own ADD COLUMN y int")
        assert reader.run("SELECT x FROM late") == [[1]]
    assert shop.ensure(transition=True)["changed"] == shop.ensure()["changed"] == 0
    shop.seed(shop.as_master, "CREATE VIEW v AS SELECT 1 AS one")
    assert shop.ensure()["open"] == [
        f"1 views, routines, triggers or events run with the rights of {shop.master}@%, and not of orders_app"
    ]


def test_mysql_refuses_a_database_whose_name_cannot_stand_for_itself(shop):
    name = "a_" * 25 + "a" * 14
    shop.admin.run(f"CREATE DATABASE `{name}`")
    with pytest.raises(Failure, match="its name has more than 64 letters, when each _ counts twice"):
        shop.call({**shop.event(), "database": name})
    assert shop.changes() == []


def test_mysql_without_a_database(shop):
    with pytest.raises(Failure, match="cannot log in to no-such on 127.0.0.1: 1049"):
        shop.call({**shop.event(), "database": "no-such"})


HOSTILE = ["a`b", "a'b", 'a"b', "a;DROP TABLE t", "a b.c", "\\", "a\\_b", "ä%s:x", "SELECT", "--", "{0}", "x" * 64]


@pytest.mark.parametrize("name", HOSTILE)
def test_mysql_with_hostile_names_of_databases(shop, name):
    quoted = mysql.name(name)
    shop.admin.run(f"CREATE DATABASE {quoted}")
    event = {**shop.event(), "database": name}
    assert shop.call(event)["open"] == []
    with shop.login(database=name) as owner, shop.login("reader", database=name) as reader:
        owner.run(f"CREATE TABLE {quoted} ({quoted} int)")
        owner.run(f"CREATE FUNCTION {quoted}() RETURNS int DETERMINISTIC RETURN 2")
        assert reader.run(f"SELECT * FROM {quoted}") == []
    shop.admin.run(f"GRANT INSERT ({quoted}), SELECT ON {quoted}.{quoted} TO orders_ro@'%'")
    shop.admin.run(f"GRANT EXECUTE ON FUNCTION {quoted}.{quoted} TO orders_ro@'%'")
    assert shop.call(event)["changed"] == 2
    assert shop.call(event)["changed"] == 0


def test_mysql_whatever_the_servers_own_mode_is(shop):
    before = shop.admin.run("SELECT @@GLOBAL.sql_mode, @@GLOBAL.autocommit")[0]
    try:
        shop.admin.run("SET GLOBAL sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,IGNORE_SPACE'")
        shop.admin.run("SET GLOBAL autocommit = 0")
        shop.ensure()
        shop.rotate()
        assert shop.ensure()["changed"] == 0
    finally:
        shop.admin.run(f"SET GLOBAL sql_mode = '{before[0]}'")
        shop.admin.run(f"SET GLOBAL autocommit = {before[1]}")


def test_mysql_finds_by_its_proof_what_a_run_has_missed(shop, monkeypatch):
    shop.ensure()
    monkeypatch.setattr(mysql, "STAGES", (mysql.make_users,))
    shop.seed(shop.as_master, "CREATE ROLE clerks", "GRANT clerks TO orders_ro@'%'")
    with pytest.raises(
        Failure, match="orders_ro may do more than a user: nothing on the server, and it acts for clerks"
    ):
        shop.ensure()
    shop.seed(shop.as_master, "REVOKE clerks FROM orders_ro@'%'", "GRANT PROCESS ON *.* TO orders_ro@'%'")
    with pytest.raises(
        Failure, match="orders_ro may do more than a user: PROCESS on the server, and it acts for nobody"
    ):
        shop.ensure()
    shop.seed(shop.as_admin, "REVOKE PROCESS ON *.* FROM orders_ro@'%'")
    shop.seed(shop.as_admin, f"REVOKE SHOW VIEW ON {mysql.name(granted_name(shop))}.* FROM orders_ro@'%'")
    with pytest.raises(Failure, match="orders_ro may not SHOW VIEW in"):
        shop.ensure()


def granted_name(shop):
    return shop.admin.run("SELECT Db FROM mysql.db WHERE User = 'orders_ro'")[0][0]


@pytest.mark.of_mysql
def test_mysql_with_rights_that_can_be_taken_in_part(shop):
    """There the letters that stand for others elsewhere are letters, and what quotes them is one more."""
    shop.ensure()
    shop.admin.run("SET GLOBAL partial_revokes = ON")
    try:
        shop.ensure()
        assert granted_name(shop) == shop.database
        with shop.login("reader") as reader:
            assert reader.run("SELECT DATABASE()") == [[shop.database]]
        assert shop.ensure()["changed"] == 0
    finally:
        shop.admin.run("SET GLOBAL partial_revokes = OFF")
    shop.ensure()
    assert granted_name(shop) == mysql.escape(shop.database)
    assert shop.ensure()["changed"] == 0


@pytest.mark.of_mysql
def test_mysql_takes_no_account_that_others_have_as_a_role(shop):
    shop.seed(shop.as_admin, "CREATE USER orders_app@'%'", "CREATE USER clerk@'%'", "GRANT orders_app TO clerk@'%'")
    with pytest.raises(Failure, match="or others act for it as their role"):
        shop.ensure(adopt=["orders_app"])
