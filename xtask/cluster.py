"""PostgreSQL, started for a test: TLS and SCRAM on, every statement in its log, and what RDS adds to it."""

import contextlib
import datetime
import ipaddress
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

import pg8000.native
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

# What npm has installed, see xtask/src/users.rs.
PACKAGES = Path(os.environ.get("USERS_FOLDER", "target/users")).resolve()
VERSIONS = (14, 15, 16, 17, 18)
HOST = "127.0.0.1"

# PostgreSQL does not run as root.
NOBODY = 65534
AS_NOBODY = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}

SETTINGS = f"""
listen_addresses = '{HOST}'
unix_socket_directories = ''
ssl = on
password_encryption = 'scram-sha-256'
log_statement = 'all'
log_error_verbosity = 'verbose'
fsync = off
max_connections = 60
"""
HBA = "hostssl all all 127.0.0.1/32 scram-sha-256\n"


class Certificates:
    """An authority, and what a server shows."""

    def __init__(self, folder, name=None):
        self.bundle, self.key, self.certificate = (folder / name for name in ("ca.pem", "server.key", "server.pem"))
        ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        ca_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority of the test")])
        ca = x509.BasicConstraints(ca=True, path_length=None)
        # No identifier of a key in it: from 3.13 on Python refuses that, unless told.
        self.bundle.write_bytes(pem(sign(ca_name, ca_name, ca_key.public_key(), ca_key, ca)))
        hosts = [x509.IPAddress(ipaddress.ip_address(HOST)), *([x509.DNSName(name)] if name else [])]
        host = x509.SubjectAlternativeName(hosts)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "server")])
        self.certificate.write_bytes(pem(sign(name, ca_name, key.public_key(), ca_key, host)))
        self.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


def sign(name, issuer, key, issuer_key, extension):
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    builder = x509.CertificateBuilder(issuer, name, key, x509.random_serial_number(), now - day, now + day)
    return builder.add_extension(extension, critical=True).sign(issuer_key, hashes.SHA256())


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def binaries(version):
    """The folder of a version, in which npm leaves out the links."""
    native = PACKAGES / "node_modules" / f"postgres-{version}" / "native"
    for link in json.loads((native / "pg-symlinks.json").read_text()):
        target = native.parent / link["target"]
        # Whoever comes at the same time makes the same.
        with contextlib.suppress(FileExistsError):
            target.symlink_to(os.path.relpath(native.parent / link["source"], target.parent))
    for program in (native / "bin").iterdir():
        program.chmod(0o755)
    return native / "bin"


def own(path):
    """Gives a path to whom the server runs as."""
    if AS_NOBODY:
        os.chown(path, NOBODY, NOBODY)


class Cluster:
    def __init__(self, version, folder, certificates, bin_folder=None):
        self.version = version
        self.bin = bin_folder or binaries(version)
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "log"
        self.certificates = certificates
        self.password = secrets.token_urlsafe()
        self.port = None

    def run(self, program, *arguments):
        done = subprocess.run(
            [self.bin / program, *map(str, arguments)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            env={**os.environ, "LC_ALL": "C"},
            **AS_NOBODY,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}\n{done.stderr}"

    @classmethod
    def attach(cls, told):
        """A server that another process has started, see `tell`."""
        made = cls.__new__(cls)
        made.version, made.port, made.password = told["version"], told["port"], told["password"]
        made.log, made.certificates = Path(told["log"]), SimpleNamespace(bundle=Path(told["bundle"]))
        return made

    def tell(self):
        """What another process needs to use this server."""
        paths = {"log": str(self.log), "bundle": str(self.certificates.bundle)}
        return json.dumps({"version": self.version, "port": self.port, "password": self.password, **paths})

    def create(self):
        own(self.folder)
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        password_file.chmod(0o600)
        own(password_file)
        self.run(
            "initdb", "-D", self.data, "-U", "rdsadmin", "--auth=scram-sha-256", f"--pwfile={password_file}",
            "--encoding=UTF8", "--locale=C", "--no-sync",
        )  # fmt: skip
        password_file.unlink()
        return self

    def start(self):
        with socket.create_server((HOST, 0)) as probe:
            self.port = probe.getsockname()[1]
        for source, name in ((self.certificates.key, "server.key"), (self.certificates.certificate, "server.crt")):
            shutil.copy(source, self.data / name)
            (self.data / name).chmod(0o600)
            own(self.data / name)
        (self.data / "postgresql.auto.conf").write_text(f"{SETTINGS}port = {self.port}\n")
        (self.data / "pg_hba.conf").write_text(HBA)
        self.run("pg_ctl", "start", "-w", "-t", "30", "-s", "-D", self.data, "-l", self.log)
        return self

    def stop(self):
        self.run("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", self.data)

    def add_rds(self):
        """Roles that RDS has, none of which is a superuser."""
        with self.connect() as admin:
            admin.run("CREATE ROLE rds_superuser NOLOGIN; CREATE ROLE rds_iam NOLOGIN")
            admin.run("GRANT rds_iam TO rds_superuser WITH ADMIN OPTION")
        return self

    def connect(self, user="rdsadmin", password=None, database="postgres"):
        opened = socket.create_connection((HOST, self.port), 30)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return pg8000.native.Connection(
            user,
            host=HOST,
            sock=opened,
            database=database,
            password=password or self.password,
            ssl_context=self.context(),
        )

    def context(self):
        context = ssl.create_default_context(cafile=self.certificates.bundle)
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context

    def logged(self):
        return self.log.read_text(errors="replace")

    def wait(self, sql, database="postgres", seconds=10):
        """Until a question is answered with true."""
        deadline = time.monotonic() + seconds
        with self.connect(database=database) as admin:
            while not admin.run(sql)[0][0]:
                assert time.monotonic() < deadline, sql
                time.sleep(0.05)
