"""What the users of a database may do, and what not."""

import pytest
from conftest import refused

TABLES = (
    "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, what text)",
    "INSERT INTO orders (what) VALUES ('tea')",
)


def test_the_owner_migrates_and_the_reader_sees_new_tables(world):
    world.ensure()
    with world.login() as owner, world.login("reader") as reader:
        for statement in TABLES:
            owner.run(statement)
        assert reader.run("SELECT what FROM orders") == [["tea"]]
        owner.run("CREATE SCHEMA archive; CREATE TABLE archive.orders AS SELECT * FROM orders")
        owner.run("CREATE VIEW archive.names AS SELECT what FROM orders; CREATE SEQUENCE archive.numbers")
        assert reader.run("SELECT count(*) FROM archive.orders, archive.names") == [[1]]
        assert reader.run("SELECT last_value FROM archive.numbers") == [[1]]
        owner.run("ALTER TABLE orders ADD COLUMN paid boolean; DROP TABLE archive.orders; DROP SCHEMA archive CASCADE")
    assert world.ensure()["changed"] == 0


def test_the_owner_has_extensions_and_temporary_tables(world):
    world.ensure()
    with world.login() as owner:
        owner.run("CREATE EXTENSION pg_trgm; CREATE TEMPORARY TABLE t (x int)")
        with refused("42501"):
            owner.run("CREATE EXTENSION pg_stat_statements")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO orders (what) VALUES ('x')",
        "UPDATE orders SET what = 'x'",
        "DELETE FROM orders",
        "TRUNCATE orders",
        "ALTER TABLE orders ADD COLUMN x int",
        "DROP TABLE orders",
        "SELECT nextval('orders_id_seq')",
        "CREATE SCHEMA mine",
        "CREATE TEMPORARY TABLE t (x int)",
        "CREATE EXTENSION pg_trgm",
    ],
)
def test_the_reader_writes_nothing(world, statement):
    world.ensure()
    world.seed(world.login, *TABLES)
    with world.login("reader") as reader, refused("42501"):
        reader.run(statement)


def test_the_reader_makes_no_table(world):
    # As in a database from before 15, but one whose schema the master has.
    world.seed(
        world.as_admin, f'ALTER SCHEMA public OWNER TO "{world.master}"', "GRANT CREATE ON SCHEMA public TO PUBLIC"
    )
    assert world.ensure()["open"] == []
    with world.login("reader") as reader, refused("42501"):
        reader.run("CREATE TABLE public.t (x int)")
    with world.login() as owner:
        owner.run("CREATE TABLE public.t (x int)")


def test_a_schema_that_is_open_to_everybody_is_told(world):
    world.seed(world.as_admin, "ALTER SCHEMA public OWNER TO rdsadmin", "GRANT CREATE ON SCHEMA public TO PUBLIC")
    told = [
        "everybody may create in the schema public, which is rdsadmin's",
        "orders_ro may create in the schema public",
    ]
    assert world.ensure()["open"] == told
    assert [line["what"] for line in world.lines if line["message"] == "left_open"] == told
    # It works all the same, and is told again.
    world.seed(world.login, *TABLES)
    with world.login("reader") as reader:
        assert reader.run("SELECT what FROM orders") == [["tea"]]
    again = world.ensure()
    assert (again["changed"], again["open"]) == (0, told)


@pytest.mark.parametrize("role", ["owner", "reader"])
def test_neither_makes_roles(world, role):
    world.ensure()
    with world.login(role) as session:
        for statement in (
            "CREATE ROLE mine",
            f"ALTER ROLE \"{world.master}\" PASSWORD 'x'",
            "ALTER ROLE orders_app CREATEROLE",
            "ALTER ROLE orders_ro SUPERUSER",
            "CREATE DATABASE mine",
            "SELECT rolpassword FROM pg_authid",
            "SELECT pg_read_file('PG_VERSION')",
            "COPY (SELECT 1) TO PROGRAM 'true'",
        ):
            with refused("42501"):
                session.run(statement)


@pytest.mark.parametrize("role", ["owner", "reader"])
def test_neither_becomes_the_master(world, role):
    world.ensure()
    with world.login(role) as session:
        others = [world.master, "rds_superuser", "rdsadmin"] + (["orders_app"] if role == "reader" else ["orders_ro"])
        for other in others:
            with refused("42501", "0LP01"):
                session.run(f'SET ROLE "{other}"')
            with refused("42501", "0LP01"):
                session.run(f'GRANT "{other}" TO {world.secret(role)["username"]}')


