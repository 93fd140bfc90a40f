"""The published policies allow every call that Terraform and the provider have made, and what they allow beside is named."""

import json
import os
import pathlib

import pytest

POLICIES = pathlib.Path(os.environ["PROOF_POLICIES"])

# By the emulator's names; every other operation is an action of its own name.
SERVICES = {"elbv2": "elasticloadbalancing"}
ACTIONS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:HeadObject": "s3:GetObject",
    "s3:HeadBucket": "s3:ListBucket",
}
# Whoever the caller is, AWS lets it ask; and a role lets it in by its trust.
FREE = {"sts:AssumeRole", "sts:GetCallerIdentity"}
# What reads, or writes no more than the lock of a state.
READING = {"init", "plan", "show"}


def allowed(*names):
    documents = [json.loads((POLICIES / f"{name}.json").read_text()) for name in names]
    return {action for document in documents for statement in document["Statement"] for action in statement["Action"]}


@pytest.fixture(scope="session")
def called(story, ended):
    """The actions that each command of Terraform has needed."""
    found = {}
    for call in story.calls():
        _, is_ours, agent = call["agent"].partition("proof/")
        if is_ours:
            action = f"{SERVICES.get(call['service'], call['service'])}:{call['operation']}"
            found.setdefault(agent.split()[0], set()).add(ACTIONS.get(action, action))
    return found


def test_whoever_plans_may_do_all_that_a_plan_calls(called):
    calls = set().union(*(actions for command, actions in called.items() if command in READING))
    assert len(calls) > 30
    assert calls - FREE - allowed("plan") == set()


def test_whoever_applies_may_do_all_that_an_apply_calls(called):
    calls = set().union(*called.values())
    assert len(calls) > 90
    assert calls - FREE - allowed("plan", "apply", "apply-clusters") == set()


def test_what_is_allowed_and_never_called_is_named(called):
    table = json.loads((POLICIES.parent.parent / "xtask/policy.json").read_text())
    # AWS asks for these of the caller, beside the calls.
    beside = {action for one in table["beside"] for action in one["actions"]}
    uncalled = allowed("plan", "apply", "apply-clusters") - set().union(*called.values()) - beside
    assert uncalled == set(table["uncalled"])
