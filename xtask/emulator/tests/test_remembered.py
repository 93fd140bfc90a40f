"""What it is told is given back, as AWS does."""

import io
import zipfile

import boto3


def test_a_rule_between_two_groups_keeps_its_description(subnets):
    ec2 = boto3.client("ec2")
    vpc = ec2.describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
    one, other = (
        ec2.create_security_group(GroupName=name, Description="one", VpcId=vpc)["GroupId"] for name in ("one", "other")
    )
    pair = [{"GroupId": other, "Description": "From the other"}]
    rules = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": pair}]
    ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=rules)
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [one]}])["SecurityGroupRules"]
    assert [rule["Description"] for rule in found if not rule["IsEgress"]] == ["From the other"]


def balancer(subnets):
    elb = boto3.client("elbv2")
    made = elb.create_load_balancer(Name="one", Subnets=subnets, Type="network", Scheme="internal")
    return elb, made["LoadBalancers"][0]["LoadBalancerArn"]


def test_a_load_balancer_keeps_whether_it_looks_at_private_links(subnets):
    elb, arn = balancer(subnets)
    name = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    elb.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[], **{name: "off"})
    assert elb.describe_load_balancers()["LoadBalancers"][0][name] == "off"


def test_a_service_keeps_its_types_of_addresses(subnets):
    _, arn = balancer(subnets)
    ec2 = boto3.client("ec2")

    def types():
        return ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"][0]["SupportedIpAddressTypes"]

    made = ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])["ServiceConfiguration"]
    assert types() == ["ipv4"]
    ec2.modify_vpc_endpoint_service_configuration(ServiceId=made["ServiceId"], AddSupportedIpAddressTypes=["ipv6"])
    assert types() == ["ipv4", "ipv6"]


def test_a_function_keeps_how_it_logs(role):
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("one.py", "")
    function = boto3.client("lambda")
    function.create_function(
        FunctionName="one", Runtime="python3.13", Role=role, Handler="one.one", Code={"ZipFile": code.getvalue()}
    )
    usual = {"LogFormat": "Text", "LogGroup": "/aws/lambda/one"}
    assert function.get_function_configuration(FunctionName="one")["LoggingConfig"] == usual
    function.update_function_configuration(FunctionName="one", LoggingConfig={"LogFormat": "JSON"})
    assert function.get_function_configuration(FunctionName="one")["LoggingConfig"] == usual | {"LogFormat": "JSON"}
