"""The way of a client: endpoint service, load balancer, targets, proxy, database; and the security groups along it."""

import json

import pytest
from unit import PROXY_PORT, only
from world import PROXY_ZONES, REGION, ZONES

pytestmark = pytest.mark.usefixtures("up")


def test_the_endpoint_service_stands_on_the_load_balancer(unit):
    assert unit.service["NetworkLoadBalancerArns"] == [unit.balancer["LoadBalancerArn"]]
    assert unit.service["AcceptanceRequired"] is False
    assert unit.service["ServiceName"] == unit.outputs["endpoint_service_name"]


def test_the_endpoint_service_admits_the_named_principals(unit):
    found = unit.client("ec2").describe_vpc_endpoint_service_permissions(ServiceId=unit.service["ServiceId"])
    assert sorted(each["Principal"] for each in found["AllowedPrincipals"]) == unit.wanted["principals"]


def test_the_load_balancer_is_internal_and_crosses_zones(unit):
    elb = unit.client("elbv2")
    assert (unit.balancer["Type"], unit.balancer["Scheme"]) == ("network", "internal")
    zones = [zone["ZoneName"].removeprefix(REGION) for zone in unit.balancer["AvailabilityZones"]]
    assert sorted(zones) == list(ZONES[unit.environment])
    found = elb.describe_load_balancer_attributes(LoadBalancerArn=unit.balancer["LoadBalancerArn"])["Attributes"]
    attributes = {each["Key"]: each["Value"] for each in found}
    assert attributes.get("load_balancing.cross_zone.enabled") == "true"


def test_the_listener_forwards_to_the_target_group(unit):
    elb = unit.client("elbv2")
    listener = only(elb.describe_listeners(LoadBalancerArn=unit.balancer["LoadBalancerArn"])["Listeners"])
    assert (listener["Protocol"], listener["Port"]) == ("TCP", PROXY_PORT)
    action = only(listener["DefaultActions"])
    assert (action["Type"], action["TargetGroupArn"]) == ("forward", unit.target_group["TargetGroupArn"])


def test_the_target_group_checks_health_over_tcp(unit):
    group = unit.target_group
    assert (group["TargetType"], group["Protocol"], group["Port"]) == ("ip", "TCP", PROXY_PORT)
    assert (group["HealthCheckProtocol"], group["HealthCheckPort"]) == ("TCP", "traffic-port")


def test_the_targets_are_the_addresses_of_the_proxy(unit):
    assert unit.targets() == addresses(unit)


def addresses(unit):
    """Those that the emulated network gives a proxy: the eleventh of each of its first two subnets."""
    found = unit.client("ec2").describe_subnets(SubnetIds=unit.proxy["VpcSubnetIds"][:2])["Subnets"]
    return sorted((subnet["CidrBlock"].replace(".0/24", ".10"), PROXY_PORT) for subnet in found)


def test_the_proxy_leads_to_its_database(unit):
    target = only(unit.client("rds").describe_db_proxy_targets(DBProxyName=unit.proxy["DBProxyName"])["Targets"])
    assert (target["Type"], target["RdsResourceId"]) == ("RDS_INSTANCE", unit.database["DBInstanceIdentifier"])


def test_the_proxy_stands_where_there_are_proxies(unit):
    wanted = sorted(unit.subnets[zone] for zone in PROXY_ZONES)
    assert sorted(unit.proxy["VpcSubnetIds"]) == wanted
    proxy = only([each for each in unit.tagged() if each["type"] == "aws_db_proxy"])
    assert sorted(proxy["values"]["vpc_subnet_ids"]) == wanted


def test_the_proxy_demands_tls(unit):
    assert unit.proxy["RequireTLS"] is True


def test_the_proxy_logs_in_with_the_secrets_of_the_users(unit):
    wanted = {"iam": "REQUIRED", "password": "DISABLED"}[unit.wanted["authentication"]]
    assert {(auth["AuthScheme"], auth["IAMAuth"]) for auth in unit.proxy["Auth"]} == {("SECRETS", wanted)}
    secrets = [unit.secret_of(role) for role in unit.wanted["users"]]
    # Some pods of one unit still log in as the master.
    masters = [unit.database["MasterUserSecret"]["SecretArn"]] if unit.environment == "prod" else []
    assert sorted(auth["SecretArn"] for auth in unit.proxy["Auth"]) == sorted(secrets + masters)


def test_each_part_wears_its_own_security_group(unit):
    worn = {
        "db": [group["VpcSecurityGroupId"] for group in unit.database["VpcSecurityGroups"]],
        "proxy": unit.proxy["VpcSecurityGroupIds"],
        "nlb": unit.balancer["SecurityGroups"],
    }
    function = unit.client("lambda").get_function(FunctionName=unit.users_function)["Configuration"]
    worn["users"] = function["VpcConfig"]["SecurityGroupIds"]
    if unit.wanted["sync_in_vpc"]:
        worn["target-sync"] = unit.function["Configuration"]["VpcConfig"]["SecurityGroupIds"]
    assert worn == {name: [group] for name, group in unit.groups.items()}


def test_the_load_balancer_reaches_the_proxy_and_nothing_else(unit):
    assert edges(unit, "nlb", "out") == [("proxy", PROXY_PORT)]
    assert edges(unit, "proxy", "in") == [("nlb", PROXY_PORT)]


