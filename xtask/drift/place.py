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
        """Plans and applies everything, and keeps what that has told."""
        self.valet("plan", "--all", "--out", self.folder / stage)
        self.ours("apply", "--plans", self.folder / stage)
        self.commit(stage)

    def judge(self, stage):
        """Plans everything, and asks what was changed outside."""
        self.valet("plan", "--all", "--out", self.folder / stage)
        return self.drift("--plans", self.folder / stage)

    def show(self, stage, unit=UNIT):
        """The plan of a root, as a pipeline without `valet-rds plan` would make it: a file."""
        root = self.workspace / "generated" / unit
        data = self.folder / f"{stage}.terraform"
        environment = os.environ | {"TF_DATA_DIR": str(data)}
        run("terraform", "init", "-input=false", "-lockfile=readonly", cwd=root, env=environment)
        run("terraform", "plan", "-input=false", "-lock=false", f"-out={data}/plan", cwd=root, env=environment)
        text = run("terraform", "show", "-json", f"{data}/plan", cwd=root, env=environment)
        path = pathlib.Path(self.folder / f"{stage}.json")
        path.write_text(text)
        return path

    def drift(self, *arguments):
        return self.valet("drift", *arguments, "--format", "json")

    # What is in AWS.

    def client(self, service):
        return world.session(ENVIRONMENT).client(service)

    def outputs(self):
        document = json.loads((self.workspace / f"generated/{UNIT}/outputs.json").read_text())
        return {name: output["value"] for name, output in document.items()}
