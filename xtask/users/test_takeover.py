"""A living database, whose pods have logged in as the master until now."""

import pytest
from conftest import refused

from users import postgres_wire
from users.failure import Failure

MADE_BY_THE_MASTER = (
    "CREATE SCHEMA app",
    "CREATE TYPE app.colour AS ENUM ('red')",
    "CREATE DOMAIN app.small AS int CHECK (VALUE < 10)",
    "CREATE TYPE app.pair AS (a int, b int)",
    "CREATE TYPE app.span AS RANGE (subtype = int)",
    "CREATE TABLE app.t (id serial PRIMARY KEY, other bigint GENERATED ALWAYS AS IDENTITY, c app.colour, s app.small)",
    "INSERT INTO app.t (c, s) VALUES ('red', 1)",
    "CREATE TABLE app.parts (day date, t int REFERENCES app.t) PARTITION BY RANGE (day)",
    "CREATE TABLE app.parts_2026 PARTITION OF app.parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    "CREATE TABLE app.child () INHERITS (app.t)",
    "CREATE SEQUENCE app.numbers",
    "CREATE VIEW app.v AS SELECT * FROM app.t",
    "CREATE MATERIALIZED VIEW app.m AS SELECT * FROM app.v",
    "CREATE FUNCTION app.f(x int, y app.colour) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE PROCEDURE app.p() LANGUAGE sql AS 'SELECT 1'",
    "CREATE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int)",
    "CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER touch BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION app.touch()",
    "CREATE STATISTICS app.st ON c, s FROM app.t",
    "CREATE COLLATION app.col (locale = 'C')",
    "CREATE TEXT SEARCH CONFIGURATION app.ts (COPY = pg_catalog.simple)",
    "CREATE OPERATOR app.@@@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)",
    "CREATE TABLE public.u (x int)",
    "CREATE EXTENSION pg_trgm SCHEMA app",
    "CREATE EXTENSION citext",
    "SELECT lo_create(4711)",
)
OWNED = (
    "SELECT count(*) FROM pg_shdepend d, pg_identify_object(d.classid, d.objid, 0) i WHERE d.deptype = 'o' "
    "AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND d.refobjid = (SELECT oid FROM pg_roles WHERE rolname = :role) AND i.type NOT IN ('default acl', 'extension')"
)


def test_what_the_master_made_goes_to_the_owner(world):
    world.seed(world.as_master, *MADE_BY_THE_MASTER)
    assert world.one(OWNED, role=world.master) >= 24
    assert world.left_open(world.ensure()) == []
    assert world.one(OWNED, role=world.master) == 0
    with world.login() as owner, world.login("reader") as reader:
        assert reader.run("SELECT count(*) FROM app.t, app.v, app.m") == [[1]]
        assert reader.run("SELECT * FROM app.parts_2026, public.u, app.child") == []
        owner.run("INSERT INTO app.t (c, s) VALUES ('red', 2); REFRESH MATERIALIZED VIEW app.m")
        owner.run("INSERT INTO app.parts VALUES ('2026-05-05', 1); DROP TABLE public.u")
        owner.run("ALTER TABLE app.t ADD COLUMN x int; ALTER TYPE app.colour ADD VALUE 'blue'")
        owner.run("DROP FUNCTION app.f(int, app.colour); SELECT lo_unlink(4711)")
    assert world.ensure()["changed"] == 0


def test_databases_and_extensions_stay_the_masters(world):
    world.seed(world.as_master, *MADE_BY_THE_MASTER)
    world.ensure()
    with world.as_admin() as admin:
        owners = admin.run("SELECT DISTINCT pg_get_userbyid(extowner) FROM pg_extension WHERE extname <> 'plpgsql'")
        assert owners == [[world.master]]
    assert (
        world.one("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()") == world.master
    )
    with world.login() as owner, refused("42501", "55006"):
        owner.run("DROP EXTENSION citext")


def test_what_cannot_be_given_away_is_told(world):
    world.seed(world.as_master, "CREATE TABLE t (x int)", "CREATE PUBLICATION p FOR TABLE t")
    assert world.left_open(world.ensure()) == [
        f"the publication p stays {world.master}'s: it cannot be given to orders_app"
    ]