def test_the_proxy_reaches_the_database_and_nothing_else(unit):
    assert edges(unit, "proxy", "out") == [("db", unit.wanted["port"])]
    assert edges(unit, "db", "in") == [("proxy", unit.wanted["port"]), ("users", unit.wanted["port"])]
    assert edges(unit, "db", "out") == []


def test_the_function_that_makes_users_reaches_databases_and_secrets_and_nothing_else(unit):
    cidr = only(unit.client("ec2").describe_vpcs(VpcIds=[unit.balancer["VpcId"]])["Vpcs"])["CidrBlock"]
    ports = {"dev3": [5432], "prod": [5433, 5434]}[unit.environment]
    assert edges(unit, "users", "out") == [("0.0.0.0/0", 443), *((cidr, port) for port in ports)]
    assert edges(unit, "users", "in") == []


def test_clients_enter_only_from_the_networks_of_the_clusters(unit):
    assert edges(unit, "nlb", "in") == [(cidr, PROXY_PORT) for cidr in unit.wanted["client_cidrs"]]


def edges(unit, name, direction):
    """Peer and port of each rule of a security group, which is known to the unit by its part."""
    found = unit.client("ec2").describe_security_groups(GroupIds=[unit.groups[name]])["SecurityGroups"]
    parts = {group: part for part, group in unit.groups.items()}
    rules = []
    for rule in only(found)["IpPermissions" if direction == "in" else "IpPermissionsEgress"]:
        assert (rule["IpProtocol"], rule.get("FromPort")) == ("tcp", rule.get("ToPort"))
        peers = [parts.get(pair["GroupId"], pair["GroupId"]) for pair in rule["UserIdGroupPairs"]]
        peers += [block["CidrIp"] for block in rule["IpRanges"]] + rule["Ipv6Ranges"] + rule["PrefixListIds"]
        rules += [(peer, rule["FromPort"]) for peer in peers]
    return sorted(rules)


def test_the_sync_runs_where_and_how_it_should(unit):
    found = unit.function["Configuration"]
    assert found["Architectures"] == ["arm64"]
    assert found["Environment"]["Variables"]["ENVIRONMENT"] == unit.environment
    # An account with the smallest quota has none to reserve.
    assert "Concurrency" not in unit.function
    retries = unit.client("lambda").get_function_event_invoke_config(FunctionName=unit.sync)
    assert (retries["MaximumRetryAttempts"], retries["MaximumEventAgeInSeconds"]) == (0, 60)
    in_vpc = unit.subnets.values() if unit.wanted["sync_in_vpc"] else []
    assert sorted(found.get("VpcConfig", {}).get("SubnetIds", [])) == sorted(in_vpc)
    if in_vpc:
        assert edges(unit, "target-sync", "out") == [("0.0.0.0/0", 443)]
        assert edges(unit, "target-sync", "in") == []


def test_the_sync_runs_every_minute(unit):
    schedule = unit.client("scheduler").get_schedule(Name=unit.sync)
    assert (schedule["ScheduleExpression"], schedule["State"]) == ("rate(1 minute)", "ENABLED")
    assert schedule["Target"]["Arn"] == unit.function["Configuration"]["FunctionArn"]
    assert json.loads(schedule["Target"]["Input"]) == {"trigger": "schedule"}


def test_a_run_on_schedule_changes_nothing_when_all_is_well(unit):
    counts = dict.fromkeys(["failed", "late", "unchanged", "registered", "deregistered", "kept"], 0)
    schedule = unit.client("scheduler").get_schedule(Name=unit.sync)
    assert run(unit, schedule["Target"]["Input"]) == {"trigger": "schedule", "groups": 1, **counts}


def test_the_sync_finds_the_target_group_by_its_tags(unit):
    arn = unit.target_group["TargetGroupArn"]
    found = only(unit.client("elbv2").describe_tags(ResourceArns=[arn])["TagDescriptions"])["Tags"]
    tags = {tag["Key"]: tag["Value"] for tag in found}
    assert tags["valet-rds:environment"] == unit.environment
    assert tags["valet-rds:proxy-endpoint"] == unit.outputs["proxy_endpoint"]


def test_a_run_on_schedule_brings_a_lost_target_back(unit):
    before = unit.targets()
    lost = [{"Id": before[0][0], "Port": PROXY_PORT}]
    elb = unit.client("elbv2")
    elb.deregister_targets(TargetGroupArn=unit.target_group["TargetGroupArn"], Targets=lost)
    assert len(unit.targets()) == len(before) - 1
    assert run(unit, json.dumps({"trigger": "schedule"}))["registered"] == 1
    assert unit.targets() == before


def test_a_wrong_event_fails_and_is_logged(unit):
    answer = unit.client("lambda").invoke(FunctionName=unit.sync, Payload=b'{"odd": 1}')
    assert "FunctionError" in answer
    group = f"/aws/lambda/{unit.sync}"
    lines = [event["message"] for event in unit.client("logs").filter_log_events(logGroupName=group)["events"]]
    assert sum('"failed"' in line and "'odd': 1" in line for line in lines) == 1


def run(unit, event):
    answer = unit.client("lambda").invoke(FunctionName=unit.sync, Payload=event.encode())
    return json.load(answer["Payload"])
