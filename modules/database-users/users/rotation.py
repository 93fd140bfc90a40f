"""The four steps in which Secrets Manager has a password replaced.

A proxy knows one password of a user, so there is one user. For a moment its old password does not work any more and the
new one is not known yet. That moment is as short as can be: the steps before the last only prove that the last can be
done, and the last changes the database and the secret right after each other.
"""

from . import journal
from .ensure import works
from .failure import BadInput, Failure, LoginRefused
from .vault import CURRENT, PENDING, PREVIOUS, Login, Value, make_password

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


def is_rotation(event):
    return isinstance(event, dict) and {"Step", "SecretId", "ClientRequestToken"} <= set(event)


def rotate(event, vault, engines):
    step, arn, token = event["Step"], event["SecretId"], event["ClientRequestToken"]
    if step not in STEPS:
        raise BadInput(f"the step must be one of {', '.join(STEPS)}")
    stages, is_rotating = vault.describe(arn)
    if not is_rotating:
        raise Failure(f"the secret {arn} does not rotate")
    if token not in stages:
        raise Failure(f"the secret {arn} has no version {token}")
    if CURRENT in stages[token]:
        return {"step": step, "done": "before"}
    if PENDING not in stages[token]:
        raise Failure(f"the version {token} of the secret {arn} is not pending")
    value = vault.read(arn)
    if not value:
        raise Failure(f"the secret {arn} holds no login yet: the next apply of its database writes it")
    engine = engines[value.place.engine]
    pending = vault.read(arn, PENDING, token)
    if step == "createSecret":
        if not pending:
            login = Login(value.login.username, make_password())
            vault.write(arn, Value(login, value.place), stage=PENDING, token=token)
    elif step == "finishSecret":
        if not pending:
            raise Failure(f"the version {token} of the secret {arn} holds no login: createSecret comes first")
        finish(arn, token, value, pending, stages, vault, engine)
    else:
        # Without a version that is pending, Secrets Manager only asks whether a rotation would work.
        find_way_in(arn, value, pending, vault, engine).close()
    return {"step": step, "done": "now"}


def finish(arn, token, value, pending, stages, vault, engine):
    [current] = [version for version, names in stages.items() if CURRENT in names]
    with find_way_in(arn, value, pending, vault, engine) as session, engine.alone(session):
        # What the database has by now: an apply may have set it back, and a run before this one may have set it.
        if not works(engine, value.place, pending.login):
            engine.set_password(session, pending.login)
        vault.promote(arn, token, current)
    journal.log("INFO", "rotated", user=value.login.username)


def find_way_in(arn, value, pending, vault, engine):
    """A session of the user itself, so that no rotation needs the master: with its password, with the next one that a
    run before has set, or with the last one, which a promotion that came to nothing leaves in the database."""
    if pending and pending.login.username != value.login.username:
        raise Failure(f"the pending version of the secret {arn} is another user's")
    refusal = None
    for candidate in (value, pending, vault.read(arn, PREVIOUS)):
        if not candidate or candidate.login.username != value.login.username:
            continue
        try:
            return engine.connect(value.place, candidate.login)
        except LoginRefused as error:
            refusal = refusal or error
    raise refusal
