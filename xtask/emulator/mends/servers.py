"""A PostgreSQL behind each database, for whoever gives a folder for them, `EMULATOR_SERVERS`, and ends them. The first function
that is let in finds its database running.

A server keeps the version that its database was made with. What is needed to log in to one stands in a file of that folder,
under the host name of the database.
"""

import ipaddress
import json
import os
import pathlib
import shutil
import subprocess
import threading

from cluster import Certificates, Cluster, own
from moto.ec2.models import ec2_backends
from moto.rds.models import RDSBackend, rds_backends
from pg8000.native import identifier, literal

from emulator.mends.replaces import replaces

FOLDER = pathlib.Path(os.environ["EMULATOR_SERVERS"]) if "EMULATOR_SERVERS" in os.environ else None
# By the resource id of the database.
RUNNING = {}
ONE_AT_A_TIME = threading.Lock()


def reached_by(function):
    """By its host name, each database that lets the function in: its port, where its server is, and what that shows."""
    if not FOLDER or not function.vpc_config:
        return {}
    databases = rds_backends[function.account_id][function.region].databases.values()
    return {database.address: way_to(database) for database in list(databases) if is_way(function, database)}


def way_to(database):
    server = server_of(database)
    return {"port": database.port, "to": server.port, "authority": str(server.certificates.bundle)}


def is_way(function, database):
    """Whether the security groups of both let it through."""
    ec2 = ec2_backends[database.account_id][database.region]
    groups = function.vpc_config["SecurityGroupIds"]
    out = [rule for group in groups for rule in ec2.get_security_group_from_id(group).egress_rules]
    into = [
        rule for group in database.vpc_security_group_ids for rule in ec2.get_security_group_from_id(group).ingress_rules
    ]
    subnets = [ec2.get_subnet(subnet["SubnetIdentifier"]).cidr_block for subnet in database.db_subnet_group.subnets]
    return any(
        rule.from_port == database.port
        and all(ipaddress.ip_network(each).subnet_of(ipaddress.ip_network(rule.cidr_ipv4)) for each in subnets)
        for rule in out
    ) and any(rule.from_port == database.port and rule.source_group.get("GroupId") in groups for rule in into)


def server_of(database):
    with ONE_AT_A_TIME:
        if database.dbi_resource_id not in RUNNING:
            RUNNING[database.dbi_resource_id] = begin(database)
        return RUNNING[database.dbi_resource_id]


def begin(database):
    folder = FOLDER / database.dbi_resource_id
    folder.mkdir()
    certificates = Certificates(folder, database.address)
    snapshot = getattr(database, "restored_from", None)
    if snapshot:
        told = json.loads((snapshot / "server.json").read_text())
        server = Cluster(told["version"], folder, certificates)
        server.password = told["password"]
        own(folder)
        copy(snapshot / "data", server.data)
        server.start()
    else:
        server = Cluster(int(database.engine_version.split(".")[0]), folder, certificates).create().start().add_rds()
        make_master(server, database)
    log_in_with(server, database)
    (FOLDER / f"{database.address}.json").write_text(server.tell())
    return server


def make_master(server, database):
    """User guide, "Master user account privileges": no superuser, and a member of `rds_superuser`."""
    master = identifier(database.master_username)
    with server.connect() as admin:
        admin.run(f"CREATE ROLE {master} LOGIN CREATEROLE CREATEDB IN ROLE rds_superuser")
        admin.run(f"ALTER DATABASE postgres OWNER TO {master}")
        if database.db_name and database.db_name != "postgres":
            admin.run(f"CREATE DATABASE {identifier(database.db_name)} OWNER {master}")


def log_in_with(server, database):
    """RDS gives the master the password of its secret, when a database is made and when it is restored."""
    secret = database.master_user_secret.secret
    password = json.loads(secret.versions[secret.default_version_id]["secret_string"])["password"]
    with server.connect() as admin:
        # No statement with a password in the log, as on RDS.
        admin.run("SET log_statement = 'none'")
        admin.run(f"ALTER ROLE {identifier(database.master_username)} PASSWORD {literal(password)}")


def copy(source, target):
    """With whose it is."""
    subprocess.run(["cp", "-a", source, target], check=True)


@replaces(RDSBackend, "create_db_snapshot")
def take(create, backend, db_instance_identifier, db_snapshot_identifier, *arguments, **named):
    """A snapshot holds what the server does."""
    snapshot = create(backend, db_instance_identifier, db_snapshot_identifier, *arguments, **named)
    with ONE_AT_A_TIME:
        server = RUNNING.get(snapshot.database.dbi_resource_id)
        if server:
            snapshot.kept = FOLDER / f"{snapshot.database.dbi_resource_id}-{db_snapshot_identifier}"
            snapshot.kept.mkdir()
            server.stop()
            copy(server.data, snapshot.kept / "data")
            (snapshot.kept / "server.json").write_text(server.tell())
            server.start()
            (FOLDER / f"{snapshot.database.address}.json").write_text(server.tell())
    return snapshot


@replaces(RDSBackend, "restore_db_instance_from_db_snapshot")
def restore(restore, backend, from_snapshot_id, overrides):
    database = restore(backend, from_snapshot_id, overrides)
    snapshot = backend.describe_db_snapshots(db_instance_identifier=None, db_snapshot_identifier=from_snapshot_id)[0]
    database.restored_from = getattr(snapshot, "kept", None)
    return database


def end(database):
    with ONE_AT_A_TIME:
        server = RUNNING.pop(database.dbi_resource_id, None)
        if server:
            server.stop()
            shutil.rmtree(server.data)
