"""The way of a change, from a pull request to the hand-over, as the generated pipeline of GitHub takes it: its commands, in its
order, with the real Terraform on an emulated AWS.

`cargo xtask delivery` starts it: in the environment, VALET_RDS is the built command and PROOF_FOLDER a folder with the modules
and a workspace.
"""

import os
import pathlib

import pytest
from city import City
from emulator import emulated_aws
from stages import Stages

STAGES = ["reviewed", "applied", "mended", "again", "differing", "explained"]
# A role of `dev3/archive`.
TAKEN = "archive-dev3-rds-proxy"


def pytest_configure(config):
    config.pluginmanager.register(Stages(STAGES, "city"))


@pytest.fixture(scope="session")
def city():
    folder = pathlib.Path(os.environ["PROOF_FOLDER"]).resolve()
    with emulated_aws(folder / "server.log"):
        city = City(folder, pathlib.Path(os.environ["VALET_RDS"]))
        city.found()
        yield city


@pytest.fixture(scope="session")
def reviewed(city):
    """A pull request asks for twelve databases in two accounts. What it says of itself."""
    city.switch("databases")
    city.ask_for_databases()
    city.commit("Ask for twelve databases")
    return city.review()


@pytest.fixture(scope="session")
def applied(city, reviewed):
    """It is merged. One unit cannot be made, and the apply is told to stop in the middle and run again."""
    city.merge("databases")
    city.occupy(TAKEN)
    return city.apply(stop="dev3")


@pytest.fixture(scope="session")
def mended(city, applied):
    """What was in the way is gone, and a second pull request comes: with it, everything is applied."""
    city.free(TAKEN)
    city.switch("mend")
    city.edit("dev3/mail", ("backupRetentionPeriod: 7", "backupRetentionPeriod: 8"))
    city.commit("Keep the mail's backups longer")
    review = city.review()
    city.merge("mend")
    return review, city.apply()


@pytest.fixture(scope="session")
def again(city, mended):
    """Everything is planned again."""
    return city.plan("--all", keep="again")


@pytest.fixture(scope="session")
def differing(city, again):
    """Between the plan that was reviewed and the apply, a root becomes another."""
    city.switch("differing")
    city.edit("prod/search", ("backupRetentionPeriod: 7", "backupRetentionPeriod: 8"))
    city.commit("Keep backups longer")
    planned = city.plan("prod/search", keep="differing")
    city.edit("prod/search", ("backupRetentionPeriod: 8", "backupRetentionPeriod: 9"))
    city.commit("Keep them even longer")
    refused = city.valet("apply", "--plans", city.folder / "differing", "--format", "json")
    city.switch("main")
    return planned, refused


@pytest.fixture(scope="session")
def explained(city, differing):
    """Each unit is in a situation of its own, and all are planned at once."""
    return city.situations()
