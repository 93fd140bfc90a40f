"""Proxies: where they are, what they run, and which databases they lead to."""

import os

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.models import DBProxy, DBProxyTargetGroup, RDSBackend
from moto.rds.responses import RDSResponse

from emulator.mends.replaces import replaces

# Ids of zones where AWS has no proxies (provider 17781, 23446; AWS publishes no list). The proof names more.
ZONES_WITHOUT_PROXIES = {"use1-az3", "usw1-az2", *os.environ.get("EMULATOR_ZONES_WITHOUT_PROXIES", "").split()}
FEWEST_ZONES = 2


# Subnets in such a zone are left out without a word; only with fewer than two zones left does AWS refuse (provider 40498).
@replaces(DBProxy, "__init__")
def make_proxy(make, proxy, backend, *arguments, **named):
    make(proxy, backend, *arguments, **named)
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
