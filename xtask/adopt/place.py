"""A workspace in an AWS in which databases are that nobody has written a config for."""

import csv
import json
import os
import re

import world
import yaml
from command import lock_options, valet, well
from emulator import run
from found import BY_HAND, CLUSTERS, ENVIRONMENT, HELD, REFUSED, Found, OldRoot

SHARED = f"{ENVIRONMENT}/_environment"
# One of ours, made by this tool.
OURS = "mail"
OUR_CONFIG = """allocatedStorage: 60
backupRetentionPeriod: 14
databaseName: mail
deletionProtection: false
engineVersion: "16"
instanceClass: db.t4g.large
shortname: mail
username: app
"""


class Place:
    def __init__(self, folder, valet_rds):
        self.folder, self.valet_rds = folder, valet_rds
        self.workspace = folder / "workspace"
        self.calls = folder / "calls.jsonl"
        os.environ |= {"TF_CLI_ARGS_init": "-backend-config=use_path_style=true", "TF_IN_AUTOMATION": "1"}
        for config in self.workspace.glob("configs/*/*.yaml"):
            config.unlink()
        self.settle()
        self.found = Found(self.environment["network"])
        self.old = {name: OldRoot(folder, name, self.environment["network"]) for name in ("whole", "fleet")}
        (folder / ".gitignore").write_text("/*\n!/modules\n!/workspace\n.terraform/\n")
        run("git", "init", "--quiet", cwd=folder)

    def settle(self):
        """The workspace of one environment, whose owners let configs have everything."""
        path = self.workspace / "valet.yaml"
        world.make_world(path)
        document = yaml.safe_load(path.read_text())
        del document["environments"]["prod"]
        self.environment = document["environments"][ENVIRONMENT]
        topic = world.session(ENVIRONMENT).client("sns").create_topic(Name="alarms")["TopicArn"]
        del self.environment["clusters"]["gc-1-batch-ap-northeast-1"]
        self.environment |= {
            "adoptable": {"instances": ["*"], "secrets": ["*"]},
            "alarmTopicArn": topic,
        }
        path.write_text(yaml.safe_dump(document))

    # The command.

    def valet(self, *arguments, workspace=None):
        return valet(self.valet_rds, workspace or self.workspace, arguments, cwd=self.workspace)

    def ours(self, *arguments, **options):
        """One that has to go well."""
        return well(self.valet(*arguments, **options))

    def lock(self):
        self.ours("lock", *lock_options())

    def commit(self, message):
        run("git", "add", "--all", cwd=self.folder)
        author = ["-c", "user.name=place", "-c", "user.email=place@example.com"]
        run("git", *author, "commit", "--quiet", "--allow-empty", "--message", message, cwd=self.folder)

    def plan(self, *names, keep):
        units = [name if "/" in name else f"{ENVIRONMENT}/{name}" for name in names]
        return self.valet("plan", *units, "--out", self.folder / keep, "--parallel", "3", "--format", "json")

    def apply(self, keep):
        """What it says, and the calls that have changed something of RDS."""
        mark = self.mark()
        ran = self.valet("apply", "--plans", self.folder / keep, "--parallel", "4", "--format", "json")
        return ran, self.since(mark)

    def carry_out(self, *names, keep):
        """Plans and applies what has to go well: the plans, and the calls."""
        planned = self.plan(*names, keep=keep)
        assert planned.code == 0, planned
        applied, calls = self.apply(keep)
        assert applied.code == 0, applied
        return planned, calls

    def root(self, name):
        return self.workspace / "generated" / ENVIRONMENT / name

    # Configs.

    def config(self, name):
        return self.workspace / "configs" / ENVIRONMENT / f"{name}.yaml"

    def edit(self, name, *replacements):
        """Replaces text of a config, each of which must be there once."""
        path = self.config(name)
        text = path.read_text()
        for old, new in replacements:
            assert text.count(old) == 1, f"{old!r} in {path}:\n{text}"
            text = text.replace(old, new)
        path.write_text(text)

    def drop(self, name, key):
        """Takes a key below `adopt` out, with what is below that."""
        path = self.config(name)
        text, count = re.subn(rf"(?m)^  {key}:.*\n(?:    .*\n)*", "", path.read_text())
        assert count == 1, f"{key} in {path}"
        path.write_text(text)

    # The recorded calls.

    def mark(self):
        return len(self.calls.read_text().splitlines())

    def since(self, mark):
        """What Terraform has changed of RDS since then: operation, identifier, and what was asked for."""
        lines = [json.loads(line) for line in self.calls.read_text().splitlines()[mark:]]
        ours = [line for line in lines if "asked" in line and "Terraform" in line["agent"]]
        return [(line["operation"], subject(line["asked"]), line["asked"]) for line in ours]

    # Describing.

    def describe(self):
        """One folder with what the AWS CLI prints, a file with names, and what the older roots say of themselves."""
        folder = self.folder / "described"
        folder.mkdir(exist_ok=True)
        (folder / "instances.json").write_text(self.found.describe())
        for operation, key in [
            ("describe_db_clusters", "DBClusters"),
            ("describe_db_cluster_parameter_groups", "DBClusterParameterGroups"),
            ("describe_db_parameter_groups", "DBParameterGroups"),
            ("describe_db_subnet_groups", "DBSubnetGroups"),
        ]:
            (folder / f"{key}.json").write_text(self.found.describe(operation, key))
        for name, old in self.old.items():
            (self.folder / f"{name}.json").write_text(old.show())
        rows = [(identifier, namespace) for namespace, (identifier, _) in BY_HAND.items()]
        rows += [(identifier, namespace) for namespace, (_, identifier, _) in HELD.items()]
        rows += [(identifier, namespace) for namespace, (identifier, _, _) in CLUSTERS.items()]
        rows += [(identifier, identifier) for identifier in REFUSED]
        with open(self.folder / "names.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["identifier", "environment", "namespace", "shortname"])
            writer.writerows((identifier, ENVIRONMENT, namespace, namespace.replace("-", "")) for identifier, namespace in rows)

    def adopt(self, *options):
        old = [word for name in self.old for word in ("--old-root", self.folder / f"{name}.json")]
        names = ["--mapping", self.folder / "names.csv"]
        return self.valet("adopt", "--from-all", self.folder / "described", *names, *old, *options)


# How the ARNs of instances and clusters go on behind the account.
DATABASES = (":db:", ":cluster:")


def subject(asked):
    """The instance or the cluster that a call is about, or else whatever it names."""
    for name in ("DBInstanceIdentifier", "DBClusterIdentifier"):
        if name in asked:
            return asked[name]
    arn = asked.get("ResourceName", "")
    found = [arn.split(kind)[1] for kind in DATABASES if kind in arn]
    return found[0] if found else arn or next(iter(asked.values()), "")


def of_databases(calls):
    """The calls about instances and clusters: those that make, tag and change other things are left out."""
    operations = {f"{verb}DB{kind}" for verb in ("Create", "Modify", "Delete", "Reboot") for kind in ("Instance", "Cluster")}
    return [call for call in calls if call[0] in operations or any(kind in call[2].get("ResourceName", "") for kind in DATABASES)]
