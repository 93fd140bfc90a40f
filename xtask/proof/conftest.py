"""The proof that generated roots go up, plan clean, change in place and come down, with the real provider.

`cargo xtask apply` starts it: in the environment, VALET_RDS is the built command, PROOF_FOLDER is a folder with the modules
and with the workspace, and PROOF_POLICIES one with the published policies.
"""

import os
import pathlib
import shutil
from types import SimpleNamespace

import cluster
import pytest
import search
from emulator import database_servers, emulated_aws
from inventory import inventory
from roots import Story, both, refusal
from stages import Stages
from unit import Unit
from world import ENVIRONMENTS, USERS_REACH, ZONE_WITHOUT_PROXIES, make_world, session

STAGES = [
    "up",
    "again",
    "rotated",
    "changed",
    "waiting",
    "opened",
    "moved",
    "removed",
    "lost",
    "restored",
    "retiring",
    "retired",
    "gone",
    "ended",
]

WAIVER = """waivers:
- rule: master-in-pods
  reason: the last pods go over with the next change
  expires: 2026-12-31
"""
# What it takes to let the secrets of users go.
ALLOW = """allow:
- change: downtime
  of: module.users
  reason: the clients have the other user already
  expires: 2026-12-31
"""


def pytest_configure(config):
    config.pluginmanager.register(Stages(STAGES, "story"))


@pytest.fixture(scope="session")
def story():
    folder = pathlib.Path(os.environ["PROOF_FOLDER"]).resolve()
    with database_servers() as servers:
        story = Story(folder, os.environ["VALET_RDS"], servers)
        settings = {
            "EMULATOR_PASSWORDS": str(servers / "passwords"),
            "EMULATOR_SERVERS": str(servers),
            "EMULATOR_ZONES_WITHOUT_PROXIES": ZONE_WITHOUT_PROXIES,
            "USERS_FOLDER": str(cluster.PACKAGES),
        }
        with emulated_aws(story.folder / "server.log", **settings):
            make_world(story.workspace / "valet.yaml")
            search.keep_states()
            # Not in the file: the other proofs have it too, with units that have no users.
            for environment, ways in USERS_REACH.items():
                line = f"    configs: configs/{environment}\n"
                story.edit("valet.yaml", (line, f"{line}    databaseUsers: {ways}\n"))
            yield story


@pytest.fixture(params=ENVIRONMENTS)
def unit(request, story):
    return Unit(story, request.param)


@pytest.fixture(scope="session")
def up(story):
    """Everything is applied; what a unit says before its environment is."""
    story.generate()
    alone = story.units[1]
    alone.init()
    # A pipeline plans all roots beside each other: a plan does not need the environment yet.
    alone.plan()
    story.alone = refusal(alone.apply_plan)
    both(story.shared, lambda root: root.apply())
    both(story.units, lambda root: root.apply())
    story.note_states()
    story.first = {name: Unit(story, name).identity() for name in ENVIRONMENTS}


@pytest.fixture(scope="session")
def again(story, up):
    """The plans of roots that have just been applied."""
    return both(story.shared, lambda root: root.plan()) + both(story.units, lambda root: root.plan())


@pytest.fixture(scope="session")
def rotated(story, again):
    """The applications have written something, and then every user has got another password: the logins of before, and the
    next plans."""
    before = {}
    for name in ENVIRONMENTS:
        unit = Unit(story, name)
        with unit.log_in(unit.read_login("owner")) as owner:
            owner.run("CREATE TABLE kept (what text)")
            owner.run("INSERT INTO kept VALUES ('this')")
        # What is said of the unit, where it is looked for passwords later.
        root = next(each for each in story.units if each.environment == name)
        outputs = root.file("outputs.json")
        outputs.write_text(root.terraform("output", "-json"))
        story.valet("k8s", root.name, "--outputs", outputs)
        story.valet("info", root.name)
        before[name] = {role: unit.read_login(role) for role in unit.wanted["users"]}
        for role in unit.wanted["users"]:
            # As the clock of Secrets Manager does.
            unit.client("secretsmanager").rotate_secret(SecretId=unit.secret_of(role))
    return SimpleNamespace(before=before, plans=both(story.units, lambda root: root.plan()))


@pytest.fixture(scope="session")
def changed(story, rotated):
    """One unit is renamed; the other one has grown past 400 GiB, has a new major, another port, a log less and no query of its
    own for new connections, and its pods have all left the master; the plans of it."""
    story.edit("configs/dev3/orders.yaml", ("namespace: orders\n", "namespace: orders-api\n"))
    configs = story.workspace / "configs"
    (configs / "dev3/orders.yaml").rename(configs / "dev3/orders-api.yaml")
    story.rename("dev3", "orders-api")
    story.edit(
        "configs/prod/ledger.yaml",
        ("allocatedStorage: 100", "allocatedStorage: 450"),
        ("db.r7g.large", "db.r7g.xlarge"),
        ('engineVersion: "16"', 'engineVersion: "17"'),
        ("logExports: [postgresql, upgrade]", "logExports: [postgresql]"),
        ("port: 5433", "port: 5434"),
        ("  initQuery: SET search_path = ledger\n", ""),
        ("masterLogin: allowed\n", ""),
        (WAIVER, ""),
    )

    story.generate()
    renamed, _ = story.units
    renamed.init()
    rename, growth = both(story.units, lambda root: root.plan())
    both(story.units, lambda root: root.apply_plan())
    story.note_states()
    return SimpleNamespace(rename=rename, growth=growth)


