"""Instances and clusters as others have left them: made by hand, by a module of a community, by an older root. No two are alike."""

import json
import pathlib
import shutil

from emulator import run
from world import REGION, session

ENVIRONMENT = "dev3"
ACCOUNT = "111111111111"
OLD = pathlib.Path(__file__).parent / "old"
PASSWORD = "of-somebody-else"

# What those that are made by hand have in common.
USUAL = {
    "AllocatedStorage": 100,
    "BackupRetentionPeriod": 7,
    "DBInstanceClass": "db.m5.large",
    "DBName": "app",
    "DBSubnetGroupName": "data-private",
    "DeletionProtection": True,
    "Engine": "postgres",
    "EngineVersion": "16.4",
    "MasterUserPassword": PASSWORD,
    "MasterUsername": "dbadmin",
    "PreferredBackupWindow": "03:41-04:11",
    "PreferredMaintenanceWindow": "tue:00:13-tue:00:43",
    "StorageEncrypted": True,
    "StorageType": "gp3",
}
LONGEST = "crm-" + "customers-of-the-whole-company-and-everything-about-them-" + "2"
# By namespace: the identifier, and what is otherwise. GROUPS stands for security groups that are made beside it, KEY for a key.
BY_HAND = {
    # The first one of the company: nothing is as one would make it today.
    "orders": (
        "orders-prod-2019",
        {
            "AllocatedStorage": 137,
            "BackupRetentionPeriod": 1,
            "DBInstanceClass": "db.m4.large",
            "DBParameterGroupName": "orders-pg",
            "DeletionProtection": False,
            "EngineVersion": "13.15",
            "Port": 5433,
            "StorageEncrypted": False,
            "StorageType": "gp2",
            "Tags": {"Name": "Orders DB: prod", "backup:plan": "daily-35d", "stage": "production"},
            "GROUPS": ["office", "wizard"],
        },
    ),
    # Money: provisioned IOPS, a key of its own, watched by a role of its own.
    "ledger": (
        "ledger",
        {
            "AllocatedStorage": 400,
            "BackupRetentionPeriod": 35,
            "CopyTagsToSnapshot": True,
            "EnableCloudwatchLogsExports": ["postgresql", "upgrade"],
            "EnablePerformanceInsights": True,
            "Iops": 3000,
            "KmsKeyId": "KEY",
            "MaxAllocatedStorage": 2000,
            "MonitoringInterval": 30,
            "MonitoringRoleArn": f"arn:aws:iam::{ACCOUNT}:role/emaccess",
            "MultiAZ": True,
            "PerformanceInsightsRetentionPeriod": 731,
            "StorageType": "io1",
        },
    ),
    # A certificate of the authority that has ended, and a public address.
    "search": (
        "search-7f3a",
        {"CACertificateIdentifier": "rds-ca-2019", "EngineVersion": "14.12", "PubliclyAccessible": True, "GROUPS": ["internet"]},
    ),
    # RDS manages its password.
    "billing": ("billing-db", {"ManageMasterUserPassword": True, "MasterUserPassword": None, "GROUPS": ["billing"]}),
    # Its users log in with tokens.
    "tokens": ("auth-tokens", {"EnableIAMDatabaseAuthentication": True, "GROUPS": ["auth"]}),
    # Whoever made it has only clicked through.
    "sandbox": (
        "a",
        {"AllocatedStorage": 20, "DBInstanceClass": "db.t3.micro", "DBName": None, "DeletionProtection": False, "StorageType": "gp2"},
    ),
    # The longest name that there is, no backups, no minor upgrades.
    "crm": (LONGEST, {"AutoMinorVersionUpgrade": False, "BackupRetentionPeriod": 0, "MasterUsername": "postgres"}),
    # gp3 as it is striped, with more than it gives by itself.
    "events": ("events-1-2-3", {"AllocatedStorage": 500, "Iops": 16000, "StorageThroughput": 750, "EngineVersion": "17.2"}),
    # A volume for its log, options of its own, no support for money.
    "archive": (
        "archive-eu",
        {
            "AllocatedStorage": 200,
            "DedicatedLogVolume": True,
            "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
            "Iops": 8000,
            "OptionGroupName": "archive-options",
            "StorageType": "io2",
        },
    ),
    # Somebody has a security group and an alarm of the names that would be ours.
    "clash": ("clash-db", {"Tags": {"owner": "nobody knows"}}),
    # Of another engine.
    "shop": ("shop-mysql", {"Engine": "mysql", "EngineVersion": "8.0.39"}),
    # Two that are on their way out.
    "reports": ("reports-old", {"EnablePerformanceInsights": True, "Tags": {"backup-plan": "weekly"}}),
    "legacy": ("legacy-keep", {"DBParameterGroupName": "legacy-pg", "StorageEncrypted": False}),
}
# What clusters that are made by hand have in common, and their instances.
CLUSTER = {
    "BackupRetentionPeriod": 7,
    "CopyTagsToSnapshot": True,
    "DBSubnetGroupName": "data-private",
    "DatabaseName": "app",
    "DeletionProtection": True,
    "MasterUserPassword": PASSWORD,
    "MasterUsername": "dbadmin",
    "PreferredBackupWindow": "03:41-04:11",
    "PreferredMaintenanceWindow": "tue:00:13-tue:00:43",
    "StorageEncrypted": True,
}
INSTANCE = {"CopyTagsToSnapshot": True, "PreferredMaintenanceWindow": "tue:00:13-tue:00:43"}
# By namespace: the identifier, what is otherwise, and what of each of its instances, by its identifier.
CLUSTERS = {
    # As the console makes one, with a reader whose window is its own; its parameters are tuned.
    "stock": (
        "stock-2020",
        {
            "CopyTagsToSnapshot": False,
            "DBClusterParameterGroupName": "stock-cluster-pg",
            "EnableCloudwatchLogsExports": ["postgresql"],
            "Engine": "aurora-postgresql",
            "EngineVersion": "15.10",
            "KmsKeyId": "KEY",
            "Port": 5433,
            "Tags": {"Name": "Stock", "backup-plan": "daily-35d"},
            "GROUPS": ["stock", "stock-wizard"],
        },
        {
            "stock-2020-instance-1": {
                "CopyTagsToSnapshot": False,
                "DBInstanceClass": "db.r6g.large",
                "DBParameterGroupName": "stock-pg",
                "MonitoringInterval": 60,
                "MonitoringRoleArn": f"arn:aws:iam::{ACCOUNT}:role/emaccess",
                "PromotionTier": 1,
                "Tags": {"Name": "Stock first"},
            },
            "stock-2020-instance-1-ap-northeast-1c": {
                "CopyTagsToSnapshot": False,
                "DBInstanceClass": "db.r6g.large",
                "DBParameterGroupName": "stock-pg",
                "MonitoringInterval": 60,
                "MonitoringRoleArn": f"arn:aws:iam::{ACCOUNT}:role/emaccess",
                "PreferredMaintenanceWindow": "fri:22:00-fri:22:30",
                "PromotionTier": 1,
                "Tags": {"Name": "Stock second"},
            },
        },
    ),
    # Its capacity follows the load, and RDS manages its password.
    "cart": (
        "cart",
        {
            "Engine": "aurora-mysql",
            "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
            "EngineVersion": "8.0.mysql_aurora.3.08.0",
            "ManageMasterUserPassword": True,
            "MasterUserPassword": None,
            "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 16},
            "StorageType": "aurora-iopt1",
        },
        {
            "cart-writer": {
                "AutoMinorVersionUpgrade": False,
                "CACertificateIdentifier": "rds-ca-rsa4096-g1",
                "DBInstanceClass": "db.serverless",
                "EnablePerformanceInsights": True,
                "PerformanceInsightsRetentionPeriod": 465,
                "PromotionTier": 0,
            },
        },
    ),
}
PARAMETER_GROUPS = {"orders-pg": "postgres13", "legacy-pg": "postgres16", "stock-pg": "aurora-postgresql15"}
CLUSTER_PARAMETER_GROUPS = {"stock-cluster-pg": "aurora-postgresql15"}
# What an older root holds: the namespace, the root, and the address of the module's call.
HELD = {
    "warehouse": ("whole", "warehouse-prod", "module.db"),
    "fleet-eu": ("fleet", "fleet-eu", 'module.db["eu"]'),
    "fleet-us": ("fleet", "fleet-us", 'module.db["us"]'),
}
# Nobody adopts these: why, by identifier.
REFUSED = {
    "people-oracle": "its engine is `oracle-se2`",
    "replica-1": "it is a read replica of `ledger`",
    "waiting-1": "changes wait for its maintenance window: `DBInstanceClass`",
    "empty-cluster": "it has no instance, so that nobody could log in",
    "three-zones": "its engine is `postgres`: a Multi-AZ cluster",
}
# This stays with its older root.
LEFT = "fleet-ap"


