"""Looks for passwords in all that is kept: files of the proof, the states and the logs of the emulated AWS, and what the servers of
the databases log."""

import io
import json
import urllib.parse
import zipfile

import boto3
from world import ENVIRONMENTS, REGION, STATE_BUCKET, session


def keep_states():
    """Has every state that there was be found, and not only the last one."""
    boto3.client("s3", region_name=REGION).put_bucket_versioning(
        Bucket=STATE_BUCKET, VersioningConfiguration={"Status": "Enabled"}
    )


def passwords(servers):
    """Every one that has been in a secret."""
    lines = (servers / "passwords").read_text().splitlines()
    return {json.loads(line) for line in lines}


def forms(password):
    """How it may stand in a text: as it is, as in JSON, as in Go's JSON, as in an address."""
    in_json = json.dumps(password)[1:-1]
    in_go = in_json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    # A plan of Terraform shows a text of JSON within JSON.
    twice = json.dumps(in_json)[1:-1]
    return [password, in_json, in_go, twice, urllib.parse.quote(password, safe="")]


def holds(content, wanted):
    """Whether any of the passwords stands in it, in any form."""
    # A pattern of all of them would take a hundred times as long.
    return any(form.encode() in content for each in wanted for form in forms(each))


def find(wanted, story):
    """Where a password stands: how it is called, and never which it is."""
    return sorted({name for name, content in everything(story) if holds(content, wanted)})


def everything(story):
    yield from files(story.folder)
    for log in story.servers.glob("*/log"):
        yield str(log), log.read_bytes()
    yield from objects()
    for environment in ENVIRONMENTS:
        yield from events(session(environment).client("logs"))


def files(folder):
    """All files below a folder, each without what it is packed in; not what is only linked there, the provider."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield from unpacked(str(path), path.read_bytes())


def unpacked(name, content):
    yield name, content
    # A plan of Terraform is an archive, with the state in it.
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from unpacked(f"{name}!{member}", archive.read(member))


def objects():
    """Every version of a state."""
    s3 = boto3.client("s3", region_name=REGION)
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=STATE_BUCKET):
        for each in page.get("Versions", []):
            found = s3.get_object(Bucket=STATE_BUCKET, Key=each["Key"], VersionId=each["VersionId"])
            yield f"s3://{STATE_BUCKET}/{each['Key']}", found["Body"].read()


def events(logs):
    for group in logs.describe_log_groups()["logGroups"]:
        name = group["logGroupName"]
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
            for event in page["events"]:
                yield name, event["message"].encode()
