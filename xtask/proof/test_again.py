"""A second plan of everything that has just been applied."""

from plan import GAPS


def test_a_second_plan_is_empty_but_for_the_named_gaps(again):
    assert [change for plan in again for change in plan.changes] == []
    assert [name for plan in again for name in plan.outputs] == []


def test_each_named_gap_of_the_emulator_is_one(again):
    assert GAPS - set().union(*(plan.gaps for plan in again)) == set()
