"""How plans are read, with made-up ones."""

import pytest
from plan import Plan


def read(kind, actions, before, after, unknown=None):
    change = {"actions": actions, "before": before, "after": after, "after_unknown": unknown or {}}
    return Plan({"resource_changes": [{"address": f"{kind}.this", "type": kind, "change": change}]})


def test_what_stays_and_what_is_only_read_is_no_change():
    assert read("aws_lb", ["no-op"], {"name": "a"}, {"name": "a"}).changes == []
    assert read("data.aws_vpc", ["read"], None, {}, {"id": True}).changes == []


def test_what_is_known_only_after_the_apply_is_a_change():
    plan = read("aws_lb", ["update"], {"arn": "a", "zones": ["a"]}, {"arn": "a"}, {"zones": [{"id": True}]})
    assert plan.updated("aws_lb") == {"zones"}


def test_a_replacement_is_never_taken_for_an_update():
    with pytest.raises(AssertionError):
        read("aws_lb", ["delete", "create"], {"name": "a"}, {"name": "b"}).updated("aws_lb")


def test_outputs_that_change_are_seen():
    changes = {"a": {"actions": ["no-op"]}, "b": {"actions": ["update"]}}
    assert Plan({"output_changes": changes}).outputs == ["b"]
