import contextlib
import json
import tempfile
from pathlib import Path

import pg8000.exceptions
import pymysql
import pytest

import cluster as clusters
import world as worlds
from server import MASTERS, Server, find

from users import ensure, mysql, plan, verifier

OURS = ("rds", "pg_")
# Beside the versions of PostgreSQL.
MARIADB = "mariadb"


def pytest_addoption(parser):
    every = ",".join([*map(str, clusters.VERSIONS), MARIADB])
    parser.addoption("--versions", default=every, help=f"of PostgreSQL, such as 14,17, or {MARIADB}")
    parser.addoption("--running", help="a server that is there already, as JSON")
    parser.addoption("--mysqld", default="mariadbd", help=f"the server to run for {MARIADB}, which may be MySQL's")


def pytest_configure(config):
    config.addinivalue_line("markers", "versions(*numbers): the only versions that a test is for")
    config.addinivalue_line("markers", "of_mysql: needs a server of MySQL, which --mysqld names")


def versions_of(config):
    return [int(word) if word.isdigit() else word for word in config.getoption("versions").split(",")]


def pytest_generate_tests(metafunc):
    versions = versions_of(metafunc.config)
    if "cluster" in metafunc.fixturenames:
        numbers = [version for version in versions if version != MARIADB]
        metafunc.parametrize("cluster", numbers, indirect=True, scope="session")
    if "server" in metafunc.fixturenames:
        metafunc.parametrize("server", [MARIADB] if MARIADB in versions else [], indirect=True, scope="session")


def pytest_collection_modifyitems(config, items):
    """What is the same for every version, is asked of one; what needs no server, with the newest."""
    versions = versions_of(config)
    is_mysql = (
        MARIADB in versions and not config.getoption("running") and find(config.getoption("mysqld"))[1] == "mysql"
    )
    chosen = []
    for item in items:
        if item.get_closest_marker("of_mysql") and not is_mysql:
            continue
        marker = item.get_closest_marker("versions")
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        version = parameters.get("cluster", parameters.get("server"))
        meant = marker.args if marker else (*clusters.VERSIONS, MARIADB) if version else clusters.VERSIONS[-1:]
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


@pytest.fixture(scope="session")
def server(request, folder):
    if running := request.config.getoption("running"):
        yield Server.attach(json.loads(running))
        return
    path = folder / MARIADB
    path.mkdir()
    program = request.config.getoption("mysqld")
    made = Server(path, request.getfixturevalue("certificates"), program).create().start()
    yield made
    made.stop()


@contextlib.contextmanager
def refused(*codes):
    """PostgreSQL says no, for one of these reasons."""
    with pytest.raises(pg8000.exceptions.DatabaseError) as caught:
        yield
    assert caught.value.args[0]["C"] in codes, caught.value


@contextlib.contextmanager
def denied(*codes):
    """MySQL or MariaDB says no, for one of these reasons."""
    with pytest.raises(pymysql.err.MySQLError) as caught:
        yield
    assert caught.value.args[0] in codes, caught.value


class World(worlds.World):
    """Of PostgreSQL."""

    def __init__(self, cluster):
        # No name of a master that SQL takes without quotes.
        super().__init__(cluster, "postgres", "orders-{}", "Master {}")
        self.admin = cluster.connect()
        self.admin.run(
            f'CREATE ROLE "{self.master}" LOGIN CREATEROLE CREATEDB IN ROLE rds_superuser '
            f"PASSWORD '{verifier.scram(self.master_password)}'"
        )
        self.admin.run(f'CREATE DATABASE "{self.database}" OWNER "{self.master}"')

    @property
    def cluster(self):
        return self.server

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

    def left_open(self, result):
        """Without what 14 leaves open in every database: the schema public is a superuser's."""
        always = {
            "everybody may create in the schema public, which is rdsadmin's",
            "orders_ro may create in the schema public",
        }
        found = result["open"]
        return found if self.cluster.version >= 15 else [words for words in found if words not in always]


class Shop(worlds.World):
    """Of MySQL or MariaDB."""

    def __init__(self, server):
        # A name in which letters stand for others, unless they are told not to.
        super().__init__(server, server.engine, "or_ders%{}", "Master {}")
        self.admin = server.connect()
        more = ("CREATE ROLE, DROP ROLE", "APPLICATION_PASSWORD_ADMIN, ROLE_ADMIN") if server.engine == "mysql" else ()
        self.admin.run(f"CREATE USER `{self.master}`@'%' IDENTIFIED BY '{self.master_password}'")
        for rights in (MASTERS, *more):
            self.admin.run(f"GRANT {rights} ON *.* TO `{self.master}`@'%' WITH GRANT OPTION")
        self.admin.run(f"CREATE DATABASE `{self.database}`")

    def close(self):
        for [database] in self.admin.run("SHOW DATABASES"):
            if database not in ("information_schema", "mysql", "performance_schema", "sys"):
                self.admin.run(f"DROP DATABASE {mysql.name(database)}")
        for name, host in self.admin.run("SELECT User, Host FROM mysql.user"):
            if host and not name.startswith(("rds", "mysql.", "mariadb.")):
                self.admin.run(f"DROP USER {mysql.account(name, host)}")
            elif not host and name != "PUBLIC":
                self.admin.run(f"DROP ROLE {mysql.name(name)}")
        self.admin.close()


@pytest.fixture
def world(cluster):
    made = World(cluster)
    yield made
    made.close()


@pytest.fixture
def shop(server):
    made = Shop(server)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def brisk(monkeypatch):
    """Pauses as short as a test likes them."""
    monkeypatch.setattr(plan, "PASS_PAUSE", 0.01)
    monkeypatch.setattr(plan, "LOCK_PAUSE", 0.01)
    monkeypatch.setattr(ensure, "ROTATION_PAUSE", 0.05)
