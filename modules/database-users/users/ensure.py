"""Makes a database have the users that its config names: each with a secret, a login, and its rights."""

import time

from . import journal
from .failure import LoginRefused
from .vault import PENDING

# A rotation changes database and secret within a moment of each other; one that takes longer has died in between.
ROTATION_SECONDS = 20
ROTATION_PAUSE = 0.5


def ensure(request, vault, engine):
    master = vault.read_master(request.master_secret_arn)
    for user in request.users:
        wait_for_rotation(user, vault, engine)
    with engine.connect(request.place, master) as session, engine.alone(session):
        # A role must never have a password that nobody holds, so the secrets come first.
        logins = {user.name: vault.provide(user, request.place) for user in request.users}
        plan = engine.apply(session, request, logins)
        for user in request.users:
            if not works(engine, request.place, logins[user.name]):
                engine.set_password(session, logins[user.name])
        for user in request.users:
            with engine.connect(request.place, logins[user.name]) as own:
                plan.open += engine.prove(own, user, request, plan.master)
        for words in plan.open:
            journal.log("WARN", "left_open", what=words)
        return {
            "users": {user.role: user.name for user in request.users},
            "removed": plan.removed,
            "changed": session.changed,
            "open": plan.open,
        }


def wait_for_rotation(user, vault, engine):
    """While the database has the next password already, and the secret not yet."""
    deadline = time.monotonic() + ROTATION_SECONDS
    while time.monotonic() < deadline:
        value, pending = vault.read(user.secret_arn), vault.read(user.secret_arn, PENDING)
        if not value or not pending or pending.login == value.login:
            return
        if works(engine, value.place, value.login) or not works(engine, pending.place, pending.login):
            return
        journal.log("INFO", "waiting_for_rotation", user=user.name)
        time.sleep(ROTATION_PAUSE)


def works(engine, place, login):
    """Whether the database takes the password. What else keeps a user out is an error."""
    try:
        with engine.connect(place, login):
            return True
    except LoginRefused:
        return False
