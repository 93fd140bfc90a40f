"""Proxies: where they are, what they run, and which databases they lead to."""

import os
import uuid

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.rds.exceptions import InvalidParameterCombination, RDSClientError
from moto.rds.models import DBProxy, DBProxyTarget, DBProxyTargetGroup, RDSBackend, RDSBaseModel
from moto.rds.responses import RDSResponse

from emulator.mends.replaces import replaces

# Ids of zones where AWS has no proxies (provider 17781, 23446; AWS publishes no list). The proof names more.
ZONES_WITHOUT_PROXIES = {"use1-az3", "usw1-az2", *os.environ.get("EMULATOR_ZONES_WITHOUT_PROXIES", "").split()}
FEWEST_ZONES = 2


# Subnets in such a zone are left out without a word; only with fewer than two zones left does AWS refuse (provider 40498).
@replaces(DBProxy, "__init__")
def make_proxy(make, proxy, backend, *arguments, **named):
    make(proxy, backend, *arguments, **named)
    proxy.further = {}
    subnets = ec2_backends[backend.account_id][backend.region_name].describe_subnets(subnet_ids=proxy.vpc_subnet_ids)
    served = [subnet for subnet in subnets if subnet.availability_zone_id not in ZONES_WITHOUT_PROXIES]
    if len({subnet.availability_zone_id for subnet in served}) < FEWEST_ZONES:
        raise InvalidParameterCombination("DB Proxies require subnets in at least 2 supported availability zones")
    kept = {subnet.id for subnet in served}
    proxy.vpc_subnet_ids = [subnet for subnet in proxy.vpc_subnet_ids if subnet in kept]


pool_config = DBProxyTargetGroup.connection_pool_config


# moto forgets the query that a proxy runs on each new connection: every plan would set it again. AWS keeps it until another
# one is given, and the provider gives none for none (provider 49875).
@replaces(RDSBackend, "modify_db_proxy_target_group")
def keep_init_query(modify, backend, proxy_name, config):
    group = modify(backend, proxy_name, config)
    group.init_query = config.get("InitQuery", getattr(group, "init_query", ""))
    return group


DBProxyTargetGroup.connection_pool_config = property(
    lambda group: pool_config.fget(group) | {"InitQuery": getattr(group, "init_query", "")}
)


def forget(backend, identifier):
    """AWS takes a database that is deleted out of the target groups (event RDS-EVENT-0214; provider 38765, 45738)."""
    for proxy in backend.db_proxies.values():
        for group in proxy.proxy_target_groups.values():
            group.targets = [target for target in group.targets if target.rds_resource_id != identifier]


# moto knows no change of a proxy. By the names of the request and of the proxy.
CHANGES = {
    "Auth": "auth",
    "DebugLogging": "debug_logging",
    "IdleClientTimeout": "idle_client_timeout",
    "RequireTLS": "require_tls",
    "RoleArn": "role_arn",
    "SecurityGroups": "vpc_security_group_ids",
}


def modify_db_proxy(response):
    asked = response.params
    proxy = response.backend.describe_db_proxies(asked["DBProxyName"])[0]
    for name, attribute in CHANGES.items():
        if asked.get(name) is not None:
            setattr(proxy, attribute, asked[name])
    return ActionResult({"DBProxy": proxy})


RDSResponse.modify_db_proxy = modify_db_proxy


INSTANCE, CLUSTER = "RDS_INSTANCE", "TRACKED_CLUSTER"
WRITER, READER = "READ_WRITE", "READ_ONLY"

health = DBProxyTarget.target_health
# Only instances have one.
DBProxyTarget.target_health = property(lambda target: None if target.type == CLUSTER else health.fget(target))


# Of a cluster AWS tells the instances, too, and what each of them is for (user guide, "Viewing an RDS Proxy"). moto tells
# the cluster alone.
@replaces(RDSBackend, "describe_db_proxy_targets")
def with_instances(describe, backend, proxy_name):
    targets = describe(backend, proxy_name)
    return [one for target in targets for one in [target, *instances_of(backend, target)]]


def instances_of(backend, target):
    cluster = backend.clusters.get(target.rds_resource_id) if target.type == CLUSTER else None
    for member in cluster.members if cluster else []:
        one = DBProxyTarget(backend, member.db_instance_identifier, member.address, INSTANCE)
        one._registering = False
        one.role = WRITER if member.is_cluster_writer else READER
        one.port, one.target_arn, one.tracked_cluster_id = cluster.port, member.arn, cluster.db_cluster_identifier
        yield one


