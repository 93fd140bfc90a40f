"""The generated roots, and Terraform and `valet-rds` run on them as CI would."""

import concurrent.futures
import json
import os

from command import TODAY
from emulator import run
from plan import Plan


def both(roots, action):
    """Up to two of everything at a time, as there are cores."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return list(pool.map(action, roots))


class Root:
    """The root of a unit, or of what units share: `ENVIRONMENT/NAME`."""

    def __init__(self, story, name):
        self.story, self.name = story, name
        self.folder = story.workspace / "generated" / name
        self.environment = name.split("/")[0]
        self.tfplan = self.file("tfplan")

    def file(self, suffix):
        """A file or folder of this root's own, outside it."""
        return self.story.folder / f"{self.name.replace('/', '-')}.{suffix}"

    def terraform(self, command, *arguments):
        # By the agent the emulated AWS tells whose call it is.
        own = {"TF_DATA_DIR": str(self.file("data")), "TF_APPEND_USER_AGENT": f"proof/{command}"}
        # All that it and the provider say and hear, for `search.py`.
        own |= {"TF_LOG": "DEBUG", "TF_LOG_PATH": str(self.file("log"))}
        printed = self.file("printed")
        return run("terraform", command, *arguments, cwd=self.folder, env=os.environ | own, printed=printed)

    def init(self):
        self.terraform("init", "-backend-config=use_path_style=true")

    def apply(self):
        self.init()
        self.terraform("apply", "-auto-approve")

    def plan(self, *arguments):
        """Plans, and keeps the plan for `apply_plan`."""
        self.terraform("plan", f"-out={self.tfplan}", *arguments)
        text = self.terraform("show", "-json", self.tfplan)
        self.file("plan.json").write_text(text)
        return Plan(json.loads(text))

    def apply_plan(self):
        self.terraform("apply", self.tfplan)

    def state(self):
        return json.loads(self.terraform("show", "-json"))["values"]

    def destroy(self):
        self.terraform("destroy", "-auto-approve")


def refusal(action):
    """The words with which something fails that must fail."""
    try:
        action()
    except RuntimeError as error:
        return str(error)
    raise AssertionError("it did not fail")


class Story:
    """The workspace, and what is known of it so far: of each environment the state of its unit, the `identity` that its
    database went up with, and the `before`, its inventory before anything was retired. The servers of the databases are
    beside it."""

    def __init__(self, folder, valet_rds, servers):
        self.folder, self.valet_rds, self.servers = folder, valet_rds, servers
        self.workspace = folder / "workspace"
        self.shared = [Root(self, "dev3/_environment"), Root(self, "prod/_environment")]
        self.units = [Root(self, "dev3/orders"), Root(self, "prod/ledger")]
        self.namespaces = {"dev3": "orders", "prod": "ledger"}
        self.states, self.first, self.before = {}, {}, {}

    def valet(self, *arguments):
        command = [self.valet_rds, "--workspace", self.workspace, "--today", TODAY, *arguments]
        return run(*command, printed=self.folder / "valet-rds.printed")

    def generate(self):
        self.valet("generate")

    def edit(self, file, *replacements):
        """Replaces text of a file of the workspace, each of which must be there."""
        path = self.workspace / file
        text = path.read_text()
        for old, new in replacements:
            assert old in text, f"no {old!r} in {file}"
            text = text.replace(old, new)
        path.write_text(text)

    def rename(self, environment, namespace):
        self.namespaces[environment] = namespace
        self.units = [Root(self, f"{name}/{namespace}") for name, namespace in self.namespaces.items()]

    def retire(self, root, *options):
        """Has the next step of its retirement written into its config."""
        self.valet("retire", root.name, *options)

    def gate(self, root):
        """Has its plan looked at; an error when it may not be applied."""
        self.valet("gate", root.file("plan.json"))

    def diff(self, before):
        """What it says of each unit, against a copy of the workspace."""
        told = json.loads(self.valet("diff", "--base-dir", before, "--format", "json"))
        return {unit["unit"]: unit for unit in told["units"]}

    def calls(self):
        """What AWS was asked for, in its order."""
        return [json.loads(line) for line in (self.folder / "calls.jsonl").read_text().splitlines()]

    def note_states(self):
        self.states = {root.environment: root.state() for root in self.units}
