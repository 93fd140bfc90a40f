"""The way from a cluster to its databases in another account, with the real provider on an emulated AWS: made after them, gone
before them.

`cargo xtask consumer` starts it: in the environment, VALET_RDS is the built command and PROOF_FOLDER a folder with the modules
and the workspace.
"""

import os
import pathlib
from types import SimpleNamespace

import pytest
from emulator import emulated_aws
from place import DATABASES, ENVIRONMENT, ROOT, SECOND, UNIT, Place
from stages import Stages

STAGES = ["up", "told", "consumed", "again", "shared", "joined", "held", "retiring", "retired", "ended"]


def pytest_configure(config):
    config.pluginmanager.register(Stages(STAGES, "place"))


@pytest.fixture(scope="session")
def place():
    folder = pathlib.Path(os.environ["PROOF_FOLDER"]).resolve()
    with emulated_aws(folder / "server.log"):
        yield Place(folder, pathlib.Path(os.environ["VALET_RDS"]).resolve())


@pytest.fixture(scope="session")
def up(place):
    """The databases are applied. What the consumer root said before, and what was planned for it."""
    before = place.main()
    planned = place.plan("up")
    place.apply("up")
    return SimpleNamespace(before=before, planned=planned)


@pytest.fixture(scope="session")
def told(place, up):
    """Their outputs stand beside their roots: what the next `generate` says, and the plan of the consumer root."""
    said = place.ours("generate")
    return SimpleNamespace(said=said, planned=place.plan("consumed", ROOT)[ROOT])


@pytest.fixture(scope="session")
def consumed(place, told):
    place.apply("consumed")


@pytest.fixture(scope="session")
def again(place, consumed):
    """Everything is planned again."""
    return place.plan("again")


@pytest.fixture(scope="session")
def shared(place, again):
    """A second cluster in the same VPC, with pods in another network; and a database more is to be reached from there."""
    place.edit("valet.yaml", "    tags:\n", f"{SECOND}    tags:\n")
    place.edit("valet.yaml", "cidrs: [10.64.0.0/16]", "cidrs: [10.64.0.0/16, 10.80.0.0/16]")
    place.edit(f"configs/{ENVIRONMENT}/search.yaml", "clusters: [other]", "clusters: [other, apps, jobs]")
    place.ours("generate")
    endpoints, header = place.endpoints(), place.main()
    planned = place.plan("shared")
    place.apply("shared")
    return SimpleNamespace(planned=planned, endpoints=endpoints, header=header)


@pytest.fixture(scope="session")
def joined(place, shared):
    """What it has told by then changes the plan. It is applied with the next change."""
    place.ours("generate")
    return place.plan("joined", ROOT)[ROOT]


@pytest.fixture(scope="session")
def held(place, joined):
    """A retirement has begun, and somebody would end it before the endpoint is gone, by the command and by hand: what each says,
    and AWS."""
    config = f"configs/{ENVIRONMENT}/ledger.yaml"
    place.ours("retire", UNIT)
    place.ours("generate")
    said = {"retire": place.refused("retire", UNIT)}
    place.edit(config, "lifecycle: retiring", "lifecycle: retired")
    place.ours("generate")
    said["check"] = place.refused("check")
    said["plan"] = place.refused("plan", UNIT, "--out", place.kept("held"))
    place.edit(config, "lifecycle: retired", "lifecycle: retiring")
    place.ours("generate")
    service = place.outputs("ledger")["endpoint_service_name"].rsplit(".", 1)[1]
    delete = place.client(DATABASES, "ec2").delete_vpc_endpoint_service_configurations
    said["AWS"] = delete(ServiceIds=[service])["Unsuccessful"][0]["Error"]["Message"]
    return said


@pytest.fixture(scope="session")
def retiring(place, held):
    """In the right order: one plan of everything, and one apply."""
    outputs = place.outputs("ledger")
    planned = place.plan("retiring")
    place.apply("retiring")
    return SimpleNamespace(planned=planned, outputs=outputs)


@pytest.fixture(scope="session")
def retired(place, retiring):
    """The second step."""
    place.ours("retire", UNIT)
    place.ours("generate")
    planned = place.plan("retired")
    place.apply("retired")
    return planned


@pytest.fixture(scope="session")
def ended(place, retired):
    """The whole consumer side goes."""
    place.edit("valet.yaml", "          allowFrom:\n", "          retired: true\n          allowFrom:\n")
    place.ours("generate")
    place.plan("ended", ROOT)
    place.apply("ended")
