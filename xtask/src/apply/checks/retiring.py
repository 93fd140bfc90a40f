"""Asks the emulated AWS about both units after the first step of their retirement."""

import sys

from report import report
from unit import same, units


def a_retiring_database_still_runs_and_only_one_that_is_retained_stays_protected(unit):
    same((unit.identity(), unit.database["DeletionProtection"]), (unit.first, unit.environment == "prod"))


def main(folder):
    report(units(folder, first="identity"), sys.modules[__name__])


if __name__ == "__main__":
    main(sys.argv[1])
