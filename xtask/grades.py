"""Records what the real AWS provider plans for every key that a user can change, fixtures/grades.json, and for some that are
changed at once, fixtures/combined.json.

`cargo xtask grades` runs it, with the built command as its argument. Each base below is applied on an emulated AWS
once, and each change planned on its state. A run that was stopped goes on with the changes that are left: remove
target/grades to begin anew.
"""

import copy
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys

import boto3

from emulator import emulated_aws, run

ACCOUNT = "111111111111"
REGION = "eu-central-1"

LEAN = {"shortname": "orders", "username": "postgres", "engineVersion": "16"}
FULL = {
    **LEAN,
    "shortname": "ledger",
    "namespace": "ledger",
    "databaseName": "ledger",
    "parameters": {"work_mem": "4096", "max_connections": "200"},
    "tags": {"team": "agora"},
    "proxy": {"initQuery": "SET search_path = app"},
    "clusters": ["apps"],
    "monitoringInterval": 0,
    "deletionProtection": False,
    "subnetGroup": "own",
}
SHOP = {"shortname": "shop", "namespace": "shop", "engine": "mysql", "username": "shop", "databaseName": "shop", "engineVersion": "8.0"}
CLUSTER = {
    "shortname": "events",
    "namespace": "events",
    "engine": "aurora-postgresql",
    "engineVersion": "16",
    "username": "postgres",
    "databaseName": "events",
    "instanceClass": "db.r7g.large",
    "replicas": 1,
}
SERVERLESS = {**CLUSTER, "instanceClass": "db.serverless", "minCapacity": 0.5, "maxCapacity": 8, "readOnlyEndpoint": True}
# An instance that was there before its config: what somebody has made, and what the config says of it.
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:mail/master-AbCdEf"
MONITORING = f"arn:aws:iam::{ACCOUNT}:role/monitoring"
FOUND = {
    "DBInstanceIdentifier": "mail-2019",
    "Engine": "postgres",
    "EngineVersion": "15.4",
    "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
    "DBInstanceClass": "db.m5.large",
    "AllocatedStorage": 50,
    "StorageType": "gp2",
    "StorageEncrypted": True,
    "MasterUsername": "postgres",
    "MasterUserPassword": "of-somebody-else",
    "Port": 5432,
    "PreferredBackupWindow": "16:00-17:00",
    "PreferredMaintenanceWindow": "sun:18:00-sun:19:00",
    "BackupRetentionPeriod": 7,
    "DeletionProtection": True,
    "AutoMinorVersionUpgrade": False,
    "CACertificateIdentifier": "rds-ca-rsa4096-g1",
    "CopyTagsToSnapshot": False,
    "DBParameterGroupName": "tuned",
    "DBSubnetGroupName": "data-private",
    "EnableIAMDatabaseAuthentication": True,
    "EnablePerformanceInsights": True,
    "PerformanceInsightsRetentionPeriod": 731,
    "MonitoringInterval": 60,
    "MonitoringRoleArn": MONITORING,
    "MaxAllocatedStorage": 100,
    "EnableCloudwatchLogsExports": ["postgresql"],
    "PubliclyAccessible": True,
    "Tags": [{"Key": "backup-plan", "Value": "daily"}],
}
TAKEN = {
    "shortname": "mail",
    "namespace": "mail",
    "username": "postgres",
    "engineVersion": "15",
    "instanceClass": "db.m5.large",
    "storageType": "gp2",
    "logExports": ["postgresql"],
    "authentication": "iam",
    "adopt": {
        "identifier": "mail-2019",
        "caCertificate": "rds-ca-rsa4096-g1",
        "copyTagsToSnapshot": False,
        "iamAuthentication": True,
        "majorVersion": "15",
        "minorUpgrades": False,
        "monitoringRoleArn": MONITORING,
        "parameterGroup": "tuned",
        "performanceInsightsDays": 731,
        "publiclyAccessible": True,
        "securityGroups": ["OFFICE", "WIZARD"],
        "subnetGroup": "data-private",
        "tags": {"backup-plan": "daily"},
    },
}
KEPT_CREDENTIALS = {"secretArn": SECRET}
GROWN = {**TAKEN, "adopt": {**TAKEN["adopt"], "credentials": KEPT_CREDENTIALS}}
# The same of a cluster with a reader.
FOUND_CLUSTER = {
    "DBClusterIdentifier": "mail-cluster-2019",
    "Engine": "aurora-postgresql",
    "EngineVersion": "15.10",
    "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
    "StorageEncrypted": True,
    "MasterUsername": "postgres",
    "MasterUserPassword": "of-somebody-else",
    "Port": 5432,
    "PreferredBackupWindow": "16:00-17:00",
    "PreferredMaintenanceWindow": "sun:18:00-sun:19:00",
    "BackupRetentionPeriod": 7,
    "CopyTagsToSnapshot": False,
    "DBClusterParameterGroupName": "tuned-cluster",
    "DBSubnetGroupName": "data-private",
    "DeletionProtection": True,
    "EnableCloudwatchLogsExports": ["postgresql"],
    "EnableIAMDatabaseAuthentication": True,
    "Tags": [{"Key": "backup-plan", "Value": "daily"}],
}
FOUND_INSTANCE = {
    "AutoMinorVersionUpgrade": False,
    "CACertificateIdentifier": "rds-ca-rsa4096-g1",
    "CopyTagsToSnapshot": False,
    "DBClusterIdentifier": "mail-cluster-2019",
    "DBInstanceClass": "db.r6g.large",
    "DBParameterGroupName": "tuned-instances",
    "Engine": "aurora-postgresql",
    "EnablePerformanceInsights": True,
    "MonitoringInterval": 60,
    "MonitoringRoleArn": MONITORING,
    "PerformanceInsightsRetentionPeriod": 731,
    "PromotionTier": 1,
    "PubliclyAccessible": True,
}
OWN_WINDOW = {"PreferredMaintenanceWindow": "sun:18:00-sun:19:00"}
FOUND_INSTANCES = {
    "mail-writer": {**OWN_WINDOW, "Tags": [{"Key": "Name", "Value": "mail"}]},
    "mail-reader": {"PreferredMaintenanceWindow": "fri:22:00-fri:22:30"},
}
JOINED = {
    "shortname": "mail",
    "namespace": "mail",
    "engine": "aurora-postgresql",
    "engineVersion": "15",
    "username": "postgres",
    "instanceClass": "db.r6g.large",
    "logExports": ["postgresql"],
    "replicas": 1,
    "authentication": "iam",
    "adopt": {
        "identifier": "mail-cluster-2019",
        "caCertificate": "rds-ca-rsa4096-g1",
        "clusterParameterGroup": "tuned-cluster",
        "copyTagsToSnapshot": False,
        "credentials": KEPT_CREDENTIALS,
        "iamAuthentication": True,
        "instances": [
            {"identifier": "mail-writer", "promotionTier": 1, "tags": {"Name": "mail"}},
            {"identifier": "mail-reader", "maintenanceWindow": "fri:22:00-fri:22:30"},
        ],
        "majorVersion": "15",
        "minorUpgrades": False,
        "monitoringRoleArn": MONITORING,
        "parameterGroup": "tuned-instances",
        "performanceInsightsDays": 731,
        "publiclyAccessible": True,
        "securityGroups": ["OFFICE", "WIZARD"],
        "subnetGroup": "data-private",
        "tags": {"backup-plan": "daily"},
    },
}
NAMES = [{"identifier": one["identifier"]} for one in JOINED["adopt"]["instances"]]
GONE = object()

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"

