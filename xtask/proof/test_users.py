"""The users of both databases, each on a real PostgreSQL: who may log in and read what; a new password; users that leave; and
no password anywhere but in its secret."""

import fnmatch
import json
import time
import zipfile

import boto3
import pg8000.exceptions
import pytest
import search
from unit import only
from world import ENVIRONMENTS, REGION, STATE_BUCKET, session

PLANTED = 'never"<told>&\\'
# The names under which the units went up: their states keep them.
WAS = {"dev3": "orders", "prod": "ledger"}
READ = "secretsmanager:GetSecretValue"
# What a retirement ends, in this order.
ENDED_IN_ORDER = ["CancelRotateSecret", "DeleteDBProxy", "DeleteSecret", "DeleteDBInstance"]


def refused(unit, login):
    """The code with which PostgreSQL refuses it."""
    with pytest.raises(pg8000.exceptions.DatabaseError) as caught:
        unit.log_in(login)
    return caught.value.args[0]["C"]


def readers(unit, arn):
    """The roles of the account whose own policies let them read a secret."""
    iam = unit.client("iam")
    names = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    return {name for name in names if any(map(lambda each: lets_read(each, arn), unit.statements(name).values()))}


def lets_read(statement, arn):
    actions, resources = (
        [statement[key]] if isinstance(statement[key], str) else statement[key] for key in ("Action", "Resource")
    )
    return any(fnmatch.fnmatchcase(READ, each) for each in actions) and any(
        fnmatch.fnmatchcase(arn, each) for each in resources
    )


def test_each_user_logs_in_with_what_its_secret_says(up, unit):
    for role, name in unit.wanted["users"].items():
        login = unit.read_login(role)
        where = unit.database["Endpoint"]
        assert login["username"] == name
        assert (login["host"], login["port"], login["dbname"]) == (
            where["Address"],
            where["Port"],
            unit.wanted["database_name"],
        )
        with unit.log_in(login) as user:
            rights = "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
            assert user.run(rights) == [[False]]


def test_the_master_is_read_by_the_function_alone_once_no_pod_needs_it(up, unit):
    master = unit.database["MasterUserSecret"]["SecretArn"]
    # In one environment some pods still log in as the master.
    meanwhile = {"dev3": set(), "prod": {f"{unit.base}-rds-proxy"}}[unit.environment]
    assert readers(unit, master) == {unit.users_function} | meanwhile


def test_the_function_is_let_in_by_secrets_manager_for_its_environment_alone(up, unit):
    found = json.loads(unit.client("lambda").get_policy(FunctionName=unit.users_function)["Policy"])
    statement = only(found["Statement"])
    secrets = f"arn:aws:secretsmanager:{REGION}:{unit.account}:secret:valet-rds/{unit.environment}/*"
    assert statement["Principal"] == {"Service": "secretsmanager.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnLike": {"AWS:SourceArn": secrets},
        "StringEquals": {"AWS:SourceAccount": unit.account},
    }


def test_a_user_is_read_by_who_logs_in_as_it(up, unit):
    pods = unit.outputs["role_arn"].split("/")[-1]
    with_password = {pods} if unit.wanted["authentication"] == "password" else set()
    proxy = f"{unit.base}-rds-proxy"
    assert readers(unit, unit.secret_of("owner")) == {unit.users_function, proxy} | with_password
    if "reader" in unit.wanted["users"]:
        assert readers(unit, unit.secret_of("reader")) == {unit.users_function, proxy}


def test_a_rotation_replaces_the_password(rotated, unit):
    for role, before in rotated.before[unit.environment].items():
        now = unit.read_login(role)
        assert now["password"] != before["password"]
        assert now | {"password": None} == before | {"password": None}
        assert unit.read_login(role, "AWSPREVIOUS") == before
        with unit.log_in(now) as user:
            assert user.run("SELECT what FROM kept") == [["this"]]
        assert refused(unit, before) == "28P01"


def test_the_plans_after_a_rotation_are_empty(rotated):
    assert [change for plan in rotated.plans for change in plan.changes] == []
    assert [name for plan in rotated.plans for name in plan.outputs] == []


def test_in_the_end_the_function_alone_reads_the_masters(changed, unit):
    assert readers(unit, unit.database["MasterUserSecret"]["SecretArn"]) == {unit.users_function}
    secrets = {each["SecretArn"] for each in unit.proxy["Auth"]}
    assert secrets == {unit.secret_of(role) for role in unit.wanted["users"]}


def test_what_was_said_of_a_user_that_leaves_is_what_is_planned(removed):
    said = removed.said["dev3/orders-api"]
    assert (said["grade"], said["unacknowledged"], said["connection"]) == ("downtime", "downtime", ["secret"])
    refused = [line.split()[2] for line in removed.undeclared.splitlines() if line.startswith("REFUSED")]
    assert refused == [f'module.users.aws_secretsmanager_secret.this["{role}"]' for role in ("owner", "reader")]
    # Nothing that holds data, or that clients know, is destroyed.
    gone = {change["type"] for change in removed.plan.changes if "delete" in change["actions"]}
    assert gone == {"aws_lambda_invocation", "aws_secretsmanager_secret", "aws_secretsmanager_secret_rotation"}
    updated = {change["type"] for change in removed.plan.changes if change["actions"] == ["update"]}
    assert updated == {"aws_db_proxy", "aws_iam_role_policy"}
    assert (removed.again.changes, removed.again.outputs) == ([], [])


