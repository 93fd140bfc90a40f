"""Secrets and passwords: whatever is wrong with them, and that nobody else sees them."""

import json

import pytest
from conftest import refused

from users import rotation, vault, verifier
from users.failure import Failure
from users.vault import Login

# What depends on no server's version.
NEWEST = pytest.mark.versions(18)


def test_the_secrets_hold_what_a_client_and_a_proxy_need(world):
    world.ensure()
    for role, username in (("owner", "orders_app"), ("reader", "orders_ro")):
        value = world.secret(role)
        password = value.pop("password")
        assert vault.is_usable(password) and len(password) == 43
        assert value == {
            "engine": "postgres",
            "host": "127.0.0.1",
            "port": world.cluster.port,
            "dbname": world.database,
            "username": username,
        }
    assert world.secret("owner")["password"] != world.secret("reader")["password"]


def test_a_wrong_password_in_the_database_is_repaired(world):
    world.ensure()
    before = world.secret()
    world.admin.run("ALTER ROLE orders_app PASSWORD 'another'")
    assert world.ensure()["changed"] == 1
    assert world.secret() == before
    world.login().close()


def test_a_missing_password_in_the_database_is_repaired(world):
    world.ensure()
    world.admin.run("ALTER ROLE orders_ro PASSWORD NULL")
    assert world.ensure()["changed"] == 1
    world.login("reader").close()


def test_a_secret_that_another_wrote_is_the_truth(world):
    world.ensure()
    world.vault.put(world.arn("owner"), json.dumps({**world.secret(), "password": "chosen-by-hand"}))
    assert world.ensure()["changed"] == 1
    world.login().close()


@pytest.mark.parametrize(
    "password", ["';DROP ROLE orders_app;--", '"quoted"$$', "\\\\'E'\\n{}%s", "!~" * 64, "SCRAM-SHA-256$4096:a$b:c"]
)
def test_hostile_passwords(world, password):
    world.ensure()
    world.vault.put(world.arn("owner"), json.dumps({**world.secret(), "password": password}))
    world.ensure()
    assert world.secret()["password"] == password
    world.login().close()
    world.rotate()
    world.login().close()


@NEWEST
@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"username": "orders_app"}',
        '{"username": "orders_app", "password": ""}',
        '{"username": "orders_app", "password": "short"}',
        '{"username": "orders_app", "password": 12345678}',
        '{"username": "orders_app", "password": "tab\\tinside"}',
        '{"username": "orders_app", "password": "not plain: ä"}',
        '{"username": "orders_app", "password": "without a place"}',
    ],
)
def test_a_secret_that_holds_no_login_gets_one(world, text):
    world.vault.put(world.arn("owner"), text)
    world.ensure()
    assert vault.is_usable(world.secret()["password"])
    world.login().close()
    assert world.ensure()["changed"] == 0


@NEWEST
def test_a_secret_of_another_user_is_written_anew(world):
    world.ensure()
    before = world.secret()
    world.ensure(owner="orders_new")
    assert world.secret()["username"] == "orders_new"
    assert world.secret()["password"] != before["password"]
    world.login().close()


@NEWEST
def test_a_database_that_has_moved_keeps_its_password(world):
    world.ensure()
    before = world.secret()
    world.vault.put(world.arn("owner"), json.dumps({**before, "host": "elsewhere", "port": 1}))
    world.ensure()
    assert world.secret() == before


def test_a_restored_database_gets_the_passwords_of_the_secrets(world):
    world.ensure()
    world.rotate()
    # What a snapshot from before the rotation holds.
    world.admin.run(f"ALTER ROLE orders_app PASSWORD '{verifier.scram('from before the rotation')}'")
    assert world.ensure()["changed"] == 1
    world.login().close()


@NEWEST
def test_no_role_is_without_its_secret(world):
    def fail(operation):
        if operation == "PutSecretValue":
            raise ConnectionError("no more")

    world.vault.before = fail
    with pytest.raises(Failure, match="ConnectionError in"):
        world.ensure()
    assert world.one("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'orders%'") == 0


def test_no_password_is_told_anywhere(world, capsys):
    """Not in a line, an error, a statement or a server's log, and neither are the keys that check it."""
    failures = []
    world.ensure()
    world.rotate()
    world.rotate("reader")
    world.admin.run("ALTER ROLE orders_app PASSWORD NULL")
    world.ensure()
    for spoil in (
        lambda: world.vault.put(world.arn("master"), world.login_text(world.master, "wrong-master-password")),
        lambda: world.vault.put(world.arn("master"), "password: not-even-json"),
    ):
        spoil()
        with pytest.raises(Failure) as caught:
            world.ensure()
        failures.append(str(caught.value))
        assert caught.value.__cause__ is None and caught.value.__suppress_context__
    told = json.dumps(world.lines, ensure_ascii=False) + "".join(failures) + "".join(capsys.readouterr())
    texts = [text for secret in world.vault.secrets.values() for text in secret.values.values()]
    passwords = {json.loads(text)["password"] for text in texts if text.startswith("{")} | {"not-even-json"}
    assert len(passwords) >= 7
    logged = world.cluster.logged()
    assert "ALTER ROLE" in logged and "CREATE ROLE" in logged
    for password in passwords:
        assert password not in told and password not in logged
    assert "SCRAM-SHA-256$" not in told
    assert told.count("…") >= 4


@NEWEST
def test_an_error_of_a_library_is_not_repeated(world, monkeypatch):
    def fail(login):
        raise ValueError(f"cannot take {login!r} {login.password}")

    monkeypatch.setattr(verifier, "scram", lambda password: fail(Login("x", password)))
    with pytest.raises(Failure) as caught:
        world.ensure()
    assert str(caught.value).startswith("ValueError in test_passwords.py:")
    assert not any(password in str(world.lines) for password in world.passwords())


def test_the_master_with_a_wrong_password(world):
    world.vault.put(world.arn("master"), world.login_text(world.master, "wrong"))
    with pytest.raises(Failure, match="cannot log in to .*: 28P01"):
        world.ensure()


@NEWEST
@pytest.mark.parametrize("text", ["", "{}", '{"username": "m"}', '{"username": "m", "password": ""}'])
def test_the_master_without_a_login(world, text):
    world.vault.put(world.arn("master"), text)
    with pytest.raises(Failure, match="holds no username and password"):
        world.ensure()


@NEWEST
def test_a_removed_secret_is_an_error(world):
    del world.vault.secrets[world.arn("reader")]
    with pytest.raises(Failure, match="put_secret_value.*ResourceNotFoundException"):
        world.ensure()


def test_each_password_is_another():
    assert len({vault.make_password() for _ in range(1000)}) == 1000
    assert rotation.make_password is vault.make_password


def test_the_log_of_the_server_knows_only_verifiers(world):
    world.ensure()
    with refused("28P01"):
        world.cluster.connect("orders_app", "guessed", world.database)
    logged = world.cluster.logged()
    assert "PASSWORD 'SCRAM-SHA-256$4096:" in logged
    assert not any(password in logged for password in world.passwords())
