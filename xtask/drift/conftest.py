"""Forty things are changed in an emulated AWS behind the back of the real Terraform, and `drift` sorts them.

`cargo xtask drift` starts it: in the environment, VALET_RDS is the built command and PROOF_FOLDER a folder with the modules and
a workspace. With RECORD=1 the plans become those of the tests in Rust, in fixtures/drift.
"""

import os
import pathlib
from types import SimpleNamespace

import pytest
from changes import EXPECTED, Changes
from emulator import emulated_aws
from place import SHARED, Place
from stages import Stages

STAGES = ["up", "quiet", "changed", "shown", "waived", "edited", "undone"]
WAIVERS = """waivers:
- rule: drift-size
  of: instanceClass
  reason: larger until the sale is over
  expires: 2026-12-01
- rule: drift-tls
  of: module.proxy
  reason: a client is being mended
  expires: 2026-10-01
"""
ALLOW = """allow:
- change: drift
  reason: everything as it was
  expires: 2026-12-31
- change: data-loss
  of: module.rds.aws_cloudwatch_log_group.this
  reason: its logs are lost already
  expires: 2026-12-31
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
    """Everything is applied. What `drift` says of the first plans, which make everything."""
    said = place.plan("up")
    place.apply("up")
    return said


@pytest.fixture(scope="session")
def quiet(place, up):
    """What it says when nobody has changed anything, though Terraform finds much that it did not know."""
    said = place.plan("quiet")
    place.keep("quiet")
    return said


@pytest.fixture(scope="session")
def changed(place, quiet):
    """Everything is changed at once, each in a place of its own: what it says then."""
    changes = Changes(place)
    for name in EXPECTED:
        getattr(changes, name)()
    said = place.plan("changed")
    place.keep("changed")
    return said


@pytest.fixture(scope="session")
def shown(place, changed):
    """The same of plans as Terraform shows them, and of one that only refreshes."""
    files = [place.show("unit"), place.show("environment", unit=SHARED)]
    refreshed = place.show("refreshed", "-refresh-only")
    place.keep("unit.json", "environment.json", "refreshed.json")
    return SimpleNamespace(said=place.drift(*files), refreshed=place.drift(refreshed))


@pytest.fixture(scope="session")
def waived(place, shown):
    """Two things are known, one of them no longer."""
    place.config.write_text(place.config.read_text() + WAIVERS)
    return place.drift("--plans", place.folder / "changed")


@pytest.fixture(scope="session")
def edited(place, waived):
    """The config asks for something, too: some of it that nobody has changed, and some that somebody has."""
    place.config.write_text(place.config.read_text() + ALLOW)
    place.edit("db.r7g.large", "db.r7g.2xlarge")
    place.edit("passwordRotationDays: 30", "passwordRotationDays: 365")
    place.edit("connectionBorrowTimeout: 30", "connectionBorrowTimeout: 60")
    place.commit("Ask for more")
    return place.plan("edited")


@pytest.fixture(scope="session")
def undone(place, edited):
    """It is applied."""
    place.apply("edited")
    return place.plan("undone")