def test_tables_of_others_are_told_and_left(world):
    world.admin.run("CREATE ROLE clerk LOGIN PASSWORD 'clerk'")
    world.seed(world.as_admin, "CREATE TABLE public.theirs (x int)", "ALTER TABLE public.theirs OWNER TO clerk")
    assert world.left_open(world.ensure()) == ["1 tables, views or sequences belong to clerk, and not to orders_app"]


def test_temporary_tables_stay(world):
    with world.as_master() as master:
        master.run("CREATE TEMPORARY TABLE mine (x serial); CREATE TYPE pg_temp.colour AS ENUM ('red')")
        master.run("CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        world.ensure()
        master.run("INSERT INTO mine DEFAULT VALUES")
        assert world.ensure()["changed"] == 0


def test_the_master_works_on_in_the_transition(world):
    world.seed(world.as_master, *MADE_BY_THE_MASTER)
    with world.as_master() as master, world.as_master() as idle:
        idle.run("BEGIN; SELECT 1 FROM pg_class LIMIT 1")
        world.ensure(transition=True)
        master.run("INSERT INTO app.t (c, s) VALUES ('red', 3); ALTER TABLE app.t ADD COLUMN later int")
        master.run("CREATE TABLE app.late (x serial); CREATE SCHEMA late; CREATE TABLE late.t (x int)")
        master.run(
            "CREATE FUNCTION late.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE late.c AS ENUM ('red')"
        )
        with world.login() as owner, world.login("reader") as reader:
            # What the master still makes is the owner's to use, and the reader's to see.
            owner.run("INSERT INTO app.late DEFAULT VALUES; INSERT INTO late.t VALUES (1); SELECT late.f()")
            owner.run("CREATE TABLE late.own (x int, c late.c)")
            assert reader.run("SELECT count(*) FROM app.late, late.t, late.own") == [[0]]
            assert reader.run("SELECT count(*) FROM app.late, late.t") == [[1]]
            with refused("42501"):
                reader.run("INSERT INTO late.t VALUES (1)")
            # And what the owner makes is the master's.
            owner.run("CREATE TABLE app.new (x int)")
            master.run("INSERT INTO app.new VALUES (1); ALTER TABLE app.new ADD COLUMN y int")
            with refused("42501"):
                owner.run("ALTER TABLE app.late ADD COLUMN y int")
            world.ensure(transition=True)
            owner.run("ALTER TABLE app.late ADD COLUMN y int; ALTER TABLE late.t ADD COLUMN y int")
    assert world.ensure(transition=True)["changed"] == 0


def test_the_end_of_the_transition_is_the_end_of_its_defaults(world):
    world.ensure(transition=True)
    world.ensure()
    assert world.changes()
    assert all(
        "ALTER DEFAULT PRIVILEGES FOR ROLE" in statement and " REVOKE " in statement for statement in world.changes()
    )
    world.seed(
        world.as_master, "CREATE SCHEMA closed", "CREATE TABLE closed.t (x int)", "CREATE TABLE public.closed (x int)"
    )
    for role in ("owner", "reader"):
        with world.login(role) as session:
            for table in ("closed.t", "public.closed"):
                with refused("42501"):
                    session.run(f"SELECT * FROM {table}")
    # The next apply takes them over all the same.
    world.ensure()
    with world.login("reader") as reader:
        assert reader.run("SELECT * FROM closed.t, public.closed") == []


def test_a_table_in_use_is_taken_over_later(world, monkeypatch):
    world.seed(world.as_master, "CREATE TABLE t (x int)")
    monkeypatch.setitem(postgres_wire.SETTINGS, "lock_timeout", "20ms")
    with world.as_master() as busy:
        busy.run("BEGIN; LOCK TABLE t")
        with pytest.raises(Failure, match="55P03"):
            world.ensure()
        busy.run("COMMIT")
    world.ensure()
    assert world.one("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 't'") == "orders_app"