def tags(values):
    return [{"Key": key, "Value": value} for key, value in values.items()]


class Found:
    """What is there before anybody adopts. `network` says vpcId and subnetIds."""

    def __init__(self, network):
        aws = session(ENVIRONMENT)
        self.ec2, self.rds, self.iam, self.kms, self.secrets, self.watch = (
            aws.client(service) for service in ("ec2", "rds", "iam", "kms", "secretsmanager", "cloudwatch")
        )
        self.vpc, self.subnets = network["vpcId"], network["subnetIds"]

    def make(self):
        """Makes those that somebody has made by hand, and what stands in the way of ours."""
        self.iam.create_role(RoleName="emaccess", AssumeRolePolicyDocument="{}")
        self.rds.create_db_subnet_group(
            DBSubnetGroupName="data-private", DBSubnetGroupDescription="data", SubnetIds=self.subnets
        )
        for name, family in PARAMETER_GROUPS.items():
            self.rds.create_db_parameter_group(
                DBParameterGroupName=name, DBParameterGroupFamily=family, Description=name
            )
        for name, family in CLUSTER_PARAMETER_GROUPS.items():
            self.rds.create_db_cluster_parameter_group(
                DBClusterParameterGroupName=name, DBParameterGroupFamily=family, Description=name
            )
        self.rds.create_option_group(
            OptionGroupName="archive-options", EngineName="postgres", MajorEngineVersion="16", OptionGroupDescription="archive"
        )
        for identifier, asked in BY_HAND.values():
            self.instance(identifier, asked)
        for identifier, asked, instances in CLUSTERS.values():
            self.cluster(identifier, asked, instances)
        self.in_the_way()
        self.refused()

    def instance(self, identifier, asked):
        self.rds.create_db_instance(DBInstanceIdentifier=identifier, **self.made(identifier, USUAL | asked))

    def cluster(self, identifier, asked, instances):
        self.rds.create_db_cluster(DBClusterIdentifier=identifier, **self.made(identifier, CLUSTER | asked))
        for name, own in instances.items():
            own = INSTANCE | own | {"Engine": asked["Engine"], "Tags": tags(own.get("Tags", {}))}
            self.rds.create_db_instance(DBInstanceIdentifier=name, DBClusterIdentifier=identifier, **own)

    def made(self, identifier, asked):
        """What is asked for, with groups and a key that are made for it."""
        asked = {name: value for name, value in asked.items() if value is not None}
        groups = asked.pop("GROUPS", ["default-of-" + identifier[:20]])
        asked["VpcSecurityGroupIds"] = [self.group(name) for name in groups]
        asked["Tags"] = tags(asked.get("Tags", {}))
        if asked.get("KmsKeyId") == "KEY":
            asked["KmsKeyId"] = self.kms.create_key()["KeyMetadata"]["Arn"]
        return asked

    def group(self, name):
        return self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"]

    def in_the_way(self):
        """Names that ours would have, too."""
        self.taken = self.group("clash-dev3-db")
        self.watch.put_metric_alarm(AlarmName="clash-db-cpu", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1)
        self.iam.create_role(RoleName="tokens-dev3-rds-proxy", AssumeRolePolicyDocument="{}")

    def refused(self):
        self.rds.create_db_instance_read_replica(
            DBInstanceIdentifier="replica-1", SourceDBInstanceIdentifier="ledger", DBInstanceClass="db.m5.large"
        )
        self.instance("people-oracle", {"Engine": "oracle-se2", "EngineVersion": "19.0.0.0.ru-2024-07.rur-2024-07.r1"})
        self.instance("waiting-1", {})
        self.rds.modify_db_instance(DBInstanceIdentifier="waiting-1", DBInstanceClass="db.m5.xlarge")
        self.cluster("empty-cluster", {"Engine": "aurora-postgresql", "EngineVersion": "16.6"}, {})
        # Its three instances are made with it.
        self.cluster(
            "three-zones",
            {"AllocatedStorage": 100, "DBClusterInstanceClass": "db.m6gd.large", "Engine": "postgres", "EngineVersion": "16.4",
             "Iops": 1000, "StorageType": "io1"},
            {},
        )

    def free(self):
        """Somebody gives the security group another name, which AWS takes only of a new one."""
        self.ec2.delete_security_group(GroupId=self.taken)

    def free_role(self):
        self.iam.delete_role(RoleName="tokens-dev3-rds-proxy")

    def secret(self, name, user):
        text = json.dumps({"username": user, "password": PASSWORD})
        return self.secrets.create_secret(Name=name, SecretString=text)["ARN"]

    def describe(self, operation="describe_db_instances", key="DBInstances"):
        """What the AWS CLI prints."""
        pages = self.rds.get_paginator(operation).paginate()
        return json.dumps({key: [one for page in pages for one in page[key]]}, default=lambda day: day.isoformat(), indent=2)

    def one(self, identifier):
        [found] = self.rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
        return found

    def one_cluster(self, identifier):
        [found] = self.rds.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"]
        return found


