"""What is said and what happens on the way from a pull request to the hand-over."""

import json
import re

import pytest
from city import UNITS

ALL = [f"{environment}/{name}" for environment, names in UNITS.items() for name in names]

DATABASE = "aws_db_instance"
# Everything is made.
NEW = "new"
# Everything is destroyed.
END = "edit lifecycle"
# Of everything that has tags; by the line of the last one.
TAGS = {"tags": "edit tags valet.yaml:52"}
# What was done before, the unit, how its plan ends, and the cause of each thing in it.
EXPERIMENTS = [
    ("by hand", "dev3/orders", "unchanged", {}),
    ("by hand", "dev3/payments", "planned", {f"{DATABASE}.backup_retention_period": "edit backupRetentionPeriod configs/dev3/payments.yaml:1"}),
    (
        "by hand",
        "dev3/search",
        "planned",
        {
            f"{DATABASE}.deletion_protection": "edit deletionProtection configs/dev3/search.yaml:1",
            f"{DATABASE}.backup_window": "edit backupWindow configs/dev3/search.yaml:2",
        },
    ),
    ("by hand", "dev3/mail", "planned", {"tags": "drift"}),
    ("by hand", "dev3/audit", "refused", {f"{DATABASE}.instance_class": "drift"}),
    ("by hand", "dev3/archive", "planned", {f"{DATABASE}.instance_class": "edit instanceClass configs/dev3/archive.yaml:2"}),
    ("by hand", "prod/orders", "planned", {"aws_vpc_security_group_ingress_rule.create": "drift"}),
    ("by hand", "prod/payments", "unchanged", {}),
    ("by hand", "prod/search", "unchanged", {}),
    (
        "by hand",
        "prod/mail",
        "planned",
        {
            f"{DATABASE}.backup_retention_period": "edit backupRetentionPeriod configs/prod/mail.yaml:1",
            # Its threshold follows the volume.
            "aws_cloudwatch_metric_alarm.threshold": "drift",
        },
    ),
    ("by hand", "prod/audit", "refused", {f"{DATABASE}.copy_tags_to_snapshot": "unexplained"}),
    ("by hand", "prod/ledger", "planned", {"aws_cloudwatch_metric_alarm.create": "drift"}),
    (
        "at once",
        "dev3/orders",
        "planned",
        {"aws_db_proxy.debug_logging": "modules", f"{DATABASE}.backup_window": "edit defaults.backupWindow valet.yaml:30"},
    ),
    (
        "at once",
        "dev3/payments",
        "planned",
        {
            "aws_db_proxy.debug_logging": "modules",
            f"{DATABASE}.backup_window": "edit defaults.backupWindow valet.yaml:30",
            f"{DATABASE}.deletion_protection": "edit lifecycle configs/dev3/payments.yaml:7",
            f"{DATABASE}.final_snapshot_identifier": "edit retirementRequested configs/dev3/payments.yaml:8",
            "aws_cloudwatch_log_group.skip_destroy": "edit lifecycle configs/dev3/payments.yaml:7",
            "aws_db_parameter_group.skip_destroy": "edit lifecycle configs/dev3/payments.yaml:7",
        },
    ),
    ("at once", "dev3/stock", "planned", NEW),
    ("at once", "prod/_environment", "planned", TAGS),
    (
        "at once",
        "prod/payments",
        "planned",
        # A key that was removed stands nowhere.
        TAGS | {"aws_db_proxy.debug_logging": "modules", f"{DATABASE}.maintenance_window": "edit maintenanceWindow"},
    ),
    (
        "merged before",
        "prod/payments",
        "planned",
        {
            f"{DATABASE}.backup_retention_period": "not-applied",
            f"{DATABASE}.deletion_protection": "edit deletionProtection configs/prod/payments.yaml:7",
        },
    ),
    ("in the window", "dev3/orders", "planned", {f"{DATABASE}.instance_class": "waiting"}),
    (
        "on top of the window",
        "dev3/orders",
        "planned",
        {
            f"{DATABASE}.instance_class": "waiting",
            f"{DATABASE}.backup_retention_period": "edit backupRetentionPeriod configs/dev3/orders.yaml:1",
        },
    ),
    ("without a record", "dev3/orders", "refused", {f"{DATABASE}.instance_class": "unexplained", f"{DATABASE}.backup_retention_period": "unexplained"}),
    # Its last step: everything goes, and nothing calls the modules any more.
    ("at its end", "dev3/payments", "planned", END),
]
# What is otherwise in AWS, though nothing is planned for it.
NOTES = [
    ("prod/payments", "lets in 10.9.0.0/16 on tcp 5432 to 5432"),
    ("prod/search", "the inline policy by-hand"),
    ("prod/mail", "grown to 90 GiB"),
]


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
    # A group that was being made when the apply was told to stop may have kept the rule that AWS makes every group with.
    notes = [(unit["unit"], note) for unit in again.document["units"] for note in unit.get("notes", [])]
    assert [note for note in notes if not note[0].startswith("dev3/") or "lets out to 0.0.0.0/0 on all" not in note[1]] == []


def test_a_root_that_has_changed_since_is_refused(differing):
    planned, refused = differing
    assert planned.unit("prod/search")["outcome"] == "planned", planned
    unit = refused.unit("prod/search")
    assert unit["outcome"] == "differs" and refused.code == 1, refused
    assert any("backup_retention_period" in line for line in unit["differences"]), refused


def test_each_situation_is_planned_once(explained):
    planned = {(situation, unit["unit"]) for situation, ran in explained.items() for unit in ran.document["units"]}
    tried = {(situation, unit) for situation, unit, *_ in EXPERIMENTS}
    quiet = {("by hand", f"{environment}/_environment") for environment in UNITS}
    assert tried == planned - quiet
    # Each with a cause, or with the word that there is nothing to explain.
    assert sum(max(1, len(expected)) for *_, expected in EXPERIMENTS) >= 20


@pytest.mark.parametrize("situation, name, outcome, expected", EXPERIMENTS, ids=lambda value: value if isinstance(value, str) else "")
def test_everything_that_is_planned_has_the_right_cause(explained, situation, name, outcome, expected):
    told = explained[situation].unit(name)
    found = {}
    for one in told.get("causes", []):
        [kind] = re.findall(r"(aws_\w+|terraform_data)\.", one["address"])
        places = (f"{key['key']} {key['file']}:{key['line']}" if key["file"] else key["key"] for key in one.get("keys", []))
        part = one.get("attribute") or one["action"]
        what = "tags" if part.startswith(("tags.", "tags_all.")) else f"{kind}.{part}"
        found.setdefault(what, set()).add(f"{one['cause']} {', '.join(places)}".strip())
    if isinstance(expected, str):
        assert found and set().union(*found.values()) == {expected}, found
    else:
        assert found == {what: {words} for what, words in expected.items()}, told
    assert told["outcome"] == outcome, told


@pytest.mark.parametrize("name, words", NOTES)
def test_what_no_plan_says_is_said(explained, name, words):
    assert words in " ".join(explained["by hand"].unit(name)["notes"])


def test_drift_that_hurts_says_why_it_is_refused(explained):
    [cause] = explained["by hand"].unit("dev3/audit")["causes"]
    assert "outside of Terraform" in cause["needs"], cause
