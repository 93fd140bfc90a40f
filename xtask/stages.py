"""A proof as a chain of fixtures, each of which begins where the one before ends. A test names the stage that it looks at; the
tests of a stage all run before the next one begins."""

import time

import pytest
from emulator import tail


class Stages:
    """The plugin of a proof whose stages have these names, in this order; `world` is the fixture that knows its folder."""

    def __init__(self, names, world):
        self.names, self.world = names, world
        self.begin = time.monotonic()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        def stage(item):
            return max((self.names.index(name) for name in item.fixturenames if name in self.names), default=-1)

        items.sort(key=stage)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef, request):
        """Says when a stage is reached. When one is not, nothing after it would mean anything."""
        if fixturedef.argname not in self.names:
            return (yield)
        try:
            result = yield
        except Exception as error:
            log = request.getfixturevalue(self.world).folder / "server.log"
            say(request.config, f"{error}\n\nthe end of {log}:\n{tail(log.read_text())}")
            pytest.exit(f"`{fixturedef.argname}` was not reached", returncode=1)
        say(request.config, f"{fixturedef.argname} after {time.monotonic() - self.begin:.0f} s")
        return result


def say(config, text):
    """Prints it now, although what tests print is kept."""
    with config.pluginmanager.get_plugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{text}")
