"""Asks the emulated AWS about both units, right after they went up."""

import json
import pathlib
import sys

import access
import database
import path
from report import report
from unit import WANTED, Unit


def main(folder):
    units = [Unit(folder, environment) for environment in WANTED]
    report(units, path, database, access)
    identities = {unit.environment: unit.identity() for unit in units}
    pathlib.Path(folder, "identity.json").write_text(json.dumps(identities))


if __name__ == "__main__":
    main(sys.argv[1])
