"""One unit has got another namespace, the other one a larger class and more storage."""

import test_access

DATABASE = "aws_db_instance"


def test_a_new_namespace_moves_the_root_and_not_its_state(story, changed):
    roots = story.workspace / "generated/dev3"
    assert not (roots / "orders").exists()
    # The lock of the provider comes along.
    assert (roots / "orders-api/.terraform.lock.hcl").is_file()
    assert '"storage-valet-rds/dev3/orders/terraform.tfstate"' in (roots / "orders-api/terraform.tf").read_text()


def test_a_new_namespace_replaces_the_role_of_its_service_account_alone(changed):
    assert [address for address in changed.rename.not_in_place() if not address.startswith("module.irsa_role.")] == []


def test_a_new_namespace_leaves_the_database_as_it_is_but_for_its_tags(changed):
    assert changed.rename.updated(DATABASE) <= {"tags", "tags_all"}


def test_a_larger_class_and_more_storage_replace_nothing(changed):
    assert changed.growth.not_in_place() == []


def test_a_larger_class_and_more_storage_change_the_database_in_place_and_nothing_else_of_it(changed):
    attributes = changed.growth.updated(DATABASE)
    assert attributes - {"max_allocated_storage"} == {"allocated_storage", "instance_class"}


def test_the_databases_are_the_ones_from_before(changed, story, unit):
    assert unit.identity() == story.first[unit.environment]


def test_the_grown_database_has_its_class_and_storage(changed, unit):
    wanted = {"dev3": ("db.t4g.medium", 50), "prod": ("db.r7g.xlarge", 200)}[unit.environment]
    assert (unit.database["DBInstanceClass"], unit.database["AllocatedStorage"]) == wanted


def test_the_renamed_unit_has_a_role_for_its_new_service_account(changed, unit):
    test_access.test_the_role_trusts_one_service_account_of_the_clusters(unit)
    names = [role["RoleName"] for role in unit.client("iam").list_roles()["Roles"]]
    wanted = [f"{unit.namespace}-{unit.environment}-proxy-access"]
    assert [name for name in names if name.endswith("-proxy-access")] == wanted


def test_everything_carries_the_tags_of_the_new_namespace(changed, unit):
    test_access.test_everything_carries_the_default_tags(unit)
