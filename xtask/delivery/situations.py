"""Situations of units: what was edited, and what happened in AWS meanwhile. Each of them is planned with the real Terraform."""

import json

import boto3
from world import REGION, STATE_BUCKET, session

STRANGER = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "10.9.0.0/16"}]}
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


class Situations:
    def __init__(self, city):
        self.city = city

    def plan(self):
        """What was planned, by the name of what was done before."""
        return {
            "by hand": self.by_hand(),
            "at once": self.at_once(),
            "at its end": self.at_its_end(),
            "merged before": self.merged_before(),
            "in the window": self.in_the_window(),
            "on top of the window": self.on_top_of_the_window(),
            "without a record": self.without_a_record(),
        }

    def by_hand(self):
        """Some have edited configs, and others were in AWS's console. `dev3/orders` stays as it is."""
        city = self.city
        city.switch("by-hand")
        city.edit("dev3/payments", ("backupRetentionPeriod: 7", "backupRetentionPeriod: 14"))
        city.edit("dev3/search", ("backupRetentionPeriod: 7", "deletionProtection: false\nbackupWindow: 03:00-04:00"))
        # A tag that hurts nobody.
        mail = self.database("dev3/mail")["DBInstanceArn"]
        tags = [{"Key": "stage", "Value": "hand"}]
        self.client("dev3", "rds").add_tags_to_resource(ResourceName=mail, Tags=tags)
        # Larger in the night: undoing that cuts clients off, unless the config asks for a third class.
        self.modify("dev3/audit", DBInstanceClass="db.t4g.large")
        self.modify("dev3/archive", DBInstanceClass="db.t4g.large")
        city.edit("dev3/archive", ("db.t4g.medium", "db.t4g.small"))
        # A rule of ours is gone, and one and a policy of a stranger have come.
        ec2 = self.client("prod", "ec2")
        ec2.revoke_security_group_ingress(GroupId=self.group("prod/orders"), SecurityGroupRuleIds=self.rules("prod/orders")[:1])
        ec2.authorize_security_group_ingress(GroupId=self.group("prod/payments"), IpPermissions=[STRANGER])
        role = json.loads((city.root("prod/search") / "outputs.json").read_text())["role_arn"]["value"].split("/")[-1]
        self.client("prod", "iam").put_role_policy(RoleName=role, PolicyName="by-hand", PolicyDocument=json.dumps(ANYTHING))
        # A volume that has grown, and an edit of something else.
        self.modify("prod/mail", AllocatedStorage=90)
        city.edit("prod/mail", ("backupRetentionPeriod: 7", "backupRetentionPeriod: 6"))
        # The state says otherwise than what was applied, and an alarm is gone.
        self.rewrite_state("prod/audit")
        alarms = self.client("prod", "cloudwatch")
        names = [alarm["AlarmName"] for alarm in alarms.describe_alarms()["MetricAlarms"]]
        alarms.delete_alarms(AlarmNames=[name for name in names if name.startswith("ledger") and name.endswith("-cpu")])
        city.commit("Edit some")
        return city.plan("--all", keep="by-hand")

    def at_once(self):
        """The modules, `valet.yaml` and configs change in one pull request."""
        city = self.city
        city.switch("at-once")
        replace(city.clone / "platform/modules/proxy/main.tf", "debug_logging          = false", "debug_logging          = true")
        valet_yaml = city.workspace / "valet.yaml"
        replace(valet_yaml, "username: postgres", "username: postgres\n      backupWindow: 02:00-03:00")
        replace(valet_yaml, "stage: production", "stage: live\n      owner: agora")
        city.edit("prod/payments", ("maintenanceWindow: Tue:01:00-Tue:02:00\n", ""))
        city.config("dev3/stock").write_text(city.config("dev3/orders").read_text().replace("orders", "stock"))
        city.edit("dev3/payments", ("username: app\n", "username: app\nlifecycle: retiring\nretirementRequested: 2026-11-01\n"))
        city.commit("Change much at once")
        return city.plan("dev3/orders", "dev3/stock", "dev3/payments", "prod/payments", "prod/_environment", "--base", "main", keep="at-once")

    def at_its_end(self):
        """The last step of a retirement, from a branch in which the one before was merged and applied."""
        city = self.city
        city.switch("at-its-end")
        city.edit("dev3/payments", ("username: app\n", "username: app\nlifecycle: retiring\nretirementRequested: 2026-11-01\n"))
        city.commit("Give up payments")
        self.apply("dev3/payments", keep="retiring")
        city.edit("dev3/payments", ("lifecycle: retiring", "lifecycle: retired"))
        city.commit("End payments")
        return city.plan("dev3/payments", keep="end")

    def merged_before(self):
        """One edit is merged and not applied, and another one comes."""
        city = self.city
        city.switch("main")
        city.edit("prod/payments", ("backupRetentionPeriod: 7", "backupRetentionPeriod: 10"))
        city.commit("Keep the backups of payments")
        city.switch("merged-before")
        city.edit("prod/payments", ("username: app\n", "username: app\ndeletionProtection: false\n"))
        city.commit("Let payments be deleted")
        return city.plan("prod/payments", "--base", "main", keep="merged-before")

    def in_the_window(self):
        """What was applied waits for the maintenance window."""
        city = self.city
        city.switch("window")
        city.edit("dev3/orders", ("db.t4g.medium", "db.t4g.large"))
        city.commit("Make orders larger")
        self.apply("dev3/orders", keep="window")
        return city.plan("dev3/orders", keep="window")

    def on_top_of_the_window(self):
        """While it waits, another edit comes."""
        self.city.edit("dev3/orders", ("backupRetentionPeriod: 7", "backupRetentionPeriod: 9"))
        self.city.commit("Keep the backups of orders")
        return self.city.plan("dev3/orders", keep="window")

    def without_a_record(self):
        """The record of the apply is gone."""
        (self.city.root("dev3/orders") / "applied.json").unlink()
        return self.city.plan("dev3/orders", keep="window")

    def apply(self, unit, keep):
        """Plans and applies a unit, and commits what that has told."""
        planned = self.city.plan(unit, keep=keep)
        assert planned.code == 0, planned
        self.city.ours("apply", "--plans", self.city.folder / keep)
        self.city.commit("Keep what was applied")

    # What is in AWS.

    def client(self, environment, service):
        return session(environment).client(service)

    def database(self, unit):
        """The database of a unit, as RDS describes it."""
        environment, name = unit.split("/")
        for one in self.client(environment, "rds").describe_db_instances()["DBInstances"]:
            if {"Key": "valet-rds:shortname", "Value": name} in one["TagList"]:
                return one
        raise AssertionError(f"no database of {unit}")

    def modify(self, unit, **changes):
        environment, _ = unit.split("/")
        name = self.database(unit)["DBInstanceIdentifier"]
        self.client(environment, "rds").modify_db_instance(DBInstanceIdentifier=name, ApplyImmediately=True, **changes)

    def group(self, unit):
        """The security group of its database."""
        return self.database(unit)["VpcSecurityGroups"][0]["VpcSecurityGroupId"]

    def rules(self, unit):
        """What the group lets in."""
        environment, _ = unit.split("/")
        of_group = [{"Name": "group-id", "Values": [self.group(unit)]}]
        rules = self.client(environment, "ec2").describe_security_group_rules(Filters=of_group)["SecurityGroupRules"]
        return [rule["SecurityGroupRuleId"] for rule in rules if not rule["IsEgress"]]

    def rewrite_state(self, unit):
        """Somebody writes the state of a unit by hand, and AWS the same: what was never applied."""
        environment, name = unit.split("/")
        s3 = boto3.client("s3", region_name=REGION)
        place = {"Bucket": STATE_BUCKET, "Key": f"storage-valet-rds/{environment}/{name}/terraform.tfstate"}
        state = json.loads(s3.get_object(**place)["Body"].read())
        state["serial"] += 1
        [database] = [resource for resource in state["resources"] if resource["type"] == "aws_db_instance"]
        database["instances"][0]["attributes"]["copy_tags_to_snapshot"] = False
        s3.put_object(**place, Body=json.dumps(state).encode())
        self.modify(unit, CopyTagsToSnapshot=False)


def replace(path, old, new):
    """Replaces text that must be there."""
    text = path.read_text()
    assert old in text, f"no {old!r} in {path}"
    path.write_text(text.replace(old, new))
