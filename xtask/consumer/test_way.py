"""From the name that a pod knows to the targets behind it, link by link."""

import pytest
from place import CLUSTER, DATABASES, SHARED_ZONE
from world import REGION

UNITS = ["ledger", "orders"]
pytestmark = pytest.mark.usefixtures("consumed")


@pytest.mark.parametrize("unit", UNITS)
def test_the_name_leads_to_the_proxy(place, unit):
    outputs = place.outputs(unit)
    host = outputs["proxy_endpoint"]
    endpoint = place.resolve(host)
    assert endpoint["ServiceName"] == outputs["endpoint_service_name"]
    elb, rds = place.client(DATABASES, "elbv2"), place.client(DATABASES, "rds")
    service = place.services()[endpoint["ServiceName"]]
    [listener] = elb.describe_listeners(LoadBalancerArn=service["NetworkLoadBalancerArns"][0])["Listeners"]
    assert listener["Port"] == outputs["port"]
    [group] = elb.describe_target_groups(LoadBalancerArn=service["NetworkLoadBalancerArns"][0])["TargetGroups"]
    found = elb.describe_tags(ResourceArns=[group["TargetGroupArn"]])["TagDescriptions"][0]["Tags"]
    assert {"Key": "valet-rds:proxy-endpoint", "Value": host} in found
    assert elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"]
    [proxy] = rds.describe_db_proxies(DBProxyName=f"{unit}-dev-proxy")["DBProxies"]
    assert proxy["Endpoint"] == host


@pytest.mark.parametrize("unit", UNITS)
def test_the_zone_is_of_that_name_alone(place, unit):
    host = place.outputs(unit)["proxy_endpoint"]
    assert host in place.zones()
    assert place.resolve(host.replace(unit, "others")) is None


def test_there_is_one_endpoint_and_one_zone_for_each_database(place):
    outputs = [place.outputs(unit) for unit in UNITS]
    assert sorted(place.endpoints()) == sorted(one["endpoint_service_name"] for one in outputs)
    assert sorted(place.zones()) == sorted(one["proxy_endpoint"] for one in outputs)


@pytest.mark.parametrize("unit", UNITS)
def test_the_endpoint_stands_in_the_zones_that_it_shares_with_its_service(place, unit):
    endpoint = place.endpoints()[place.outputs(unit)["endpoint_service_name"]]
    assert (endpoint["VpcEndpointType"], endpoint["PrivateDnsEnabled"]) == ("Interface", False)
    found = place.client(CLUSTER, "ec2").describe_subnets(SubnetIds=endpoint["SubnetIds"])["Subnets"]
    assert [subnet["AvailabilityZone"] for subnet in found] == [f"{REGION}{SHARED_ZONE}"]
    [subnet] = endpoint["SubnetIds"]
    # Of the two there, always the same.
    assert subnet == min(place.subnets[1:])


@pytest.mark.parametrize("unit", UNITS)
def test_only_the_pods_get_through_and_only_on_the_port(place, unit):
    outputs = place.outputs(unit)
    endpoint = place.endpoints()[outputs["endpoint_service_name"]]
    [group] = endpoint["Groups"]
    [found] = place.client(CLUSTER, "ec2").describe_security_groups(GroupIds=[group["GroupId"]])["SecurityGroups"]
    assert found["GroupName"] == f"apps-dev-{outputs['port']}"
    [rule] = found["IpPermissions"]
    assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (outputs["port"], outputs["port"], "tcp")
    assert [one["CidrIp"] for one in rule["IpRanges"]] == ["10.64.0.0/16"]
    assert found["IpPermissionsEgress"] == []