class OldRoot:
    """A root of somebody else's, with a state of its own."""

    def __init__(self, folder, name, network):
        self.folder, self.name = folder / "old" / name, name
        shutil.copytree(OLD / name, self.folder)
        shutil.copytree(OLD / "db", self.folder / "db")
        shutil.copy(OLD / "provider.tf", self.folder)
        values = {"role_arn": f"arn:aws:iam::{ACCOUNT}:role/terraform", "region": REGION} | {
            "subnet_ids": network["subnetIds"],
            "vpc_id": network["vpcId"],
        }
        (self.folder / "terraform.tfvars.json").write_text(json.dumps(values))

    def terraform(self, *arguments):
        return run("terraform", *arguments, cwd=self.folder)

    def make(self):
        self.terraform("init", "-input=false")
        self.terraform("apply", "-input=false", "-auto-approve")

    def show(self):
        return self.terraform("show", "-json")

    def edit(self, *replacements):
        path = self.folder / "main.tf"
        text = path.read_text()
        for old, new in replacements:
            assert old in text, f"no {old!r} in {path}"
            text = text.replace(old, new)
        path.write_text(text)

    def text(self):
        return (self.folder / "main.tf").read_text()

    def put_back(self, text):
        (self.folder / "main.tf").write_text(text)

    def plan(self):
        """What is planned, by address: the actions, and the attributes that differ."""
        self.terraform("plan", "-input=false", "-out=plan")
        document = json.loads(self.terraform("show", "-json", "plan"))
        changes = {one["address"]: one["change"] for one in document.get("resource_changes", [])}
        return {address: change for address, change in changes.items() if change["actions"] not in (["no-op"], ["read"])}

    def apply_plan(self):
        self.terraform("apply", "-input=false", "plan")

    def holds(self):
        """The addresses in its state."""
        return self.terraform("state", "list").split()
