"""What an adopted instance keeps of its own goes, key by key; and adopted instances end as every database does."""

import json

from conftest import DEBTS
from found import ENVIRONMENT

DATABASE = "module.rds.aws_db_instance.this"
# By key: how `diff` grades its end and when that happens, and what the instance is asked for.
EXPECTED = {
    "tags": ("in-place", {"AddTagsToResource", "RemoveTagsFromResource"}, set()),
    "copyTagsToSnapshot": ("in-place", {"ModifyDBInstance"}, {"CopyTagsToSnapshot"}),
    "performanceInsightsDays": (
        "in-place", {"ModifyDBInstance"}, {"EnablePerformanceInsights", "PerformanceInsightsRetentionPeriod"},
    ),
    "parameterGroup": ("reboot", {"ModifyDBInstance"}, {"DBParameterGroupName"}),
}
# What every ModifyDBInstance of the provider says besides, as it is.
ALWAYS = {"ApplyImmediately", "DBInstanceIdentifier", "DeletionProtection"}


def unit(document):
    [found] = [one for one in document["units"] if one["unit"] == f"{ENVIRONMENT}/orders"]
    return found


def test_each_key_that_goes_is_graded_and_does_what_was_said(debts):
    assert [step.key for step in debts.steps] == DEBTS
    for step in debts.steps:
        grade, operations, asked = EXPECTED[step.key]
        told = unit(step.diff.document)
        assert told["grade"] == grade, (step.key, told)
        # Each thing in the plan comes from the edit.
        planned = unit(step.planned.document)
        assert {cause["cause"] for cause in planned["causes"]} == {"edit"}, planned
        assert {key["key"] for cause in planned["causes"] for key in cause["keys"]} == {f"adopt.{step.key}"}
        assert {operation for operation, *_ in step.calls} == operations, step.calls
        changed = {name.split(".")[0] for operation, _, all in step.calls for name in all if operation == "ModifyDBInstance"}
        assert changed - ALWAYS == asked


def test_without_them_the_plan_is_empty(debts):
    assert debts.again.outcomes() == {"orders": "unchanged"}


def test_one_that_is_retired_ends_with_a_final_snapshot(place, debts):
    (_, first), (planned, second) = debts.endings
    assert [(operation, asked["DeletionProtection"]) for operation, who, asked in first if who == "reports-old"] == [
        ("ModifyDBInstance", "false")
    ]
    [(operation, asked)] = [(operation, asked) for operation, who, asked in second if who == "reports-old"]
    assert operation == "DeleteDBInstance"
    assert asked["SkipFinalSnapshot"] == "false"
    final = asked["FinalDBSnapshotIdentifier"]
    assert final.startswith("reports-old-final")
    assert place.found.rds.describe_db_snapshots(DBSnapshotIdentifier=final)["DBSnapshots"]
    assert set(planned.units()["reports"]["counts"]) >= {"delete"}
    text = "".join(path.read_text() for path in place.root("reports").glob("*.tf"))
    assert "import {" not in text


def test_one_that_is_retained_is_forgotten_and_stays_as_it_was(place, debts):
    _, (planned, second) = debts.endings
    counts = planned.units()["legacy"]["counts"]
    assert (counts["delete"], counts["replace"]) == (0, 0) and counts["forget"] > 1
    assert [call for call in second if call[1] == "legacy-keep"] == []
    before = json.loads(place.imported)["DBInstances"]
    [before] = [one for one in before if one["DBInstanceIdentifier"] == "legacy-keep"]
    now = place.found.one("legacy-keep")
    assert {key: now[key] for key in ("DbiResourceId", "DeletionProtection", "DBInstanceStatus")} == {
        key: before[key] for key in ("DbiResourceId", "DeletionProtection", "DBInstanceStatus")
    }
