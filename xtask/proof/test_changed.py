"""One unit has got another namespace; the other one a larger class, more storage, a new major, another port, a log less and no
query of its own."""

import test_access

DATABASE = "aws_db_instance"
# What of the growth takes place in the maintenance window.
WAITS = {
    "allocated_storage",
    "engine_version",
    "instance_class",
    "iops",
    "parameter_group_name",
    "storage_throughput",
}


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


def test_the_growth_replaces_nothing_but_the_parameters_of_the_new_major(changed):
    kinds = {change["type"] for change in changed.growth.changes if change["actions"] != ["update"]}
    # Users are looked after once more: the master's pods have left, and the port is another.
    assert kinds == {"aws_cloudwatch_log_group", "aws_db_parameter_group", "aws_lambda_invocation"}


def test_the_growth_changes_the_database_in_place_and_nothing_else_of_it(changed):
    attributes = changed.growth.updated(DATABASE)
    assert attributes - {"max_allocated_storage"} == {*WAITS, "enabled_cloudwatch_logs_exports", "port"}


def test_the_databases_are_the_ones_from_before(changed, story, unit):
    assert unit.identity() == story.first[unit.environment]


def test_the_port_has_changed_at_once(changed, unit):
    assert unit.database["Endpoint"]["Port"] == {"dev3": 5432, "prod": 5434}[unit.environment]


def test_the_group_of_a_log_that_is_exported_no_more_is_gone(changed, unit):
    groups = unit.client("logs").describe_log_groups(logGroupNamePrefix="/aws/rds/instance/")["logGroups"]
    assert len(groups) == {"dev3": 2, "prod": 1}[unit.environment]


def test_the_renamed_unit_has_a_role_for_its_new_service_account(changed, unit):
    test_access.test_the_role_trusts_one_service_account_of_the_clusters(unit)
    names = [role["RoleName"] for role in unit.client("iam").list_roles()["Roles"]]
    wanted = [f"{unit.namespace}-{unit.environment}-proxy-access"]
    assert [name for name in names if name.endswith("-proxy-access")] == wanted


def test_everything_carries_the_tags_of_the_new_namespace(changed, unit):
    test_access.test_everything_carries_the_default_tags(unit)


def test_until_the_window_plans_show_what_waits_and_nothing_else(waiting):
    rename, growth = waiting
    assert (rename.changes, rename.outputs) == ([], [])
    assert growth.besides(DATABASE) == []
    # The provider takes a version that waits for the version.
    assert growth.updated(DATABASE) == WAITS - {"engine_version"}


def test_after_the_window_plans_are_empty(opened):
    assert [change for plan in opened for change in plan.changes] == []


def test_after_the_window_the_database_is_what_its_config_says(opened, unit):
    found = unit.database
    wanted = {
        "dev3": ("db.t4g.medium", 50, 3000, 125, "17"),
        "prod": ("db.r7g.xlarge", 450, 12000, 500, "17"),
    }[unit.environment]
    keys = ["DBInstanceClass", "AllocatedStorage", "Iops", "StorageThroughput", "EngineVersion"]
    assert tuple(found[key] for key in keys) == wanted
    assert found["DBParameterGroups"][0]["DBParameterGroupName"] == f"{unit.base}-postgres17"
