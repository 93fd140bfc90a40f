"""What the modules ask for."""

import re
from dataclasses import dataclass

from .failure import BadInput

OWNER = "owner"
READER = "reader"
ROLES = (OWNER, READER)

CHECK = "check"
ENSURE = "ensure"
ENSURE_KEYS = {
    "action", "adopt", "database", "engine", "host", "master_secret_arn", "port", "transition", "users"
}  # fmt: skip

NAME = re.compile(r"[a-z][a-z0-9_]*")
# What RDS, the modules or SQL itself mean by a name, whichever the engine.
RESERVED = {"none", "postgres", "public", "current_user", "user", "all", "master"}
RESERVED_BEGINNING = "rds"
SECRET_ARN = re.compile(r"arn:[a-z0-9-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+")


@dataclass(frozen=True)
class Place:
    """A database, and how to get there."""

    engine: str
    host: str
    port: int
    database: str


@dataclass(frozen=True)
class User:
    """What a user is for: `owner` owns what the application makes, `reader` reads it."""

    role: str
    name: str
    secret_arn: str


@dataclass(frozen=True)
class Request:
    """The users that a database is to have, and no others of ours."""

    place: Place
    master_secret_arn: str
    users: tuple
    adopt: frozenset
    # The master still logs in from pods: what it makes belongs to the owner as well.
    transition: bool

    def find(self, role):
        return next((user for user in self.users if user.role == role), None)

    @property
    def names(self):
        return [user.name for user in self.users]


def read_request(event, engines):
    if not isinstance(event, dict) or set(event) != ENSURE_KEYS or event["action"] != ENSURE:
        known = sorted(event) if isinstance(event, dict) else type(event).__name__
        raise BadInput(
            f'the event must be a rotation of Secrets Manager, or {{"action": "{ENSURE}"}} with '
            f"{', '.join(sorted(ENSURE_KEYS - {'action'}))}; got {known}"
        )
    place = read_place(event, "database", engines)
    if not is_secret_arn(event["master_secret_arn"]):
        raise BadInput("master_secret_arn must be the ARN of a secret")
    if not isinstance(event["transition"], bool):
        raise BadInput("transition must be true or false")
    users = read_users(event["users"], engines[place.engine])
    adopt = event["adopt"]
    if not isinstance(adopt, list) or not {*map(repr, adopt)} <= {repr(user.name) for user in users}:
        raise BadInput("adopt must be a list of names of users")
    return Request(place, event["master_secret_arn"], users, frozenset(adopt), event["transition"])


def is_check(event):
    """Whether the event only asks if the function would work: the environment's own apply."""
    return isinstance(event, dict) and event.get("action") == CHECK


def read_check(event):
    prefix = event.get("name_prefix")
    if set(event) != {"action", "name_prefix"} or not isinstance(prefix, str) or not prefix:
        raise BadInput(f'the event must be {{"action": "{CHECK}"}} with name_prefix, how the names of secrets begin')
    return prefix


def read_place(fields, database_key, engines):
    """Where the database is, of an event or of a secret."""
    engine, host, port, database = (fields.get(key) for key in ("engine", "host", "port", database_key))
    if not isinstance(engine, str) or engine not in engines:
        raise BadInput(f"engine must be one of {', '.join(sorted(engines))}")
    if not isinstance(host, str) or not host:
        raise BadInput("host must be the name of the database's host")
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= 65535:
        raise BadInput("port must be a number from 1 to 65535")
    if not isinstance(database, str) or not database:
        raise BadInput(f"{database_key} must be the name of a database")
    return Place(engine, host, port, database)


def read_users(users, engine):
    if not isinstance(users, dict) or not set(users) <= set(ROLES):
        raise BadInput(f"users must map {' and '.join(ROLES)} to a name and a secret_arn")
    found = []
    for role in ROLES:
        if role not in users:
            continue
        user = users[role]
        if not isinstance(user, dict) or set(user) != {"name", "secret_arn"} or not is_secret_arn(user["secret_arn"]):
            raise BadInput(f"the {role} must have a name and a secret_arn, the ARN of a secret")
        found.append(User(role, read_name(user["name"], role, engine), user["secret_arn"]))
    if READER in users and OWNER not in users:
        raise BadInput(f"a {READER} needs an {OWNER}, whose tables it reads")
    for key in ("name", "secret_arn"):
        if len({getattr(user, key) for user in found}) < len(found):
            raise BadInput(f"two users must not share one {key}")
    return tuple(found)


def read_name(name, role, engine):
    longest = engine.LONGEST_NAME
    if not isinstance(name, str) or not NAME.fullmatch(name) or len(name) > longest:
        raise BadInput(
            f"the name of the {role} must start with a letter and hold only a-z, 0-9 and _: {longest} at most"
        )
    if name in RESERVED | engine.RESERVED or name.startswith((RESERVED_BEGINNING, *engine.RESERVED_BEGINNINGS)):
        raise BadInput(f"the name of the {role} must not be {name}, which is reserved")
    return name


def is_secret_arn(value):
    return isinstance(value, str) and bool(SECRET_ARN.fullmatch(value))