@pytest.fixture(scope="session")
def waiting(story, changed):
    """The plans before the maintenance window."""
    return both(story.units, lambda root: root.plan())


@pytest.fixture(scope="session")
def opened(story, waiting):
    """The plans after it."""
    for name in ENVIRONMENTS:
        # Whatever waits is then applied, as in the window.
        rds = session(name).client("rds")
        for database in rds.describe_db_instances()["DBInstances"]:
            rds.modify_db_instance(DBInstanceIdentifier=database["DBInstanceIdentifier"], ApplyImmediately=True)
    return both(story.units, lambda root: root.plan())


@pytest.fixture(scope="session")
def moved(story, opened):
    """A volume has grown by itself. The roles of its environment get another path, which makes them other roles. The next
    plans."""
    rds = session("prod").client("rds")
    rds.modify_db_instance(DBInstanceIdentifier="ledger-prod", AllocatedStorage=500, ApplyImmediately=True)
    story.edit("valet.yaml", ("    kmsKeyArn:", "    rolePath: /databases/\n    kmsKeyArn:"))
    story.generate()
    shared, unit = story.shared[1], story.units[1]
    shared.apply()
    unit.apply()
    story.note_states()
    return both([shared, unit], lambda root: root.plan())


@pytest.fixture(scope="session")
def removed(story, moved):
    """One user of a unit is gone from its config, and the other one has another name: what was said of it, what the gate said
    before that was declared, the plan of it, the next one, and the logins of before."""
    root, _ = story.units
    unit = Unit(story, root.environment)
    before = {role: unit.read_login(role) for role in unit.wanted["users"]}
    copy = story.folder / "before"
    shutil.copytree(story.workspace, copy)
    config = "configs/dev3/orders-api.yaml"
    story.edit(config, ("appUser: orders_app\n", "appUser: orders_api\n"), ("readOnlyUser: orders_ro\n", ""))
    story.generate()
    said = story.diff(copy)
    plan = root.plan()
    undeclared = refusal(lambda: story.gate(root))
    story.edit(config, ("appUser: orders_api\n", f"{ALLOW}appUser: orders_api\n"))
    story.gate(root)
    root.apply_plan()
    story.note_states()
    return SimpleNamespace(before=before, said=said, undeclared=undeclared, plan=plan, again=root.plan())


@pytest.fixture(scope="session")
def lost(story, removed):
    """Somebody deletes a database behind Terraform's back, after a snapshot: what the gate says of the plan then."""
    root, _ = story.units
    unit = Unit(story, root.environment)
    rds = unit.client("rds")
    rds.create_db_snapshot(DBInstanceIdentifier=unit.base, DBSnapshotIdentifier=f"{unit.base}-kept")
    rds.modify_db_instance(DBInstanceIdentifier=unit.base, DeletionProtection=False, ApplyImmediately=True)
    rds.delete_db_instance(DBInstanceIdentifier=unit.base, SkipFinalSnapshot=True)
    root.plan()
    return refusal(lambda: story.gate(root))


@pytest.fixture(scope="session")
def restored(story, lost):
    """The database comes back from the snapshot: the plan of it, the next one, and one that would replace the database."""
    root, _ = story.units
    story.edit(
        "configs/dev3/orders-api.yaml",
        ("shortname: orders\n", 'encrypted: true\nengineVersion: "17"\nrestoreFrom: orders-dev3-kept\nshortname: orders\n'),
    )
    story.generate()
    plan = root.plan()
    root.apply_plan()
    story.note_states()
    story.first[root.environment] = Unit(story, root.environment).identity()
    replaced = root.plan("-replace=module.rds.aws_db_instance.this")
    return SimpleNamespace(plan=plan, again=root.plan(), replaced=replaced)


@pytest.fixture(scope="session")
def retiring(story, restored):
    """The first step of both retirements, and the plans of it. One unit will be destroyed, the other one forgotten."""
    story.before = {name: inventory(Unit(story, name).aws) for name in ENVIRONMENTS}
    destroyed, forgotten = story.units
    story.retire(destroyed)
    story.retire(forgotten, "--retain")
    return carry_out(story)


@pytest.fixture(scope="session")
def retired(story, retiring):
    """The end of both retirements, and the plans of it."""
    for root in story.units:
        story.retire(root)
    return carry_out(story, without_function)


def without_function():
    """Somebody has deleted the function that makes the users of one environment. Nobody needs it to end one."""
    session("dev3").client("lambda").delete_function(FunctionName="dev3_database-users")


def carry_out(story, meanwhile=lambda: None):
    story.generate()
    plans = both(story.units, lambda root: root.plan())
    both(story.units, story.gate)
    meanwhile()
    story.calls_before = len(story.calls())
    both(story.units, lambda root: root.apply_plan())
    return plans


@pytest.fixture(scope="session")
def gone(story, retired):
    """The configs are deleted, and what the units shared is destroyed; what AWS says where a database was retained."""
    for config in ["dev3/orders-api.yaml", "prod/ledger.yaml"]:
        (story.workspace / "configs" / config).unlink()
    story.generate()
    ended, needed = story.shared
    ended.destroy()
    return refusal(needed.destroy)


@pytest.fixture(scope="session")
def ended(story, gone):
    """The retained database has been deleted by hand, and now what it shared is destroyed, too."""
    rds = session("prod").client("rds")
    rds.modify_db_instance(DBInstanceIdentifier="ledger-prod", DeletionProtection=False, ApplyImmediately=True)
    rds.delete_db_instance(DBInstanceIdentifier="ledger-prod", SkipFinalSnapshot=True)
    _, needed = story.shared
    needed.destroy()
