"""A new password, while clients go on."""

import json
import threading
import time

import pg8000.exceptions
import pytest
from conftest import refused

from users import ensure, plan, postgres, rotation
from users.failure import Failure

ROLES = ("owner", "reader")

# What depends on no server's version.
NEWEST = pytest.mark.versions(18)


@pytest.mark.parametrize("role", ROLES)
def test_a_rotation_replaces_the_password(world, role):
    world.ensure()
    before = world.secret(role)
    world.rotate(role)
    after = world.secret(role)
    assert after["password"] != before["password"]
    assert {**after, "password": None} == {**before, "password": None}
    assert world.secret(role, "AWSPREVIOUS") == before
    world.login(role).close()
    with refused("28P01"):
        world.login(role, stage="AWSPREVIOUS")
    assert world.ensure()["changed"] == 0


def test_connected_clients_survive(world):
    world.ensure()
    with world.login() as owner, world.login("reader") as reader:
        owner.run("CREATE TABLE t (x int)")
        owner.run("BEGIN; INSERT INTO t VALUES (1)")
        for _ in range(3):
            world.rotate()
            world.rotate("reader")
        owner.run("COMMIT")
        assert reader.run("SELECT x FROM t") == [[1]]


def test_clients_that_log_in_meanwhile_find_their_way(world):
    """With what the secret says, and when that is refused, with what it says then: as a proxy does."""
    world.ensure()
    stop, logins, failures = threading.Event(), [], []

    def client():
        while not stop.is_set():
            for pause in (0.05, 0.1, 0.5, 2, None):
                try:
                    world.login().close()
                    logins.append(pause)
                    break
                except pg8000.exceptions.DatabaseError as error:
                    if pause is None or error.args[0]["C"] != "28P01":
                        failures.append(error)
                        break
                    time.sleep(pause)

    threads = [threading.Thread(target=client) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        world.rotate()
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures and len(logins) > 5


def test_no_rotation_needs_the_master(world):
    world.ensure()
    del world.vault.secrets[world.arn("master")]
    world.rotate()
    world.login().close()


def test_nothing_changes_before_the_last_step(world):
    world.ensure()
    before = world.secret()
    token = world.vault.begin_rotation(world.arn("owner"))
    for step in ("createSecret", "setSecret", "testSecret"):
        world.step("owner", step, token)
        assert world.secret() == before
        world.login().close()
    assert world.secret(stage="AWSPENDING")["password"] != before["password"]


@NEWEST
@pytest.mark.parametrize("step", rotation.STEPS)
def test_each_step_twice_is_harmless(world, step):
    world.ensure()
    token = world.vault.begin_rotation(world.arn("owner"))
    for each in rotation.STEPS:
        world.step("owner", each, token)
        if each == step:
            world.step("owner", each, token)
            pending = world.secret(stage="AWSPENDING")
            assert pending
    assert world.secret() == pending or step != "createSecret"
    world.login().close()
    # Long after the end, too.
    for each in rotation.STEPS:
        assert world.step("owner", each, token) == {"step": each, "done": "before"}


def test_a_user_that_is_read_only_by_default_rotates(world):
    world.ensure()
    world.admin.run("ALTER ROLE orders_ro SET default_transaction_read_only = on")
    world.admin.run("ALTER ROLE orders_ro SET search_path = nowhere; ALTER ROLE orders_ro SET statement_timeout = 1")
    world.rotate("reader")
    world.login("reader").close()


class Killed(BaseException):
    pass


def killed(operation):
    def kill(at):
        if at == operation:
            raise Killed

    return kill


def test_death_between_database_and_secret_is_finished_by_the_retry(world):
    world.ensure()
    token = world.vault.begin_rotation(world.arn("owner"))
    for step in rotation.STEPS[:3]:
        world.step("owner", step, token)
    world.vault.before = killed("UpdateSecretVersionStage")
    with pytest.raises(Killed):
        world.step("owner", "finishSecret", token)
    with refused("28P01"):
        world.login()
    world.vault.before = lambda operation: None
    world.step("owner", "finishSecret", token)
    world.login().close()


def test_death_between_database_and_secret_is_repaired_by_the_next_apply(world, monkeypatch):
    monkeypatch.setattr(ensure, "ROTATION_SECONDS", 0.2)
    world.ensure()
    token = world.vault.begin_rotation(world.arn("owner"))
    for step in rotation.STEPS[:3]:
        world.step("owner", step, token)
    world.vault.before = killed("UpdateSecretVersionStage")
    with pytest.raises(Killed):
        world.step("owner", "finishSecret", token)
    world.vault.before = lambda operation: None
    assert world.ensure()["changed"] == 1
    assert [line for line in world.lines if line["message"] == "waiting_for_rotation"]
    world.login().close()
    # Then the rotation goes on, as if nothing had been.
    world.step("owner", "finishSecret", token)
    world.login().close()
    assert world.ensure()["changed"] == 0


def test_an_apply_waits_for_a_rotation_that_is_under_way(world):
    world.ensure()
    token = world.vault.begin_rotation(world.arn("owner"))
    for step in rotation.STEPS[:3]:
        world.step("owner", step, token)
    pending = world.secret(stage="AWSPENDING")
    with world.as_master() as master:
        master.run("SELECT 1")
    world.admin.run(f"ALTER ROLE orders_app PASSWORD '{pending['password']}'")

    def finish(operation):
        if operation == "GetSecretValue" and world.vault.calls.count("GetSecretValue") > reads + 8:
            world.vault.secrets[world.arn("owner")].move("AWSCURRENT", token)

    reads = world.vault.calls.count("GetSecretValue")
    world.vault.before = finish
    assert world.ensure()["changed"] == 0
    assert world.secret() == pending
    world.login().close()


def test_a_promotion_that_was_taken_back_is_no_dead_end(world):
    world.ensure()
    world.rotate()
    # Somebody moved the label, and the database has the last password.
    previous = world.secret(stage="AWSPREVIOUS")
    world.admin.run(f"ALTER ROLE orders_app PASSWORD '{previous['password']}'")
    world.rotate()
    world.login().close()


@NEWEST
def test_the_check_without_a_pending_version(world):
    """What Secrets Manager asks for when rotation is switched on and nothing is to rotate yet."""
    world.ensure()
    token = world.vault.begin_rotation(world.arn("owner"))
    before = world.secret()
    assert world.step("owner", "testSecret", token) == {"step": "testSecret", "done": "now"}
    assert world.secret() == before and world.secret(stage="AWSPENDING") is None


def test_a_password_that_does_not_work_is_no_rotation(world):
    world.ensure()
    world.admin.run("ALTER ROLE orders_app PASSWORD 'another'")
    token = world.vault.begin_rotation(world.arn("owner"))
    world.step("owner", "createSecret", token)
    for step in rotation.STEPS[1:]:
        with pytest.raises(Failure, match="orders_app cannot log in .*28P01"):
            world.step("owner", step, token)


@NEWEST
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda world, event: event.update(Step="restoreSecret"), "the step must be one of"),
        (lambda world, event: event.update(ClientRequestToken="0" * 36), "has no version"),
        (
            lambda world, event: setattr(world.vault.secrets[world.arn("owner")], "is_rotating", False),
            "does not rotate",
        ),
        (
            lambda world, event: world.vault.secrets[world.arn("owner")].stages[event["ClientRequestToken"]].clear(),
            "has no version",
        ),
        (
            lambda world, event: (
                world.vault.secrets[world.arn("owner")].stages[event["ClientRequestToken"]].add("MINE")
            ),
            "is not pending",
        ),
    ],
)
def test_what_is_no_rotation_is_refused(world, spoil, words):
    world.ensure()
    token = world.vault.begin_rotation(world.arn("owner"))
    event = {"Step": "createSecret", "SecretId": world.arn("owner"), "ClientRequestToken": token}
    spoil(world, event)
    if "MINE" in world.vault.secrets[world.arn("owner")].stages.get(token, ()):
        world.vault.secrets[world.arn("owner")].stages[token].discard("AWSPENDING")
    with pytest.raises(Failure, match=words):
        world.call(event)


