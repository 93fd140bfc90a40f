"""Asks the emulated AWS about both units after the first step of their retirement."""

import json
import pathlib
import sys

from report import report
from unit import WANTED, Unit, same


def a_retiring_database_still_runs_and_only_one_that_is_retained_stays_protected(unit):
    same((unit.identity(), unit.database["DeletionProtection"]), (unit.first, unit.environment == "prod"))


def main(folder):
    units = [Unit(folder, environment) for environment in WANTED]
    first = json.loads(pathlib.Path(folder, "identity.json").read_text())
    for unit in units:
        unit.first = first[unit.environment]
    report(units, sys.modules[__name__])


if __name__ == "__main__":
    main(sys.argv[1])
