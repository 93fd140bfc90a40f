"""Asks the emulated AWS about both units at the end of their retirement: one is destroyed, the other one retained."""

import sys

from inventory import inventory
from report import report
from unit import same, units


def a_retired_unit_leaves_its_final_snapshot_and_nothing_else(unit):
    found = unit.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    snapshots = [(each["DBSnapshotIdentifier"], each["Encrypted"]) for each in found]
    if unit.environment == "dev3":
        same([each for each in inventory(unit.aws) if "oidc-provider" not in each], [])
        same(snapshots, [(f"{unit.base}-final-2026-11-01", True)])
    else:
        same(snapshots, [])


def a_retained_unit_stays_as_it_was(unit):
    if unit.environment == "prod":
        same(inventory(unit.aws), unit.before)
        same(unit.identity(), unit.first)


def main(folder):
    report(units(folder, first="identity", before="inventory"), sys.modules[__name__])


if __name__ == "__main__":
    main(sys.argv[1])
