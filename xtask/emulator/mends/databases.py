"""Databases: what they remember, what of a change waits for the maintenance window, and what is refused."""

import uuid

from moto.kms.utils import RESERVED_ALIASE_TARGET_KEY_IDS
from moto.rds.exceptions import InvalidParameterCombination, RDSClientError
from moto.rds.models import DBInstance, RDSBackend

from emulator.mends import logs, proxies, servers, storage
from emulator.mends.replaces import replaces

# By the names of the API's request and of its answer.
REMEMBERED = {
    "dedicated_log_volume": "dedicated_log_volume",
    "enable_performance_insights": "performance_insights_enabled",
    "engine_lifecycle_support": "engine_lifecycle_support",
    "monitoring_interval": "monitoring_interval",
    "monitoring_role_arn": "monitoring_role_arn",
    "performance_insights_kms_key_id": "performance_insights_kms_key_id",
    "performance_insights_retention_period": "performance_insights_retention_period",
}

# What an instance has that was asked for nothing (reference of CreateDBInstance: each parameter; user guide, "Using SSL/TLS":
# the default authority). Only in a public subnet it would be public by itself.
USUAL = {
    "ca_certificate_identifier": "rds-ca-rsa2048-g1",
    "dedicated_log_volume": False,
    "enable_performance_insights": False,
    "engine_lifecycle_support": "open-source-rds-extended-support",
    "monitoring_interval": 0,
    "publicly_accessible": False,
}
PERFORMANCE_INSIGHTS_DAYS = 7

# What waits for the maintenance window unless ApplyImmediately is given, by the names of the request and of the answer's
# PendingModifiedValues (user guide, "Settings for DB instances"; provider 32019, 9756). Backups wait only when they are
# turned on or off, a parameter group only with the new major that it is for; the port never does.
WAITS = {
    "allocated_storage": "AllocatedStorage",
    "backup_retention_period": "BackupRetentionPeriod",
    "db_instance_class": "DBInstanceClass",
    "db_parameter_group_name": None,
    "db_subnet_group_name": "DBSubnetGroupName",
    "engine_version": "EngineVersion",
    "iops": "Iops",
    "multi_az": "MultiAZ",
    "storage_throughput": "StorageThroughput",
    "storage_type": "StorageType",
}


# moto forgets some of what a new database is asked to be, so that every plan would set it again. And it gives all
# databases one resource id, by which the provider looks for each of them.
@replaces(DBInstance, "__init__")
def make_database(make, database, *arguments, **asked):
    asked = USUAL | asked
    make(database, *arguments, **asked)
    database.dbi_resource_id = f"db-{uuid.uuid4().hex[:26].upper()}"
    database.waiting, database.pending_modified_values = {}, {}
    database.backup_target = "region"
    # Of an instance of Aurora these are the cluster's.
    is_alone = database.db_cluster_identifier is None
    if is_alone and database.kms_key_id == "default_kms_key_id":
        database.kms_key_id = key_of_aws(database)
    if is_alone and not asked.get("option_group_name"):
        # moto names it after the minor version, too.
        parts_of_major = 1 if database.engine == "postgres" else 2
        major = "-".join(database.engine_version.split(".")[:parts_of_major])
        database.option_group_name = f"default:{database.engine}-{major}"
    remember(database, asked)
    storage.check(database.storage_type, database.allocated_storage, asked.get("iops"), asked.get("storage_throughput"))
    logs.write(database)


def remember(database, asked):
    for name, attribute in REMEMBERED.items():
        if name in asked:
            setattr(database, attribute, asked[name])
    # Days and key are told while Performance Insights is on (reference of CreateDBInstance: 7 days, and AWS's key of RDS).
    is_on = database.performance_insights_enabled in (True, "true")
    usual = {
        "performance_insights_kms_key_id": key_of_aws(database),
        "performance_insights_retention_period": PERFORMANCE_INSIGHTS_DAYS,
    }
    for attribute, value in usual.items():
        setattr(database, attribute, (getattr(database, attribute, None) or value) if is_on else None)


def key_of_aws(database):
    """The key with which RDS encrypts what has none of its own."""
    key = RESERVED_ALIASE_TARGET_KEY_IDS["alias/aws/rds"]
    return f"arn:aws:kms:{database.region}:{database.account_id}:key/{key}"


def reported(asked, which):
    """What a volume gives; of gp3 that is never nothing, whatever was asked for."""

    def report(database):
        given = getattr(database, asked, None)
        if database.storage_type != "gp3":
            return given
        return max(int(given or 0), storage.baseline(database.allocated_storage)[which])

    return report


