"""Clusters of Aurora: what they remember, what of a change waits for the maintenance window, and what is refused."""

from moto.rds.exceptions import InvalidParameterCombination, RDSClientError
from moto.rds.models import DBCluster, DBInstance, DBInstanceClustered, RDSBackend
from moto.rds.responses import RDSResponse

from emulator.mends import databases, logs, proxies
from emulator.mends.replaces import replaces

AURORA = "aurora"

# What waits for the maintenance window unless ApplyImmediately is given, by the names of the request and of the answer's
# PendingModifiedValues (Aurora user guide, "Settings for Amazon Aurora"; reference of ModifyDBCluster). The groups wait only
# with the new major that they are for.
WAITS = {
    "db_cluster_parameter_group_name": None,
    "db_instance_parameter_group_name": None,
    "enable_iam_database_authentication": "IAMDatabaseAuthenticationEnabled",
    "engine_version": "EngineVersion",
}
GROUPS = ("db_cluster_parameter_group_name", "db_instance_parameter_group_name")


def family(engine, version):
    """The family of parameter groups: of aurora-mysql, the version of MySQL (Aurora user guide, "Parameter groups for Amazon
    Aurora DB clusters")."""
    parts_of_major = 2 if engine == "aurora-mysql" else 1
    return engine + ".".join(version.split(".")[:parts_of_major])


# moto knows no storage of Aurora, forgets how long an old version is kept alive, and has one group for every version.
@replaces(DBCluster, "__init__")
def make_cluster(make, cluster, backend, *arguments, **asked):
    storage_type = asked.pop("storage_type", None) if asked.get("engine", "").startswith(AURORA) else None
    if asked.get("engine", "").startswith(AURORA) and not asked.get("db_cluster_parameter_group_name"):
        version = asked.get("engine_version") or DBCluster.default_engine_version(asked["engine"])
        asked["db_cluster_parameter_group_name"] = f"default.{family(asked['engine'], version)}"
    if asked.get("db_subnet_group_name"):
        backend.describe_db_subnet_groups(asked["db_subnet_group_name"])
    make(cluster, backend, *arguments, **asked)
    cluster.engine_lifecycle_support = asked.get(
        "engine_lifecycle_support", databases.USUAL["engine_lifecycle_support"]
    )
    cluster.waiting, cluster.pending_modified_values = {}, {}
    cluster.preferred_maintenance_window = cluster.preferred_maintenance_window.lower()
    if cluster.engine.startswith(AURORA):
        cluster.storage_type = answered(storage_type)
    if cluster.kms_key_id == "default_kms_key_id":
        cluster.kms_key_id = databases.key_of_aws(cluster) if cluster.storage_encrypted else None
    logs.write(cluster)


def answered(storage_type):
    """Of the storage that is paid by what is done with it, AWS says nothing (reference of DBCluster, StorageType: only told
    of aurora-iopt1)."""
    return None if storage_type == AURORA else storage_type


scaling = DBCluster.scaling_configuration_info
# Only what Serverless v1 runs has one (reference of DBCluster, ScalingConfigurationInfo); moto answers one without a value.
DBCluster.scaling_configuration_info = property(
    lambda cluster: scaling.fget(cluster) if cluster.scaling_configuration else None
)


# moto takes the release of Aurora MySQL for a part of the version of MySQL.
@replaces(DBInstance, "default_db_parameter_group_details")
def default_group(original, database):
    if not database.engine.startswith(AURORA):
        return original(database)
    found = family(database.engine, database.engine_version)
    return found, f"default.{found}"


# What the cluster says of all its instances must be there before they are made: subnets and port, above all.
@replaces(DBInstanceClustered, "__init__")
def join(make, database, db_cluster_identifier, *arguments, **asked):
    cluster = asked["backend"].clusters.get(db_cluster_identifier)
    if cluster:
        database.cluster = cluster
        asked |= {"db_subnet_group_name": cluster.db_subnet_group_name, "port": cluster.port}
    make(database, db_cluster_identifier, *arguments, **asked)