def test_a_user_that_leaves_loses_its_login(removed, unit):
    if unit.environment == "dev3":
        assert {role: refused(unit, login) for role, login in removed.before.items()} == {"owner": "28000", "reader": "28000"}
        secrets = unit.client("secretsmanager").list_secrets()["SecretList"]
        names = [each["Name"] for each in secrets if not each["Name"].startswith("rds!")]
        assert names == ["valet-rds/dev3/orders/orders_api"]


def test_a_user_that_leaves_leaves_its_data(removed, unit):
    if unit.environment == "dev3":
        check_what_is_kept(unit)
        with unit.server().connect() as admin:
            assert admin.run("SELECT count(*) FROM pg_roles WHERE rolname IN ('orders_app', 'orders_ro')") == [[2]]


def check_what_is_kept(unit):
    with unit.log_in(unit.read_login("owner")) as user:
        assert user.run("SELECT what FROM kept") == [["this"]]
        assert user.run("SELECT tableowner FROM pg_tables WHERE tablename = 'kept'") == [["orders_api"]]


def test_a_restored_database_has_its_users_again(restored, unit):
    if unit.environment == "dev3":
        check_what_is_kept(unit)


def test_a_retirement_needs_no_function_and_ends_in_order(retired, story):
    calls = story.calls()[story.calls_before :]
    calls = [call["operation"] for call in calls if "proof/apply" in call["agent"]]
    assert "Invoke" not in calls
    first = {name: calls.index(name) for name in ENDED_IN_ORDER}
    last = {name: len(calls) - 1 - calls[::-1].index(name) for name in ENDED_IN_ORDER}
    for before, after in zip(ENDED_IN_ORDER, ENDED_IN_ORDER[1:]):
        assert last[before] < first[after], (before, after)


def test_nothing_but_the_functions_has_read_a_masters_secret(ended, story):
    reads = [call for call in story.calls() if call["operation"] in ("GetSecretValue", "BatchGetSecretValue")]
    # Whoever asks for many, does not name one.
    assert all(call["secret"] for call in reads)
    who = {call["role"] for call in reads if ":secret:rds!" in call["secret"]}
    assert {role.split("/")[-1] for role in who} == {f"{name}_database-users" for name in ENVIRONMENTS}


def test_nobody_who_plans_or_applies_has_read_a_secret(ended, story):
    reads = [call for call in story.calls() if "SecretValue" in call["operation"] and "proof/" in call["agent"]]
    assert reads == []


def test_no_rotation_has_failed(ended, story):
    log = (story.folder / "server.log").read_text()
    assert log.count('"message": "rotated"') == 3
    # One test asks the target sync for something odd.
    assert [line for line in log.splitlines() if '"message": "failed"' in line and "'odd'" not in line] == []


def test_while_databases_live_no_password_is_anywhere_but_in_its_secret(restored, story):
    check_that_none_is_found(story)
    looked_at = {name for name, _ in search.everything(story)}
    own = [story.folder / name for name in ("calls.jsonl", "server.log", "valet-rds.printed")]
    for root in [*story.shared, *story.units]:
        own += [root.file("log"), root.file("printed"), root.file("plan.json"), f"{root.tfplan}!tfstate"]
    states = f"s3://{STATE_BUCKET}/storage-valet-rds"
    for environment, name in WAS.items():
        own += [f"{states}/{environment}/{root}/terraform.tfstate" for root in ("_environment", name)]
        own.append(f"/aws/lambda/{environment}_database-users")
    assert {str(each) for each in own} - looked_at == set()
    assert len([name for name in looked_at if name.startswith(str(story.servers))]) == 3


def test_in_the_end_no_password_is_anywhere_but_in_its_secret(ended, story):
    check_that_none_is_found(story)


def check_that_none_is_found(story):
    wanted = search.passwords(story.servers)
    # Two masters and one that came back; three users, each with a second password, and one that came later.
    assert len(wanted) == 10
    assert search.find(wanted, story) == []


def test_each_form_of_a_password_is_found():
    for form in search.forms(PLANTED):
        assert search.holds(f"before {form} after".encode(), {"another", PLANTED})
    assert not search.holds(PLANTED.encode(), {"another"})


def test_a_planted_password_is_found_wherever_it_is(ended, story):
    form = iter(search.forms(PLANTED))
    file, archive, log = story.folder / "planted.log", story.folder / "planted.tfplan", story.servers / "planted/log"
    file.write_text(next(form))
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("tfstate", next(form))
    log.parent.mkdir()
    log.write_text(next(form))
    s3, logs = boto3.client("s3", region_name=REGION), session("dev3").client("logs")
    # An older version of it is one, too.
    for body in (next(form), "another"):
        s3.put_object(Bucket=STATE_BUCKET, Key="planted", Body=body)
    stream = {"logGroupName": "planted", "logStreamName": "planted"}
    logs.create_log_group(logGroupName="planted")
    logs.create_log_stream(**stream)
    logs.put_log_events(**stream, logEvents=[{"timestamp": int(time.time() * 1000), "message": next(form)}])
    try:
        found = search.find({PLANTED}, story)
    finally:
        for path in (file, archive, log):
            path.unlink()
        for version in s3.list_object_versions(Bucket=STATE_BUCKET, Prefix="planted")["Versions"]:
            s3.delete_object(Bucket=STATE_BUCKET, Key="planted", VersionId=version["VersionId"])
        logs.delete_log_group(logGroupName="planted")
    assert found == sorted([str(file), f"{archive}!tfstate", str(log), f"s3://{STATE_BUCKET}/planted", "planted"])
