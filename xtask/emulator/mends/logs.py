"""The log groups that databases and clusters write to."""

from moto.logs.models import LogsBackend, logs_backends
from moto.rds.models import DBCluster, rds_backends

from emulator.mends.replaces import replaces


def group_of(database, log):
    kind = "cluster" if isinstance(database, DBCluster) else "instance"
    return f"/aws/rds/{kind}/{database.resource_id}/{log}"


def write(database):
    """RDS makes the group of an exported log when it is not there, and sets no retention (user guide, "Publishing database
    logs to CloudWatch Logs")."""
    logs = logs_backends[database.account_id][database.region]
    for log in database.enabled_cloudwatch_logs_exports:
        logs.ensure_log_group(group_of(database, log))


# A database writes on: a group that is deleted while its log is exported is back at once (provider 42858).
@replaces(LogsBackend, "delete_log_group")
def delete_log_group(delete, backend, log_group_name):
    delete(backend, log_group_name)
    rds = rds_backends[backend.account_id][backend.region_name]
    for database in [*rds.databases.values(), *rds.clusters.values()]:
        write(database)