# Base, key, new value. A key with a dot is below another; one that starts with `env.` belongs to valet.yaml.
CHANGES = [
    ("lean", "allocatedStorage", 100),
    ("lean", "authentication", "iam"),
    ("lean", "backupRetentionPeriod", 3),
    ("lean", "backupRetentionPeriod", 14),
    ("lean", "backupRetentionPeriod", 0),
    ("lean", "backupWindow", "03:00-04:00"),
    ("lean", "clusters", ["apps"]),
    ("lean", "databaseName", "orders"),
    ("lean", "deletionProtection", False),
    ("lean", "encrypted", False),
    ("lean", "engineVersion", "17"),
    ("lean", "engineVersion", "16.11"),
    ("lean", "iamRoleName", "other-role"),
    ("lean", "instanceClass", "db.r6g.large"),
    ("lean", "iops", 13000),
    ("lean", "storageThroughput", 750),
    ("lean", "storageType", "io2"),
    ("lean", "lifecycle", "retiring"),
    ("lean", "lifecycle", "retired"),
    ("lean", "retain", True),
    ("lean", "logExports", ["upgrade"]),
    ("lean", "maintenanceWindow", "Mon:01:00-Mon:02:00"),
    ("lean", "maxAllocatedStorage", 1000),
    ("lean", "maxAllocatedStorage", 0),
    ("lean", "monitoringInterval", 30),
    ("lean", "monitoringInterval", 0),
    ("lean", "multiAz", True),
    ("lean", "parameters", {"work_mem": "8192"}),
    ("lean", "passwordRotationDays", 30),
    ("lean", "port", 5433),
    ("lean", "proxy.connectionBorrowTimeout", 30),
    ("lean", "proxy.idleClientTimeout", 600),
    ("lean", "proxy.initQuery", "SET search_path = app"),
    ("lean", "proxy.maxConnectionsPercent", 80),
    ("lean", "proxy.maxIdleConnectionsPercent", 10),
    ("lean", "restoreFrom", "orders-dev-final-2026-10-01"),
    ("lean", "serviceAccountName", "other"),
    ("lean", "storageType", "gp2"),
    ("lean", "subnetGroup", "own"),
    ("lean", "tags", {"team": "agora"}),
    ("lean", "username", "owner"),
    ("lean", "namespace", "moved"),
    ("lean", "env.kmsKeyArn", "KEY"),
    ("lean", "env.alarmTopicArn", f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"),
    ("lean", "env.network.subnetIds", "MORE"),
    ("lean", "env.network.vpcId", "OTHER"),
    ("lean", "env.clusters.apps.clientCidrs", "CIDRS"),
    ("lean", "env.clusters.apps.principalArns", ["arn:aws:iam::333333333333:root"]),
    ("lean", "env.clusters.apps.oidcIssuer", "https://oidc.example.com/id/OTHER"),
    ("full", "databaseName", "other"),
    ("full", "databaseName", GONE),
    ("full", "clusters", GONE),
    ("full", "deletionProtection", True),
    ("full", "monitoringInterval", 60),
    ("full", "parameters", {"work_mem": "8192", "max_connections": "200"}),
    ("full", "parameters", {"work_mem": "4096", "max_connections": "300"}),
    ("full", "parameters", {"work_mem": "4096"}),
    ("full", "proxy.initQuery", GONE),
    ("full", "subnetGroup", GONE),
    ("full", "tags", {"team": "other"}),
    ("full", "username", "owner"),
    ("full", "env.network.subnetIds", "LESS"),
    ("full", "env.network.subnetIds", "SWAP"),
    ("full", "env.kmsKeyArn", GONE),
    ("full", "env.kmsKeyArn", "KEY2"),
    ("full", "env.alarmTopicArn", GONE),
    ("full", "env.clusters.apps.clientCidrs", ["10.66.0.0/16"]),
    ("lean", "applyImmediately", {"reason": "the disk is full", "expires": "2026-11-30"}),
    ("lean", "allocatedStorage", 500),
    ("lean", "env.permissionsBoundaryArn", f"arn:aws:iam::{ACCOUNT}:policy/boundary"),
    ("lean", "env.rolePath", "/databases/"),
    ("lean", "env.logKmsKeyArn", "KEY"),
    ("lean", "env.network.proxySubnetIds", "SWAP"),
    ("lean", "appUser", "orders_app"),
    ("lean", "readOnlyUser", "orders_ro"),
    ("lean", "masterLogin", "pods"),
    ("lean", "adoptUsers", ["orders_app"]),
    ("taken", "adopt.credentials", KEPT_CREDENTIALS),
    ("taken", "adopt.imported", True),
    ("taken", "adopt.securityGroups", "OFFICE"),
    ("grown", "adopt.caCertificate", GONE),
    ("grown", "adopt.copyTagsToSnapshot", GONE),
    ("grown", "adopt.credentials", {"managed": True}),
    ("grown", "adopt.dedicatedLogVolume", True),
    ("grown", "adopt.extendedSupport", True),
    ("grown", "adopt.iamAuthentication", GONE),
    ("grown", "adopt.imported", True),
    ("grown", "adopt.majorVersion", GONE),
    ("grown", "adopt.minorUpgrades", GONE),
    ("grown", "adopt.monitoringRoleArn", GONE),
    ("grown", "adopt.optionGroup", "options"),
    ("grown", "adopt.parameterGroup", GONE),
    ("grown", "adopt.performanceInsightsDays", GONE),
    ("grown", "adopt.performanceInsightsDays", 0),
    ("grown", "adopt.publiclyAccessible", GONE),
    ("grown", "adopt.securityGroups", "OFFICE"),
    ("grown", "adopt.tags", GONE),
    ("grown", "adopt.tags", {"backup-plan": "daily", "owner": "mail"}),
    ("shop", "databaseName", "other"),
    ("shop", "engineVersion", "8.4"),
    ("shop", "engineVersion", "8.0.45"),
    ("shop", "logExports", ["error"]),
    ("shop", "parameters", {"max_connections": "200"}),
    ("shop", "parameters", {"innodb_buffer_pool_instances": "4"}),
    ("shop", "port", 3307),
    ("shop", "proxy.sessionPinningFilters", ["EXCLUDE_VARIABLE_SETS"]),
    ("shop", "username", "owner"),
    ("cluster", "applyImmediately", {"reason": "the load grows", "expires": "2026-11-30"}),
    ("cluster", "authentication", "iam"),
    ("cluster", "backupRetentionPeriod", 14),
    ("cluster", "backupRetentionPeriod", 3),
    ("cluster", "backupWindow", "03:00-04:00"),
    ("cluster", "databaseName", "other"),
    ("cluster", "databaseName", GONE),
    ("cluster", "deletionProtection", False),
    ("cluster", "encrypted", False),
    ("cluster", "engineVersion", "17"),
    ("cluster", "engineVersion", "16.13"),
    ("cluster", "instanceClass", "db.r7g.xlarge"),
    ("cluster", "instanceClass", "db.serverless"),
    ("cluster", "lifecycle", "retiring"),
    ("cluster", "lifecycle", "retired"),
    ("cluster", "retain", True),
    ("cluster", "logExports", []),
    ("cluster", "maintenanceWindow", "Mon:01:00-Mon:02:00"),
    ("cluster", "monitoringInterval", 30),
    ("cluster", "monitoringInterval", 0),
    ("cluster", "parameters", {"work_mem": "8192"}),
    ("cluster", "parameters", {"max_connections": "500"}),
    ("cluster", "passwordRotationDays", 30),
    ("cluster", "port", 5433),
    ("cluster", "readOnlyEndpoint", True),
    ("cluster", "replicas", 3),
    ("cluster", "replicas", 0),
    ("cluster", "restoreFrom", "events-dev-final-2026-10-01"),
    ("cluster", "storageType", "aurora-iopt1"),
    ("cluster", "subnetGroup", "own"),
    ("cluster", "tags", {"team": "agora"}),
    ("cluster", "username", "owner"),
    ("cluster", "env.alarmTopicArn", f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"),
    ("cluster", "env.kmsKeyArn", "KEY"),
    ("cluster", "env.logKmsKeyArn", "KEY"),
    ("cluster", "env.network.vpcId", "OTHER"),
    ("serverless", "maxCapacity", 16),
    ("serverless", "minCapacity", 2),
    ("serverless", "readOnlyEndpoint", GONE),
    ("serverless", "env.clusters.apps.principalArns", ["arn:aws:iam::333333333333:root"]),
    ("joined", "adopt.caCertificate", GONE),
    ("joined", "adopt.clusterParameterGroup", GONE),
    ("joined", "adopt.copyTagsToSnapshot", GONE),
    ("joined", "adopt.credentials", {"managed": True}),
    ("joined", "adopt.extendedSupport", True),
    ("joined", "adopt.iamAuthentication", GONE),
    ("joined", "adopt.imported", True),
    ("joined", "adopt.instances", NAMES),
    ("joined", "adopt.majorVersion", GONE),
    ("joined", "adopt.minorUpgrades", GONE),
    ("joined", "adopt.monitoringRoleArn", GONE),
    ("joined", "adopt.performanceInsightsDays", GONE),
    ("joined", "adopt.publiclyAccessible", GONE),
    ("joined", "adopt.securityGroups", "OFFICE"),
    ("joined", "adopt.tags", GONE),
    ("joined", "engineVersion", "16"),
    ("joined", "instanceClass", "db.r6g.xlarge"),
    ("joined", "replicas", 2),
]
# The instance of these is there before.
ADOPTED = ("taken", "grown", "joined")
# Of these no changes are made at once.
ALONE = (*ADOPTED, "shop", "serverless")
USERS = ("appUser", "readOnlyUser", "masterLogin", "adoptUsers")

# Changes that are made at once, for each base: so many times, some that go together.
COMBINED = 15

# What has to be written beside `restoreFrom`: as it is without.
FROM_A_SNAPSHOT = {"allocatedStorage": 50, "encrypted": True, "engineVersion": "17"}
# Plans that are kept for the tests of `gate`.
KEPT = {
    ("lean", "lifecycle", "retiring"): "retiring",
    ("lean", "lifecycle", "retired"): "retired",
    ("lean", "retain", True): "retained",
    ("lean", "username", "owner"): "replace-instance",
    ("lean", "iamRoleName", "other-role"): "replace-role",
    ("lean", "multiAz", True): "in-place",
    ("full", "env.network.subnetIds", "SWAP"): "replace-proxy",
}

# What `gate` reads of a resource, besides the tags that say whose it is.
READ = (
    "assume_role_policy",
    "backup_retention_period",
    "db_subnet_group_name",
    "deletion_protection",
    "final_snapshot_identifier",
    "name",
    "skip_destroy",
    "skip_final_snapshot",
)


def own(tags):
    """The tags that say whose a resource is."""
    return {key: value for key, value in (tags or {}).items() if key.startswith("valet-rds:")}


def read_of(values):
    """The values that `gate` reads."""
    if values is None:
        return None
    tags = own(values.get("tags_all"))
    return {**({"tags_all": tags} if tags else {}), **{key: values[key] for key in READ if key in values}}


def read_of_change(change):
    """A change without what `gate` does not read."""
    keys = ("address", "mode", "type", "name", "index", "deposed", "action_reason")
    inner = change["change"]
    return {
        **{key: change[key] for key in keys if key in change},
        "change": {
            **{key: inner[key] for key in ("actions", "replace_paths") if key in inner},
            **{side: read_of(inner.get(side)) for side in ("before", "after")},
        },
    }


def read_of_plan(plan, addresses=None):
    """A plan without what `gate` does not read: most values, above all. Only these addresses, if any are given."""
    tags = plan["configuration"]["provider_config"]["aws"]["expressions"]["default_tags"][0]["tags"]
    expressions = {"default_tags": [{"tags": {"constant_value": own(tags["constant_value"])}}]}
    aws = {**plan["configuration"]["provider_config"]["aws"], "expressions": expressions}
    kept = {key: plan[key] for key in ("format_version", "terraform_version", "applyable", "complete", "errored")}
    changes = {
        key: [read_of_change(one) for one in plan.get(key, []) if addresses is None or one["address"] in addresses]
        for key in ("resource_drift", "resource_changes")
    }
    configuration = {"provider_config": {"aws": aws}, "root_module": {}}
    return {**kept, "planned_values": {"root_module": {}}, **changes, "configuration": configuration}


def keep(name, plan):
    """Writes a plan for the tests of `gate`."""
    path = FIXTURES / f"plans/{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(read_of_plan(plan), indent=1) + "\n")


def put(tree, path, value):
    *folders, last = path.split(".")
    for folder in folders:
        tree = tree.setdefault(folder, {})
    if value is GONE:
        tree.pop(last)
    else:
        tree[last] = value


def at(tree, path):
    for part in path.split("."):
        tree = tree.get(part, {}) if isinstance(tree, dict) else {}
    return None if tree == {} else tree


class Bench:
    def __init__(self, folder, valet):
        self.folder, self.valet = pathlib.Path(folder), valet
        self.initialised = None

    def settle(self):
        """Makes a network and keys."""
        ec2, kms = (boto3.client(service, region_name=REGION) for service in ("ec2", "kms"))
        vpcs = [ec2.create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"] for n in (1, 2)]
        subnets = [
            ec2.create_subnet(VpcId=vpcs[0], CidrBlock=f"10.1.{n}.0/24", AvailabilityZone=REGION + zone)["Subnet"]
            for n, zone in enumerate("abc")
        ]
        self.keys = [kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
        self.vpcs, self.subnets = vpcs, [subnet["SubnetId"] for subnet in subnets]

    def find(self):
        """Makes the instance that a config takes over, as somebody else would have."""
        ec2, rds, iam = (boto3.client(service, region_name=REGION) for service in ("ec2", "rds", "iam"))
        group = lambda name: ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpcs[0])["GroupId"]
        self.groups = {word: group(word.lower()) for word in ("OFFICE", "WIZARD")}
        iam.create_role(RoleName="monitoring", AssumeRolePolicyDocument="{}")
        rds.create_db_subnet_group(
            DBSubnetGroupName="data-private", DBSubnetGroupDescription="data", SubnetIds=self.subnets[:2]
        )
        rds.create_db_parameter_group(DBParameterGroupName="tuned", DBParameterGroupFamily="postgres15", Description="tuned")
        rds.create_db_instance(VpcSecurityGroupIds=list(self.groups.values()), **FOUND)
        rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName="tuned-cluster", DBParameterGroupFamily="aurora-postgresql15", Description="tuned"
        )
        rds.create_db_parameter_group(
            DBParameterGroupName="tuned-instances", DBParameterGroupFamily="aurora-postgresql15", Description="tuned"
        )
        rds.create_db_cluster(VpcSecurityGroupIds=list(self.groups.values()), **FOUND_CLUSTER)
        for name, own in FOUND_INSTANCES.items():
            rds.create_db_instance(DBInstanceIdentifier=name, **FOUND_INSTANCE, **own)

    def environment(self, base):
        cluster = lambda name: {
            "oidcIssuer": f"https://oidc.example.com/id/{name}",
            "principalArns": ["arn:aws:iam::222222222222:root"],
            "oidcProvider": "external",
        }
        environment = {
            "configs": "configs/dev",
            "accountId": ACCOUNT,
            "region": REGION,
            "state": {"bucket": "example-terraform-state", "keyPrefix": "rds/dev", "region": REGION},
            "network": {"vpcId": self.vpcs[0], "subnetIds": self.subnets[:2]},
            "clusters": {"apps": cluster("APPS"), "jobs": cluster("JOBS")},
        }
        if base in ADOPTED:
            environment["adoptable"] = {"instances": ["mail-*"], "secrets": ["mail/*"]}
        if base == "full":
            environment["kmsKeyArn"] = self.keys[0]
            environment["alarmTopicArn"] = f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"
            environment["network"] |= {"subnetIds": self.subnets, "targetSyncInVpc": True}
            for name in ("apps", "jobs"):
                environment["clusters"][name]["clientCidrs"] = ["10.64.0.0/16"]
        return environment

    def config(self, config):
        """A config with the ids of what is there."""
        if "adopt" not in config:
            return config
        groups = [self.groups[word] for word in config["adopt"]["securityGroups"]]
        return {**config, "adopt": {**config["adopt"], "securityGroups": groups}}

    def value(self, word):
        special = {
            "KEY": self.keys[0],
            "KEY2": self.keys[1],
            "MORE": self.subnets,
            "LESS": self.subnets[:2],
            "SWAP": [self.subnets[0], self.subnets[2]],
            "OTHER": self.vpcs[1],
            "CIDRS": ["10.64.0.0/16"],
        }
        if word == "OFFICE":
            return [self.groups[word]]
        return special[word] if isinstance(word, str) and word in special else word

    def generate(self, name, config, environment):
        """The root of a config: none when there is something wrong with it."""
        workspace = self.folder / name
        shutil.rmtree(workspace, ignore_errors=True)
        (workspace / "configs/dev").mkdir(parents=True)
        document = {"modules": {"source": "../modules"}, "environments": {"dev": environment}}
        (workspace / "valet.yaml").write_text(json.dumps(document))
        stem = config.get("namespace", "orders")
        if "restoreFrom" in config:
            config = {key: value for key, value in FROM_A_SNAPSHOT.items() if key != "allocatedStorage" or "engine" not in config} | config
        (workspace / f"configs/dev/{stem}.yaml").write_text(json.dumps(config))
        ours = (self.valet, "--today", "2026-11-01", "--workspace", str(workspace))
        if subprocess.run([*ours, "check"], stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 1:
            return None
        run(*ours, "generate")
        root = workspace / f"generated/dev/{stem}"
        self.lead(root)
        # Every unit calls modules from the same depth, so the provider is made ready once.
        if self.initialised:
            shutil.copytree(self.initialised / ".terraform", root / ".terraform", symlinks=True)
            shutil.copy(self.initialised / ".terraform.lock.hcl", root)
            run("terraform", "get", cwd=root)
        else:
            run("terraform", "init", "-input=false", cwd=root)
            self.initialised = self.folder / "initialised"
            shutil.rmtree(self.initialised, ignore_errors=True)
            shutil.copytree(root / ".terraform", self.initialised / ".terraform", symlinks=True)
            shutil.copy(root / ".terraform.lock.hcl", self.initialised)
        return root

    @staticmethod
    def lead(root):
        """Leads a root to the emulated AWS."""
        skips = "\n".join(f"  skip_{what} = true" for what in ("credentials_validation", "metadata_api_check"))
        (root / "emulator_override.tf").write_text(
            f'terraform {{\n  backend "local" {{}}\n}}\n\nprovider "aws" {{\n{skips}\n}}\n'
        )


def planned(root, state, noise, name=None):
    """Changes by address, without what is planned in the same way before any change; and the whole plan."""
    run("terraform", "plan", "-input=false", "-refresh=false", f"-state={state}", "-out=plan", cwd=root)
    plan = json.loads(run("terraform", "show", "-json", "plan", cwd=root))
    if name:
        keep(name, plan)
    changes = {change["address"]: change["change"] for change in plan.get("resource_changes", [])}
    for address, change in changes.items():
        change["told"] = (change["actions"], change["after"], change["after_unknown"])
    left = {
        address: change
        for address, change in sorted(changes.items())
        if change["actions"] not in (["no-op"], ["read"])
        and (address not in noise or noise[address]["told"] != change["told"])
    }
    return left, plan


def attributes(change):
    """What an update changes: the attributes whose new value is known, or else those whose value only the apply tells."""
    before, after, unknown = (change[side] or {} for side in ("before", "after", "after_unknown"))
    unknown = {name for name, value in unknown.items() if holds_true(value)}
    known = [name for name in after if name not in unknown and without_zeros(after[name]) != without_zeros(before.get(name))]
    return sorted(known or unknown)


def without_zeros(value):
    """A value in whose blocks nothing stands for zero and the empty text: with any other change of a resource, the provider
    writes the one for the other."""
    if isinstance(value, list):
        return [
            {name: without_zeros(inner) or None for name, inner in one.items()} if isinstance(one, dict) else one for one in value
        ]
    return value


def holds_true(value):
    """Whether any part of a value is true."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return value is True if parts is None else any(map(holds_true, parts))


def change(bench, config, around, key, new):
    """Changes a value of a config or of its environment: the value before."""
    inner = key.removeprefix("env.")
    tree = around if inner != key else config
    old = at(tree, inner)
    put(tree, inner, bench.value(new))
    if key in ("lifecycle", "retain"):
        config["retirementRequested"] = "2026-11-01"
    if key == "retain":
        config["lifecycle"] = "retired"
    if key == "env.clusters.apps.clientCidrs":
        around["clusters"]["jobs"]["clientCidrs"] = ["10.65.0.0/16"]
    # Groups of others are of the version that was found, and those of a cluster go with it alone.
    if key == "adopt.majorVersion" or (key == "engineVersion" and "adopt" in config):
        for group in ("parameterGroup", "clusterParameterGroup"):
            config["adopt"].pop(group, None)
        config["adopt"].pop("majorVersion", None)
    if key in USERS:
        config.setdefault("appUser", "orders_app")
        around["databaseUsers"] = {"vpcCidrs": ["10.1.0.0/16"]}
    if new == "db.serverless":
        config |= {"minCapacity": 0.5, "maxCapacity": 8}
    # Large volumes only; each goes with what it needs.
    if key in ("iops", "storageThroughput") or new == "io2":
        config |= {"allocatedStorage": 500, "iops": 13000}
    return old


def combinations(base):
    """Changes of a base that are made at once. Not of what ends or moves a unit or needs more than itself, nor two of the
    same key."""
    left_out = ("lifecycle", "retain", "namespace", "restoreFrom", *USERS)
    alone = [one[1:] for one in CHANGES if one[0] == base and one[1] not in left_out]
    chance = random.Random(base)
    while True:
        some = chance.sample(alone, chance.randint(2, 4))
        if len({key for key, _ in some}) == len(some):
            yield some


class Recorder:
    """Records what is planned on the state of a base. `done` holds what was recorded before, by name."""

    def __init__(self, bench, base, config, done):
        self.bench, self.base, self.config, self.done = bench, base, config, done
        self.environment = bench.environment(base)
        self.state = None

    def apply(self):
        """Makes what the base asks for."""
        bench, base = self.bench, self.base
        root = bench.generate(base, self.config, self.environment)
        shared = root.parent / "_environment"
        bench.lead(shared)
        shared_state, self.state = [bench.folder / f"{base}.{name}.tfstate" for name in ("shared", "unit")]
        for state in (shared_state, self.state):
            state.unlink(missing_ok=True)
        run("terraform", "init", "-input=false", cwd=shared)
        run("terraform", "apply", "-input=false", "-auto-approve", f"-state={shared_state}", cwd=shared)
        planned(root, self.state, {}, "create" if base == "lean" else None)
        run("terraform", "apply", "-input=false", "-auto-approve", f"-state={self.state}", cwd=root)
        root = bench.generate(base, self.config, self.environment)
        # What the emulator cannot keep differs from the start, and says nothing about a change.
        self.noise, _ = planned(root, self.state, {}, "nothing" if base == "lean" else None)

    def record(self, name, changes, kept=None):
        """Records these changes, made at once. Whether they go together."""
        if name in self.done:
            return self.done[name] is not None
        if not self.state:
            self.apply()
        config, around = copy.deepcopy(self.config), self.bench.environment(self.base)
        old = [change(self.bench, config, around, *one) for one in changes]
        new = [None if one is GONE else self.bench.value(one) for _, one in changes]
        root = self.bench.generate("changed", config, around)
        if root:
            found, plan = planned(root, self.state, self.noise, kept)
            self.done[name] = {
                "key": ", ".join(key for key, _ in changes),
                "from": old[0] if len(old) == 1 else old,
                "to": new[0] if len(new) == 1 else new,
                "valet": {"before": self.environment, "after": around},
                "config": {"before": self.config, "after": config},
                "actions": {address: one["actions"] for address, one in found.items()},
                "attributes": {address: attributes(one) for address, one in found.items() if one["actions"] == ["update"]},
                "plan": read_of_plan(plan, set(found)),
            }
        else:
            self.done[name] = None
        (self.bench.folder / "record.json").write_text(json.dumps(self.done))
        print(name, [key for key, _ in changes], json.dumps(self.done[name] and self.done[name]["actions"]), file=sys.stderr, flush=True)
        return root is not None


def alone(number):
    return f"alone {number}"


def together(base, number):
    return f"together {base} {number}"


def record(bench, base, config, done):
    """Records every change of a base, and some at once: the names of those."""
    bench.settle()
    if base in ADOPTED:
        bench.find()
    recorder = Recorder(bench, base, bench.config(config), done)
    for number, (of, key, new) in enumerate(CHANGES):
        if of == base:
            kept = KEPT.get((of, key, new)) if isinstance(new, (str, bool)) else None
            assert recorder.record(alone(number), [(key, new)], kept), key
    names = []
    if base in ALONE:
        return names
    for number, some in enumerate(combinations(base)):
        if len(names) == COMBINED:
            return names
        if recorder.record(together(base, number), some):
            names.append(together(base, number))


# Plans of the first apply of an adoption that are kept: the keys below `adopt` that their config leaves out, and has besides.
ADOPTIONS = {
    "adopt": ((), {}),
    "adopt-all-standard": ([key for key in TAKEN["adopt"] if key not in ("identifier", "securityGroups", "subnetGroup")], {}),
    "adopt-fewer-groups": ((), {"securityGroups": ["OFFICE"]}),
    "adopt-managed": ((), {"credentials": {"managed": True}}),
    "adopt-other-choice": (["copyTagsToSnapshot"], {}),
    "adopt-path": ((), {"credentials": KEPT_CREDENTIALS}),
}


# The same of the cluster.
CLUSTER_ADOPTIONS = {
    "adopt-cluster": (["credentials"], {}),
    "adopt-cluster-all-standard": (
        [key for key in JOINED["adopt"] if key not in ("identifier", "majorVersion", "parameterGroup", "securityGroups", "subnetGroup")],
        {"instances": NAMES},
    ),
    "adopt-cluster-path": ((), {}),
}


def adoptions(bench):
    """Keeps what is planned for what somebody has made, before anything is applied."""
    bench.settle()
    bench.find()
    ids = {bench.groups["OFFICE"]: "sg-0a1b2c3d4e5f60718", bench.groups["WIZARD"]: "sg-1a2b3c4d5e6f70819"}
    for name, (left_out, besides) in ADOPTIONS.items():
        adopt = {key: value for key, value in TAKEN["adopt"].items() if key not in left_out}
        config = bench.config({**TAKEN, "adopt": {**adopt, **besides}})
        root = bench.generate("changed", config, bench.environment("taken"))
        run("terraform", "plan", "-input=false", "-out=plan", cwd=root)
        keep_adoption(name, "rds", json.loads(run("terraform", "show", "-json", "plan", cwd=root)), ids)
    for name, (left_out, besides) in CLUSTER_ADOPTIONS.items():
        adopt = {key: value for key, value in JOINED["adopt"].items() if key not in left_out}
        config = bench.config({**JOINED, "adopt": {**adopt, **besides}})
        root = bench.generate("changed", config, bench.environment("joined"))
        run("terraform", "plan", "-input=false", "-out=plan", cwd=root)
        keep_adoption(name, "aurora", json.loads(run("terraform", "show", "-json", "plan", cwd=root)), ids)


def keep_adoption(name, module, plan, ids):
    """Writes a plan with everything that it says of what is taken over, and the security groups that its root keeps."""
    kept = read_of_plan(plan)
    whole = {change["address"]: change["change"] for change in plan["resource_changes"]}
    for change in kept["resource_changes"]:
        if change["type"] in ("aws_db_instance", "aws_rds_cluster", "aws_rds_cluster_instance"):
            change["change"] = whole[change["address"]]
    given = plan["configuration"]["root_module"]["module_calls"][module]["expressions"]["security_group_ids"]
    calls = {module: {"expressions": {"security_group_ids": given}}}
    kept["configuration"]["root_module"] = {"module_calls": calls}
    text = json.dumps(kept, indent=1)
    for found, told in ids.items():
        text = text.replace(found, told)
    (FIXTURES / f"plans/{name}.json").write_text(text + "\n")


def main(valet):
    folder = FIXTURES.parent / "target/grades"
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / "record.json"
    done = json.loads(known.read_text()) if known.exists() else {}
    bench, combined = Bench(folder, os.path.abspath(valet)), []
    if not (folder / "modules").exists():
        # A link that names the whole path would lead out of the checkout.
        os.symlink("../../modules", folder / "modules")
    bases = {
        "full": FULL, "lean": LEAN, "taken": TAKEN, "grown": GROWN, "shop": SHOP,
        "cluster": CLUSTER, "serverless": SERVERLESS, "joined": JOINED,
    }
    for base, config in bases.items():
        # One database to an emulated AWS: it gives all of them the same resource id.
        with emulated_aws(folder / "server.log", MOTO_ACCOUNT_ID=ACCOUNT, AWS_DEFAULT_REGION=REGION):
            combined += record(bench, base, config, done)
    with emulated_aws(folder / "server.log", MOTO_ACCOUNT_ID=ACCOUNT, AWS_DEFAULT_REGION=REGION):
        adoptions(bench)
    for file, names in [("grades", map(alone, range(len(CHANGES)))), ("combined", combined)]:
        entries = [done[name] for name in names]
        (FIXTURES / f"{file}.json").write_text(json.dumps(entries, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
