"""What a unit of the workspace is in the emulated AWS: where to ask, and what its config says."""

import functools
import json

from cluster import Cluster
from world import REGION, session

# By environment: what the configs and `valet.yaml` of the workspace say.
WANTED = {
    "dev3": {
        "alarms": [],
        "allocated_storage": 50,
        "authentication": "password",
        "backup_retention_period": 1,
        "backup_window": "16:00-17:00",
        "client_cidrs": [],
        "database_name": "postgres",
        "instance_class": "db.t4g.medium",
        "issuers": ["EXAMPLED539D4633E53DE1B71EXAMPLE", "EXAMPLE0A1B2C3D4E5F60718EXAMPLE"],
        "maintenance_window": "sun:18:00-sun:19:00",
        "major": "17",
        "monitoring_interval": 60,
        "multi_az": False,
        "parameters": {"rds.force_ssl": "1"},
        "port": 5432,
        "principals": ["arn:aws:iam::222222222222:root", "arn:aws:iam::555555555555:role/network"],
        "rotation_days": 7,
        "shortname": "orders",
        "sync_in_vpc": False,
        "tags": {"cost-center": "agora", "stage": "development"},
        "username": "postgres",
        "users": {"owner": "orders_app", "reader": "orders_ro"},
    },
    "prod": {
        "alarms": [
            "ledger-prod-connections",
            "ledger-prod-cpu",
            "ledger-prod-free-storage",
            "ledger-prod-freeable-memory",
            "ledger-prod-healthy-hosts",
            "ledger-prod-proxy-availability",
            "ledger-prod-proxy-borrow-latency",
            "ledger-prod-proxy-client-logins",
            "ledger-prod-proxy-database-logins",
            "ledger-prod-proxy-pinned-sessions",
            "ledger-prod-sync-failed",
            "ledger-prod-transaction-ids",
            "ledger-prod-unhealthy-hosts",
            "prod_database-users-failed",
            "prod_target-sync-late",
            "prod_target-sync-silent",
        ],
        "allocated_storage": 100,
        "authentication": "iam",
        "backup_retention_period": 35,
        "backup_window": "16:00-17:00",
        "client_cidrs": ["10.64.0.0/16", "10.80.0.0/16"],
        "database_name": "ledger",
        "instance_class": "db.r7g.large",
        "issuers": ["EXAMPLE11111111111111111EXAMPLE"],
        "maintenance_window": "sat:02:00-sat:03:30",
        "major": "16",
        "monitoring_interval": 15,
        "multi_az": True,
        "parameters": {"log_min_duration_statement": "250", "rds.force_ssl": "1"},
        "port": 5433,
        "principals": ["arn:aws:iam::444444444444:root"],
        "rotation_days": 30,
        "shortname": "ledger",
        "sync_in_vpc": True,
        "tags": {"cost-center": "agora", "stage": "production", "team": "ledger"},
        "username": "ledger_owner",
        "users": {"owner": "ledger_app"},
    },
}

# Where clients of the proxy connect, whatever the port of the database.
PROXY_PORT = 5432


def only(found):
    assert len(found) == 1
    return found[0]