class DBProxyEndpoint(RDSBaseModel):
    """One that a proxy has besides its own. moto knows none."""

    resource_type = "db-proxy-endpoint"
    status, is_default = "available", False

    def __init__(self, proxy, asked):
        super().__init__(proxy.backend)
        self.db_proxy_endpoint_name, self.db_proxy_name = asked["DBProxyEndpointName"], proxy.db_proxy_name
        self.target_role = asked.get("TargetRole", WRITER)
        self.vpc_id, self.vpc_subnet_ids = proxy.vpc_id, asked["VpcSubnetIds"]
        # Reference of CreateDBProxyEndpoint, VpcSecurityGroupIds: without any, the default group of the VPC.
        default = ec2_backends[self.account_id][self.region].get_default_security_group(self.vpc_id).id
        self.vpc_security_group_ids = asked.get("VpcSecurityGroupIds") or [default]
        self.tags, self.created_date = asked.get("Tags"), self.created
        self.unique_id = f"prx-endpoint-{uuid.uuid4().hex[:17]}"
        # User guide, "Creating a proxy endpoint": a name of its own, below the one that the proxy's have.
        self.endpoint = f"{self.db_proxy_endpoint_name}.endpoint.proxy-{proxy.url_identifier}.{self.region}.rds.amazonaws.com"

    @property
    def resource_id(self):
        return self.unique_id

    @property
    def db_proxy_endpoint_arn(self):
        return self.arn


def further(backend):
    return {name: endpoint for proxy in backend.db_proxies.values() for name, endpoint in proxy.further.items()}


def endpoint_of(response):
    name = response.params["DBProxyEndpointName"]
    endpoint = further(response.backend).get(name)
    if endpoint is None:
        raise RDSClientError("DBProxyEndpointNotFoundFault", f"DB proxy endpoint {name} not found.")
    return endpoint


def create_db_proxy_endpoint(response):
    asked = response.params
    [proxy] = response.backend.describe_db_proxies(asked["DBProxyName"])
    name = asked["DBProxyEndpointName"]
    if name in further(response.backend):
        raise RDSClientError("DBProxyEndpointAlreadyExistsFault", f"DB proxy endpoint {name} already exists.")
    # User guide, "Overview of proxy endpoints": readers have only clusters of Aurora.
    is_cluster = any(target.type == CLUSTER for group in proxy.proxy_target_groups.values() for target in group.targets)
    if asked.get("TargetRole") == READER and not is_cluster:
        raise InvalidParameterCombination("A read-only endpoint needs a proxy in front of a cluster.")
    proxy.further[name] = DBProxyEndpoint(proxy, asked)
    return ActionResult({"DBProxyEndpoint": proxy.further[name]})


def describe_db_proxy_endpoints(response):
    asked = response.params
    if asked.get("DBProxyEndpointName"):
        return ActionResult({"DBProxyEndpoints": [endpoint_of(response)]})
    proxies = response.backend.describe_db_proxies(asked.get("DBProxyName"))
    return ActionResult({"DBProxyEndpoints": [endpoint for proxy in proxies for endpoint in proxy.further.values()]})


def modify_db_proxy_endpoint(response):
    endpoint = endpoint_of(response)
    endpoint.vpc_security_group_ids = response.params.get("VpcSecurityGroupIds") or endpoint.vpc_security_group_ids
    return ActionResult({"DBProxyEndpoint": endpoint})


def delete_db_proxy_endpoint(response):
    endpoint = endpoint_of(response)
    del response.backend.db_proxies[endpoint.db_proxy_name].further[endpoint.db_proxy_endpoint_name]
    return ActionResult({"DBProxyEndpoint": endpoint})


for operation in (
    create_db_proxy_endpoint,
    delete_db_proxy_endpoint,
    describe_db_proxy_endpoints,
    modify_db_proxy_endpoint,
):
    setattr(RDSResponse, operation.__name__, operation)


@replaces(RDSBackend, "_get_resource_for_tagging")
def resource_of(find, backend, arn):
    if ":db-proxy-endpoint:" not in arn:
        return find(backend, arn)
    return next((endpoint for endpoint in further(backend).values() if endpoint.arn == arn), None)