@pytest.mark.parametrize("role", ["owner", "reader"])
def test_neither_reads_other_databases(world, role):
    other = f"{world.database}-billing"
    world.seed(world.as_master, f'CREATE DATABASE "{other}"')
    assert world.left_open(world.ensure()) == []
    with refused("42501"):
        world.login(role, database=other).close()
    with world.as_master(other) as master:
        assert master.run("SELECT 1") == [[1]]


def test_a_database_of_others_is_told(world):
    other = f"{world.database}-alien"
    world.admin.run(f'CREATE DATABASE "{other}"')
    assert world.left_open(world.ensure()) == [
        f"everybody may connect to the database {other}, which is not the master's",
        f"orders_app may connect to the database {other}",
        f"orders_ro may connect to the database {other}",
    ]


def test_who_came_in_by_being_somebody_still_does(world):
    world.admin.run("CREATE ROLE clerk LOGIN PASSWORD 'clerk'; CREATE ROLE guest LOGIN PASSWORD 'guest'")
    world.ensure()
    world.admin.run("CREATE ROLE late LOGIN PASSWORD 'late'")
    for user in ("clerk", "guest"):
        with world.cluster.connect(user, user, world.database) as session:
            session.run("CREATE TEMPORARY TABLE t (x int)")
    with refused("42501"):
        world.cluster.connect("late", "late", world.database).close()
    assert world.ensure()["changed"] == 0


def test_only_an_owner(world):
    assert world.ensure(reader=None)["users"] == {"owner": "orders_app"}
    with world.login() as owner:
        owner.run("CREATE TABLE t (x int)")
    assert world.ensure(reader=None)["changed"] == 0
    # A reader that comes later sees what there is.
    world.ensure()
    with world.login("reader") as reader:
        assert reader.run("SELECT * FROM t") == []


def test_no_users_and_nothing_to_do(world):
    result = world.ensure(owner=None, reader=None)
    assert result == {"users": {}, "removed": [], "changed": 0, "open": []}


def test_names_that_are_words_of_sql(world):
    world.ensure(owner="order", reader="select")
    with world.login() as owner, world.login("reader") as reader:
        owner.run("CREATE TABLE t (x int)")
        assert reader.run("SELECT * FROM t") == []
    assert world.ensure(owner="order", reader="select")["changed"] == 0


HOSTILE = ['a"b', "a'b", "a;DROP TABLE t", "a b.c", "$$a$$", "\\a", "ä%s:x", "SELECT", "x" * 63, "--", "{0}"]


def test_hostile_names_of_things(world):
    with world.as_master() as master:
        for name in HOSTILE:
            for statement in things(name):
                master.execute_simple(statement)
    world.ensure()
    with world.login() as owner, world.login("reader") as reader:
        for name in HOSTILE:
            quoted = '"' + name.replace('"', '""') + '"'
            owner.execute_simple(f"INSERT INTO {quoted}.{quoted} VALUES (1)")
            assert reader.execute_simple(f"SELECT * FROM {quoted}.{quoted}").rows == [[1]]
    assert world.ensure()["changed"] == 0


def things(name):
    quoted = '"' + name.replace('"', '""') + '"'
    kind = '"' + name[:60].replace('"', '""') + '_t"'
    return (
        f"CREATE SCHEMA {quoted}",
        f"CREATE TABLE {quoted}.{quoted} ({quoted} int)",
        f"CREATE TYPE {quoted}.{kind} AS ENUM ('x')",
        f"CREATE FUNCTION {quoted}.{quoted}(x {quoted}.{quoted}) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    )


def test_what_the_owner_makes_does_not_act_for_the_master(world):
    world.ensure()
    escalate = "LANGUAGE plpgsql AS $$BEGIN EXECUTE format('ALTER ROLE orders_app CREATEROLE'); RETURN {}; END$$"
    with world.login() as owner:
        for head, value in (
            ("pg_get_userbyid(oid) RETURNS name", "'x'"),
            ("current_database() RETURNS name", "'x'"),
            ("shobj_description(oid, name) RETURNS text", "'x'"),
            ("pg_has_role(oid, text) RETURNS boolean", "true"),
            ("is_equal(name, text) RETURNS boolean", "true"),
        ):
            owner.run(f"CREATE FUNCTION public.{head} {escalate.format(value)}")
        owner.run("CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = text, FUNCTION = public.is_equal)")
        owner.run("CREATE TABLE public.pg_roles (rolname name); CREATE TABLE public.pg_database (datname name)")
    # Even when the master itself looks there first.
    world.admin.run(f'ALTER ROLE "{world.master}" SET search_path = public, pg_catalog')
    assert world.ensure()["changed"] == 0
    assert world.one("SELECT rolcreaterole FROM pg_roles WHERE rolname = 'orders_app'") is False
