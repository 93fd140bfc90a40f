"""The first step: instances and clusters are imported, and nothing happens to them."""

import collections
import json

import pytest
from found import BY_HAND, CLUSTERS, HELD, LEFT, REFUSED
from place import of_databases
from stages import say

UNITS = [*BY_HAND, *HELD, *CLUSTERS]
IDENTIFIERS = {name: asked[0] for name, asked in BY_HAND.items()} | {name: held[1] for name, held in HELD.items()}
# By namespace: what is imported.
IMPORTED = {name: [identifier] for name, identifier in IDENTIFIERS.items()} | {
    name: [identifier, *instances] for name, (identifier, _, instances) in CLUSTERS.items()
}
# Nothing that anybody notices.
PASSES = {"terraform-only", "harmless"}
# What an answer says otherwise each time.
TIMES = {"LatestRestorableTime"}


def test_there_are_enough_of_them(adopted):
    assert len(UNITS) >= 12 and len(CLUSTERS) >= 2
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
            "delete": 0, "forget": 0, "replace": 0, "import": len(IMPORTED[name]), "update": len(IMPORTED[name]),
        }, name
        assert {cause["cause"] for cause in unit["causes"]} == {"new"}
        for attribute in unit["attributes"]:
            kind = attribute["address"].split(".")[2]
            seen[attribute["class"], kind, attribute["name"]] += 1
    assert {klass for klass, *_ in seen} == PASSES
    assert {name for klass, _, name in seen if klass == "harmless"} == {"tags_all"}
    rows = [f"{klass:<15} {kind:<25} {name:<28} {count:>2}" for (klass, kind, name), count in sorted(seen.items())]
    say(pytestconfig, "\n".join([f"what adopting changes in {len(UNITS)} units:", *rows]))


def test_nothing_is_asked_of_them_but_tags(imported):
    calls = of_databases(imported.calls + imported.more)
    assert {operation for operation, *_ in calls} == {"AddTagsToResource"}
    assert sorted(subject for _, subject, _ in calls) == sorted(name for names in IMPORTED.values() for name in names)


def test_aws_says_the_same_of_them_afterwards_but_for_more_tags(place, again):
    described = [("instances", "DBInstances", place.imported), ("DBClusters", "DBClusters", place.imported_clusters)]
    before, after = [], {}
    for file, key, now in described:
        name = key.removesuffix("s") + "Identifier"
        before += [(one[name], key, one) for one in json.loads((place.folder / f"described/{file}.json").read_text())[key]]
        after |= {(one[name], key): one for one in json.loads(now)[key]}
    assert len(before) > 20
    for name, key, one in before:
        then = after[name, key]
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
    assert [call[:2] for call in of_databases(imported.more)] == [("AddTagsToResource", "clash-db")]


@pytest.mark.parametrize("name", UNITS)
def test_each_root_imports_its_database_and_nothing_else(place, adopted, name):
    text = "".join(path.read_text() for path in place.root(name).glob("*.tf"))
    assert text.count("\nimport {") + text.startswith("import {") == len(IMPORTED[name])
    assert all(f'id = "{identifier}"' in text for identifier in IMPORTED[name])
