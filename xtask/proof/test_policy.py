"""The published policies allow every call that Terraform and the provider have made, and what they allow beside is named."""

import policies
import pytest
from policies import FREE, allowed

# What reads, or writes no more than the lock of a state.
READING = {"init", "plan", "show"}


@pytest.fixture(scope="session")
def called(story, ended):
    """The actions that each command of Terraform has needed."""
    return policies.called(story.calls(), "proof/")


def test_whoever_plans_may_do_all_that_a_plan_calls(called):
    calls = set().union(*(actions for command, actions in called.items() if command in READING))
    assert len(calls) > 30
    assert calls - FREE - allowed("plan") == set()


def test_whoever_applies_may_do_all_that_an_apply_calls(called):
    calls = set().union(*called.values())
    assert len(calls) > 90
    assert calls - FREE - allowed("plan", "apply", "apply-clusters") == set()


def test_what_is_allowed_and_never_called_is_named(called):
    table = policies.table()
    # AWS asks for these of the caller, beside the calls.
    beside = {action for one in table["beside"] for action in one["actions"]}
    uncalled = allowed("plan", "apply", "apply-clusters") - set().union(*called.values()) - beside
    # `cargo xtask engines` sees that it calls the others.
    assert uncalled == set(table["uncalled"]) | set(table["engines"])
