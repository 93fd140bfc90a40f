"""Parameters, and the groups of them."""

from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBClusterParameterGroup, DBParameterGroup, RDSBackend

from emulator.mends.replaces import replaces

# By parameter and engine: its first version that has this default, and the default (parameter reference of the engines).
DEFAULTS = {
    ("rds.force_ssl", "aurora-postgresql"): ((17,), "1"),
    ("rds.force_ssl", "postgres"): ((15,), "1"),
    # Aurora user guide, "Comparing Aurora MySQL version 3 and Aurora MySQL version 8.4".
    ("require_secure_transport", "aurora-mysql"): ((8, 4), "ON"),
    ("require_secure_transport", "mariadb"): ((11, 8), "1"),
}


def is_default(family, name, value):
    engine = family.rstrip("0123456789.")
    if (name, engine) not in DEFAULTS:
        return False
    since, default = DEFAULTS[name, engine]
    version = tuple(int(part) for part in family.removeprefix(engine).split("."))
    return version >= since and value == default


# Of a parameter at its default AWS answers pending-reboot, whatever was asked for (note in the provider's documents of
# aws_db_parameter_group; provider 39252, 18035).
@replaces(DBParameterGroup, "update_parameters")
def update_parameters(update, group, new_parameters):
    update(group, new_parameters)
    settle(group, group.family)


@replaces(DBClusterParameterGroup, "update_cluster_parameters")
def update_cluster_parameters(update, group, new_parameters):
    update(group, new_parameters)
    settle(group, group.db_parameter_group_family)


def settle(group, family):
    for name, parameter in group.parameters.items():
        # moto says nothing of it, so that the provider cannot tell what was set from what was there.
        parameter["Source"] = "user"
        if is_default(family, name, parameter.get("ParameterValue")):
            parameter["ApplyMethod"] = "pending-reboot"


# A group in use is not deleted: InvalidDBParameterGroupState (reference of DeleteDBParameterGroup; provider 6448).
@replaces(RDSBackend, "delete_db_parameter_group")
def delete_parameter_group(delete, backend, db_parameter_group_name):
    members = [
        database.db_instance_identifier
        for database in backend.databases.values()
        if db_parameter_group_name in (database.db_parameter_group_name, database.waiting.get("db_parameter_group_name"))
    ]
    if members:
        raise RDSClientError(
            "InvalidDBParameterGroupState",
            "One or more database instances are still members of this parameter group "
            f"{db_parameter_group_name}, so the group cannot be deleted",
        )
    return delete(backend, db_parameter_group_name)
