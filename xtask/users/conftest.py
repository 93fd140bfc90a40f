import contextlib
import io
import itertools
import json
import os
import secrets
import sys
import tempfile
from pathlib import Path
from unittest import mock

import pg8000.exceptions
import pytest

import cluster as clusters
from secrets_manager import SecretsManager

SOURCES = Path(os.environ.get("USERS_SOURCES", Path(__file__).parents[2] / "modules" / "database-users"))
sys.path.insert(0, str(SOURCES))

from users import ensure, handler, postgres, scram, vault, wire  # noqa: E402

REGION = "eu-central-1"
ARN = f"arn:aws:secretsmanager:{REGION}:111111111111:secret:"
NUMBERS = itertools.count(1)
OURS = ("rds", "pg_")


def pytest_addoption(parser):
    parser.addoption("--versions", default=",".join(map(str, clusters.VERSIONS)), help="of PostgreSQL, such as 14,17")
    parser.addoption("--running", help="a server that is there already, as JSON")


def pytest_configure(config):
    config.addinivalue_line("markers", "versions(*numbers): the only versions that a test is for")


def pytest_generate_tests(metafunc):
    if "cluster" in metafunc.fixturenames:
        versions = [int(version) for version in metafunc.config.getoption("versions").split(",")]
        metafunc.parametrize("cluster", versions, indirect=True, scope="session")


def pytest_collection_modifyitems(config, items):
    """What is the same for every version, is asked of one; what needs no server, with the newest."""
    versions = [int(version) for version in config.getoption("versions").split(",")]
    chosen = []
    for item in items:
        marker = item.get_closest_marker("versions")
        version = item.callspec.params.get("cluster") if hasattr(item, "callspec") else None
        meant = marker.args if marker else clusters.VERSIONS if version else clusters.VERSIONS[-1:]
        if version in meant or version is None and (config.getoption("running") or {*versions} & {*meant}):
            chosen.append(item)
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


@pytest.fixture(scope="session")
def folder():
    # Whom a server runs as must get there.
    with tempfile.TemporaryDirectory(prefix="users-") as path:
        Path(path).chmod(0o755)
        yield Path(path)


@pytest.fixture(scope="session")
def certificates(folder):
    return clusters.Certificates(folder)


@pytest.fixture(scope="session")
def cluster(request, folder):
    if running := request.config.getoption("running"):
        yield clusters.Cluster.attach(json.loads(running))
        return
    path = folder / str(request.param)
    path.mkdir()
    made = clusters.Cluster(request.param, path, request.getfixturevalue("certificates")).create().start().add_rds()
    yield made
    made.stop()


@contextlib.contextmanager
def refused(*codes):
    """PostgreSQL says no, for one of these reasons."""
    with pytest.raises(pg8000.exceptions.DatabaseError) as caught:
        yield
    assert caught.value.args[0]["C"] in codes, caught.value


