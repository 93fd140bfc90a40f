"""A database is deleted behind Terraform's back, and comes back from a snapshot under its old name."""

from unit import only


def test_the_gate_does_not_let_an_empty_database_take_the_place_of_a_lost_one(lost):
    assert "aws_db_instance" in lost


def test_the_proxy_leads_to_the_restored_database(restored, unit):
    target = only(unit.client("rds").describe_db_proxy_targets(DBProxyName=unit.proxy["DBProxyName"])["Targets"])
    assert target["RdsResourceId"] == unit.database["DBInstanceIdentifier"]


def test_nothing_but_the_database_and_its_place_behind_the_proxy_is_made_anew(restored):
    kinds = {change["type"] for change in restored.plan.changes if change["actions"] != ["update"]}
    assert kinds <= {
        "aws_db_instance",
        "aws_db_proxy_target",
        "aws_lambda_invocation",
        "aws_secretsmanager_secret_rotation",
    }


# AWS takes an instance that goes out of the target group; under its old identifier the next one would not be missed there.
def test_a_database_that_is_replaced_gets_its_place_behind_the_proxy_again(restored):
    replaced = {change["type"] for change in restored.replaced.changes if change["actions"] == ["delete", "create"]}
    assert replaced == {
        "aws_db_instance",
        "aws_db_proxy_target",
        "aws_lambda_invocation",
        "aws_secretsmanager_secret_rotation",
    }


def test_the_plan_after_a_restore_is_empty(restored):
    assert (restored.again.changes, restored.again.outputs) == ([], [])


def test_the_restored_database_is_protected_and_encrypted(restored, unit):
    found = unit.database
    assert (found["DeletionProtection"], found["StorageEncrypted"]) == (True, True)
    login = unit.read_login("owner")
    assert (login["host"], login["port"]) == (found["Endpoint"]["Address"], found["Endpoint"]["Port"])
