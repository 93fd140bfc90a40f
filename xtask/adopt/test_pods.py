"""The second step: a proxy, a load balancer and a role beside it, and a security group more on the instance, or on the cluster."""

import json

import yaml
from found import BY_HAND, CLUSTERS, ENVIRONMENT, HELD
from place import OUR_CONFIG, OURS, of_databases

IDENTIFIERS = {name: asked[0] for name, asked in (BY_HAND | CLUSTERS).items()} | {name: held[1] for name, held in HELD.items()}
# What every such call of the provider says besides, as it is.
ALWAYS = {
    "ModifyDBCluster": {"AllowMajorVersionUpgrade", "ApplyImmediately", "DBClusterIdentifier"},
    "ModifyDBInstance": {"ApplyImmediately", "DBInstanceIdentifier", "DeletionProtection"},
}


def led(grown):
    return [name for name in grown.names if name != OURS]


def test_diff_says_that_nothing_that_exists_is_touched(grown):
    assert grown.diff.code == 0, grown.diff
    told = {one["unit"].split("/")[1]: one["grade"] for one in grown.diff.document["units"]}
    assert told == {name: "in-place" for name in led(grown)}


def test_what_leads_to_it_is_made_and_the_database_only_gets_a_group(grown):
    assert grown.planned.code == 0, grown.planned
    for name in led(grown):
        counts = grown.planned.units()[name]["counts"]
        assert (counts["update"], counts["replace"], counts["delete"]) == (1, 0, 0), name
        assert counts["create"] > 15


def test_each_database_is_asked_once_and_only_for_one_security_group_more(place, grown):
    calls = [call for call in of_databases(grown.calls) if call[0] != "CreateDBInstance"]
    changes = {subject: (operation, asked) for operation, subject, asked in calls if operation in ALWAYS}
    assert sorted(subject for _, subject, _ in calls if subject != f"{OURS}-{ENVIRONMENT}") == sorted(
        IDENTIFIERS[name] for name in led(grown)
    )
    before = {one["DBInstanceIdentifier"]: one for one in json.loads(place.imported)["DBInstances"]}
    before |= {one["DBClusterIdentifier"]: one for one in json.loads(place.imported_clusters)["DBClusters"]}
    for name in led(grown):
        operation, asked = changes[IDENTIFIERS[name]]
        groups = {value for key, value in asked.items() if key.startswith("VpcSecurityGroupIds")}
        assert {key.split(".")[0] for key in asked} == ALWAYS[operation] | {"VpcSecurityGroupIds"}, asked
        assert asked["ApplyImmediately"] == "false"
        protection = str(before[IDENTIFIERS[name]]["DeletionProtection"]).lower()
        assert asked.get("DeletionProtection", protection) == protection
        had = {group["VpcSecurityGroupId"] for group in before[IDENTIFIERS[name]]["VpcSecurityGroups"]}
        assert had < groups and len(groups) == len(had) + 1


def test_a_role_in_the_way_fails_one_apply_with_words_and_the_next_one_goes_on(grown):
    outcomes = grown.applied.outcomes()
    assert outcomes == {name: "applied" for name in grown.names} | {"tokens": "failed"}
    assert "tokens-dev3-rds-proxy" in grown.applied.units()["tokens"]["failure"]["reason"]
    assert grown.freed.outcomes() == {"tokens": "planned"}


def test_the_proxies_log_in_with_the_secrets_that_are_there(place, grown):
    proxies = {one["DBProxyName"]: one["Auth"][0] for one in place.found.rds.describe_db_proxies()["DBProxies"]}
    for name in led(grown):
        secret = yaml.safe_load(place.config(name).read_text())["adopt"]["credentials"]["secretArn"]
        auth = proxies[f"{name}-{ENVIRONMENT}-proxy"]
        assert auth["SecretArn"] == secret
        assert auth["IAMAuth"] == ("REQUIRED" if name == "tokens" else "DISABLED")


def test_the_passwords_stay(place, grown):
    managed = place.found.one("billing-db")["MasterUserSecret"]["SecretArn"]
    assert managed in place.config("billing").read_text()
    for name in ("orders", "tokens", "warehouse"):
        assert "MasterUserSecret" not in place.found.one(IDENTIFIERS[name])


def test_the_plan_after_that_is_empty(grown):
    assert grown.again.outcomes() == {name: "unchanged" for name in grown.names}, grown.again


def test_a_database_that_this_tool_has_made_comes_back_as_the_same_config(place, grown):
    """In another workspace, as after its root and its state are lost: then its tags are taken off."""
    one = place.found.one(f"{OURS}-{ENVIRONMENT}")
    one["TagList"] = [tag for tag in one["TagList"] if not tag["Key"].startswith("valet-rds:")]
    file = place.folder / "mail.json"
    file.write_text(json.dumps({"DBInstances": [one]}, default=str))
    second = place.folder / "second"
    (second / "configs" / ENVIRONMENT).mkdir(parents=True)
    (second / "valet.yaml").write_text((place.workspace / "valet.yaml").read_text())
    place.ours("adopt", f"{ENVIRONMENT}/{OURS}", "--from", file, "--managed-secret", workspace=second)
    place.ours("check", workspace=second)
    config = yaml.safe_load((second / f"configs/{ENVIRONMENT}/{OURS}.yaml").read_text())
    adopt = config.pop("adopt")
    assert config.pop("proxy") == {"maxConnectionsPercent": 50}
    for waiver in config.pop("waivers", []):
        assert waiver["rule"] == "unprotected"
    assert config == yaml.safe_load(OUR_CONFIG)
    # No difference from what this tool makes, but who owns its groups and its password.
    assert adopt == {
        "credentials": {"secretArn": one["MasterUserSecret"]["SecretArn"], "kmsKeyArn": one["MasterUserSecret"]["KmsKeyId"]},
        "identifier": f"{OURS}-{ENVIRONMENT}",
        "majorVersion": "16",
        "parameterGroup": f"{OURS}-{ENVIRONMENT}-postgres16",
        "securityGroups": [group["VpcSecurityGroupId"] for group in one["VpcSecurityGroups"]],
    }


def test_with_the_tags_of_this_tool_it_is_refused(place, grown):
    file = place.folder / "ours.json"
    file.write_text(json.dumps({"DBInstances": [place.found.one(f"{OURS}-{ENVIRONMENT}")]}, default=str))
    ran = place.valet("adopt", f"{ENVIRONMENT}/other", "--from", file, "--report")
    assert ran.code == 1
    assert "a root of this tool has it already" in ran.err