@replaces(RDSBackend, "modify_db_cluster")
def modify(original, backend, kwargs):
    cluster = backend.describe_db_clusters(kwargs["db_cluster_identifier"])[0]
    at_once = kwargs.get("apply_immediately") in (True, "true")
    asked = {name: value for name, value in kwargs.items() if value is not None}
    databases.refuse_older(cluster, asked.get("engine_version"))

    # moto makes another secret each time, and leaves the one before.
    if cluster.manage_master_user_password and asked.get("manage_master_user_password"):
        del asked["manage_master_user_password"]
    if "storage_type" in asked:
        cluster.storage_type = answered(asked.pop("storage_type"))
    if "preferred_maintenance_window" in asked:
        asked["preferred_maintenance_window"] = asked["preferred_maintenance_window"].lower()
    # By the name that only CreateDBCluster has for them.
    asked["enable_cloudwatch_logs_exports"] = asked.pop("cloudwatch_logs_export_configuration", None)

    cluster.waiting |= {name: asked.pop(name) for name in WAITS if name in asked}
    cluster.waiting = {name: value for name, value in cluster.waiting.items() if current(cluster, name) != str(value)}
    now = {name for name in cluster.waiting if at_once or not waits(cluster, name)}
    asked |= {name: cluster.waiting.pop(name) for name in now}
    cluster.pending_modified_values = {
        WAITS[name]: value for name, value in cluster.waiting.items() if WAITS[name] is not None
    }
    if "enable_iam_database_authentication" in asked:
        cluster.iam_auth = asked.pop("enable_iam_database_authentication")
    group = asked.pop("db_instance_parameter_group_name", None)
    for member in cluster.members:
        # The port restarts all of them at once; a new major takes them along to the group that it names.
        member.port = asked.get("port", member.port)
        member.db_parameter_group_name = group or member.db_parameter_group_name

    result = original(backend, asked)
    logs.write(cluster)
    return result


def current(cluster, name):
    values = {
        "db_cluster_parameter_group_name": cluster.parameter_group,
        "db_instance_parameter_group_name": None,
        "enable_iam_database_authentication": cluster.iam_database_authentication_enabled,
        "engine_version": cluster.engine_version,
    }
    return str(values[name])


def waits(cluster, name):
    return name not in GROUPS or "engine_version" in cluster.waiting


# Reference of DeleteDBCluster: either it leaves a snapshot, or it is told that there shall be none.
@replaces(RDSResponse, "delete_db_cluster")
def settle_snapshot(delete, response):
    named, skipped = response.params.get("FinalDBSnapshotIdentifier"), response.params.get("SkipFinalSnapshot")
    if bool(named) == bool(skipped):
        raise InvalidParameterCombination(
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
            if not named
            else "FinalDBSnapshotIdentifier cannot be specified when deleting a cluster and SkipFinalSnapshot is specified."
        )
    return delete(response)


@replaces(RDSBackend, "delete_db_cluster")
def delete(original, backend, cluster_identifier, snapshot_name=None):
    cluster = original(backend, cluster_identifier, snapshot_name)
    proxies.forget(backend, cluster_identifier)
    return cluster


# moto copies the old cluster, in words that a new one does not understand. What belongs to the data comes from the snapshot
# (reference of RestoreDBClusterFromSnapshot), the rest is as asked for; the password is the one of the snapshot.
@replaces(RDSBackend, "restore_db_cluster_from_snapshot")
def restore(_, backend, from_snapshot_id, overrides):
    name = from_snapshot_id.split(":cluster-snapshot:")[-1]
    [snapshot] = backend.describe_db_cluster_snapshots(db_cluster_identifier=None, db_snapshot_identifier=name)
    old = snapshot.cluster
    kept = {
        "database_name": old.database_name,
        "engine_version": old.engine_version,
        "kms_key_id": snapshot.kms_key_id,
        "master_username": old.master_username,
        "master_user_password": "of-the-snapshot",
        "storage_encrypted": snapshot.storage_encrypted,
    }
    asked = {name: value for name, value in overrides.items() if value is not None and name != "snapshot_identifier"}
    return backend.create_db_cluster(kept | asked)


# User guide, "Deleting a DB cluster parameter group": not while a cluster is associated with it.
@replaces(RDSBackend, "delete_db_cluster_parameter_group")
def delete_group(delete, backend, db_cluster_parameter_group_name):
    for cluster in backend.clusters.values():
        if db_cluster_parameter_group_name in (cluster.parameter_group, cluster.waiting.get(GROUPS[0])):
            raise RDSClientError(
                "InvalidDBParameterGroupState",
                f"One or more database clusters are still members of this parameter group {db_cluster_parameter_group_name}, "
                "so the group cannot be deleted",
            )
    return delete(backend, db_cluster_parameter_group_name)
