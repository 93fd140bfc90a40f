"""Passwords of users of MariaDB and MySQL: rotated, repaired, told to nobody; runs that are killed; servers that are not it."""

import json
import random
import re
import socket
import ssl
import threading

import pymysql
import pytest
from cluster import HOST, Certificates
from conftest import Shop, denied
from test_interrupted import Killed, kill_after
from test_mysql import IS_LOCKED, NO_LOGIN, ROLES, marks

from users import connection, ensure, mysql, mysql_wire, plan, rotation, vault
from users.failure import Failure, Unreachable
from users.handler import ENGINES
from users.request import Place
from users.vault import Login


def test_mysql_puts_into_secrets_what_clients_need(shop):
    shop.ensure()
    value = shop.secret()
    assert len(value.pop("password")) == 43
    place = {"host": HOST, "port": shop.server.port, "dbname": shop.database}
    assert value == {"engine": shop.engine, **place, "username": "orders_app"}


def test_mysql_takes_any_password_of_a_secret(shop):
    """200 of whatever can be printed: set by the master, and by the user itself."""
    shop.ensure()
    source, letters = random.Random(0), [chr(code) for code in range(32, 127)]
    passwords = [
        "';DROP USER orders_app;--",
        '"quoted"$$',
        "\\\\'E'\\n{}%s",
        "!~" * 64,
        "*" + "A" * 40,
        "0x41414141",
        " " * 8,
    ]
    passwords += [f"{letter}'{letter}\\{letter}xxxx" for letter in letters]
    while len(passwords) < 200:
        passwords.append("".join(source.choices(letters, k=source.randint(8, 128))))
    engine, place = ENGINES[shop.engine], Place(shop.engine, HOST, shop.server.port, shop.database)
    master, current = Login(shop.master, shop.master_password), Login("orders_app", shop.secret()["password"])
    with shop.inside(), engine.connect(place, master) as session:
        for number, password in enumerate(passwords):
            login = Login("orders_app", password)
            if number % 2:
                engine.set_password(session, login)
            else:
                with engine.connect(place, current) as own:
                    engine.set_password(own, login)
            assert ensure.works(engine, place, login) and not ensure.works(engine, place, current), password
            current = login
    shop.vault.put(shop.arn("owner"), json.dumps({**shop.secret(), "password": current.password}))
    assert shop.ensure()["changed"] == 0


def test_mysql_repairs_a_password(shop):
    shop.ensure()
    before = shop.secret()
    shop.admin.run("ALTER USER orders_app@'%' IDENTIFIED BY 'Another-1'")
    assert shop.ensure()["changed"] == 1
    assert shop.secret() == before
    # A secret that another wrote is the truth.
    shop.vault.put(shop.arn("owner"), json.dumps({**before, "password": "chosen-by-hand"}))
    assert shop.ensure()["changed"] == 1
    shop.login().close()


def test_mysql_makes_no_user_without_its_secret(shop):
    def fail(operation):
        if operation == "PutSecretValue":
            raise ConnectionError("no more")

    shop.vault.before = fail
    with pytest.raises(Failure, match="ConnectionError in"):
        shop.ensure()
    assert shop.admin.run("SELECT COUNT(*) FROM mysql.user WHERE User LIKE 'orders%'") == [[0]]


def test_mysql_tells_no_password_anywhere(shop, capsys):
    """Not in a line, an error or the server's log, and neither is what checks it in a line."""
    shop.ensure()
    for role in ROLES:
        shop.rotate(role)
    shop.admin.run("ALTER USER orders_app@'%' IDENTIFIED BY 'Another-1'")
    shop.ensure()
    shop.vault.put(shop.arn("master"), shop.login_text(shop.master, "wrong-master-password"))
    with pytest.raises(Failure, match="cannot log in to .*: 1045") as caught:
        shop.ensure()
    told = json.dumps(shop.lines, ensure_ascii=False) + str(caught.value) + "".join(capsys.readouterr())
    logged = shop.server.logged()
    assert "REQUIRE SSL" in logged and "rotated" in told
    # The test itself has made the master.
    passwords = shop.passwords() - {shop.master_password}
    assert len(passwords) >= 5
    for password in passwords:
        assert password not in told and password not in logged
    assert shop.master_password not in told
    assert not re.search(r"\*[0-9A-F]{40}|\$A\$005|0x244124", told) and told.count("…") >= 4


