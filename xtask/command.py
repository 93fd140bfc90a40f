"""The built command, as the proofs call it: on one day, with nothing to read, and with all that it says kept."""

import json
import os
import pathlib
import re
import subprocess

TODAY = "2026-11-01"


class Ran:
    """How it has ended."""

    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def document(self):
        return json.loads(self.out)

    def unit(self, name):
        """What became of a unit."""
        [unit] = [unit for unit in self.document["units"] if unit["unit"] == name]
        return unit

    def units(self):
        """What became of each unit, by its namespace."""
        return {one["unit"].split("/")[1]: one for one in self.document["units"]}

    def outcomes(self):
        return {name: one["outcome"] for name, one in self.units().items()}

    def __repr__(self):
        return f"exit code {self.code}\n{self.out}\n{self.err}"


def valet(valet_rds, workspace, arguments, cwd):
    """Runs it to its end, however that is."""
    command = [str(word) for word in (valet_rds, "--workspace", workspace, "--today", TODAY, *arguments)]
    return Ran(subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False))


def well(ran):
    """One that has to go well."""
    assert ran.code == 0, ran
    return ran


def lock_options():
    """What `lock` is told here: this platform, and the mirror that Terraform is told of, if it is."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    config = os.environ.get("TF_CLI_CONFIG_FILE")
    mirror = re.search(r'path\s*=\s*"([^"]+)"', pathlib.Path(config).read_text()) if config else None
    return ["--platform", f"linux_{machine}", *(["--mirror", mirror[1]] if mirror else [])]
