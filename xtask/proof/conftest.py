"""The proof that generated roots go up, plan clean, change in place and come down, with the real provider.

What is done to the two units of the workspace is a chain of fixtures, each of which begins where the one before ends. A
test names the stage that it looks at; the tests of a stage all run before the next one begins.

`cargo xtask apply` starts it: in the environment, VALET_RDS is the built command, and PROOF_FOLDER is a folder with the
modules and with the workspace.
"""

import os
import pathlib
import time
from types import SimpleNamespace

import pytest
from emulator import emulated_aws, tail
from inventory import inventory
from roots import Story, both
from unit import Unit
from world import ENVIRONMENTS, make_world

STAGES = ["up", "again", "changed", "retiring", "retired", "gone"]
BEGIN = time.monotonic()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    def stage(item):
        return max((STAGES.index(name) for name in item.fixturenames if name in STAGES), default=-1)

    items.sort(key=stage)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """Says when a stage is reached. When one is not, nothing after it would mean anything."""
    if fixturedef.argname not in STAGES:
        return (yield)
    try:
        result = yield
    except Exception as error:
        log = request.getfixturevalue("story").folder / "server.log"
        say(request.config, f"{error}\n\nthe end of {log}:\n{tail(log.read_text())}")
        pytest.exit(f"`{fixturedef.argname}` was not reached", returncode=1)
    say(request.config, f"{fixturedef.argname} after {time.monotonic() - BEGIN:.0f} s")
    return result


def say(config, text):
    """Prints it now, although what tests print is kept."""
    with config.pluginmanager.get_plugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{text}")


@pytest.fixture(scope="session")
def story():
    story = Story(pathlib.Path(os.environ["PROOF_FOLDER"]).resolve(), os.environ["VALET_RDS"])
    with emulated_aws(story.folder / "server.log"):
        make_world(story.workspace / "valet.yaml")
        yield story


@pytest.fixture(params=ENVIRONMENTS)
def unit(request, story):
    return Unit(story, request.param)


@pytest.fixture(scope="session")
def up(story):
    """Everything is applied."""
    story.generate()
    both(story.shared, lambda root: root.apply())
    both(story.units, lambda root: root.apply())
    story.note_states()
    story.first = {name: Unit(story, name).identity() for name in ENVIRONMENTS}


@pytest.fixture(scope="session")
def again(story, up):
    """The plans of roots that have just been applied."""
    return both(story.shared, lambda root: root.plan()) + both(story.units, lambda root: root.plan())


@pytest.fixture(scope="session")
def changed(story, again):
    """One unit is renamed, the other one has grown; the plans of it."""
    configs = story.workspace / "configs"
    old = configs / "dev3/orders.yaml"
    text = old.read_text().replace("namespace: orders\n", "namespace: orders-api\n")
    (configs / "dev3/orders-api.yaml").write_text(text)
    old.unlink()
    story.rename("dev3", "orders-api")

    ledger = configs / "prod/ledger.yaml"
    text = ledger.read_text().replace("db.r7g.large", "db.r7g.xlarge")
    ledger.write_text(text.replace("allocatedStorage: 100", "allocatedStorage: 200"))

    story.generate()
    renamed, _ = story.units
    renamed.init()
    rename, growth = both(story.units, lambda root: root.plan())
    both(story.units, lambda root: root.apply_plan())
    story.note_states()
    story.before = {name: inventory(Unit(story, name).aws) for name in ENVIRONMENTS}
    return SimpleNamespace(rename=rename, growth=growth)


@pytest.fixture(scope="session")
def retiring(story, changed):
    """The first step of both retirements, and the plans of it. One unit will be destroyed, the other one forgotten."""
    destroyed, forgotten = story.units
    story.retire(destroyed)
    story.retire(forgotten, "--retain")
    return carry_out(story)


@pytest.fixture(scope="session")
def retired(story, retiring):
    """The end of both retirements, and the plans of it."""
    for root in story.units:
        story.retire(root)
    return carry_out(story)


def carry_out(story):
    story.generate()
    plans = both(story.units, lambda root: root.plan())
    both(story.units, story.gate)
    both(story.units, lambda root: root.apply_plan())
    return plans


@pytest.fixture(scope="session")
def gone(story, retired):
    """The configs are deleted, and what the units shared is destroyed."""
    for config in ["dev3/orders-api.yaml", "prod/ledger.yaml"]:
        (story.workspace / "configs" / config).unlink()
    story.generate()
    both(story.shared, lambda root: root.destroy())
