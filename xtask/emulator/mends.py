"""What moto leaves out, or answers otherwise than AWS does, and the proof depends on."""

import functools
import ipaddress
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import uuid

from moto.awslambda.models import LambdaFunction
from moto.ec2.models import ec2_backends
from moto.rds.models import DBInstance, DBProxyTargetGroup, RDSBackend, rds_backends
from moto.secretsmanager.models import SecretsManagerBackend

RUNNER = pathlib.Path(__file__).with_name("function.py")
ADDRESSES_OF_A_PROXY = 2


def replaces(owner, name):
    """Puts a function in the place of a method, which it gets as its first argument."""

    def put(function):
        original = getattr(owner, name)

        @functools.wraps(original)
        def method(*arguments, **named):
            return function(original, *arguments, **named)

        setattr(owner, name, method)
        return function

    return put


# moto runs functions in Docker or not at all. Here a function's own code runs, in a process of its own.
@replaces(LambdaFunction, "_invoke_lambda")
def run_function(_, function, event=None):
    """Its result, whether it failed, and what it logged."""
    with tempfile.TemporaryDirectory() as folder:
        code, answer = pathlib.Path(folder, "code.zip"), pathlib.Path(folder, "answer.json")
        code.write_bytes(function.code_bytes)
        order = {
            "code": str(code),
            "answer": str(answer),
            "handler": function.handler,
            "role": function.role,
            "event": event,
            "hosts": hosts(),
        }
        ran = subprocess.run(
            [sys.executable, str(RUNNER)],
            input=json.dumps(order),
            env={**os.environ, **function.environment_vars, "AWS_REGION": function.region},
            capture_output=True,
            text=True,
            timeout=int(function.timeout),
            check=False,
        )
        log = ran.stdout + ran.stderr
        print(f"{function.function_name}: {log}", flush=True)
        function.save_logs(log)
        if not answer.exists():
            return json.dumps({"errorMessage": log[-1000:], "errorType": "Runtime.ExitError"}), True, log
        reply = json.loads(answer.read_text())
        return json.dumps(reply["result"]), reply["failed"], log


def hosts():
    """The addresses of each proxy, by its host name: one in each of its first two subnets, as the real one has."""
    return {
        proxy.endpoint: [address_in(backend, subnet) for subnet in proxy.vpc_subnet_ids[:ADDRESSES_OF_A_PROXY]]
        for account in list(rds_backends.values())
        for backend in list(account.values())
        for proxy in backend.db_proxies.values()
    }


def address_in(rds, subnet_id):
    subnet = ec2_backends[rds.account_id][rds.region_name].get_subnet(subnet_id)
    # The first four addresses of a subnet belong to AWS.
    return str(ipaddress.ip_network(subnet.cidr_block)[10])


# By the names of the API's request and of its answer.
REMEMBERED = {
    "enable_performance_insights": "performance_insights_enabled",
    "engine_lifecycle_support": "engine_lifecycle_support",
    "monitoring_interval": "monitoring_interval",
    "monitoring_role_arn": "monitoring_role_arn",
    "performance_insights_kms_key_id": "performance_insights_kms_key_id",
    "performance_insights_retention_period": "performance_insights_retention_period",
}


# moto forgets these of a new database, so that every plan would set them again. And it gives all databases one resource
# id, by which the provider looks for each of them.
@replaces(DBInstance, "__init__")
def remember(make, database, *arguments, **asked):
    make(database, *arguments, **asked)
    database.dbi_resource_id = f"db-{uuid.uuid4().hex[:26].upper()}"
    for name, attribute in REMEMBERED.items():
        if name in asked:
            setattr(database, attribute, asked[name])


pool_config = DBProxyTargetGroup.connection_pool_config


# moto forgets the query that a proxy runs on each new connection: every plan would set it again.
@replaces(RDSBackend, "modify_db_proxy_target_group")
def keep_init_query(modify, backend, proxy_name, config):
    group = modify(backend, proxy_name, config)
    group.init_query = config.get("InitQuery", getattr(group, "init_query", ""))
    return group


DBProxyTargetGroup.connection_pool_config = property(
    lambda group: pool_config.fget(group) | {"InitQuery": getattr(group, "init_query", "")}
)


# A secret that RDS manages rotates without a function of its own, which moto wants before it cancels a rotation.
@replaces(SecretsManagerBackend, "cancel_rotate_secret")
def cancel_rotation(cancel, backend, secret_id):
    secret = backend.secrets[secret_id]
    if secret.owning_service is None:
        return cancel(backend, secret_id)
    secret.rotation_enabled = False
    return secret.to_short_dict()
