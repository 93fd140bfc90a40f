"""Asks the emulated AWS about both units after one was renamed and the other one has grown."""

import json
import pathlib
import sys

import access
from inventory import inventory
from report import report
from unit import WANTED, Unit, same


def the_databases_are_the_ones_from_before(unit):
    same(unit.identity(), unit.first)


def the_grown_database_has_its_class_and_storage(unit):
    wanted = {"dev3": ("db.t4g.medium", 50), "prod": ("db.r7g.xlarge", 200)}[unit.environment]
    same((unit.database["DBInstanceClass"], unit.database["AllocatedStorage"]), wanted)


def the_renamed_unit_has_a_role_for_its_new_service_account(unit):
    access.the_role_trusts_one_service_account_of_the_clusters(unit)
    names = [role["RoleName"] for role in unit.client("iam").list_roles()["Roles"]]
    same(
        [name for name in names if name.endswith("-proxy-access")],
        [f"{unit.namespace}-{unit.environment}-proxy-access"],
    )


def everything_carries_the_tags_of_the_new_namespace(unit):
    access.everything_carries_the_default_tags(unit)


def main(folder):
    units = [Unit(folder, environment) for environment in WANTED]
    units[0].namespace = "orders-api"
    first = json.loads(pathlib.Path(folder, "identity.json").read_text())
    for unit in units:
        unit.first = first[unit.environment]
    report(units, sys.modules[__name__])
    held = {unit.environment: inventory(unit.aws) for unit in units}
    pathlib.Path(folder, "inventory.json").write_text(json.dumps(held))


if __name__ == "__main__":
    main(sys.argv[1])
