"""An apply that is killed, and applies after it until one ends well."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from command import TODAY
from world import session

# How it ends: everything at once, as when a machine dies; whoever runs Terraform, which goes on; Terraform alone, as when memory is
# short; a job that is cancelled; a key at a terminal.
WAYS = ["machine", "machine", "machine", "runner", "terraform", "cancelled", "terminal"]
OTHERS = [way for way in WAYS if way != "runner"]


class Victim:
    """A root that is applied."""

    def __init__(self, workspace, valet_rds, unit, plans):
        self.workspace, self.valet_rds, self.unit = workspace, valet_rds, unit
        self.environment, self.name = unit.split("/")
        self.root = workspace / "generated" / unit
        self.plans = plans
        self.kept = plans / unit
        # What has happened, line by line, and how often it was killed.
        self.story, self.killed = [], 0

    def command(self, *arguments):
        command = [self.valet_rds, "--workspace", self.workspace, "--today", TODAY, *arguments]
        return [str(word) for word in command]

    def valet(self, *arguments):
        done = subprocess.run(
            self.command(*arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=self.workspace, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def plan(self):
        shutil.rmtree(self.plans, ignore_errors=True)
        code, said = self.valet("plan", self.unit, "--out", self.plans)
        assert code == 0, said
        self.reviewed = json.loads((self.kept / "plan.json").read_text())["plan"]["resources"]

    # Killing.

    def kill(self, random, ways, late=False):
        """Begins an apply and ends it in one of these ways, at a random moment: mostly after so many things that Terraform tells
        of, and now and then before that."""
        way = random.choice(ways)
        before = self.told()
        process = subprocess.Popen(
            self.command("apply", "--plans", self.plans),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.workspace,
            start_new_session=True,
        )
        begin, clock = time.monotonic(), time.time()
        if random.random() < 0.2 and not late:
            self.wait(process, begin + random.uniform(0, 20))
        else:
            wanted = random.randint(38, 50) if late else random.randint(0, 30)
            while process.poll() is None and not self.is_applying(clock):
                time.sleep(0.01)
            limit = time.monotonic() + (240 if late else 20)
            while process.poll() is None and time.monotonic() < limit and self.told(before) < wanted:
                time.sleep(0.01)
            self.wait(process, min(limit, time.monotonic() + random.uniform(0, 0.5)))
        if process.poll() is None:
            self.end(process, way)
            self.killed += 1
            self.story.append(f"{way} after {time.monotonic() - begin:.1f} s and {self.told(before)} events")
        else:
            self.story.append(f"ended by itself with {process.returncode}")

    def is_applied(self):
        return (self.kept / "applied").exists()

    def wait(self, process, until):
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)

    def is_applying(self, since):
        """Whether Terraform has begun to apply since then."""
        path = self.kept / "apply.jsonl"
        return path.exists() and path.stat().st_mtime >= since

    def told(self, before=0):
        """How many things the journals tell of, without those of before."""
        lines = 0
        for name in ["interrupted.jsonl", "apply.jsonl"]:
            path = self.kept / name
            try:
                text = path.read_text(errors="replace")
            except FileNotFoundError:
                continue
            lines += text.count('"type":"apply_start"') + text.count('"type":"apply_complete"')
        return lines - before

    def below(self):
        """Every process of this apply: what Terraform keeps is in its folder, and it gives that on to its providers."""
        mark = f"TF_DATA_DIR={self.plans}/".encode()
        found = []
        for folder in pathlib.Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and mark in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
        return found

    def end(self, process, way):
        if way == "cancelled":
            process.terminate()
        elif way == "terminal":
            os.killpg(process.pid, signal.SIGINT)
        elif way == "runner":
            process.kill()
        else:
            victims = self.below() + ([process.pid] if way == "machine" else [])
            # All at once: nobody sees another one end.
            for number in [signal.SIGSTOP, signal.SIGKILL]:
                for victim in victims:
                    try:
                        os.kill(victim, number)
                    except ProcessLookupError:
                        pass
        process.wait(timeout=120)

    # Going on.

    def finish(self):
        """Applies until that ends well, and does what it asks for by hand."""
        for _ in range(8):
            code, said = self.valet("apply", "--plans", self.plans)
            if code == 0:
                self.story.append("applied")
                return
            self.story.append(said.strip())
            if "is still at work" in said:
                continue
            asked = re.findall(r"terraform import '([^']+)' '([^']+)'", said)
            assert asked, "\n".join(self.story)
            for address, known in asked:
                self.take_up(address, known)
        raise AssertionError("\n".join(self.story))

    def take_up(self, address, known):
        """What a person does who is told to look for something and to import it."""
        found = known if known != "ID" else self.find(address)
        self.story.append(f"by hand: {address} is {found}")
        if found is None:
            code, said = self.valet("apply", "--plans", self.plans, "--accept", self.unit)
            assert code == 0, said
            return
        own = {"TF_DATA_DIR": str(self.kept / ".terraform")}
        command = ["terraform", "import", address, found]
        done = subprocess.run(command, cwd=self.root, env=os.environ | own, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def find(self, address):
        kind = address.split("[")[0].split(".")[-2]
        aws = session(self.environment)
        if kind == "aws_vpc_endpoint_service":
            found = aws.client("ec2").describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
            names = {one["ServiceId"]: one.get("Tags", []) for one in found}
            mine = [id for id, tags in names.items() if {"Key": "valet-rds:shortname", "Value": self.name} in tags]
            return mine[0] if mine else None
        if kind.startswith("aws_vpc_security_group_"):
            return self.rule(aws.client("ec2"), address)
        if kind == "aws_iam_openid_connect_provider":
            found = [one["Arn"] for one in aws.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]]
            [rest] = [arn for arn in found if arn not in (self.kept / "interrupted.jsonl").read_text()]
            return rest
        if kind == "aws_scheduler_schedule":
            return f"default/{self.environment}_target-sync"
        raise AssertionError(f"nobody should have to look for {address}")

    def rule(self, ec2, address):
        """The rule that no other address has."""
        groups = [f"{self.name}-{self.environment}-{part}" for part in ["db", "proxy", "nlb"]]
        found = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": groups}])["SecurityGroups"]
        ids = [group["GroupId"] for group in found]
        rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": ids}])["SecurityGroupRules"]
        known = (self.kept / "interrupted.jsonl").read_text()
        is_egress = "_egress_" in address
        rest = [rule["SecurityGroupRuleId"] for rule in rules if rule["IsEgress"] == is_egress and rule["SecurityGroupRuleId"] not in known]
        assert len(rest) == 1, f"{address}: {rules}"
        return rest[0]
