"""Asks the emulated AWS about both units after one was renamed and the other one has grown."""

import sys

import access
from inventory import inventory
from report import report
from unit import note, same, units


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
    found = units(folder, first="identity")
    found[0].namespace = "orders-api"
    report(found, sys.modules[__name__])
    note(folder, "inventory", found, lambda unit: inventory(unit.aws))


if __name__ == "__main__":
    main(sys.argv[1])
