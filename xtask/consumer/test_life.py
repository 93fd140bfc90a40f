"""What becomes of the way: nothing, until a database comes or goes."""

from place import CLUSTER, DATABASES, ENVIRONMENT, ROOT, UNIT

MODULE = "module.endpoint_consumer"
ROOTS = ["_cluster-apps", "_environment", "ledger", "orders", "search"]
KINDS = ["aws_route53_record", "aws_route53_zone", "aws_vpc_endpoint"]


def of(shortname):
    """The addresses of all that leads to one database."""
    return [f'{MODULE}.{kind}.this["{shortname}"]' for kind in KINDS]


def actions(planned):
    return {address: one["actions"] for address, one in planned["resources"].items()}


def is_empty(planned):
    return planned["resources"] == {} and planned["outputs"] == {} and planned["failedChecks"] == []


def test_before_the_databases_there_is_nothing_to_make_and_the_root_says_so(up):
    for unit in ["ledger", "orders"]:
        assert f"# No endpoint yet for dev/{unit}: its outputs are not known before its apply." in up.before
    assert is_empty(up.planned[ROOT])


def test_the_outputs_alone_change_the_root(told, place):
    assert "No endpoint yet" not in place.main()
    assert f"generated/{ROOT}\n" in told.said and "0 created, 1 updated, 0 removed" in told.said
    planned = actions(told.planned)
    assert set(planned.values()) == {"create"}
    assert sorted(one for one in planned if ".this[" in one and "security_group" not in one) == sorted(of("ledger") + of("orders"))


def test_a_second_plan_of_every_root_is_empty(again):
    assert sorted(again) == [f"{ENVIRONMENT}/{name}" for name in ROOTS]
    assert {unit: planned for unit, planned in again.items() if not is_empty(planned)} == {}


def test_a_second_cluster_in_the_vpc_changes_who_may_connect_and_nothing_else(shared, place):
    assert actions(shared.planned[ROOT]) == {
        f'{MODULE}.aws_vpc_security_group_ingress_rule.cidr["5432/10.80.0.0/16"]': "create"
    }
    ids = {name: endpoint["VpcEndpointId"] for name, endpoint in shared.endpoints.items()}
    assert len(ids) == 2
    found = place.endpoints()
    assert {name: found[name]["VpcEndpointId"] for name in ids} == ids


def test_a_database_more_waits_for_its_outputs(shared):
    assert "# No endpoint yet for dev/search: its outputs tell no zones before its next apply." in shared.header
    # Once, although it serves both clusters.
    assert shared.header.count("No endpoint yet") == 1


def test_then_it_gets_a_way_and_the_others_keep_theirs(joined):
    assert actions(joined) == dict.fromkeys(of("search"), "create")


def test_a_database_does_not_end_before_its_endpoint(held):
    assert f"{UNIT}" in held["retire"] and ROOT in held["retire"]
    assert "endpoint-lives" in held["check"] and ROOT in held["check"]
    assert f"first apply {ROOT}" in held["plan"]
    assert "existing active VPC Endpoint connections" in held["AWS"]


def test_the_endpoint_goes_before_anything_becomes_of_the_database(retiring, place):
    wanted = dict.fromkeys(of("ledger"), "delete") | dict.fromkeys(of("search"), "create")
    assert actions(retiring.planned[ROOT]) == wanted
    changed = {unit for unit, planned in retiring.planned.items() if not is_empty(planned)}
    assert changed == {ROOT, UNIT}
    assert place.told("retiring", ROOT)[-1] <= place.told("retiring", UNIT)[0]
    assert "DeleteVpcEndpoints" in place.calls("retiring")


def test_without_it_the_database_runs_and_nobody_finds_it(retiring, place):
    host, service = retiring.outputs["proxy_endpoint"], retiring.outputs["endpoint_service_name"]
    assert place.resolve(host) is None
    assert service not in place.endpoints()
    assert service in place.services()
    rds = place.client(DATABASES, "rds")
    assert rds.describe_db_instances(DBInstanceIdentifier="ledger-dev")["DBInstances"][0]["DBInstanceStatus"] == "available"


def test_the_others_are_found_the_new_one_among_them(retiring, shared, place):
    living = place.endpoints()
    for unit in ["orders", "search"]:
        outputs = place.outputs(unit)
        assert place.resolve(outputs["proxy_endpoint"])["ServiceName"] == outputs["endpoint_service_name"]
    kept = place.outputs("orders")["endpoint_service_name"]
    assert living[kept]["VpcEndpointId"] == shared.endpoints[kept]["VpcEndpointId"]
    assert len(living) == 2


def test_then_it_ends_whole_and_nothing_else_does(retired, retiring, place):
    assert set(actions(retired[UNIT]).values()) == {"delete"}
    assert [unit for unit, planned in retired.items() if not is_empty(planned)] == [UNIT]
    assert retiring.outputs["endpoint_service_name"] not in place.services()
    operations = [operation for agent, operation in place.all_calls() if "stage/" in agent]
    assert operations.index("DeleteVpcEndpoints") < operations.index("DeleteVpcEndpointServiceConfigurations")


def test_a_consumer_side_that_ends_leaves_the_databases_alone(ended, place):
    assert (place.endpoints(), place.zones()) == ({}, {})
    groups = place.client(CLUSTER, "ec2").describe_security_groups()["SecurityGroups"]
    assert [group["GroupName"] for group in groups if group["GroupName"].startswith("apps-dev")] == []
    assert sorted(place.services()) == sorted(place.outputs(unit)["endpoint_service_name"] for unit in ["orders", "search"])
