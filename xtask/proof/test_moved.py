"""The roles of one environment have got a path, and so each of them is another one of the same name. The volume of its
database has grown by itself before."""

from unit import only
from world import session


def test_each_role_has_come_back_with_its_policies(moved, unit):
    iam = unit.client("iam")
    found = {role["RoleName"]: role["Path"] for role in iam.list_roles()["Roles"]}
    assert len(found) >= 5
    assert set(found.values()) == {{"dev3": "/", "prod": "/databases/"}[unit.environment]}
    assert [name for name in found if not policies(iam, name)] == []


def policies(iam, role):
    own = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return own + [each["PolicyName"] for each in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]]


def test_what_works_under_a_role_has_the_new_one(moved, unit):
    path = {"dev3": "/", "prod": "/databases/"}[unit.environment]
    start = f"arn:aws:iam::{unit.account}:role{path}"
    database, proxy = unit.database["MonitoringRoleArn"], unit.proxy["RoleArn"]
    schedule = unit.client("scheduler").get_schedule(Name=unit.sync)["Target"]["RoleArn"]
    roles = [database, proxy, schedule, unit.function["Configuration"]["Role"]]
    assert [role for role in roles if role.rpartition("/")[0] + "/" != start] == []


def test_the_databases_have_not_noticed(moved, story, unit):
    assert unit.identity() == story.first[unit.environment]
    target = only(unit.client("rds").describe_db_proxy_targets(DBProxyName=unit.proxy["DBProxyName"])["Targets"])
    assert target["RdsResourceId"] == unit.database["DBInstanceIdentifier"]


def test_the_alarm_on_free_storage_follows_the_volume(moved):
    alarms = session("prod").client("cloudwatch").describe_alarms(AlarmNames=["ledger-prod-free-storage"])
    assert only(alarms["MetricAlarms"])["Threshold"] == 500 * 2**30 / 10


def test_the_plans_after_it_are_empty(moved):
    assert [change for plan in moved for change in plan.changes] == []
    assert [name for plan in moved for name in plan.outputs] == []
