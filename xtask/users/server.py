"""MariaDB or MySQL, started for a test: TLS on, every statement in its log, and what RDS adds to it."""

import json
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pymysql
from cluster import AS_NOBODY, HOST, own

# The tables of the server itself, with which Debian's package comes: of newer releases, and of older ones.
TABLES = ("/usr/share/mariadb/mariadb_{}.sql", "/usr/share/mysql/mysql_{}.sql")
SYSTEM = ("system_tables", "performance_tables", "system_tables_data")

# What AWS documents of the master, whichever of the engines it is of; of MySQL from 8.0.36 on there is more.
MASTERS = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, "
    "CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, "
    "ALTER ROUTINE, CREATE USER, EVENT, TRIGGER, REPLICATION SLAVE"
)
RDS_KILL = (
    "CREATE PROCEDURE mysql.rds_kill(IN thread BIGINT) READS SQL DATA DETERMINISTIC BEGIN DECLARE whose VARCHAR(80); "
    "SELECT user INTO whose FROM information_schema.processlist WHERE id = thread; "
    "IF whose = 'rdsadmin' THEN SELECT 'ERROR (RDS): CANNOT KILL RDSADMIN SESSION'; ELSE KILL thread; END IF; END"
)


def find(program):
    """Where a server is, and of which engine."""
    # Where systems keep servers, whoever looks for one.
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, f"there is no {program}: install mariadb-server-core"
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    return found, "mariadb" if "MariaDB" in told else "mysql"


class Server:
    def __init__(self, folder, certificates, program="mariadbd"):
        self.program, self.engine = find(program)
        self.folder, self.data, self.log = folder, folder / "data", folder / "log"
        self.certificates = certificates
        self.password = secrets.token_urlsafe()
        self.port = self.process = None

    @classmethod
    def attach(cls, told):
        """A server that another process has started, see `tell`."""
        made = cls.__new__(cls)
        made.engine, made.port, made.password = told["engine"], told["port"], told["password"]
        made.log, made.certificates = Path(told["log"]), SimpleNamespace(bundle=Path(told["bundle"]))
        return made

    def tell(self):
        """What another process needs to use this server."""
        paths = {"log": str(self.log), "bundle": str(self.certificates.bundle)}
        return json.dumps({"engine": self.engine, "port": self.port, "password": self.password, **paths})

    def create(self):
        self.data.mkdir()
        for path in (self.folder, self.data):
            own(path)
        if self.engine == "mysql":
            self.run("--initialize-insecure", "--secure-file-priv=NULL")
        else:
            files = ([Path(pattern.format(name)) for name in SYSTEM] for pattern in TABLES)
            files = next(paths for paths in files if all(path.exists() for path in paths))
            tables = "".join(path.read_text() for path in files)
            # What the tables say of users is read by the next start alone.
            self.run("--bootstrap", text=f"CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n{tables}")
        return self

    def run(self, *arguments, text=None):
        command = [self.program, "--no-defaults", f"--datadir={self.data}", *arguments]
        done = subprocess.run(command, cwd=self.folder, input=text, capture_output=True, text=True, **AS_NOBODY)
        assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"

    def start(self, *more):
        with socket.create_server((HOST, 0)) as probe:
            self.port = probe.getsockname()[1]
        for source in (self.certificates.key, self.certificates.certificate):
            shutil.copy(source, self.folder)
            own(self.folder / source.name)
        known = ["--mysqlx=OFF", "--secure-file-priv=NULL"] if self.engine == "mysql" else ["--skip-name-resolve"]
        self.process = subprocess.Popen(
            [
                self.program, "--no-defaults", f"--datadir={self.data}", f"--bind-address={HOST}", f"--port={self.port}",
                f"--socket={self.folder}/socket", f"--pid-file={self.folder}/pid", f"--log-error={self.folder}/error.err",
                f"--ssl-key={self.folder}/{self.certificates.key.name}",
                f"--ssl-cert={self.folder}/{self.certificates.certificate.name}", "--require-secure-transport=ON",
                "--general-log=1", f"--general-log-file={self.log}", "--innodb-flush-log-at-trx-commit=0",
                "--skip-log-bin", "--performance-schema=OFF", "--event-scheduler=ON", *known, *more,
            ],
            cwd=self.folder,
            **AS_NOBODY,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while True:
            try:
                return self._add_rds()
            except pymysql.err.OperationalError:
                assert time.monotonic() < deadline and self.process.poll() is None, (
                    self.folder / "error.err"
                ).read_text()
                time.sleep(0.05)

    def _add_rds(self):
        """The administrator that AWS keeps, and the procedure with which its masters end sessions."""
        with pymysql.connect(user="root", unix_socket=f"{self.folder}/socket", ssl_disabled=True) as root:
            with root.cursor() as cursor:
                cursor.execute(f"CREATE USER rdsadmin@'%' IDENTIFIED BY '{self.password}'")
                cursor.execute("GRANT ALL ON *.* TO rdsadmin@'%' WITH GRANT OPTION")
        with self.connect() as admin:
            admin.run(RDS_KILL)
            admin.run("DROP USER root@localhost")
        return self

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def connect(self, user="rdsadmin", password=None, database=None):
        opened = socket.create_connection((HOST, self.port), 30)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made = Connection(
            user=user, password=password or self.password, host=HOST, database=database, autocommit=True,
            ssl=self.context(), defer_connect=True,
        )  # fmt: skip
        made.connect(opened)
        return made

    def context(self):
        context = ssl.create_default_context(cafile=self.certificates.bundle)
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context

    def logged(self):
        return self.log.read_text(errors="replace")


class Connection(pymysql.connections.Connection):
    def run(self, sql):
        with self.cursor() as cursor:
            cursor.execute(sql)
            return [list(row) for row in cursor.fetchall()]
