"""The published policies, and the actions that calls of the emulated AWS need."""

import json
import os
import pathlib

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


def allowed(*names):
    documents = [json.loads((POLICIES / f"{name}.json").read_text()) for name in names]
    return {action for document in documents for statement in document["Statement"] for action in statement["Action"]}


def called(calls, begin):
    """The actions that calls have needed, by the word that stands after `begin` in their agent."""
    found = {}
    for call in calls:
        _, is_ours, agent = call["agent"].partition(begin)
        if is_ours:
            action = f"{SERVICES.get(call['service'], call['service'])}:{call['operation']}"
            found.setdefault(agent.split()[0], set()).add(ACTIONS.get(action, action))
    return found


def table():
    """What the policies are made from."""
    return json.loads((POLICIES.parent.parent / "xtask/policy.json").read_text())
