"""A second run changes nothing, and what differs is repaired or refused."""

import pytest
from conftest import refused

from users import postgres
from users.failure import Failure


def test_a_second_run_changes_nothing(world):
    first = world.ensure()
    calls = len(world.vault.calls)
    assert first["changed"] > 0
    second = world.ensure()
    assert second == {**first, "changed": 0}
    assert "PutSecretValue" not in world.vault.calls[calls:]
    world.seed(
        world.login, "CREATE TABLE t (x serial PRIMARY KEY)", "CREATE SCHEMA s", "CREATE VIEW s.v AS SELECT * FROM t"
    )
    assert world.ensure()["changed"] == 0


def test_each_attribute_is_repaired(world):
    world.ensure()
    world.admin.run(
        "ALTER ROLE orders_app NOLOGIN CREATEDB CREATEROLE NOINHERIT CONNECTION LIMIT 0 VALID UNTIL '2020-01-01'"
    )
    world.admin.run("COMMENT ON ROLE orders_app IS 'valet-rds:reader'")
    world.ensure()
    assert [statement.removeprefix('ALTER ROLE "orders_app" ') for statement in world.changes()] == [
        "COMMENT ON ROLE \"orders_app\" IS 'valet-rds:owner'",
        "LOGIN",
        "NOCREATEDB",
        "NOCREATEROLE",
        "INHERIT",
        "CONNECTION LIMIT -1",
        "VALID UNTIL 'infinity'",
    ]
    world.login().close()
    assert world.ensure()["changed"] == 0


def test_memberships_are_taken_away(world):
    world.seed(world.as_master, "CREATE ROLE clerks")
    world.ensure()
    world.seed(world.as_master, "GRANT clerks TO orders_app", "GRANT orders_app TO orders_ro")
    world.ensure()
    assert len(world.changes()) == 2
    assert (
        world.one(
            "SELECT pg_has_role('orders_app', 'clerks', 'MEMBER') OR pg_has_role('orders_ro', 'orders_app', 'MEMBER')"
        )
        is False
    )


def test_a_membership_that_a_superuser_gave(world):
    world.ensure()
    world.admin.run("GRANT rds_iam TO orders_app")
    if world.cluster.version < 16:
        world.ensure()
        assert world.one("SELECT pg_has_role('orders_app', 'rds_iam', 'MEMBER')") is False
    else:
        with pytest.raises(Failure, match="only a warning, 01"):
            world.ensure()


@pytest.mark.parametrize("attribute", ["SUPERUSER", "REPLICATION", "BYPASSRLS"])
def test_a_mighty_role_is_never_made_a_user(world, attribute):
    world.admin.run(f"CREATE ROLE orders_app LOGIN {attribute}; COMMENT ON ROLE orders_app IS 'valet-rds:owner'")
    with pytest.raises(Failure, match="it is not made a user"):
        world.ensure(adopt=["orders_app"])
    assert world.changes() == []


def test_the_master_is_never_made_a_user(world):
    world.admin.run(f"CREATE ROLE master_of LOGIN CREATEROLE PASSWORD '{world.master_password}'")
    world.admin.run(f'GRANT ALL ON DATABASE "{world.database}" TO master_of')
    world.vault.put(world.arn("master"), world.login_text("master_of", world.master_password))
    for role in ("owner", "reader"):
        with pytest.raises(Failure, match="master_of is the master"):
            world.ensure(**{role: "master_of"}, adopt=["master_of"])


def test_a_stranger_is_refused_until_adopted(world):
    world.seed(
        world.as_master,
        "CREATE ROLE orders_app LOGIN CREATEDB PASSWORD 'known to somebody'",
        "CREATE ROLE clerks",
        "GRANT clerks TO orders_app",
    )
    for _ in range(2):
        with pytest.raises(Failure, match="a role orders_app that was not made here"):
            world.ensure()
    assert world.changes() == []
    world.ensure(adopt=["orders_app"])
    with refused("28P01"):
        world.cluster.connect("orders_app", "known to somebody", world.database)
    world.login().close()
    assert (
        world.one(
            "SELECT rolcreatedb OR pg_has_role('orders_app', 'clerks', 'MEMBER') FROM pg_roles WHERE rolname = 'orders_app'"
        )
        is False
    )
    assert world.ensure()["changed"] == 0


def test_a_stranger_whom_the_master_cannot_administer(world):
    world.admin.run("CREATE ROLE orders_app LOGIN PASSWORD 'x'")
    if world.cluster.version < 16:
        world.ensure(adopt=["orders_app"])
        world.login().close()
    else:
        with pytest.raises(Failure, match="42501 permission denied.*ADMIN option"):
            world.ensure(adopt=["orders_app"])


def test_a_comment_of_others_is_no_mark(world):
    world.seed(
        world.as_master, "CREATE ROLE orders_app LOGIN", "COMMENT ON ROLE orders_app IS 'made by valet-rds:owner'"
    )
    with pytest.raises(Failure, match="was not made here"):
        world.ensure()


def test_a_removed_user_cannot_log_in(world):
    world.ensure()
    world.seed(world.login, "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1)")
    with world.login("reader") as reader:
        reader.run("SELECT * FROM t")
    result = world.ensure(reader=None)
    assert result["removed"] == ["orders_ro"]
    with refused("28000"):
        world.login("reader")
    assert world.ensure(reader=None)["changed"] == 0


def test_the_sessions_of_a_removed_user_end(world):
    world.ensure()
    with world.login() as owner:
        reader = world.login("reader")
        world.ensure(reader=None)
        with pytest.raises(Exception, match="network error|terminating connection"):
            reader.run("SELECT 1")
        assert owner.run("SELECT 1") == [[1]]


