"""Both units on their way out: one is destroyed and leaves a snapshot, the other one is forgotten and stays.

That the gate lets each of these plans pass is part of the stages.
"""

from inventory import inventory, own

DATABASE = "aws_db_instance"


def test_retiring_changes_the_protection_the_last_snapshot_and_what_stays(retiring):
    for plan in retiring:
        assert plan.not_in_place() == []
        assert plan.updated(DATABASE) <= {"deletion_protection", "final_snapshot_identifier"}
        others = {name for change in plan.besides(DATABASE) for name in change["attributes"]}
        assert others <= {"skip_destroy"}


def test_a_retiring_database_still_runs_and_only_one_that_is_retained_stays_protected(retiring, story, unit):
    assert unit.identity() == story.first[unit.environment]
    assert unit.database["DeletionProtection"] == (unit.environment == "prod")


def test_a_retired_unit_is_destroyed_whole_and_a_retained_one_forgotten_whole(retired):
    assert [plan.actions() for plan in retired] == [{("delete",)}, {("forget",)}]


def test_a_retired_unit_leaves_its_final_snapshot_and_its_logs(retired, unit):
    found = unit.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    snapshots = [(each["DBSnapshotIdentifier"], each["Encrypted"]) for each in found]
    # The one that it was restored from belongs to whoever made it.
    snapshots = [each for each in snapshots if not each[0].endswith("-kept")]
    if unit.environment == "dev3":
        assert own(inventory(unit.aws), unit.environment) == unit.logs
        assert snapshots == [(f"{unit.base}-final-2026-11-01", True)]
    else:
        assert snapshots == []


def test_a_retained_unit_stays_as_it_was(retired, story, unit):
    if unit.environment == "prod":
        assert inventory(unit.aws) == story.before["prod"]
        assert unit.identity() == story.first["prod"]
