"""The first step: instances are imported, and nothing happens to them."""

import collections
import json

import pytest
from found import BY_HAND, HELD, LEFT, REFUSED
from place import of_instances
from stages import say

UNITS = [*BY_HAND, *HELD]
IDENTIFIERS = {name: asked[0] for name, asked in BY_HAND.items()} | {name: held[1] for name, held in HELD.items()}
# Nothing that anybody notices.
PASSES = {"terraform-only", "harmless"}
# What an answer says otherwise each time.
TIMES = {"LatestRestorableTime"}


def test_there_are_enough_of_them(adopted):
    assert len(UNITS) >= 12
    assert {one["unit"].split("/")[1] for one in adopted.ran.document["adopted"]} == set(UNITS)


def test_whom_nobody_can_adopt_is_told_why_and_what_to_do(adopted):
    assert (adopted.report.code, adopted.ran.code) == (1, 1)
    told = {one["identifier"]: one["reasons"] for one in adopted.ran.document["refused"]}
    assert set(told) == set(REFUSED)
    for identifier, words in REFUSED.items():
        [reason] = told[identifier]
        assert reason["reason"].startswith(words)
        assert reason["wayOut"]
    assert adopted.ran.document["leftOut"] == [LEFT]
    for words in REFUSED.values():
        assert words in adopted.report.err


def test_the_configs_compile_without_an_error(adopted):
    assert adopted.checked.code == 0, adopted.checked
    assert adopted.generated.code == 0, adopted.generated


def test_nothing_is_replaced_and_every_change_is_named(imported, pytestconfig):
    planned = imported.planned
    assert planned.code == 0, planned
    assert planned.outcomes() == {name: "planned" for name in UNITS}
    seen = collections.Counter()
    for name, unit in planned.units().items():
        counts = unit["counts"]
        assert {key: counts[key] for key in ("delete", "forget", "replace", "import", "update")} == {
            "delete": 0, "forget": 0, "replace": 0, "import": 1, "update": 1,
        }, name
        assert {cause["cause"] for cause in unit["causes"]} == {"new"}
        for attribute in unit["attributes"]:
            seen[attribute["class"], attribute["name"]] += 1
    assert {klass for klass, _ in seen} == PASSES
    rows = [f"{klass:<15} {name:<28} {count:>2} of {len(UNITS)}" for (klass, name), count in sorted(seen.items())]
    say(pytestconfig, "\n".join(["what adopting changes of instances:", *rows]))


def test_nothing_is_asked_of_the_instances_but_tags(imported):
    calls = of_instances(imported.calls + imported.more)
    assert {operation for operation, *_ in calls} == {"AddTagsToResource"}
    assert sorted(subject for _, subject, _ in calls) == sorted(IDENTIFIERS.values())


def test_aws_says_the_same_of_them_afterwards_but_for_more_tags(place, again):
    before = json.loads((place.folder / "described/instances.json").read_text())["DBInstances"]
    after = json.loads(place.imported)["DBInstances"]
    after = {one["DBInstanceIdentifier"]: one for one in after}
    for one in before:
        then = after[one["DBInstanceIdentifier"]]
        assert {key: value for key, value in one.items() if key not in TIMES | {"TagList"}} == {
            key: value for key, value in then.items() if key not in TIMES | {"TagList"}
        }
        assert all(tag in then["TagList"] for tag in one["TagList"])


def test_the_second_plan_is_empty(again):
    plans, _ = again
    assert plans.outcomes() == {name: "unchanged" for name in UNITS}, plans


def test_a_name_that_is_taken_fails_the_apply_with_words_and_touches_no_instance(imported):
    units = imported.applied.units()
    outcomes = imported.applied.outcomes()
    assert outcomes == {name: "applied" for name in UNITS} | {"clash": "failed"}
    assert "clash-dev3-db" in units["clash"]["failure"]["reason"]
    assert not [call for call in imported.calls if call[1] == "clash-db"]


def test_once_it_is_free_the_rest_is_applied(imported):
    assert imported.freed.outcomes() == {"clash": "planned"}
    assert {cause["cause"] for cause in imported.freed.units()["clash"]["causes"]} == {"not-applied"}
    assert [call[:2] for call in of_instances(imported.more)] == [("AddTagsToResource", "clash-db")]


@pytest.mark.parametrize("name", UNITS)
def test_each_root_imports_its_instance_and_nothing_else(place, adopted, name):
    text = "".join(path.read_text() for path in place.root(name).glob("*.tf"))
    assert text.count("\nimport {") + text.startswith("import {") == 1
    assert f'"{IDENTIFIERS[name]}"' in text
