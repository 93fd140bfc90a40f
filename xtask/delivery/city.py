"""A company's monorepo with a workspace in it, its clones, and what happens to them."""

import json
import os
import pathlib
import re
import shutil
import signal
import string
import threading
import time

import world
from command import TODAY, lock_options, valet, well
from emulator import run
from situations import Situations, replace
from workflow import Runner

UNITS = {
    "dev3": ["orders", "payments", "archive", "search", "mail", "audit"],
    "prod": ["orders", "payments", "search", "mail", "audit", "ledger"],
}
WORKSPACE = "platform/databases"
# What is made in a minute.
DATABASE, BALANCER = "module.rds.aws_db_instance.this", "module.nlb.aws_lb.this"
TERRAFORM = "-backend-config=use_path_style=true"


class City:
    def __init__(self, folder, valet_rds):
        self.folder, self.valet_rds = folder, valet_rds
        self.origin = folder / "origin.git"
        self.clone = folder / "clone"
        self.workspace = self.clone / WORKSPACE
        self.programs = folder / "programs"
        self.runner = Runner(folder / "runner", self.programs)
        # Terraform and `valet-rds` as each job of a pipeline would have them.
        os.environ |= {"TF_CLI_ARGS_init": TERRAFORM, "VALET_TODAY": TODAY, "GIT_CONFIG_GLOBAL": str(folder / "gitconfig")}
        (folder / "gitconfig").write_text(
            "[user]\n name = city\n email = city@example.com\n[init]\n defaultBranch = main\n"
        )

    # The repository.

    def git(self, *arguments, cwd=None):
        return run("git", *arguments, cwd=cwd or self.clone).strip()

    def found(self):
        """A monorepo with an empty workspace, its lock file and its pipeline."""
        self.programs.mkdir()
        self.valet_rds = shutil.copy(self.valet_rds, self.programs / "valet-rds")
        github(self.programs, self.folder / "github.jsonl")
        run("git", "init", "--quiet", "--bare", self.origin, cwd=self.folder)
        run("git", "clone", "--quiet", self.origin, self.clone, cwd=self.folder)
        shutil.copytree(self.folder / "modules", self.clone / "platform/modules")
        self.workspace.mkdir(parents=True)
        shutil.copy(self.folder / "workspace/valet.yaml", self.workspace / "valet.yaml")
        world.make_world(self.workspace / "valet.yaml")
        for environment in UNITS:
            (self.workspace / "configs" / environment).mkdir(parents=True)
            (self.workspace / "configs" / environment / ".gitkeep").touch()
        (self.clone / ".gitignore").write_text(".terraform/\nvalet-plans/\npages/\ncomment.md\n")
        self.ours("lock", *lock_options())
        self.ours("generate")
        self.ours("ci", "github")
        self.commit("Begin")
        self.git("push", "--quiet", "origin", "main")

    def switch(self, branch):
        """Leaves everything for a branch that begins at the main one, or for that itself."""
        self.git("switch", "--quiet", "--discard-changes", "main")
        if branch != "main":
            self.git("switch", "--quiet", "--create", branch)

    def commit(self, message):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)

    def merge(self, branch):
        self.git("switch", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "--no-edit", branch)
        self.git("push", "--quiet", "origin", "main")

    # The workspace.

    def valet(self, *arguments):
        return valet(self.valet_rds, self.workspace, arguments, cwd=self.clone)

    def ours(self, *arguments):
        """One that has to go well."""
        return well(self.valet(*arguments))

    def config(self, unit):
        return self.workspace / "configs" / f"{unit}.yaml"

    def root(self, unit):
        return self.workspace / "generated" / unit

    def ask_for_databases(self):
        for environment, names in UNITS.items():
            for name in names:
                lines = [
                    "backupRetentionPeriod: 7",
                    "instanceClass: db.t4g.medium",
                    "maintenanceWindow: Tue:01:00-Tue:02:00",
                    f"namespace: {name}",
                    f"shortname: {name}",
                    "username: app",
                ]
                self.config(f"{environment}/{name}").write_text("\n".join(lines) + "\n")
        self.ours("generate")

    def edit(self, unit, *replacements):
        """Replaces text of a config, each of which must be there, and generates."""
        for old, new in replacements:
            replace(self.config(unit), old, new)
        self.ours("generate")

    def plan(self, *which, keep):
        return self.valet("plan", *which, "--out", self.folder / keep, "--parallel", "4", "--format", "json")

    # The pipeline.

    def review(self):
        """The jobs of a pull request, on the commit that merges it."""
        branch = self.git("branch", "--show-current")
        self.git("switch", "--quiet", "--detach", "main")
        self.git("merge", "--quiet", "--no-ff", "--no-edit", branch)
        event = {"github.event.merge_group.base_sha || 'HEAD^1'": "HEAD^1", "github.token": "t"}
        event |= {"github.event.pull_request.number": "7"}
        self.runner.begin()
        jobs = {"review": self.job("review", "review", event)}
        for environment in UNITS:
            for one in json.loads(jobs["review"].outputs.get(environment, "[]")):
                name = f"plan-{environment}"
                jobs[f"{name} {one['units']}"] = self.job("review", name, event | {"matrix.job": str(one["job"]), "matrix.units": one["units"]})
        jobs["comment"] = self.job("review", "comment", event)
        results = " ".join("failure" if job.failed else "success" for job in jobs.values())
        jobs["verdict"] = self.job("review", "verdict", event | {"join(needs.*.result, ' ')": results})
        self.git("switch", "--quiet", branch)
        return jobs

    def apply(self, stop=None):
        """The jobs after a merge. The apply in the environment `stop` is told to stop while it works, and run again."""
        self.git("fetch", "--quiet", "origin")
        self.runner.begin()
        event = {"github.token": "t", "secrets.VALET_RDS_TOKEN || github.token": "t"}
        jobs = {"units": self.job("apply", "units", event)}
        failed = False
        for environment in UNITS:
            units = json.loads(jobs["units"].outputs[environment])
            if not units or failed:
                continue
            first = {f"fromJSON(needs.units.outputs.{environment})[0].units": units[0]["units"]}
            jobs[f"plan-{environment}"] = self.job("apply", f"plan-{environment}", event | first)
            if environment == stop:
                jobs["stopped"] = self.stopped(environment, event)
            jobs[f"apply-{environment}"] = job = self.job("apply", f"apply-{environment}", event)
            failed = bool(job.failed or jobs[f"plan-{environment}"].failed)
        jobs["handoff"] = self.job("apply", "handoff", event, skip=lambda step: is_out(step, jobs))
        # Its pull request is merged.
        self.git("fetch", "--quiet", "--prune", "origin")
        self.git("switch", "--quiet", "--discard-changes", "main")
        self.git("merge", "--quiet", "--no-ff", "--no-edit", "valet-rds-handoff")
        self.git("push", "--quiet", "origin", "main")
        self.git("branch", "--quiet", "--delete", "--force", "valet-rds-handoff")
        return jobs

    def stopped(self, environment, event):
        """An apply whose runner is told to end, as when somebody cancels it."""

        def end(_):
            def wait():
                # In the middle of databases, and of nothing that AWS makes at once: cut short, that may be there and in no
                # state, as the apply then says.
                seconds = 0
                while seconds < 3:
                    time.sleep(1)
                    seconds = seconds + 1 if self.waits_for_databases(environment) else 0
                for process in pathlib.Path("/proc").glob("[0-9]*"):
                    if is_run_of(process, self.programs / "valet-rds", "apply"):
                        os.kill(int(process.name), signal.SIGTERM)

            threading.Thread(target=wait, daemon=True).start()

        return self.job("apply", f"apply-{environment}", event, before=end)

    def waits_for_databases(self, environment):
        """Whether every unit that is being applied waits for its database, and for nothing that is quicker than that."""
        plans = self.clone / "valet-plans" / environment
        journals = [path for path in plans.glob("*/apply.jsonl") if path.parent.name != "_environment"]
        flights = [in_flight(path) for path in journals]
        return bool(flights) and all(DATABASE in flight and flight <= {DATABASE, BALANCER} for flight in flights)

    def occupy(self, role):
        """Somebody else has a role of this name in dev3: nobody can make another."""
        policy = json.dumps({"Version": "2012-10-17", "Statement": []})
        world.session("dev3").client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=policy)

    def free(self, role):
        world.session("dev3").client("iam").delete_role(RoleName=role)

    def job(self, workflow, name, values, **options):
        file = {"review": "valet-rds-platform-databases.yml", "apply": "valet-rds-platform-databases-apply.yml"}[workflow]
        return self.runner.run(self.clone, file, name, values, **options)

    def situations(self):
        return Situations(self).plan()


