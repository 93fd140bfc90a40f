"""Situations of units, one each, that are planned all at once: what was edited, and what happened in AWS meanwhile."""

import json

from world import session


class Situations:
    """`rounds` are plans, by the name of what was done before them."""

    def __init__(self, city):
        self.city = city

    def rds(self, environment):
        return session(environment).client("rds")

    def database(self, unit):
        """The identifier of its database."""
        environment, name = unit.split("/")
        for one in self.rds(environment).describe_db_instances()["DBInstances"]:
            if {"Key": "valet-rds:shortname", "Value": name} in one["TagList"]:
                return one
        raise AssertionError(f"no database of {unit}")

    def modify(self, unit, **changes):
        environment, _ = unit.split("/")
        name = self.database(unit)["DBInstanceIdentifier"]
        self.rds(environment).modify_db_instance(DBInstanceIdentifier=name, ApplyImmediately=True, **changes)

    def group(self, unit):
        """The security group of its database."""
        return self.database(unit)["VpcSecurityGroups"][0]["VpcSecurityGroupId"]

    def plan(self):
        city = self.city
        city.switch("situations")
        # dev3/orders stays as it is.
        # An edit of one key, of two, and one that is taken away again: the default steps in.
        city.edit("dev3/payments", ("backupRetentionPeriod: 7", "backupRetentionPeriod: 14"))
        city.edit("dev3/search", ("backupRetentionPeriod: 7", "deletionProtection: false\nbackupWindow: 03:00-04:00"))
        # Somebody has tagged it by hand, and named another backup window: nothing that hurts.
        mail = self.database("dev3/mail")
        self.rds("dev3").add_tags_to_resource(
            ResourceName=mail["DBInstanceArn"], Tags=[{"Key": "valet-rds:shortname", "Value": "mail"}, {"Key": "stage", "Value": "hand"}]
        )
        # Somebody has made it larger in the night: undoing that cuts clients off.
        self.modify("dev3/audit", DBInstanceClass="db.t4g.large")
        # The same, and the config asks for a third one.
        self.modify("dev3/archive", DBInstanceClass="db.t4g.large")
        city.edit("dev3/archive", ("db.t4g.medium", "db.t4g.small"))
        # An alarm-free account: a rule that is gone, and one that a stranger has made.
        ec2 = session("prod").client("ec2")
        ours = self.rules("prod/orders")
        ec2.revoke_security_group_ingress(GroupId=self.group("prod/orders"), SecurityGroupRuleIds=[ours[0]])
        ec2.authorize_security_group_ingress(
            GroupId=self.group("prod/payments"),
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "10.9.0.0/16"}]}],
        )
        # A policy that a stranger has put into the role of the pods.
        role = json.loads((city.root("prod/search") / "outputs.json").read_text())["role_arn"]["value"].split("/")[-1]
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
        session("prod").client("iam").put_role_policy(
            RoleName=role, PolicyName="by-hand", PolicyDocument=json.dumps(policy)
        )
        # A volume that has grown, and an edit of something else.
        self.modify("prod/mail", AllocatedStorage=90)
        city.edit("prod/mail", ("backupRetentionPeriod: 7", "backupRetentionPeriod: 6"))
        # The state says otherwise than what was applied.
        self.rewrite_state("prod/audit")
        city.commit("Edit some")
        rounds = {"edits and hands": city.plan("--all")}
        city.switch("main")
        return rounds

    def rules(self, unit):
        environment, _ = unit.split("/")
        rules = session(environment).client("ec2").describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": [self.group(unit)]}]
        )["SecurityGroupRules"]
        return [rule["SecurityGroupRuleId"] for rule in rules if not rule["IsEgress"]]

    def rewrite_state(self, unit):
        """Somebody writes the state of a unit by hand: a backup window that was never applied."""
        s3 = session("prod").client("s3")
        import boto3

        s3 = boto3.client("s3")
        environment, name = unit.split("/")
        key = f"storage-valet-rds/{environment}/{name}/terraform.tfstate"
        found = [one["Key"] for one in s3.list_objects_v2(Bucket="city-terraform-state")["Contents"]]
        assert key in found, found
        state = json.loads(s3.get_object(Bucket="city-terraform-state", Key=key)["Body"].read())
        state["serial"] += 1
        for resource in state["resources"]:
            if resource["type"] == "aws_db_instance":
                resource["instances"][0]["attributes"]["copy_tags_to_snapshot"] = False
        s3.put_object(Bucket="city-terraform-state", Key=key, Body=json.dumps(state).encode())
        self.modify(unit, CopyTagsToSnapshot=False)