@pytest.mark.parametrize("role", ROLES)
def test_mysql_rotates(shop, role):
    shop.ensure()
    # No rotation needs the master.
    master = shop.vault.secrets.pop(shop.arn("master"))
    before = shop.secret(role)
    with shop.login(role) as connected:
        for _ in range(2):
            previous = shop.secret(role)
            shop.rotate(role)
        assert connected.run("SELECT 1") == [[1]]
    after = shop.secret(role)
    assert after["password"] != before["password"] and {**after, "password": None} == {**before, "password": None}
    assert shop.secret(role, "AWSPREVIOUS") == previous
    shop.login(role).close()
    with denied(*NO_LOGIN):
        shop.login(role, stage="AWSPREVIOUS")
    shop.vault.secrets[shop.arn("master")] = master
    assert shop.ensure()["changed"] == 0


def test_mysql_changes_nothing_before_the_last_step(shop):
    shop.ensure()
    before = shop.secret()
    token = shop.vault.begin_rotation(shop.arn("owner"))
    for step in rotation.STEPS:
        assert shop.secret() == before
        shop.login().close()
        for _ in range(2):
            shop.step("owner", step, token)
    assert shop.secret()["password"] != before["password"]
    shop.login().close()


def killed(operation):
    def kill(at):
        if at == operation:
            raise Killed

    return kill


@pytest.mark.parametrize("way", ["retry", "apply"])
def test_mysql_finishes_a_rotation_that_died(shop, monkeypatch, way):
    monkeypatch.setattr(ensure, "ROTATION_SECONDS", 0.2)
    shop.ensure()
    token = shop.vault.begin_rotation(shop.arn("owner"))
    for step in rotation.STEPS[:3]:
        shop.step("owner", step, token)
    shop.vault.before = killed("UpdateSecretVersionStage")
    with pytest.raises(Killed):
        shop.step("owner", "finishSecret", token)
    with denied(*NO_LOGIN):
        shop.login()
    shop.vault.before = lambda operation: None
    if way == "apply":
        assert shop.ensure()["changed"] == 1
        shop.login().close()
    shop.step("owner", "finishSecret", token)
    shop.login().close()
    assert shop.ensure()["changed"] == 0


def test_mysql_rotates_no_user_that_is_locked(shop):
    shop.ensure()
    shop.admin.run("ALTER USER orders_app@'%' ACCOUNT LOCK")
    token = shop.vault.begin_rotation(shop.arn("owner"))
    shop.step("owner", "createSecret", token)
    with pytest.raises(Failure, match="orders_app cannot log in .*locked"):
        shop.step("owner", "setSecret", token)


# Runs that are killed, and runs that meet.


def state(shop):
    found = {
        table: shop.admin.run(
            f"SELECT * FROM information_schema.{table} WHERE GRANTEE LIKE '''orders%' ORDER BY 1, 2, 3, 4"
        )
        for table in ("USER_PRIVILEGES", "SCHEMA_PRIVILEGES", "TABLE_PRIVILEGES", "COLUMN_PRIVILEGES")
    }
    users = [row for row in (engine_accounts(shop)) if row[0].startswith("orders")]
    return str({**found, "users": sorted(users, key=str), "marks": marks(shop)}).replace(
        mysql.escape(shop.database).replace("\\", "\\\\"), "DATABASE"
    )


def engine_accounts(shop):
    return shop.admin.run(ENGINES[shop.engine].accounts())


def seed(shop):
    """A stranger to adopt who may too much, and a user that has left, with a session."""
    shop.seed(
        shop.as_master,
        "CREATE USER orders_app@'%' IDENTIFIED BY 'Known-to-1'",
        "GRANT PROCESS ON *.* TO orders_app@'%'",
        "GRANT SELECT ON mysql.* TO orders_app@'%'",
        "CREATE ROLE clerks",
        "GRANT clerks TO orders_app@'%'",
    )
    shop.ensure(owner="orders_old", reader=None)
    old, session = shop.secret(), shop.login()
    shop.vault.create(shop.arn("owner"))
    return old, session


