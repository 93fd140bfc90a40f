"""A database of its own with its master, the secrets of its users, and the function: what is the same for every engine."""

import contextlib
import io
import itertools
import json
import os
import secrets
import sys
import threading
from pathlib import Path
from unittest import mock

from cluster import HOST
from secrets_manager import SecretsManager

SOURCES = Path(os.environ.get("USERS_SOURCES", Path(__file__).parents[2] / "modules" / "database-users"))
sys.path.insert(0, str(SOURCES))

from users import connection, handler, vault  # noqa: E402

REGION = "eu-central-1"
ARN = f"arn:aws:secretsmanager:{REGION}:111111111111:secret:"
NUMBERS = itertools.count(1)


class World:
    def __init__(self, server, engine, database, master):
        """`server` is what is asked: its port, its certificates, and a connection of any user."""
        self.server, self.engine = server, engine
        number = next(NUMBERS)
        self.database, self.master = database.format(number), master.format(number)
        self.master_password = secrets.token_urlsafe()
        self.vault = SecretsManager()
        self.vault.create(self.arn("master"), self.login_text(self.master, self.master_password))
        for role in ("owner", "reader", "other"):
            self.vault.create(self.arn(role))
        self.lines = []

    def arn(self, role):
        return f"{ARN}{'rds!db-master' if role == 'master' else f'valet-rds/dev/orders/{role}'}-a1B2c3"

    @staticmethod
    def login_text(username, password):
        return json.dumps({"username": username, "password": password})

    def event(self, owner="orders_app", reader="orders_ro", adopt=(), transition=False, **more):
        names = {"owner": owner, "reader": reader}
        return {
            "action": "ensure",
            "engine": self.engine,
            "host": HOST,
            "port": self.server.port,
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
            mock.patch.object(connection, "BUNDLE", self.server.certificates.bundle),
        ):
            yield

    def at_once(self, count):
        """What so many runs answer that begin together."""
        results, event = [], self.event()
        with self.inside():
            threads = [threading.Thread(target=lambda: results.append(handler.run(event))) for _ in range(count)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return results

    def ensure(self, **more):
        return self.call(self.event(**more))

    def step(self, role, step, token):
        return self.call({"Step": step, "SecretId": self.arn(role), "ClientRequestToken": token})

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
        return self.server.connect(value["username"], value["password"], database or self.database)

    def as_master(self, database=None):
        return self.server.connect(self.master, self.master_password, database or self.database)

    def as_admin(self, database=None):
        return self.server.connect(database=database or self.database)

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
