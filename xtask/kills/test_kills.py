"""Applies that are killed at random moments, with the real Terraform on an emulated AWS: nothing is lost, nothing is destroyed,
and the applies after them end right.

`cargo xtask kills` starts it: in the environment, VALET_RDS is the built command and PROOF_FOLDER a folder with the modules
and a workspace. KILLS is how often to kill, SEED says which random moments.
"""

import concurrent.futures
import json
import os
import pathlib
import random
import re
import subprocess

import boto3
import pytest
import world
from command import lock_options
from emulator import emulated_aws
from inventory import inventory
from victim import OTHERS, WAYS, Victim
from world import session

KILLS = int(os.environ.get("KILLS", "30"))
SEED = os.environ.get("SEED", "1")
ENVIRONMENT = "dev3"
# One is never killed: what it comes to is right.
SPARED = "spared"
UNITS = ["mail", "orders", "search", "audit"]
# Values that come one after the other: each is a change in place, at once or in the maintenance window.
EDITS = {
    "backupRetentionPeriod": [7, 14, 21, 28],
    "instanceClass": ["db.t4g.medium", "db.t4g.large", "db.t4g.medium", "db.t4g.large"],
    "passwordRotationDays": [7, 8, 9, 10],
}
CONFIG = "namespace: {0}\nshortname: {0}\nusername: app\n"


class Place:
    """A workspace in an AWS of its own."""

    def __init__(self, folder, valet_rds):
        self.folder, self.valet_rds = folder, valet_rds
        self.workspace = folder / "workspace"
        # What has happened to each root.
        self.stories = {}
        os.environ |= {"TF_CLI_ARGS_init": "-backend-config=use_path_style=true"}
        for config in self.workspace.glob("configs/*/*.yaml"):
            config.unlink()
        for name in [SPARED, *UNITS]:
            self.write(name, 0)
        world.make_world(self.workspace / "valet.yaml")
        subprocess.run(["git", "init", "--quiet"], cwd=self.workspace, check=True)
        self.lock()
        self.valet("generate")

    def valet(self, *arguments):
        victim = Victim(self.workspace, self.valet_rds, "none/none", self.folder)
        code, said = victim.valet(*arguments)
        assert code == 0, said

    def lock(self):
        self.valet("lock", *lock_options())

    def victim(self, name):
        victim = Victim(self.workspace, self.valet_rds, f"{ENVIRONMENT}/{name}", self.folder / f"plans-{name}")
        self.stories[name] = victim.story
        return victim

    def write(self, name, number):
        """Writes the config of a unit, after so many edits."""
        values = "".join(f"{key}: {values[number]}\n" for key, values in EDITS.items())
        (self.workspace / f"configs/{ENVIRONMENT}/{name}.yaml").write_text(values + CONFIG.format(name))

    def edit(self, name, number):
        self.write(name, number)
        # One at a time: each writes below the same folder.
        self.valet("generate")


@pytest.fixture(scope="module")
def place():
    folder = pathlib.Path(os.environ["PROOF_FOLDER"]).resolve()
    with emulated_aws(folder / "server.log"):
        yield Place(folder, pathlib.Path(os.environ["VALET_RDS"]).resolve())


def shape(name):
    """What AWS holds of a unit, as it would be called with another name: each thing once."""
    aws = session(ENVIRONMENT)
    found = [one for one in inventory(aws) if re.search(rf"\b{name}\b", one)]
    ec2, elb = aws.client("ec2"), aws.client("elbv2")
    groups = ec2.describe_security_groups()["SecurityGroups"]
    names = {group["GroupId"]: group["GroupName"] for group in groups}
    for group in groups:
        if not group["GroupName"].startswith(f"{name}-"):
            continue
        found.append(f"group {group['GroupName']}")
        for way in ["IpPermissions", "IpPermissionsEgress"]:
            for rule in group[way]:
                others = [names[pair["GroupId"]] for pair in rule["UserIdGroupPairs"]]
                found.append(f"{way} {group['GroupName']} {rule.get('FromPort')} {others}")
    for balancer in elb.describe_load_balancers()["LoadBalancers"]:
        if balancer["LoadBalancerName"].startswith(f"{name}-"):
            listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
            found += [f"listener {listener['Port']}" for listener in listeners]
    services = ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    mine = {"Key": "valet-rds:shortname", "Value": name}
    found += [f"endpoint service {one['ServiceState']}" for one in services if mine in one["Tags"]]
    return sorted(re.sub(rf"\b{name}\b", "NAME", one) for one in found)