DBInstance.iops = property(reported("_iops", 0), lambda database, value: setattr(database, "_iops", value))
DBInstance.storage_throughput = DBInstance.storage_throughput.getter(reported("_storage_throughput", 1))


@replaces(RDSBackend, "modify_db_instance")
def modify(original, backend, db_instance_identifier, db_kwargs):
    database = backend.describe_db_instances(db_instance_identifier)[0]
    at_once = db_kwargs.get("apply_immediately") in (True, "true")
    refuse(database, db_kwargs)
    asked = {name: value for name, value in db_kwargs.items() if value is not None}

    # moto makes another secret each time, and leaves the one before.
    if database.manage_master_user_password and asked.get("manage_master_user_password"):
        del asked["manage_master_user_password"]

    # It restarts the database, whatever ApplyImmediately says (reference of ModifyDBInstance, DBPortNumber).
    if "db_port_number" in asked:
        asked["port"] = int(asked.pop("db_port_number"))

    changes = {name: asked.pop(name) for name in WAITS if name in asked}
    if "allocated_storage" in changes:
        changes["allocated_storage"] = storage.grown(database.allocated_storage, int(changes["allocated_storage"]))
    database.waiting |= changes
    database.waiting = {name: value for name, value in database.waiting.items() if str(current(database, name)) != str(value)}
    now = {name for name in database.waiting if at_once or not waits(database, name)}
    asked |= {name: database.waiting.pop(name) for name in now}

    result = original(backend, db_instance_identifier, asked)
    remember(database, asked)
    database.pending_modified_values = {
        WAITS[name]: value for name, value in database.waiting.items() if WAITS[name] is not None
    }
    logs.write(database)
    return result


def current(database, name):
    if name == "db_subnet_group_name":
        return database.db_subnet_group.name
    return getattr(database, name, None)


def waits(database, name):
    if name == "backup_retention_period":
        return 0 in (int(database.waiting[name]), int(database.backup_retention_period))
    if name == "db_parameter_group_name":
        return "engine_version" in database.waiting
    return True


def refuse(database, asked):
    size = int(asked.get("allocated_storage") or database.allocated_storage)
    kind = asked.get("storage_type", database.storage_type)
    storage.check(kind, size, asked.get("iops"), asked.get("storage_throughput"))
    refuse_older(database, asked.get("engine_version"))
    group = asked.get("db_subnet_group_name")
    if group and group != database.db_subnet_group.name:
        there = database.backend.describe_db_subnet_groups(group)[0]
        if there.vpc_id == database.db_subnet_group.vpc_id:
            # User guide, "Updating the VPC for a DB instance".
            raise RDSClientError(
                "InvalidVPCNetworkStateFault",
                f"You cannot move DB instance {database.db_instance_identifier} to subnet group {group}. The specified DB "
                "subnet group and DB instance are in the same VPC. Choose a DB subnet group in different VPC than the "
                "specified DB instance and try again.",
            )


def refuse_older(database, version):
    if version and parts(version) < parts(database.engine_version)[: len(parts(version))]:
        # Restored from a snapshot too, a database has the snapshot's version at first (ministryofjustice/cloud-platform 8041).
        raise InvalidParameterCombination(
            f"Cannot upgrade {database.engine} from {database.engine_version} to {version}"
        )


def parts(version):
    # Of aurora-mysql the release of Aurora follows, 8.0.mysql_aurora.3.10.1.
    return tuple(int(part) for part in version.split(".") if part != "mysql_aurora")


@replaces(RDSBackend, "delete_db_instance")
def delete(original, backend, db_instance_identifier, *arguments, **named):
    database = original(backend, db_instance_identifier, *arguments, **named)
    proxies.forget(backend, db_instance_identifier)
    servers.end(database)
    return database


# User guide, "Deleting a DB subnet group": not while a database is in it.
@replaces(RDSBackend, "delete_subnet_group")
def delete_subnet_group(original, backend, subnet_name):
    groups = [database.db_subnet_group.name for database in backend.databases.values()]
    if subnet_name in groups + [cluster.db_subnet_group for cluster in backend.clusters.values()]:
        raise RDSClientError(
            "InvalidDBSubnetGroupStateFault",
            f"Cannot delete the subnet group '{subnet_name}' because at least one database instance is still using it.",
        )
    return original(backend, subnet_name)
