"""A generated workflow, run here: the commands of its jobs, in their order, with what the runner would put around them."""

import os
import pathlib
import re
import shutil
import subprocess

import yaml

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


class Job:
    """A job that has run: what its steps printed, what it told, and whether it failed."""

    def __init__(self):
        self.printed, self.outputs, self.failed = [], {}, None

    def text(self):
        return "\n".join(self.printed)


class Runner:
    """Runs the jobs of the workflows in a checkout. Artifacts are folders; programs of GitHub's are those in `programs`."""

    def __init__(self, folder, programs):
        self.folder, self.programs = folder, programs
        self.artifacts = folder / "artifacts"
        self.count = 0
        folder.mkdir(parents=True)

    def begin(self):
        """Begins another run of a workflow, which has no artifacts yet."""
        shutil.rmtree(self.artifacts, ignore_errors=True)
        self.artifacts.mkdir()

    def run(self, checkout, workflow, name, values, before=None, skip=lambda step: False):
        """Runs a job. `values` are those of the expressions that it uses; one that is missing is an error. `before` is called
        with each command before it runs; `skip` says of a step whether its condition keeps it from running."""
        document = yaml.safe_load((checkout / ".github/workflows" / workflow).read_text())
        spec = document["jobs"][name]
        job = Job()
        # Each job begins with a checkout of its own.
        subprocess.run(["git", "clean", "--quiet", "-fdx"], cwd=checkout, check=True)
        environment = self.environment(job, checkout, document, spec, values)
        for step in spec["steps"]:
            is_last_resort = "always()" in str(step.get("if", ""))
            if (job.failed and not is_last_resort) or skip(step):
                continue
            if "uses" in step:
                self.use(checkout, step, values)
                continue
            if before:
                before(step["run"])
            self.step(job, checkout, step["run"], environment | self.filled(step.get("env", {}), values))
        return job

    def environment(self, job, checkout, document, spec, values):
        self.count += 1
        own = {}
        for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"]:
            path = self.folder / f"{self.count}.{name}"
            path.touch()
            own[name] = str(path)
        own |= {"GITHUB_REPOSITORY": "city/monorepo", "GITHUB_ACTIONS": "true", "CI": "true"}
        own["PATH"] = f"{self.programs}:{os.environ['PATH']}"
        for env in [document.get("env", {}), spec.get("env", {})]:
            own |= self.filled(env, values)
        return os.environ | own

    def filled(self, env, values):
        return {name: self.fill(str(value), values) for name, value in env.items()}

    def fill(self, text, values):
        return EXPRESSION.sub(lambda found: values[found.group(1)], text)

    def step(self, job, checkout, script, environment):
        # Whatever is not ours stands in the environment, never in a script.
        assert not EXPRESSION.search(script), script
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        done = subprocess.run(
            command, cwd=checkout, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        job.printed.append(done.stdout + done.stderr + take(environment["GITHUB_STEP_SUMMARY"]))
        if done.returncode:
            job.failed = job.failed or script
        for line in take(environment["GITHUB_OUTPUT"]).splitlines():
            name, value = line.split("=", 1)
            job.outputs[name] = value

    def use(self, checkout, step, values):
        action = step["uses"].split("@")[0]
        options = self.filled(step.get("with", {}), values)
        if action == "actions/upload-artifact":
            self.upload(checkout, options)
        elif action == "actions/download-artifact":
            self.download(checkout, options)
        else:
            assert action in KNOWN, action

    def upload(self, checkout, options):
        to = self.artifacts / options["name"]
        shutil.rmtree(to, ignore_errors=True)
        for pattern in options["path"].split():
            for found in checkout.glob(pattern):
                # Of several paths the runner keeps what stands below the last folder without a star.
                base = checkout / pattern.split("*")[0]
                inner = found.relative_to(base) if "*" in pattern else ""
                if found.is_dir():
                    # Hidden files are left out, as the runner does.
                    shutil.copytree(found, to / inner, ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)
                else:
                    (to / inner).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(found, to / inner)

    def download(self, checkout, options):
        pattern = options.get("name") or options["pattern"]
        for found in sorted(self.artifacts.glob(pattern)):
            shutil.copytree(found, checkout / options["path"], dirs_exist_ok=True)


def take(path):
    """What stands in a file, which is empty from then on."""
    path = pathlib.Path(path)
    text = path.read_text()
    path.write_text("")
    return text


KNOWN = {"actions/checkout", "hashicorp/setup-terraform", "aws-actions/configure-aws-credentials"}