def test_the_data_of_a_removed_user_stays(world):
    world.ensure(owner="orders_old")
    world.seed(world.login, "CREATE SCHEMA s", "CREATE TABLE s.t (x serial)", "INSERT INTO s.t DEFAULT VALUES")
    result = world.ensure()
    assert result["removed"] == ["orders_old"]
    with world.login() as owner, world.login("reader") as reader:
        assert reader.run("SELECT x FROM s.t") == [[1]]
        owner.run("ALTER TABLE s.t ADD COLUMN y int; CREATE TABLE s.u (x int); DROP SCHEMA s CASCADE")
    assert world.ensure()["changed"] == 0


def test_all_users_removed_and_made_again(world):
    world.ensure()
    world.seed(world.login, "CREATE TABLE t (x int)")
    assert world.ensure(owner=None, reader=None)["removed"] == ["orders_app", "orders_ro"]
    for role in ("owner", "reader"):
        with refused("28000"):
            world.login(role)
    # The secrets went with the users.
    for role in ("owner", "reader"):
        world.vault.create(world.arn(role))
    assert world.ensure()["removed"] == []
    with world.login("reader") as reader:
        assert reader.run("SELECT * FROM t") == []


def test_users_that_change_places(world):
    world.ensure()
    world.seed(world.login, "CREATE TABLE t (x int)")
    world.vault.secrets[world.arn("owner")], world.vault.secrets[world.arn("reader")] = (
        world.vault.secrets[world.arn("reader")],
        world.vault.secrets[world.arn("owner")],
    )
    world.ensure(owner="orders_ro", reader="orders_app")
    with world.login("reader") as reader, refused("42501"):
        reader.run("INSERT INTO t VALUES (1)")
    with world.login() as owner:
        owner.run("ALTER TABLE t ADD COLUMN y int")
    assert world.ensure(owner="orders_ro", reader="orders_app")["changed"] == 0


def test_rights_on_a_table_are_taken_away(world):
    world.ensure()
    world.seed(
        world.login,
        "CREATE TABLE t (x int)",
        "GRANT INSERT, DELETE ON t TO orders_ro",
        "CREATE SEQUENCE s",
        "GRANT USAGE ON SEQUENCE s TO orders_ro",
    )
    assert world.ensure()["changed"] == 2
    with world.login("reader") as reader:
        for statement in ("INSERT INTO t VALUES (1)", "DELETE FROM t", "SELECT nextval('s')"):
            with refused("42501"):
                reader.run(statement)


def test_rights_on_a_schema_are_taken_away(world):
    world.ensure()
    world.seed(world.login, "CREATE SCHEMA s", "GRANT CREATE ON SCHEMA s TO orders_ro")
    assert world.ensure()["changed"] == 1
    with world.login("reader") as reader, refused("42501"):
        reader.run("CREATE TABLE s.t (x int)")


def test_rights_on_the_database_are_taken_away(world):
    world.ensure()
    world.seed(world.as_master, f'GRANT CREATE, TEMPORARY ON DATABASE "{world.database}" TO orders_ro')
    assert world.ensure()["changed"] == 1
    with world.login("reader") as reader:
        for statement in ("CREATE SCHEMA s", "CREATE TEMPORARY TABLE t (x int)"):
            with refused("42501"):
                reader.run(statement)


def test_defaults_of_the_owner_are_for_reading_only(world):
    world.ensure()
    world.seed(world.login, "ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO orders_ro")
    assert world.ensure()["changed"] == 1
    world.seed(world.login, "CREATE TABLE t (x int)")
    with world.login("reader") as reader, refused("42501"):
        reader.run("INSERT INTO t VALUES (1)")


def test_what_was_hidden_from_the_reader_is_shown_again(world):
    world.ensure()
    world.seed(world.login, "CREATE TABLE t (x int)", "CREATE SCHEMA s", "CREATE TABLE s.t (x int)")
    world.seed(world.login, "REVOKE SELECT ON t FROM orders_ro", "REVOKE USAGE ON SCHEMA s FROM orders_ro")
    world.seed(world.login, "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM orders_ro")
    assert world.ensure()["changed"] == 3
    with world.login("reader") as reader:
        assert reader.run("SELECT * FROM t, s.t AS u") == []


def test_what_everybody_may_write_to_is_told(world):
    world.ensure()
    world.seed(
        world.login,
        "CREATE TABLE t (x int)",
        "GRANT INSERT ON t TO PUBLIC",
        "CREATE TABLE u (x int)",
        "GRANT UPDATE (x) ON u TO orders_ro",
    )
    assert world.left_open(world.ensure()) == ["orders_ro may write to public.t, public.u, 2 in all"]


def test_a_database_that_is_not_the_masters(world):
    world.admin.run(f'ALTER DATABASE "{world.database}" OWNER TO rdsadmin')
    with pytest.raises(Failure, match="only a warning, 01007"):
        world.ensure()


def test_a_database_that_is_not_there(world):
    with pytest.raises(Failure, match="cannot log in to no-such on 127.0.0.1: 3D000"):
        world.call({**world.event(), "database": "no-such"})


def test_a_user_that_cannot_connect(world):
    world.ensure()
    world.admin.run("ALTER ROLE orders_app CONNECTION LIMIT 0")
    world.admin.run(f'ALTER DATABASE "{world.database}" CONNECTION LIMIT 1')
    with pytest.raises(Failure, match="53300"):
        world.ensure()


def test_the_proof_finds_what_a_run_has_missed(world, monkeypatch):
    world.ensure()
    monkeypatch.setattr(postgres, "STAGES", (postgres.make_roles,))
    world.admin.run("CREATE ROLE clerks; GRANT clerks TO orders_ro")
    with pytest.raises(Failure, match="orders_ro may do more than a user: it is an administrator, or acts for clerks"):
        world.ensure()
