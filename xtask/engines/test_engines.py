"""What becomes of databases of MySQL, MariaDB and Aurora, of both kinds."""

import re

import policies
from place import AURORA, CLUSTER, MARIADB, MYSQL, SERVERLESS, SHARED, UNITS


def actions(planned):
    return {address: one["actions"] for address, one in planned["resources"].items()}


def is_empty(planned):
    return planned["resources"] == {} and planned["outputs"] == {} and planned["failedChecks"] == []


def kinds(planned):
    """What is planned for each resource of a module, whichever of its instances it is."""
    return {(re.sub(r"^module\.[a-z_]+\.|\[.*\]$", "", address), one) for address, one in actions(planned).items()}


def named(said):
    """The resources that `diff` names."""
    return {".".join(line["becomes"].split(".")[:2]) for line in said["lines"]}


def test_a_cluster_has_a_writer_and_a_reader(up, place):
    assert (up.cluster["Engine"], up.cluster["DeletionProtection"]) == ("aurora-postgresql", True)
    members = {one["DBInstanceIdentifier"]: one["PromotionTier"] for one in up.cluster["DBClusterMembers"]}
    assert members == {f"{CLUSTER}-1": 0, f"{CLUSTER}-2": 1}
    assert "StorageType" not in up.cluster
    # Every password is RDS's.
    assert ":secret:rds!cluster-" in up.cluster["MasterUserSecret"]["SecretArn"]


def test_the_others_are_of_their_engines_behind_proxies_of_their_family(up, place):
    rds = place.client("rds")
    engines = {one["DBInstanceIdentifier"]: one["Engine"] for one in rds.describe_db_instances()["DBInstances"]}
    families = {one["DBProxyName"]: one["EngineFamily"] for one in rds.describe_db_proxies()["DBProxies"]}
    assert (engines["shop-dev"], engines["wiki-dev"]) == ("mysql", "mariadb")
    assert families == {"events-dev-proxy": "POSTGRESQL"} | {f"{name}-dev-proxy": "MYSQL" for name in ("shop", "stock", "wiki")}


