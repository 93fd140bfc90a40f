"""MySQL, MariaDB and Aurora go up, change, fail over and come down, with the real provider on an emulated AWS.

`cargo xtask engines` starts it: in the environment, VALET_RDS is the built command and PROOF_FOLDER a folder with the modules
and the workspace.
"""

import os
import pathlib
from types import SimpleNamespace

import pytest
from emulator import emulated_aws
from place import AURORA, CLUSTER, MARIADB, MYSQL, RESTORED, SERVERLESS, UNITS, Place
from stages import Stages

STAGES = ["up", "again", "refused", "changed", "failed_over", "retiring", "retired", "restored"]

# What it takes to let a reader go.
ALLOW = """allow:
- change: replace
  of: module.aurora.aws_rds_cluster_instance.this
  reason: the load of the readers is over
  expires: 2026-12-31
"""
# What a snapshot does not say, and what has to be said of it.
COPY = """shortname: copy
engine: aurora-postgresql
engineVersion: "{version}"
encrypted: true
instanceClass: db.r7g.large
restoreFrom: {snapshot}
username: postgres
"""


def pytest_configure(config):
    config.pluginmanager.register(Stages(STAGES, "place"))


@pytest.fixture(scope="session")
def place():
    folder = pathlib.Path(os.environ["PROOF_FOLDER"]).resolve()
    with emulated_aws(folder / "server.log"):
        yield Place(folder, pathlib.Path(os.environ["VALET_RDS"]).resolve())


@pytest.fixture(scope="session")
def up(place):
    """All of them are there."""
    place.plan("up")
    place.apply("up")
    place.ours("generate")
    place.commit()
    return SimpleNamespace(
        cluster=place.cluster(), serverless=place.cluster("stock-dev"), targets=place.targets(),
        outputs={unit: place.outputs(unit) for unit in UNITS},
    )


@pytest.fixture(scope="session")
def again(place, up):
    """Everything is planned again."""
    return place.plan("again")


@pytest.fixture(scope="session")
def refused(place, again):
    """A database that lives is to be of another engine: what is said of it, before anything is planned."""
    edits = {
        AURORA: [("aurora-postgresql", "postgres"), ("replicas: 1\nreadOnlyEndpoint: true\n", "")],
        MARIADB: [("mariadb", "mysql")],
        MYSQL: [("mysql", "mariadb")],
        SERVERLESS: [("aurora-mysql", "mysql"), ("instanceClass: db.serverless\nminCapacity: 0.5\nmaxCapacity: 4\n", "")],
    }
    said = {}
    for unit, replacements in edits.items():
        text = place.config(unit).read_text()
        place.edit(unit, *replacements)
        # What is reviewed is a change of roots.
        place.ours("generate")
        said[unit] = [place.valet("check", "--base", "HEAD"), place.valet("diff", "--base", "HEAD")]
        place.config(unit).write_text(text)
    place.ours("generate")
    return said


@pytest.fixture(scope="session")
def changed(place, refused):
    """Each changes in place: what `diff` says, what is planned, and what is planned after the window."""
    before = place.instances()
    place.edit(MYSQL, ("allocatedStorage: 50\n", 'allocatedStorage: 60\nparameters: {max_connections: "200"}\n'))
    place.edit(MARIADB, ("databaseName: wiki\n", 'databaseName: wiki\nbackupWindow: "03:00-04:00"\n'))
    place.edit(AURORA, ("replicas: 1\n", "replicas: 2\nbackupRetentionPeriod: 14\n"))
    place.edit(SERVERLESS, ("maxCapacity: 4\n", "maxCapacity: 8\n"))
    said = place.review()
    planned = place.plan("changed", *UNITS)
    place.apply("changed")
    place.open_window(MYSQL)
    return SimpleNamespace(
        before=before, said=said, planned=planned, after=place.instances(), again=place.plan("changed-again", *UNITS)
    )


@pytest.fixture(scope="session")
def failed_over(place, changed):
    """The last reader becomes the writer, which is then to be taken away: what is planned after the first, what `diff` says of
    the second, what is planned for it, and then."""
    last = f"{CLUSTER}-3"
    place.client("rds").failover_db_cluster(DBClusterIdentifier=CLUSTER, TargetDBInstanceIdentifier=last)
    synchronised, targets = place.synchronise(), place.targets()
    over = SimpleNamespace(writer=place.writer(), planned=place.plan("failed-over", AURORA)[AURORA])
    place.edit(AURORA, ("replicas: 2\n", f"replicas: 1\n{ALLOW}"))
    said = place.review()
    planned = place.plan("fewer", AURORA)
    place.apply("fewer")
    return SimpleNamespace(
        over=over, said=said, planned=planned, after=place.instances(), writer=place.writer(),
        synchronised=synchronised, targets=targets, again=place.plan("fewer-again", AURORA)[AURORA],
    )


@pytest.fixture(scope="session")
def retiring(place, failed_over):
    """The first step of the end of all of them."""
    for unit in UNITS:
        place.ours("retire", unit)
    place.ours("generate")
    place.commit()
    planned = place.plan("retiring", *UNITS)
    place.apply("retiring")
    return planned


@pytest.fixture(scope="session")
def retired(place, retiring):
    """The second one."""
    for unit in UNITS:
        place.ours("retire", unit)
    place.ours("generate")
    place.commit()
    planned = place.plan("retired", *UNITS)
    place.apply("retired")
    return planned


@pytest.fixture(scope="session")
def restored(place, retired):
    """A cluster is made of the last snapshot of another."""
    rds = place.client("rds")
    manual = rds.describe_db_cluster_snapshots(DBClusterIdentifier=CLUSTER, SnapshotType="manual")
    [snapshot] = manual["DBClusterSnapshots"]
    text = COPY.format(snapshot=snapshot["DBClusterSnapshotIdentifier"], version=snapshot["EngineVersion"])
    place.config(RESTORED).write_text(text)
    place.ours("generate")
    place.commit()
    planned = place.plan("restored", RESTORED)
    place.apply("restored")
    return SimpleNamespace(
        cluster=place.cluster("copy-dev"), planned=planned[RESTORED], again=place.plan("restored-again", RESTORED)[RESTORED]
    )
