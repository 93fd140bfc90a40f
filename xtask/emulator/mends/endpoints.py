"""Endpoints that lead from one account to a service of another, and the private zones beside them.

Not told apart: roles of one account among a service's principals, and the zones of accounts, which have the same names here.
"""

import uuid

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidServiceName
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.responses.vpc_service_configuration import VPCEndpointServiceConfiguration
from moto.route53.exceptions import Route53ClientError
from moto.route53.models import Route53Backend
from moto.route53.responses import Route53

from emulator.mends.replaces import replaces

SERVICE = "com.amazonaws.vpce."


def service_of(name):
    """The service of a name, and who owns it, whichever account that is."""
    region = name.removeprefix(SERVICE).split(".")[0]
    for account, backends in list(ec2_backends.items()):
        if region in backends:
            for service in backends[region].configurations.values():
                if service.service_name == name:
                    return account, service
    return None, None


# moto makes an endpoint to any name, and gives it a name that AWS would not.
@replaces(EC2Backend, "create_vpc_endpoint")
def make_endpoint(make, backend, vpc_id, service_name, *arguments, **named):
    if not service_name.startswith(SERVICE):
        return make(backend, vpc_id, service_name, *arguments, **named)
    owner, service = service_of(service_name)
    # PrivateLink guide, "Manage permissions": to whom a service is not opened, it is not there.
    if service is None or not (owner == backend.account_id or admits(service, backend.account_id)):
        raise InvalidServiceName(service_name)
    zones = set()
    for subnet_id in named["subnet_ids"] or []:
        zone = backend.get_subnet(subnet_id).availability_zone
        if zone not in service.availability_zones:
            # aws-sdk-go-v2 1024.
            raise EC2ClientError(
                "InvalidParameter",
                f"The VPC endpoint service {service_name} does not support the availability zone of the subnet: {subnet_id}.",
            )
        if zone in zones:
            # PrivateLink guide, "Subnets and Availability Zones": one subnet of each zone.
            raise EC2ClientError(
                "DuplicateSubnetsInSameZone",
                f"Found another VPC endpoint subnet in the availability zone of {subnet_id}. VPC endpoint subnets should be in "
                "different availability zones supported by the VPC endpoint service.",
            )
        zones.add(zone)
    endpoint = make(backend, vpc_id, service_name, *arguments, **named)
    endpoint.dns_entries = names(endpoint.id, service, sorted(zones))
    return endpoint


def admits(service, account):
    return any(principal.split(":")[4] == account for principal in service.principals)


def names(endpoint, service, zones):
    """The name of the endpoint, and after it one for each zone (PrivateLink guide, "DNS hostnames")."""
    begin = f"{endpoint}-{uuid.uuid4().hex[:8]}"
    hosted_zone = uuid.uuid4().hex[:14].upper()
    domain = service.endpoint_dns_name
    return [
        {"dns_name": f"{name}.{domain}", "hosted_zone_id": hosted_zone}
        for name in [begin, *(f"{begin}-{zone}" for zone in zones)]
    ]


# Reference of DeleteVpcEndpointServiceConfigurations: not while an endpoint is connected (go-to-k/delstack 657).
@replaces(VPCEndpointServiceConfiguration, "delete_vpc_endpoint_service_configurations")
def delete_services(delete, response):
    for service_id in response._get_param("ServiceIds", []):
        service = response.ec2_backend.configurations.get(service_id)
        if service and is_connected(service.service_name):
            unsuccessful = {
                "ResourceId": service_id,
                "Error": {
                    "Code": "ExistingVpcEndpointConnections",
                    "Message": f"Service {service_id} has existing active VPC Endpoint connections!",
                },
            }
            return ActionResult({"Unsuccessful": [unsuccessful]})
    return delete(response)


def is_connected(service_name):
    return any(
        endpoint.service_name == service_name and endpoint.state != "deleted"
        for backends in list(ec2_backends.values())
        for backend in list(backends.values())
        for endpoint in backend.vpc_end_points.values()
    )


# Reference of CreateHostedZone, VPC: with one, a zone is private. moto asks for a flag besides, which the provider leaves out.
@replaces(Route53, "create_hosted_zone")
def make_private(make, response):
    if response._get_param("VPC.VPCId"):
        response.params.setdefault("HostedZoneConfig", {})["PrivateZone"] = True
    return make(response)


# Reference of CreateHostedZone, ConflictingDomainExists.
@replaces(Route53Backend, "create_hosted_zone")
def make_zone(make, backend, name, private_zone, *arguments, **named):
    vpc, region = named.get("vpcid"), named.get("vpcregion")
    for zone in backend.zones.values():
        if private_zone and zone.name.strip(".") == name.strip(".") and vpc in [one.get("vpc_id") for one in zone.vpcs]:
            raise Route53ClientError(
                "ConflictingDomainExists",
                f"The VPC {vpc} in region {region} has already been associated with the hosted zone {zone.id} with the same "
                "domain name.",
            )
    return make(backend, name, private_zone, *arguments, **named)
