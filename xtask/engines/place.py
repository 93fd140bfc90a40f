"""A workspace with a database of each engine that the other proofs do not have, and the account that they are in."""

import functools
import json
import os

import world
from command import lock_options, valet, well
from emulator import run

ENVIRONMENT, ACCOUNT = "dev", "111111111111"
SHARED = f"{ENVIRONMENT}/_environment"
MYSQL, MARIADB, AURORA, SERVERLESS = (f"{ENVIRONMENT}/{name}" for name in ("shop", "wiki", "events", "stock"))
UNITS = [AURORA, MYSQL, MARIADB, SERVERLESS]
RESTORED = f"{ENVIRONMENT}/copy"
CLUSTER = "events-dev"


class Place:
    def __init__(self, folder, valet_rds):
        self.folder, self.valet_rds = folder, valet_rds
        self.workspace = folder / "workspace"
        os.environ |= {"TF_CLI_ARGS_init": "-backend-config=use_path_style=true"}
        world.make_bucket()
        vpc, subnets = world.network(self.session, 1, "ac")
        world.fill(self.workspace / "valet.yaml", {"vpc": vpc, "subnets": ", ".join(subnets.values())})
        (folder / ".gitignore").write_text("/*\n!/modules\n!/workspace\n.terraform/\n")
        run("git", "init", "--quiet", cwd=folder)
        self.ours("lock", *lock_options())
        self.ours("generate")
        self.commit()

    @functools.cached_property
    def session(self):
        return world.account_session(ACCOUNT)

    def client(self, service):
        return self.session.client(service)

    # The workspace.

    def valet(self, *arguments):
        return valet(self.valet_rds, self.workspace, arguments, cwd=self.workspace)

    def ours(self, *arguments):
        """One that has to go well."""
        return well(self.valet(*arguments))

    def config(self, unit):
        return self.workspace / f"configs/{unit}.yaml"

    def edit(self, unit, *replacements):
        path = self.config(unit)
        text = path.read_text()
        for old, new in replacements:
            assert text.count(old) == 1, f"{old!r} in {path}"
            text = text.replace(old, new)
        path.write_text(text)

    def commit(self):
        run("git", "add", "--all", cwd=self.folder)
        author = ["-c", "user.name=place", "-c", "user.email=place@example.com"]
        run("git", *author, "commit", "--quiet", "--allow-empty", "--message", "Change", cwd=self.folder)

    def review(self):
        """The roots of what was edited, and by unit what `diff` says of it."""
        self.ours("generate")
        said = self.ours("diff", "--base", "HEAD", "--format", "json").document
        self.commit()
        return {one["unit"]: one for one in said["units"]}

    def plan(self, stage, *units):
        """Plans, for `apply`: what happens to each resource of each root."""
        with Agent(f"plan/{stage}"):
            self.ours("plan", *(units or ["--all"]), "--out", self.kept(stage), "--parallel", "4")
        kept = [json.loads(path.read_text()) for path in self.kept(stage).rglob("plan.json")]
        return {one["unit"]: one["plan"] for one in kept}

    def apply(self, stage):
        with Agent(f"apply/{stage}"):
            self.ours("apply", "--plans", self.kept(stage), "--parallel", "4")

    def kept(self, stage):
        return self.folder / f"plans-{stage}"

    # What is there.

    def calls(self):
        return [json.loads(line) for line in (self.folder / "calls.jsonl").read_text().splitlines()]

    def outputs(self, unit):
        document = json.loads((self.workspace / f"generated/{unit}/outputs.json").read_text())
        return {name: output["value"] for name, output in document.items()}

    def cluster(self, identifier=CLUSTER):
        [found] = self.client("rds").describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"]
        return found

    def instances(self):
        """The resource id of each instance, by its identifier: another one is another instance."""
        found = self.client("rds").describe_db_instances()["DBInstances"]
        return {one["DBInstanceIdentifier"]: one["DbiResourceId"] for one in found}

    def writer(self):
        [writer] = [one["DBInstanceIdentifier"] for one in self.cluster()["DBClusterMembers"] if one["IsClusterWriter"]]
        return writer

    def open_window(self, unit):
        """The maintenance window of a database comes."""
        self.client("rds").modify_db_instance(DBInstanceIdentifier=f"{unit.split('/')[1]}-dev", ApplyImmediately=True)

    def targets(self):
        """By the proxy's endpoint that it is before: the addresses in each target group."""
        elb = self.client("elbv2")
        found = {}
        for group in elb.describe_target_groups()["TargetGroups"]:
            [told] = elb.describe_tags(ResourceArns=[group["TargetGroupArn"]])["TagDescriptions"]
            tags = {tag["Key"]: tag["Value"] for tag in told["Tags"]}
            health = elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"]
            found[tags["valet-rds:proxy-endpoint"]] = sorted(one["Target"]["Id"] for one in health)
        return found

    def synchronise(self):
        """The schedule of the environment's function comes."""
        answer = self.client("lambda").invoke(FunctionName=f"{ENVIRONMENT}_target-sync", Payload=b'{"trigger": "schedule"}')
        said = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, said
        return said


class Agent:
    """By it the emulated AWS tells for what it was called: by which command, at which stage."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        os.environ["TF_APPEND_USER_AGENT"] = f"engines/{self.name}"

    def __exit__(self, *_):
        del os.environ["TF_APPEND_USER_AGENT"]
