"""Instances that others have made are adopted, lead to pods, grow into the standard and end: with the real Terraform on an
emulated AWS, whose calls are recorded.

`cargo xtask adopt` starts it: in the environment, VALET_RDS is the built command and PROOF_FOLDER a folder with the modules
and a workspace.
"""

import concurrent.futures
import os
import pathlib
from types import SimpleNamespace

import pytest
from emulator import emulated_aws
from found import BY_HAND, HELD
from place import OUR_CONFIG, OURS, SHARED, Place
from stages import Stages

STAGES = ["there", "adopted", "imported", "again", "warned", "grown", "forgotten", "debts", "ended"]
# What is forgotten by its older root before the import here is applied: a mistake.
TOO_EARLY = "fleet-us"
EARLY_BLOCKS = """
moved {
  from = module.db["us"]
  to   = module.forgotten_db_us
}

removed {
  from = module.forgotten_db_us

  lifecycle {
    destroy = false
  }
}
"""


def pytest_configure(config):
    config.pluginmanager.register(Stages(STAGES, "place"))


@pytest.fixture(scope="session")
def place():
    folder = pathlib.Path(os.environ["PROOF_FOLDER"]).resolve()
    with emulated_aws(folder / "server.log"):
        yield Place(folder, pathlib.Path(os.environ["VALET_RDS"]).resolve())


@pytest.fixture(scope="session")
def there(place):
    """Instances made by hand and by older roots; and what this tool makes: the environment, and one of its own."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        old = [pool.submit(root.make) for root in place.old.values()]
        place.found.make()
        place.lock()
        place.config(OURS).write_text(OUR_CONFIG)
        place.ours("generate")
        place.commit("Begin")
        place.carry_out(SHARED, keep="shared")
        place.carry_out(OURS, keep="ours")
        for one in old:
            one.result()
    place.commit("Applied")


@pytest.fixture(scope="session")
def adopted(place, there):
    """What `adopt` says of all of them, first as a report; their configs and roots."""
    place.describe()
    report = place.adopt("--report")
    ran = place.adopt("--skip-refused")
    checked = place.valet("check")
    generated = place.valet("generate")
    place.commit("Adopt")
    return SimpleNamespace(report=report, ran=ran, checked=checked, generated=generated)


@pytest.fixture(scope="session")
def imported(place, adopted):
    """Everything is planned and applied. One has been forgotten by its older root before; the names of one are taken."""
    fleet = place.old["fleet"]
    fleet.edit(('["ap", "eu", "us"]', '["ap", "eu"]'))
    dropped = fleet.plan()
    fleet.put_back(fleet.text() + EARLY_BLOCKS)
    mark = place.mark()
    early = fleet.plan()
    fleet.apply_plan()
    early_calls = place.since(mark)
    names = [*BY_HAND, *HELD]
    planned = place.plan(*names, keep="import")
    applied, calls = place.apply("import")
    place.commit("Imported")
    # Another name for what grows beside the one whose names are taken.
    place.edit("clash", ("shortname: clash", "shortname: clash2"))
    place.ours("generate")
    place.commit("Take another name")
    renamed, more = place.carry_out("clash", keep="renamed")
    place.commit("Imported that, too")
    return SimpleNamespace(
        dropped=dropped, early=early, early_calls=early_calls, planned=planned, applied=applied, calls=calls,
        renamed=renamed, more=more,
    )