class World:
    """A database of its own with its master, the secrets of its users, and the function."""

    def __init__(self, cluster):
        number = next(NUMBERS)
        self.cluster = cluster
        self.database = f"orders-{number}"
        # No name that SQL takes without quotes.
        self.master = f"Master {number}"
        self.master_password = secrets.token_urlsafe()
        self.vault = SecretsManager()
        self.vault.create(self.arn("master"), self.login_text(self.master, self.master_password))
        for role in ("owner", "reader", "other"):
            self.vault.create(self.arn(role))
        self.lines = []
        self.admin = cluster.connect()
        self.admin.run(
            f'CREATE ROLE "{self.master}" LOGIN CREATEROLE CREATEDB IN ROLE rds_superuser '
            f"PASSWORD '{scram.make_verifier(self.master_password)}'"
        )
        self.admin.run(f'CREATE DATABASE "{self.database}" OWNER "{self.master}"')

    def close(self):
        databases = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
        for [database] in self.admin.run(databases):
            self.admin.run(f'DROP DATABASE "{database}" WITH (FORCE)')
        roles = [row[0] for row in self.admin.run("SELECT rolname FROM pg_roles") if not row[0].startswith(OURS)]
        for role in roles:
            self.admin.run(f'DROP OWNED BY "{role}"')
        for role in sorted(roles, key=lambda role: role.startswith("Master")):
            self.admin.run(f'DROP ROLE "{role}"')
        self.admin.close()

    def arn(self, role):
        return f"{ARN}{'rds!db-master' if role == 'master' else f'valet-rds/dev/orders/{role}'}-a1B2c3"

    @staticmethod
    def login_text(username, password):
        return json.dumps({"username": username, "password": password})

    def event(self, owner="orders_app", reader="orders_ro", adopt=(), transition=False, **more):
        names = {"owner": owner, "reader": reader}
        return {
            "action": "ensure",
            "engine": "postgres",
            "host": clusters.HOST,
            "port": self.cluster.port,
            "database": self.database,
            "master_secret_arn": self.arn("master"),
            "users": {role: {"name": name, "secret_arn": self.arn(role)} for role, name in names.items() if name},
            "adopt": list(adopt),
            "transition": transition,
            **more,
        }

    def call(self, event):
        """Runs the function; keeps its lines, each of which must be JSON."""
        out = io.StringIO()
        with self.inside(), contextlib.redirect_stdout(out):
            try:
                return handler.handler(event, None)
            finally:
                self.lines += [json.loads(line) for line in out.getvalue().splitlines()]

    @contextlib.contextmanager
    def inside(self):
        with (
            mock.patch.dict(os.environ, {"AWS_REGION": REGION}),
            mock.patch.object(vault.boto3, "client", lambda *_, **__: self.vault),
            mock.patch.object(wire, "BUNDLE", self.cluster.certificates.bundle),
        ):
            yield

    def ensure(self, **more):
        return self.call(self.event(**more))

    def step(self, role, step, token):
        return self.call({"Step": step, "SecretId": self.arn(role), "ClientRequestToken": token})

    def left_open(self, result):
        """Without what 14 leaves open in every database: the schema public is a superuser's."""
        always = {
            "everybody may create in the schema public, which is rdsadmin's",
            "orders_ro may create in the schema public",
        }
        found = result["open"]
        return found if self.cluster.version >= 15 else [words for words in found if words not in always]

    def rotate(self, role="owner"):
        """As Secrets Manager does."""
        token = self.vault.begin_rotation(self.arn(role))
        for step in ("createSecret", "setSecret", "testSecret", "finishSecret"):
            self.step(role, step, token)
        return token

    def secret(self, role="owner", stage="AWSCURRENT"):
        text = self.vault.value(self.arn(role), stage)
        return text and json.loads(text)

    def login(self, role="owner", database=None, stage="AWSCURRENT"):
        """A session of a user, as its secret says."""
        value = self.secret(role, stage)
        return self.cluster.connect(value["username"], value["password"], database or self.database)

    def as_master(self, database=None):
        return self.cluster.connect(self.master, self.master_password, database or self.database)

    def as_admin(self, database=None):
        return self.cluster.connect(database=database or self.database)

    def one(self, sql, **values):
        with self.as_admin() as admin:
            return admin.run(sql, **values)[0][0]

    def seed(self, as_user, *statements):
        """What was done before, by whom a session is of."""
        with as_user() as session:
            for statement in statements:
                session.run(statement)

    def changes(self):
        """What the last run changed."""
        begin = max((number for number, line in enumerate(self.lines[:-1]) if line["message"] == "done"), default=-1)
        return [line["statement"] for line in self.lines[begin + 1 :] if line["message"] == "changed"]

    def passwords(self):
        """All that any secret has ever held."""
        texts = [text for secret in self.vault.secrets.values() for text in secret.values.values()]
        return {json.loads(text)["password"] for text in texts} | {self.master_password}


@pytest.fixture
def world(cluster):
    made = World(cluster)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def brisk(monkeypatch):
    """Pauses as short as a test likes them."""
    monkeypatch.setattr(postgres, "PASS_PAUSE", 0.01)
    monkeypatch.setattr(postgres, "LOCK_PAUSE", 0.01)
    monkeypatch.setattr(ensure, "ROTATION_PAUSE", 0.05)
