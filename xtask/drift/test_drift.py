"""Each change in its class, with the next step."""

import json

import pytest
from changes import EXPECTED, STAYS
from place import SHARED, UNIT

BENIGN = 0
REJECTED = 1


def find(said, name):
    """What was found of a change."""
    unit, address, attribute, _ = EXPECTED[name]
    found = [one for one in said.unit(unit)["findings"] if one["address"] == address]
    found = [one for one in found if one["attribute"] == attribute and one["rule"] != "drift-mirror"]
    assert found, f"{name}: {said}"
    return found


def test_the_first_plans_find_nothing(up):
    assert (up.code, up.document["counts"]["benign"]) == (BENIGN, 0), up
    assert up.unit(UNIT)["asked"], up


def test_what_nobody_has_changed_is_benign(quiet):
    assert quiet.code == BENIGN, quiet
    assert {unit["unit"] for unit in quiet.document["units"]} == {UNIT, SHARED}
    rules = {one["rule"] for unit in quiet.document["units"] for one in unit["findings"]}
    assert rules <= {"drift-mirror", "drift-told"}, quiet


def test_there_are_enough_changes():
    assert len(EXPECTED) >= 40
    assert {expected[-1] for expected in EXPECTED.values()} == {"benign", "to-decide", "dangerous"}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_change_is_in_its_class(changed, name):
    assert {one["class"] for one in find(changed, name)} == {EXPECTED[name][-1]}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_file_of_the_plan_says_the_same(shown, name):
    assert {one["class"] for one in find(shown.said, name)} == {EXPECTED[name][-1]}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_plan_that_only_refreshes_says_the_same(shown, name):
    if EXPECTED[name][0] == UNIT:
        assert {one["class"] for one in find(shown.refreshed, name)} == {EXPECTED[name][-1]}


def test_nothing_else_is_found(changed):
    assert changed.code == REJECTED
    known = {expected[:3] for expected in EXPECTED.values()}
    others = {
        (one["address"], one["attribute"], one["rule"])
        for unit in changed.document["units"]
        for one in unit["findings"]
        if (unit["unit"], one["address"], one["attribute"]) not in known
        and one["rule"] not in ("drift-mirror", "drift-told")
    }
    # What the emulated AWS changes along, and what follows from the volume.
    assert {(attribute, rule) for _, attribute, rule in others} <= {
        ("threshold", "drift-follows"),
        ("parameter.log_min_duration_statement.apply_method", "drift-parameters"),
        ("connection_pool_config.max_idle_connections_percent", "drift-way"),
        ("ok_actions", "drift-watch"),
        ("description", "drift-way"),
    }, others


@pytest.mark.parametrize("name", EXPECTED)
def test_each_says_what_to_do(changed, name):
    for one in find(changed, name):
        assert one["next"] and one["why"] and one["source"]
        if name in STAYS:
            assert "no apply takes it away: run `aws " in one["next"], one
        elif EXPECTED[name][-1] != "benign":
            assert one["planned"] and one["next"].startswith("an apply "), one


def test_a_key_keeps_what_it_says(changed):
    [one] = find(changed, "fewer_backups")
    assert one["key"]["key"] == "backupRetentionPeriod" and one["key"]["file"] == f"configs/{UNIT}.yaml"
    assert "`backupRetentionPeriod: 7`" in one["next"]


def test_what_follows_from_something_else_is_benign(changed):
    [one] = [one for one in changed.unit(UNIT)["findings"] if one["address"].endswith('["free-storage"]')]
    assert (one["rule"], one["class"]) == ("drift-follows", "benign")


def test_a_waiver_holds_until_its_day(waived):
    [known] = find(waived, "larger_class")
    assert known["waiver"]["holds"] and waived.unit(UNIT)["counts"]["waived"] == 1
    [ended] = find(waived, "proxy_without_tls")
    assert not ended["waiver"]["holds"], ended
    assert waived.code == REJECTED


def test_what_the_config_asks_for_is_apart(edited):
    unit = edited.unit(UNIT)
    asked = {(one["address"], one["what"]): one["cause"] for one in unit["asked"]}
    assert asked == {
        ("module.rds.aws_db_instance.this", "instance_class"): "edit",
        # They follow the memory of the class.
        ('module.rds.aws_cloudwatch_metric_alarm.this["connections"]', "threshold"): "edit",
        ('module.rds.aws_cloudwatch_metric_alarm.this["freeable-memory"]', "threshold"): "edit",
        ("module.proxy.aws_db_proxy_default_target_group.this", "connection_pool_config.0.connection_borrow_timeout"): "edit",
    }, asked
    # Somebody has changed it, and now the config says the same.
    [one] = find(edited, "rotation_slower")
    assert (one["rule"], one["class"]) == ("drift-agreed", "benign"), one
    # Somebody has changed it, and the config asks for a third value.
    [one] = find(edited, "larger_class")
    assert "what the config asks for" in one["next"], one
    [one] = find(edited, "protection_off")
    assert one["class"] == "dangerous" and one["next"].startswith("an apply brings it back"), one


def test_an_apply_brings_back_what_was_said(undone):
    left = {one["rule"] for one in undone.unit(UNIT)["findings"] if one["class"] != "benign"}
    assert left == {"drift-stranger-rule", "drift-stranger-policy"}, undone
    assert len([one for one in undone.unit(UNIT)["findings"] if one["class"] != "benign"]) == len(STAYS)
    assert undone.unit(SHARED)["counts"]["dangerous"] == 0


def test_what_waits_for_the_window_is_benign(undone):
    waits = [one for one in undone.unit(UNIT)["findings"] if one["rule"] == "drift-waits"]
    assert {one["attribute"] for one in waits} == {"instance_class"}, undone


def test_nothing_secret_is_kept(place, undone):
    from world import session

    client = session("prod").client("secretsmanager")
    secrets = [json.loads(client.get_secret_value(SecretId=one["ARN"])["SecretString"]) for one in client.list_secrets()["SecretList"]]
    assert secrets
    for path in place.folder.glob("*/*/*/plan.json"):
        text = path.read_text()
        assert not [one for one in secrets if one["password"] in text], path