def test_a_serverless_cluster_has_the_capacity_that_its_config_says(up, changed, place):
    [writer] = place.cluster("stock-dev")["DBClusterMembers"]
    assert (writer["DBInstanceIdentifier"], writer["IsClusterWriter"]) == ("stock-dev-1", True)
    assert up.serverless["Engine"] == "aurora-mysql"
    assert up.serverless["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 4.0}
    scaled = place.cluster("stock-dev")["ServerlessV2ScalingConfiguration"]
    assert scaled == {"MinCapacity": 0.5, "MaxCapacity": 8.0}


def test_each_way_to_a_database_has_targets_and_readers_have_one_of_their_own(up):
    assert len(up.targets) == len(UNITS) + 1
    assert {len(addresses) for addresses in up.targets.values()} == {2}
    outputs = up.outputs[AURORA]
    reader, writer = outputs["read_only_proxy_endpoint"], outputs["proxy_endpoint"]
    assert ".endpoint.proxy-" in reader
    assert set(up.targets[reader]).isdisjoint(up.targets[writer])


def test_a_second_plan_of_every_root_is_empty(again):
    assert sorted(again) == sorted([SHARED, *UNITS])
    assert {unit: planned for unit, planned in again.items() if not is_empty(planned)} == {}


def test_a_living_database_gets_no_other_engine(refused):
    for unit, runs in refused.items():
        for ran in runs:
            assert ran.code == 1, ran
            assert "engine-changed" in ran.out + ran.err, unit


def test_what_diff_grades_in_place_is_planned_in_place(changed):
    assert {unit: one["grade"] for unit, one in changed.said.items()} == dict.fromkeys(UNITS, "in-place")
    for unit in UNITS:
        planned = kinds(changed.planned[unit])
        assert {address for address, _ in planned} == named(changed.said[unit]), unit
        assert {done for _, done in planned} <= {"create", "update"}, unit
    assert actions(changed.planned[AURORA])['module.aurora.aws_rds_cluster_instance.this["3"]'] == "create"


def test_every_database_is_the_one_that_it_was(changed):
    assert {name: changed.after[name] for name in changed.before} == changed.before
    assert set(changed.after) - set(changed.before) == {f"{CLUSTER}-3"}


def test_after_the_window_nothing_is_left_to_do(changed):
    assert {unit: planned for unit, planned in changed.again.items() if not is_empty(planned)} == {}


def test_a_failover_is_no_difference(failed_over):
    assert failed_over.over.writer == f"{CLUSTER}-3"
    assert is_empty(failed_over.over.planned)


def test_the_ways_keep_their_targets_through_it(failed_over, up):
    assert failed_over.targets == up.targets
    assert (failed_over.synchronised["groups"], failed_over.synchronised["failed"]) == (len(UNITS) + 1, 0)


def test_fewer_readers_take_away_the_last_one_alone_even_if_it_writes(failed_over, changed):
    assert {unit: one["grade"] for unit, one in failed_over.said.items()} == {AURORA: "replace"}
    assert actions(failed_over.planned[AURORA]) == {'module.aurora.aws_rds_cluster_instance.this["3"]': "delete"}
    assert failed_over.after == {name: id for name, id in changed.after.items() if name != f"{CLUSTER}-3"}
    assert failed_over.writer == f"{CLUSTER}-1"
    assert is_empty(failed_over.again)


def test_the_end_begins_with_the_protection_and_nothing_goes(retiring):
    for unit in UNITS:
        assert set(actions(retiring[unit]).values()) == {"update"}, unit


def test_all_of_them_end_and_leave_their_last_snapshots(retired, place):
    for unit in UNITS:
        assert set(actions(retired[unit]).values()) == {"delete"}, unit
    rds = place.client("rds")
    assert place.instances() == {} and rds.describe_db_clusters()["DBClusters"] == []
    assert rds.describe_db_proxies()["DBProxies"] == []
    alone = {one["DBInstanceIdentifier"]: one["Engine"] for one in rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]}
    assert alone == {"shop-dev": "mysql", "wiki-dev": "mariadb"}
    left = rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]
    assert {one["DBClusterIdentifier"]: one["Engine"] for one in left} == {CLUSTER: "aurora-postgresql", "stock-dev": "aurora-mysql"}
    for one in left:
        assert one["DBClusterSnapshotIdentifier"].startswith(f"{one['DBClusterIdentifier']}-final")


def test_a_cluster_is_made_of_a_snapshot_and_is_what_the_other_was(restored, up):
    for key in ("Engine", "MasterUsername", "DatabaseName", "StorageEncrypted"):
        assert restored.cluster[key] == up.cluster[key], key
    assert restored.cluster["DbClusterResourceId"] != up.cluster["DbClusterResourceId"]
    # Its password is RDS's, and not the one of the snapshot.
    assert ":secret:rds!cluster-" in restored.cluster["MasterUserSecret"]["SecretArn"]
    assert set(actions(restored.planned).values()) == {"create"}
    assert is_empty(restored.again)


def test_the_published_policies_allow_all_that_was_called_and_the_table_tells_what_only_this_calls(restored, place):
    called = policies.called(place.calls(), "engines/")
    reading = set().union(*(actions for stage, actions in called.items() if stage.startswith("plan/")))
    calls = reading.union(*called.values())
    assert len(reading) > 30
    assert reading - policies.FREE - policies.allowed("plan") == set()
    assert calls - policies.FREE - policies.allowed("plan", "apply", "apply-clusters") == set()
    table = policies.table()
    assert set(table["engines"]) - calls == set()
    # What is called is not said to be never called, but for what the other proof may not call either.
    assert set(table["uncalled"]) & calls == set()
