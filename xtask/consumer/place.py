"""Two accounts, one with databases and one with a cluster, and the workspace that leads from one to the other."""

import functools
import json
import os
import subprocess

import world
from command import lock_options, valet

ENVIRONMENT = "dev"
DATABASES, CLUSTER = "111111111111", "222222222222"
ROOT = f"{ENVIRONMENT}/_cluster-apps"
# The one that goes.
UNIT = f"{ENVIRONMENT}/ledger"
# The letters of the zones of both networks. What they share is `c`; the cluster has two subnets there.
ZONES = {DATABASES: "ac", CLUSTER: "dcc"}
SHARED_ZONE = "c"
# Another cluster in the same VPC, and its pods.
SECOND = """\
      jobs:
        oidcIssuer: https://oidc.eks.ap-northeast-1.amazonaws.com/id/EXAMPLE0A1B2C3D4E5F60718EXAMPLE
        principalArns: ["arn:aws:iam::222222222222:root"]
        sharesConsumerOf: apps
"""


class Place:
    def __init__(self, folder, valet_rds):
        self.folder, self.valet_rds = folder, valet_rds
        self.workspace = folder / "workspace"
        os.environ |= {"TF_CLI_ARGS_init": "-backend-config=use_path_style=true"}
        world.make_bucket()
        found = {}
        for name, account in [("database", DATABASES), ("cluster", CLUSTER)]:
            vpc, subnets = self.network(account)
            found |= {f"{name}_vpc": vpc, f"{name}_subnets": ", ".join(subnets)}
        self.vpc = found["cluster_vpc"]
        self.subnets = found["cluster_subnets"].split(", ")
        # A private zone answers in no other VPC (Route 53 developer guide, "Private hosted zones").
        for attribute in ["EnableDnsSupport", "EnableDnsHostnames"]:
            self.client(CLUSTER, "ec2").modify_vpc_attribute(VpcId=self.vpc, **{attribute: {"Value": True}})
        world.fill(self.workspace / "valet.yaml", found)
        subprocess.run(["git", "init", "--quiet"], cwd=self.workspace, check=True)
        self.lock()
        self.ours("generate")

    def network(self, account):
        ec2 = self.client(account, "ec2")
        number = int(account[0])
        vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{number}.{third}.0/24", AvailabilityZone=f"{world.REGION}{zone}")
            for third, zone in enumerate(ZONES[account])
        ]
        return vpc, [subnet["Subnet"]["SubnetId"] for subnet in subnets]

    @functools.cache
    def session(self, account):
        return world.account_session(account)

    def client(self, account, service):
        return self.session(account).client(service)

    # The workspace.

    def lock(self):
        self.ours("lock", *lock_options())

    def valet(self, *arguments):
        """Its exit code, and all that it said."""
        ran = valet(self.valet_rds, self.workspace, arguments, cwd=self.workspace)
        return ran.code, ran.out + ran.err

    def ours(self, *arguments):
        """One that has to go well."""
        code, said = self.valet(*arguments)
        assert code == 0, said
        return said

    def refused(self, *arguments):
        """What one says that must not go well."""
        code, said = self.valet(*arguments)
        assert code in (1, 2), said
        return said

    def file(self, name):
        return self.workspace / name

    def edit(self, name, old, new):
        text = self.file(name).read_text()
        assert text.count(old) == 1, f"{old!r} in {name}"
        self.file(name).write_text(text.replace(old, new))

    def main(self):
        """What the consumer root says."""
        return self.file(f"generated/{ROOT}/main.tf").read_text()

    def plan(self, stage, *which):
        """Plans, for `apply`: what happens to each resource of each root."""
        self.ours("plan", *(which or ["--all"]), "--out", self.kept(stage), "--parallel", "4")
        return self.planned(stage)

    def planned(self, stage):
        found = {}
        for path in self.kept(stage).rglob("plan.json"):
            reviewed = json.loads(path.read_text())
            found[reviewed["unit"]] = reviewed["plan"]
        return found

    def apply(self, stage):
        """By the agent the emulated AWS tells in which stage it was called."""
        os.environ["TF_APPEND_USER_AGENT"] = f"stage/{stage}"
        return self.ours("apply", "--plans", self.kept(stage), "--parallel", "4")

    def kept(self, stage):
        return self.folder / f"plans-{stage}"

    def told(self, stage, unit):
        """When Terraform told something of its apply, in its order."""
        lines = (self.kept(stage) / unit / "apply.jsonl").read_text().splitlines()
        return [json.loads(line)["@timestamp"] for line in lines]

    # What is there.

    def calls(self, stage):
        """The operations that were called while a stage was applied, each once, in the order of their first calls."""
        return [operation for agent, operation in self.all_calls() if f"stage/{stage}" in agent.split()]

    def all_calls(self):
        lines = (self.folder / "calls.jsonl").read_text().splitlines()
        calls = [json.loads(line) for line in lines]
        return [(call["agent"], call["operation"]) for call in calls]

    def outputs(self, unit):
        document = json.loads(self.file(f"generated/{ENVIRONMENT}/{unit}/outputs.json").read_text())
        return {name: output["value"] for name, output in document.items()}

    def endpoints(self):
        """The living endpoints of the cluster's account, by the names of their services."""
        found = self.client(CLUSTER, "ec2").describe_vpc_endpoints()["VpcEndpoints"]
        return {one["ServiceName"]: one for one in found if one["State"] == "available"}

    def services(self):
        found = self.client(DATABASES, "ec2").describe_vpc_endpoint_service_configurations()
        return {one["ServiceName"]: one for one in found["ServiceConfigurations"]}

    def zones(self):
        """The names of the zones that answer in the cluster's VPC, each with its id."""
        route53 = self.client(CLUSTER, "route53")
        found = route53.list_hosted_zones_by_vpc(VPCId=self.vpc, VPCRegion=world.REGION)["HostedZoneSummaries"]
        return {zone["Name"].rstrip("."): zone["HostedZoneId"] for zone in found}

    def resolve(self, host):
        """The endpoint that a pod reaches by a name: the alias of the most special zone, followed to whose name it is."""
        ec2, route53 = self.client(CLUSTER, "ec2"), self.client(CLUSTER, "route53")
        for attribute in ["enableDnsSupport", "enableDnsHostnames"]:
            said = ec2.describe_vpc_attribute(VpcId=self.vpc, Attribute=attribute)
            assert said[attribute[0].upper() + attribute[1:]]["Value"], attribute
        zones = {name: id for name, id in self.zones().items() if host == name or host.endswith(f".{name}")}
        if not zones:
            return None
        records = route53.list_resource_record_sets(HostedZoneId=zones[max(zones, key=len)])["ResourceRecordSets"]
        [record] = [one for one in records if (one["Name"].rstrip("."), one["Type"]) == (host, "A")]
        alias = record["AliasTarget"]
        # By its own name, which stands first: that of a zone goes with the zone.
        names = {(one["DnsEntries"][0]["DnsName"], one["DnsEntries"][0]["HostedZoneId"]): one for one in self.endpoints().values()}
        return names.get((alias["DNSName"].rstrip("."), alias["HostedZoneId"]))