class Unit:
    """Asks once for each thing, so it is good for one test only."""

    def __init__(self, story, environment):
        self.environment = environment
        self.wanted = WANTED[environment]
        self.shortname = self.wanted["shortname"]
        self.namespace = story.namespaces[environment]
        self.base = f"{self.shortname}-{environment}"
        self.aws = session(environment)
        self.account = self.client("sts").get_caller_identity()["Account"]
        self.state = story.states[environment]
        self.servers = story.servers
        # What outlives the database, as the inventory calls it.
        self.logs = [f"logs /aws/rds/instance/{self.base}/{log}" for log in ("postgresql", "upgrade")]

    def client(self, service):
        return self.aws.client(service)

    @property
    def outputs(self):
        return {name: output["value"] for name, output in self.state["outputs"].items()}

    def tagged(self):
        """Every resource of the state that can have tags."""
        return [resource for resource in resources(self.state["root_module"]) if "tags_all" in resource["values"]]

    @functools.cached_property
    def database(self):
        return only(self.client("rds").describe_db_instances(DBInstanceIdentifier=self.base)["DBInstances"])

    @functools.cached_property
    def proxy(self):
        return only(self.client("rds").describe_db_proxies(DBProxyName=f"{self.base}-proxy")["DBProxies"])

    @functools.cached_property
    def balancer(self):
        return only(self.client("elbv2").describe_load_balancers(Names=[self.base])["LoadBalancers"])

    @functools.cached_property
    def subnets(self):
        """Ids of the environment's subnets, by the letter of their zone."""
        mine = [{"Name": "vpc-id", "Values": [self.balancer["VpcId"]]}]
        found = self.client("ec2").describe_subnets(Filters=mine)["Subnets"]
        return {subnet["AvailabilityZone"].removeprefix(REGION): subnet["SubnetId"] for subnet in found}

    @functools.cached_property
    def target_group(self):
        return only(self.client("elbv2").describe_target_groups(Names=[self.base])["TargetGroups"])

    @functools.cached_property
    def service(self):
        services = self.client("ec2").describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
        return only(services)

    @property
    def sync(self):
        """The name of the function that keeps the targets of the environment, and of its schedule."""
        return f"{self.environment}_target-sync"

    @property
    def users_function(self):
        """The name of the function that makes users, of its role and of its group."""
        return f"{self.environment}_database-users"

    def secret_of(self, role):
        """The ARN of a user's secret, by what the user is for."""
        return self.outputs[{"owner": "secret_arn", "reader": "read_only_secret_arn"}[role]]

    def read_login(self, role, stage="AWSCURRENT"):
        """What the secret of a user holds."""
        found = self.client("secretsmanager").get_secret_value(SecretId=self.secret_of(role), VersionStage=stage)
        return json.loads(found["SecretString"])

    def server(self):
        """The PostgreSQL behind the database."""
        return Cluster.attach(json.loads((self.servers / f"{self.database['Endpoint']['Address']}.json").read_text()))

    def log_in(self, login):
        """A session with what a secret holds."""
        return self.server().connect(login["username"], login["password"], login["dbname"])

    @functools.cached_property
    def function(self):
        return self.client("lambda").get_function(FunctionName=self.sync)

    @functools.cached_property
    def groups(self):
        """Ids of the security groups by what wears them; the target sync is the environment's."""
        parts = {f"{self.base}-{part}": part for part in ["db", "proxy", "nlb"]}
        parts[self.users_function] = "users"
        if self.wanted["sync_in_vpc"]:
            parts[self.sync] = "target-sync"
        found = self.client("ec2").describe_security_groups(Filters=[{"Name": "group-name", "Values": list(parts)}])
        return {parts[group["GroupName"]]: group["GroupId"] for group in found["SecurityGroups"]}

    def identity(self):
        """What a database that was replaced would not have kept."""
        made = self.database["InstanceCreateTime"].isoformat()
        return [made, self.database["MasterUserSecret"]["SecretArn"], self.proxy["Endpoint"], self.service["ServiceId"]]

    def targets(self):
        """Address and port of each registered target."""
        health = self.client("elbv2").describe_target_health(TargetGroupArn=self.target_group["TargetGroupArn"])
        targets = [description["Target"] for description in health["TargetHealthDescriptions"]]
        return sorted((target["Id"], target["Port"]) for target in targets)

    def statements(self, role):
        """The statements of a role's own policies, by their Sid."""
        iam = self.client("iam")
        found = {}
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            found |= {statement["Sid"]: statement for statement in document["Statement"]}
        return found


def resources(module):
    found = list(module.get("resources", []))
    for inside in module.get("child_modules", []):
        found += resources(inside)
    return found