@NEWEST
def test_a_secret_without_a_value_does_not_rotate(world):
    token = world.vault.begin_rotation(world.arn("owner"))
    for step in rotation.STEPS:
        with pytest.raises(Failure, match="holds no login yet"):
            world.step("owner", step, token)


@NEWEST
def test_a_pending_version_of_another_user_is_refused(world):
    world.ensure()
    token = world.vault.begin_rotation(world.arn("owner"))
    world.vault.secrets[world.arn("owner")].values[token] = json.dumps({**world.secret(), "username": "orders_ro"})
    for step in rotation.STEPS[1:]:
        with pytest.raises(Failure, match="is another user's"):
            world.step("owner", step, token)


@NEWEST
def test_a_finish_without_a_beginning_is_refused(world):
    world.ensure()
    token = world.vault.begin_rotation(world.arn("owner"))
    with pytest.raises(Failure, match="createSecret comes first"):
        world.step("owner", "finishSecret", token)


@NEWEST
def test_a_rotation_and_an_apply_do_not_meet(world, monkeypatch):
    monkeypatch.setattr(plan, "LOCK_SECONDS", 0.1)
    world.ensure()
    token = world.vault.begin_rotation(world.arn("owner"))
    for step in rotation.STEPS[:3]:
        world.step("owner", step, token)
    with world.as_master() as other:
        other.run(f"SELECT pg_advisory_lock({postgres.LOCK})")
        with pytest.raises(Failure, match="another run has been changing"):
            world.step("owner", "finishSecret", token)
    world.step("owner", "finishSecret", token)
    world.login().close()
