"""The log groups that a database writes to."""

from moto.logs.models import LogsBackend, logs_backends
from moto.rds.models import rds_backends

from emulator.mends.replaces import replaces


def group_of(database, log):
    return f"/aws/rds/instance/{database.db_instance_identifier}/{log}"


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
    for database in rds_backends[backend.account_id][backend.region_name].databases.values():
        write(database)