def state(victim):
    """The addresses in a state, and whether somebody holds its lock."""
    s3 = boto3.client("s3", region_name=world.REGION)
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=world.STATE_BUCKET)["Contents"]]
    own = f"storage-valet-rds/{victim.environment}/{victim.name}/terraform.tfstate"
    text = json.loads(s3.get_object(Bucket=world.STATE_BUCKET, Key=own)["Body"].read())
    found = []
    for resource in text["resources"]:
        if resource["mode"] == "managed":
            for instance in resource["instances"]:
                assert "deposed" not in instance and instance.get("status") != "tainted", resource
                key = f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""
                module = f"{resource['module']}." if "module" in resource else ""
                found.append(f"{module}{resource['type']}.{resource['name']}{key}")
    return sorted(found), f"{own}.tflock" in keys


def is_right(victim, expected):
    """Everything is in the state, and nothing is left to do."""
    found, is_locked = state(victim)
    assert not is_locked
    assert found == expected
    for name in ["applied.json"] + ([] if victim.name == "_environment" else ["outputs.json"]):
        assert json.loads((victim.root / name).read_text()), name
    if victim.name != "_environment":
        # The window opens: whatever waits for it is done.
        rds = session(victim.environment).client("rds")
        rds.modify_db_instance(DBInstanceIdentifier=f"{victim.name}-{victim.environment}", ApplyImmediately=True)
    shown = victim.plans.with_name(f"again-{victim.name}")
    code, said = victim.valet("plan", victim.unit, "--out", shown)
    assert (code, "nothing to do" in said) == (0, True), said


def live(place, name, kills):
    """First made, then changed, and killed meanwhile so many times."""
    chance = random.Random(f"{SEED} {name}")
    victim = place.victim(name)
    victim.plan()
    everything = sorted(victim.reviewed)
    first = (kills + 1) // 2
    for number in range(first):
        # Most of an apply is waiting for the database: the last kill comes after that. Before it, nobody may go on alone.
        is_late = number == first - 1
        victim.kill(chance, WAYS if is_late else OTHERS, is_late)
    victim.finish()
    is_right(victim, everything)
    for number in range(1, len(EDITS["instanceClass"])):
        if victim.killed >= kills:
            break
        place.edit(name, number)
        victim.plan()
        while victim.killed < kills and not victim.is_applied():
            victim.kill(chance, WAYS)
        victim.finish()
        is_right(victim, everything)
    assert victim.killed >= kills


def test_killed_applies_end_right(place):
    shared = place.victim("_environment")
    chance = random.Random(f"{SEED} shared")
    shared.plan()
    everything = sorted(shared.reviewed)
    while shared.killed < KILLS // (len(UNITS) + 1) and not shared.is_applied():
        shared.kill(chance, OTHERS)
    shared.finish()
    is_right(shared, everything)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        spared = pool.submit(live, place, SPARED, 0)
        share, rest = divmod(KILLS - shared.killed, len(UNITS))
        each = [share + (number < rest) for number in range(len(UNITS))]
        killed = [pool.submit(live, place, name, count) for name, count in zip(UNITS, each)]
    print(json.dumps(place.stories, indent=1))
    for one in [spared, *killed]:
        one.result()
    right = shape(SPARED)
    for name in UNITS:
        assert shape(name) == right, name
    calls = [json.loads(line) for line in (place.folder / "calls.jsonl").read_text().splitlines()]
    deleted = {call["operation"] for call in calls if call["operation"].startswith("Delete")}
    assert not {one for one in deleted if "DBInstance" in one or "Proxy" in one or "LoadBalancer" in one}, deleted
