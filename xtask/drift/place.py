"""One database with everything around it, and what its environment shares, in an AWS in which somebody changes things by hand."""

import json
import os
import pathlib

import world
import yaml
from command import lock_options, valet, well
from emulator import run

ENVIRONMENT = "prod"
UNIT, SHARED = f"{ENVIRONMENT}/ledger", f"{ENVIRONMENT}/_environment"
# What the other proofs ask for besides.
NOT_HERE = ["appUser", "masterLogin", "waivers"]


class Place:
    def __init__(self, folder, valet_rds):
        self.folder, self.valet_rds = folder, valet_rds
        self.workspace = folder / "workspace"
        os.environ |= {"TF_CLI_ARGS_init": "-backend-config=use_path_style=true", "TF_IN_AUTOMATION": "1"}
        world.make_world(self.workspace / "valet.yaml")
        path = self.workspace / "valet.yaml"
        document = yaml.safe_load(path.read_text())
        del document["environments"]["dev3"]
        path.write_text(yaml.safe_dump(document))
        (self.workspace / "configs/dev3/orders.yaml").unlink()
        config = yaml.safe_load(self.config.read_text())
        self.config.write_text(yaml.safe_dump({key: value for key, value in config.items() if key not in NOT_HERE}))
        (folder / ".gitignore").write_text("/*\n!/modules\n!/workspace\n.terraform/\n")
        run("git", "init", "--quiet", cwd=folder)
        self.ours("lock", *lock_options())
        self.ours("generate")
        self.commit("Begin")

    @property
    def config(self):
        return self.workspace / f"configs/{UNIT}.yaml"

    def commit(self, message):
        run("git", "add", "--all", cwd=self.folder)
        author = ["-c", "user.name=place", "-c", "user.email=place@example.com"]
        run("git", *author, "commit", "--quiet", "--allow-empty", "--message", message, cwd=self.folder)

    def valet(self, *arguments):
        return valet(self.valet_rds, self.workspace, arguments, cwd=self.workspace)

    def ours(self, *arguments):
        """One that has to go well."""
        return well(self.valet(*arguments))

    def edit(self, old, new):
        """Replaces text of the config, and generates."""
        text = self.config.read_text()
        assert text.count(old) == 1, f"{old!r} in {text}"
        self.config.write_text(text.replace(old, new))
        self.ours("generate")

    def apply(self, stage):
        """Applies what was planned, and keeps what that has told."""
        self.ours("apply", "--plans", self.folder / stage)
        self.commit(stage)

    def plan(self, stage):
        """Plans everything, as every night: what `drift` says of it."""
        planned = self.valet("plan", "--all", "--out", self.folder / stage)
        assert planned.code in (0, 1), planned
        return self.drift("--plans", self.folder / stage)

    def show(self, stage, *options, unit=UNIT):
        """The plan of a root, as a pipeline without `valet-rds plan` would make it: a file."""
        root = self.workspace / "generated" / unit
        data = self.folder / f"{unit.replace('/', '-')}.terraform"
        environment = os.environ | {"TF_DATA_DIR": str(data)}
        if not data.exists():
            run("terraform", "init", "-input=false", "-lockfile=readonly", cwd=root, env=environment)
        plan = ["plan", "-input=false", "-lock=false", f"-out={data}/plan", *options]
        run("terraform", *plan, cwd=root, env=environment)
        text = run("terraform", "show", "-json", f"{data}/plan", cwd=root, env=environment)
        path = self.folder / f"{stage}.json"
        path.write_text(text)
        return path

    def keep(self, *names):
        """Records plans for the tests in Rust, when that is asked for, with the workspace that they are of."""
        if not os.environ.get("RECORD"):
            return
        fixtures = pathlib.Path(__file__).resolve().parents[2] / "fixtures/drift"
        for name in names:
            source = self.folder / name
            if source.is_dir():
                for path in source.glob("*/*/plan.json"):
                    target = fixtures / name / path.relative_to(source)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(path.read_text())
            else:
                fixtures.mkdir(parents=True, exist_ok=True)
                text = json.dumps(reduced(json.loads(source.read_text())), indent=1)
                (fixtures / name).write_text(f"{text}\n")
        for path in [self.workspace / "valet.yaml", self.config]:
            target = fixtures / "workspace" / path.relative_to(self.workspace)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text())

    def drift(self, *arguments):
        return self.valet("drift", *arguments, "--format", "json")

    # What is in AWS.

    def client(self, service):
        return world.session(ENVIRONMENT).client(service)

    def outputs(self):
        document = json.loads((self.workspace / f"generated/{UNIT}/outputs.json").read_text())
        return {name: output["value"] for name, output in document.items()}


# What is looked at for rules and policies of somebody else, and for what has grown.
LOOKED_AT = {
    "aws_db_instance",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_security_group",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
}


def reduced(plan):
    """A plan without what nothing here reads."""
    kept = ["format_version", "terraform_version", "applyable", "complete", "errored", "resource_drift"]
    configuration = plan["configuration"]
    calls = configuration["root_module"].get("module_calls", {})
    return {key: plan[key] for key in kept if key in plan} | {
        "planned_values": {"root_module": {}},
        "prior_state": {"values": {"root_module": standing(plan["prior_state"]["values"]["root_module"])}},
        "resource_changes": [quiet(change) for change in plan.get("resource_changes", [])],
        "configuration": {
            "provider_config": configuration["provider_config"],
            "root_module": {
                "module_calls": {
                    name: {"expressions": {key: value for key, value in call["expressions"].items() if "constant_value" in value}}
                    for name, call in calls.items()
                }
            },
        },
    }


def standing(module):
    resources = [one for one in module.get("resources", []) if one["type"] in LOOKED_AT]
    return {
        "resources": [{key: one[key] for key in one if key != "sensitive_values"} for one in resources],
        "child_modules": [standing(inside) for inside in module.get("child_modules", [])],
    }


def quiet(change):
    """What does nothing says no more than that."""
    if change["change"]["actions"] not in (["no-op"], ["read"]):
        return change
    named = {key: change[key] for key in ("address", "mode", "type", "name", "provider_name") if key in change}
    return named | {"change": {"actions": change["change"]["actions"]}}
