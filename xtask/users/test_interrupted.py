"""Runs that are killed, and runs that meet."""

import re
import threading

import pytest
from conftest import World
from test_takeover import MADE_BY_THE_MASTER

from users import plan, postgres, postgres_wire
from users.failure import Failure

SOME = "SCHEMA app$|TYPE app.colour|app.small|TABLE app.t |VIEW app.v|FUNCTION app.f|public.u"
STATE = {
    "roles": "SELECT rolname, rolcanlogin, rolcreatedb, rolcreaterole, rolinherit, rolconnlimit, "
    "shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname LIKE 'orders%' ORDER BY 1",
    "members": "SELECT roleid::regrole::text, member::regrole::text FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid "
    "WHERE rolname LIKE 'orders%' ORDER BY 1, 2",
    "database": "SELECT grantee::regrole::text, privilege_type FROM pg_database, aclexplode(datacl) "
    "WHERE datname = current_database() ORDER BY 1, 2",
    "schemas": "SELECT nspname, pg_get_userbyid(nspowner), nspacl::text FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1",
    "relations": "SELECT relname, pg_get_userbyid(relowner), relacl::text FROM pg_class WHERE relnamespace::regnamespace::text "
    "IN ('app', 'public') AND relkind NOT IN ('i', 't') ORDER BY 1",
    "functions": "SELECT proname, pg_get_userbyid(proowner) FROM pg_proc "
    "WHERE pronamespace::regnamespace::text = 'app' ORDER BY 1",
    "defaults": "SELECT pg_get_userbyid(defaclrole), defaclobjtype::text, defaclacl::text FROM pg_default_acl ORDER BY 1, 2",
}


def state(world):
    with world.as_admin() as admin:
        return {
            what: str(admin.run(sql)).replace(world.master, "MASTER").replace(world.database, "DATABASE")
            for what, sql in STATE.items()
        }


class Killed(BaseException):
    pass


def kill_after(monkeypatch, kind, operation, number):
    """Kills a run right after it has done something for the so-maniest time: the connections are gone with it."""
    original, done = getattr(kind, operation), []

    def counted(self, *arguments, **more):
        answer = original(self, *arguments, **more)
        done.append(1)
        if len(done) == number:
            raise Killed
        return answer

    monkeypatch.setattr(kind, operation, counted)


def seed(world):
    """A database with some of everything, a stranger, and a user that has left."""
    world.seed(world.as_master, *(statement for statement in MADE_BY_THE_MASTER if re.search(SOME, statement)))
    world.admin.run("CREATE ROLE clerk LOGIN")
    world.seed(
        world.as_master,
        "CREATE ROLE orders_old LOGIN",
        "COMMENT ON ROLE orders_old IS 'valet-rds:owner'",
    )
    world.seed(world.as_admin, "CREATE TABLE public.old (x int)", "ALTER TABLE public.old OWNER TO orders_old")


# The oldest and the newest way to be a member.
@pytest.mark.versions(15, 18)
def test_a_run_killed_after_any_change_is_taken_up(cluster, monkeypatch):
    expected, number = None, 0
    while True:
        world = World(cluster)
        try:
            seed(world)
            was_killed = False
            if number:
                with monkeypatch.context() as patched:
                    kill_after(patched, postgres_wire.Session, "change", number)
                    try:
                        world.ensure(transition=True)
                    except Killed:
                        was_killed = True
                if not was_killed:
                    break
            world.ensure(transition=True)
            found = state(world)
            expected = expected or found
            assert found == expected, f"killed after change {number}"
            assert world.ensure(transition=True)["changed"] == 0
            for role in ("owner", "reader"):
                world.login(role).close()
            number += 1
        finally:
            world.close()
    assert number > 25


@pytest.mark.versions(18)
@pytest.mark.parametrize("number", range(1, 5))
def test_a_run_killed_after_any_call_for_a_secret_is_taken_up(world, number):
    done = []

    def kill(operation):
        done.append(operation)
        if len(done) == number:
            raise Killed

    world.vault.after = kill
    try:
        world.ensure()
    except Killed:
        pass
    # Of the master's secret one is read, and two are written.
    assert (len(done) == number) == (number <= 3)
    world.vault.after = lambda operation: None
    world.ensure()
    assert world.ensure()["changed"] == 0
    world.login().close()


def test_two_runs_at_once(world):
    world.seed(world.as_master, *MADE_BY_THE_MASTER)
    results = world.at_once(3)
    assert sorted(result["changed"] > 0 for result in results) == [False, False, True]
    for role in ("owner", "reader"):
        world.login(role).close()
    assert world.vault.calls.count("PutSecretValue") == 2


def test_a_run_does_not_wait_for_ever_for_another(world, monkeypatch):
    monkeypatch.setattr(plan, "LOCK_SECONDS", 0.2)
    world.ensure()
    with world.login("reader") as other:
        other.run(f"SELECT pg_advisory_lock({postgres.LOCK})")
        with pytest.raises(Failure, match="another run has been changing users of this database"):
            world.ensure()
    world.ensure()


def test_clients_that_migrate_meanwhile(world):
    world.ensure()
    stop, failures = threading.Event(), []

    def migrate():
        with world.as_master() as master:
            number = 0
            while not stop.is_set():
                number += 1
                try:
                    master.run(f"CREATE TABLE public.t{number} (x serial); CREATE SCHEMA s{number}")
                    master.run(f"DROP TABLE public.t{number}; DROP SCHEMA s{number}")
                except Exception as error:
                    failures.append(error)
                    return

    thread = threading.Thread(target=migrate)
    thread.start()
    try:
        for _ in range(5):
            world.ensure(transition=True)
    finally:
        stop.set()
        thread.join()
    assert not [error for error in failures if "concurrently" not in str(error)]


def test_a_connection_that_breaks_is_told(world, monkeypatch):
    original = postgres_wire.Session.change

    def cut(self, sql):
        if "SCHEMA public OWNER" in sql or "GRANT USAGE" in sql:
            world.admin.run(
                f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '{world.master}'"
            )
        return original(self, sql)

    with monkeypatch.context() as patched:
        patched.setattr(postgres_wire.Session, "change", cut)
        with pytest.raises(Failure, match="the connection broke|57P01"):
            world.ensure()
    world.ensure()
    world.login().close()