def test_mysql_takes_up_a_run_that_was_killed_after_any_change(server, monkeypatch):
    expected, number = None, 0
    while True:
        shop = Shop(server)
        try:
            old, session = seed(shop)
            was_killed = False
            if number:
                with monkeypatch.context() as patched:
                    kill_after(patched, mysql_wire.Session, "change", number)
                    try:
                        shop.ensure(adopt=["orders_app"])
                    except Killed:
                        was_killed = True
                if not was_killed:
                    break
            shop.ensure(adopt=["orders_app"])
            found = state(shop)
            expected = expected or found
            assert found == expected, f"killed after change {number}"
            assert shop.ensure(adopt=["orders_app"])["changed"] == 0
            for role in ROLES:
                shop.login(role).close()
            with denied(*IS_LOCKED):
                shop.server.connect(old["username"], old["password"])
            with pytest.raises(pymysql.err.OperationalError):
                session.run("SELECT 1")
            number += 1
        finally:
            shop.close()
    assert number > 8


def test_mysql_lets_one_run_wait_for_another(shop, monkeypatch):
    results = shop.at_once(3)
    assert sorted(result["changed"] > 0 for result in results) == [False, False, True]
    assert shop.vault.calls.count("PutSecretValue") == 2
    monkeypatch.setattr(plan, "LOCK_SECONDS", 0.1)
    token = shop.vault.begin_rotation(shop.arn("owner"))
    for step in rotation.STEPS[:3]:
        shop.step("owner", step, token)
    with shop.login("reader") as other:
        other.run(f"SELECT GET_LOCK('{mysql.LOCK}', 0)")
        for attempt in (shop.ensure, lambda: shop.step("owner", "finishSecret", token)):
            with pytest.raises(Failure, match="another run has been changing users of this database"):
                attempt()
    shop.step("owner", "finishSecret", token)
    shop.login().close()


def test_mysql_tells_a_connection_that_breaks(shop, monkeypatch):
    original = mysql_wire.Session.change

    def cut(self, sql, told=None):
        if sql.startswith("GRANT SELECT, SHOW VIEW"):
            for number, username in shop.admin.run("SELECT ID, USER FROM information_schema.PROCESSLIST"):
                if username == shop.master:
                    shop.admin.run(f"KILL {number}")
        return original(self, sql, told)

    with monkeypatch.context() as patched:
        patched.setattr(mysql_wire.Session, "change", cut)
        with pytest.raises(Failure, match="the connection broke"):
            shop.ensure()
    shop.ensure()
    shop.login().close()


def test_mysql_finishes_what_others_are_at(shop):
    """Somebody else makes and drops users and rights meanwhile."""
    shop.ensure()
    stop, failures = threading.Event(), []

    def bother():
        with shop.as_master() as master:
            while not stop.is_set():
                try:
                    for statement in (
                        "CREATE USER clerk@'%' IDENTIFIED BY 'Clerk-1234'", "GRANT SELECT ON mysql.* TO clerk@'%'",
                        "DROP USER clerk@'%'",
                    ):  # fmt: skip
                        master.run(statement)
                except Exception as error:
                    failures.append(error)
                    return

    thread = threading.Thread(target=bother)
    thread.start()
    try:
        for _ in range(5):
            shop.ensure(reader=None)
            shop.vault.create(shop.arn("reader"))
            shop.ensure()
    finally:
        stop.set()
        thread.join()
    assert not failures
    shop.login("reader").close()


# Servers that are not the database.

PASSWORD = "never-to-be-told"
ENGINE = {"mariadb": "mysql_native_password", "mysql": "caching_sha2_password"}


def packet(number, payload):
    return len(payload).to_bytes(3, "little") + bytes([number]) + payload


def greeting(plugin, has_tls=True):
    # PROTOCOL_41, SECURE_CONNECTION and PLUGIN_AUTH, with TLS or without.
    low, high = 0x8200 | (0x0800 if has_tls else 0) | 0x0008, 0x0008
    return packet(
        0,
        b"\x0a8.4.0\0" + bytes(4) + b"saltsalt\0" + low.to_bytes(2, "little") + b"\x2d\x02\0" + high.to_bytes(2, "little")
        + b"\x15" + bytes(10) + b"saltsaltsalt\0" + plugin.encode() + b"\0",
    )  # fmt: skip


def switch(plugin):
    return b"\xfe" + plugin.encode() + b"\0" + b"s" * 20 + b"\0"


