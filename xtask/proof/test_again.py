"""A second plan of everything that has just been applied."""


def test_a_second_plan_is_empty(again):
    assert [change for plan in again for change in plan.changes] == []
    assert [name for plan in again for name in plan.outputs] == []