def in_flight(journal):
    """The addresses that a journal says to have been begun and not ended."""
    begun = set()
    # The last line may still be written.
    for line in journal.read_text().splitlines(keepends=True):
        entry = json.loads(line) if line.endswith("\n") else {}
        address = entry.get("hook", {}).get("resource", {}).get("addr")
        if entry.get("type") == "apply_start":
            begun.add(address)
        elif entry.get("type") in ("apply_complete", "apply_errored"):
            begun.discard(address)
    return begun


def is_run_of(process, program, verb):
    """Whether a process, by its folder below /proc, is this command of a program."""
    try:
        return (process / "exe").samefile(program) and verb.encode() in (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def is_out(step, jobs):
    """Whether a step waits for a job that has not gone well."""
    found = re.search(r"needs\.(\S+)\.result == 'success'", step.get("if", ""))
    return bool(found) and (found[1] not in jobs or bool(jobs[found[1]].failed))


def github(programs, log):
    """What stands in for GitHub's own program: it writes down what it is asked, and knows of no pull request and no comment
    but what it was told."""
    script = string.Template(
        """#!/usr/bin/env python3
import json, pathlib, sys
log = pathlib.Path("$log")
words = sys.argv[1:]
known = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
body = next((word[len("body=@"):] for word in words if word.startswith("body=@")), None)
entry = {"words": words, "body": pathlib.Path(body).read_text() if body else None}
if words[:1] == ["api"] and "--paginate" in words and any("POST" in one["words"] for one in known):
    print(1)
if words[:2] == ["pr", "list"]:
    print(0)
with log.open("a") as file:
    file.write(json.dumps(entry) + "\\n")
"""
    )
    path = programs / "gh"
    path.write_text(script.substitute(log=log))
    path.chmod(0o755)