class Impostor:
    """Takes one client, and keeps all that it says."""

    def __init__(self, certificates, answers, plugin="mysql_native_password", has_tls=True):
        self.certificates, self.answers, self.plugin, self.has_tls = certificates, answers, plugin, has_tls
        self.heard = b""
        self.listener = socket.create_server((HOST, 0))
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        client, _ = self.listener.accept()
        try:
            client.settimeout(5)
            client.sendall(greeting(self.plugin, self.has_tls))
            said = client.recv(36 if self.has_tls else 4096)
            if not self.has_tls:
                self.heard += said
                return
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificates.certificate, self.certificates.key)
            client = context.wrap_socket(client, server_side=True)
            for number, answer in enumerate(self.answers):
                self.heard += client.recv(4096)
                client.sendall(packet(3 + 2 * number, answer))
            while said := client.recv(4096):
                self.heard += said
        except OSError:
            pass  # the client has left
        finally:
            client.close()


@pytest.fixture(params=ENGINES.keys() - {"postgres"})
def engine(request):
    return request.param


def meet(engine, certificates, monkeypatch, answers=(), bundle=None, host=HOST, **more):
    monkeypatch.setattr(connection, "BUNDLE", bundle or certificates.bundle)
    impostor = Impostor(certificates, answers, **more)
    place = Place(engine, host, impostor.listener.getsockname()[1], "orders")
    try:
        with pytest.raises(Unreachable) as caught:
            ENGINES[engine].connect(place, Login("orders_app", PASSWORD)).close()
    finally:
        impostor.thread.join()
        impostor.listener.close()
    assert PASSWORD.encode() not in impostor.heard
    return str(caught.value), impostor


NONE_OF_OURS = ["mysql_clear_password", "dialog", "sha256_password", "client_ed25519", "mysql_old_password"]


@pytest.mark.parametrize("plugin", NONE_OF_OURS)
def test_an_impostor_gets_no_password_in_clear_text(server, engine, certificates, monkeypatch, plugin):
    words, impostor = meet(engine, certificates, monkeypatch, [switch(plugin)])
    assert f"the server asks for {plugin}, and only {ENGINE[engine]}" in words
    # Nor when it begins with that.
    meet(engine, certificates, monkeypatch, [switch(plugin)], plugin=plugin)


def test_mariadb_answers_nothing_that_needs_the_password_itself(server, certificates, monkeypatch):
    for answers in ([switch("caching_sha2_password")], [b"\x01\x04"]):
        for plugin in ("mysql_native_password", "caching_sha2_password"):
            meet("mariadb", certificates, monkeypatch, answers, plugin=plugin)


def test_mysql_says_nothing_without_tls(server, engine, certificates, monkeypatch):
    words, impostor = meet(engine, certificates, monkeypatch, has_tls=False)
    assert "SSL is required" in words and impostor.heard == b""


def test_a_server_without_a_certificate_of_rds_gets_nothing_of_mysql(
    server, engine, certificates, monkeypatch, tmp_path
):
    real = connection.Path(connection.__file__).with_name("rds-ca-bundle.pem")
    for bundle in (real, Certificates(tmp_path).bundle):
        words, impostor = meet(engine, certificates, monkeypatch, bundle=bundle)
        assert "CERTIFICATE_VERIFY_FAILED" in words and impostor.heard == b""
    # Nor does one with another name.
    words, impostor = meet(engine, certificates, monkeypatch, host="localhost")
    assert "CERTIFICATE_VERIFY_FAILED" in words and impostor.heard == b""


def test_mysql_takes_no_file_to_a_server_that_asks_for_one(shop):
    """`LOAD DATA LOCAL` is the server's to ask for, whatever the statement was."""
    shop.ensure()
    engine, place = ENGINES[shop.engine], Place(shop.engine, HOST, shop.server.port, shop.database)
    with shop.inside(), engine.connect(place, Login("orders_app", shop.secret()["password"])) as session:
        assert not session.wire._local_infile
        with pytest.raises(Failure):
            session.rows("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE t")


def test_mysql_and_a_port_that_nobody_listens_on(server, engine):
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(Unreachable, match=f"no connection to {HOST}:{port} for orders_app: ConnectionRefusedError"):
        ENGINES[engine].connect(Place(engine, HOST, port, "orders"), Login("orders_app", PASSWORD))


def test_every_password_is_one_that_validate_password_takes(server):
    for _ in range(1000):
        password = vault.make_password()
        assert re.search("[a-z]", password) and re.search("[A-Z]", password) and re.search("[0-9]", password)
        assert re.search("[-_]", password) and len(password) == 43
