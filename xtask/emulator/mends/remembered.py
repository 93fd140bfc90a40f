"""What moto is told and forgets: each plan would show it as unset."""

from moto.awslambda.models import LambdaFunction
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses.vpc_service_configuration import VPCEndpointServiceConfiguration
from moto.elbv2.responses import ELBV2Response

from emulator.mends.replaces import replaces


# Of a rule between two groups, too.
SecurityGroupRule.description = property(
    lambda rule: (rule.ip_range or rule.source_group).get("Description")
)


@replaces(ELBV2Response, "set_security_groups")
def keep_enforcement(set_groups, response):
    result = set_groups(response)
    enforced = response._get_param("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    [balancer] = response.elbv2_backend.describe_load_balancers([response._get_param("LoadBalancerArn")], [])
    balancer.enforce_security_group_inbound_rules_on_private_link_traffic = enforced
    return result


# Of a service that does not say, AWS gives back `ipv4`.
@replaces(VPCEndpointServiceConfiguration, "create_vpc_endpoint_service_configuration")
def keep_address_types(create, response):
    result = create(response)
    configuration = result.result["ServiceConfiguration"]
    configuration.supported_ip_address_types = response._get_param("SupportedIpAddressTypes", ["ipv4"])
    return result


@replaces(VPCEndpointServiceConfiguration, "modify_vpc_endpoint_service_configuration")
def change_address_types(modify, response):
    result = modify(response)
    [configuration] = response.ec2_backend.describe_vpc_endpoint_service_configurations(
        [response._get_param("ServiceId")]
    )
    removed = response._get_param("RemoveSupportedIpAddressTypes", [])
    kept = [one for one in configuration.supported_ip_address_types if one not in removed]
    configuration.supported_ip_address_types = kept + response._get_param("AddSupportedIpAddressTypes", [])
    return result


@replaces(LambdaFunction, "__init__")
def make_function(make, function, account_id, spec, region, **named):
    make(function, account_id, spec, region, **named)
    function.logging_config = spec.get("LoggingConfig", {})


@replaces(LambdaFunction, "update_configuration")
def change_function(change, function, config_updates):
    function.logging_config = config_updates.get("LoggingConfig", function.logging_config)
    return change(function, config_updates)


# The API's reference, LoggingConfig: text, and a group named after the function, unless it is told otherwise.
@replaces(LambdaFunction, "get_configuration")
def with_logging(get, function, **named):
    usual = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.function_name}"}
    return get(function, **named) | {"LoggingConfig": usual | function.logging_config}
