"""What is said and what happens on the way from a pull request to the hand-over."""

import json

from city import UNITS

ALL = [f"{environment}/{name}" for environment, names in UNITS.items() for name in names]


def test_a_pull_request_is_reviewed_and_planned(reviewed):
    assert {name: bool(job.failed) for name, job in reviewed.items()} == {name: False for name in reviewed}, "\n".join(
        job.text() for job in reviewed.values()
    )
    plans = "\n".join(job.text() for name, job in reviewed.items() if name.startswith("plan-"))
    for unit in ALL:
        assert f"`{unit}`" in plans, plans


def test_the_comment_is_one_and_replaces_itself(city, mended):
    asked = [json.loads(line) for line in (city.folder / "github.jsonl").read_text().splitlines()]
    bodies = [(one["words"], one["body"]) for one in asked if one["body"]]
    assert ["POST" in words for words, _ in bodies] == [True, False]
    assert all("PATCH" in words for words, _ in bodies[1:])
    first, second = (body for _, body in bodies)
    assert first.splitlines()[0] == second.splitlines()[0]
    assert "dev3/mail" in second


def test_an_apply_that_is_told_to_stop_goes_on(applied):
    assert applied["stopped"].failed
    assert "told to stop" in applied["stopped"].text()
    text = applied["apply-dev3"].text()
    assert "`dev3/orders`" in text


def test_what_cannot_be_made_stops_its_environment_and_nothing_else(city, applied):
    assert applied["apply-dev3"].failed
    text = applied["apply-dev3"].text()
    assert "`dev3/archive`" in text and "EntityAlreadyExists" in text
    assert "apply-prod" not in applied
    # What was applied all the same is handed over.
    assert not applied["handoff"].failed, applied["handoff"].text()


def test_a_second_change_mends_it(mended):
    review, applied = mended
    assert not review["verdict"].failed, "\n".join(job.text() for job in review.values())
    failed = {name: job.text() for name, job in applied.items() if job.failed}
    assert not failed, failed


def test_every_unit_has_told_its_outputs_and_has_a_record(city, mended):
    for unit in ALL:
        outputs = json.loads((city.root(unit) / "outputs.json").read_text())
        assert {"proxy_endpoint", "secret_arn", "role_arn"} <= set(outputs)
        record = json.loads((city.root(unit) / "applied.json").read_text())
        assert record["commit"], record


def test_what_was_told_is_handed_over(city, mended):
    _, applied = mended
    assert not applied["handoff"].failed, applied["handoff"].text()
    files = city.git("ls-files", "platform/databases/handoff").splitlines()
    for unit in ALL:
        environment, name = unit.split("/")
        assert any(f"/{environment}/" in file and f"/{name}." in file for file in files), files


def test_no_secret_is_written_anywhere(city, mended):
    from world import session

    secrets = []
    for environment in UNITS:
        client = session(environment).client("secretsmanager")
        for one in client.list_secrets()["SecretList"]:
            # The emulated AWS gives every database the same password: one that nothing else holds is looked for.
            value = json.loads(client.get_secret_value(SecretId=one["ARN"])["SecretString"])
            secrets.append(value["password"])
    assert len(secrets) >= len(ALL)
    for path in city.folder.rglob("*"):
        if path.is_file() and ".git" not in path.parts and path.name != "server.log" and "modules" not in path.parts:
            content = path.read_bytes()
            assert not [one for one in secrets if one.encode() in content], path


def test_everything_applied_plans_nothing(again):
    assert again.code == 0, again
    assert {unit["outcome"] for unit in again.document["units"]} == {"unchanged"}, again
    assert [unit.get("notes", []) for unit in again.document["units"]] == [[]] * (len(ALL) + len(UNITS)), again


def test_a_root_that_has_changed_since_is_refused(differing):
    planned, refused = differing
    assert planned.unit("prod/search")["outcome"] == "planned", planned
    unit = refused.unit("prod/search")
    assert unit["outcome"] == "differs" and refused.code == 1, refused
    assert any("backup_retention_period" in line for line in unit["differences"]), refused


def causes(explained, unit):
    """The causes of what is planned for a unit, by attribute or action and the name of the resource."""
    [told] = [ran.unit(unit) for ran in explained.values()]
    found = {}
    for one in told.get("causes", []):
        resource = one["address"].split(".")[-2] if not one["address"].endswith("]") else one["address"].split(".")[-2]
        found[f"{resource}.{one.get('attribute') or one.get('action')}"] = one
    return told, found


def only(found, expected):
    assert {name: one["cause"] for name, one in found.items()} == expected, found


def test_nothing_has_no_cause(explained):
    told, found = causes(explained, "dev3/orders")
    assert told["outcome"] == "unchanged" and not found


def test_an_edit_is_told_with_its_key_and_line(explained):
    told, found = causes(explained, "dev3/payments")
    only(found, {"aws_db_instance.backup_retention_period": "edit"})
    [key] = found["aws_db_instance.backup_retention_period"]["keys"]
    assert key == {"key": "backupRetentionPeriod", "file": "configs/dev3/payments.yaml", "line": 1}
    assert told["outcome"] == "planned"


def test_each_of_several_edits_has_its_own_key(explained):
    _, found = causes(explained, "dev3/search")
    keys = {name: [key["key"] for key in one["keys"]] for name, one in found.items() if one["cause"] == "edit"}
    assert keys == {
        "aws_db_instance.backup_window": ["backupWindow"],
        "aws_db_instance.deletion_protection": ["deletionProtection"],
    }, found


def test_drift_that_hurts_nobody_passes_and_is_named(explained):
    told, found = causes(explained, "dev3/mail")
    assert set(one["cause"] for one in found.values()) == {"drift"}, found
    assert told["outcome"] == "planned", told


def test_drift_that_hurts_is_refused(explained):
    told, found = causes(explained, "dev3/audit")
    only(found, {"aws_db_instance.instance_class": "drift"})
    assert told["outcome"] == "refused" and "needs" in found["aws_db_instance.instance_class"]


def test_an_edit_over_a_drift_is_an_edit(explained):
    told, found = causes(explained, "dev3/archive")
    assert found["aws_db_instance.instance_class"]["cause"] == "edit", found


def test_a_rule_that_is_gone_is_drift(explained):
    _, found = causes(explained, "prod/orders")
    only(found, {"aws_vpc_security_group_ingress_rule.create": "drift"})


def test_what_no_plan_says_is_said(explained):
    told, found = causes(explained, "prod/payments")
    assert not found and "lets in 10.9.0.0/16 on tcp 5432 to 5432" in " ".join(told["notes"]), told
    told, found = causes(explained, "prod/search")
    assert not found and "the inline policy by-hand" in " ".join(told["notes"]), told
    told, found = causes(explained, "prod/mail")
    only(found, {"aws_db_instance.backup_retention_period": "edit"})
    assert "grown to 90 GiB" in " ".join(told["notes"]), told


def test_a_state_that_somebody_has_written_is_unexplained(explained):
    told, found = causes(explained, "prod/audit")
    only(found, {"aws_db_instance.copy_tags_to_snapshot": "unexplained"})
    assert told["outcome"] == "refused"
