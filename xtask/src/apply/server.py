"""The emulated AWS, on loopback: moto's server, and in this process only four things that moto leaves out.

A function that is invoked really runs. The host name of an emulated proxy has addresses: one in each of its first
two subnets, as the real one has. A new database remembers what it was asked for. And the rotation of a secret that
RDS manages can be cancelled, although it has no function of its own.
"""

import ipaddress
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from moto.awslambda.models import LambdaFunction
from moto.ec2.models import ec2_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.rds.models import DBInstance, rds_backends
from moto.secretsmanager.models import SecretsManagerBackend
from werkzeug.serving import make_server

RUNNER = pathlib.Path(__file__).with_name("function.py")
ADDRESSES_OF_A_PROXY = 2


def every(backends):
    return [backend for account in list(backends.values()) for backend in list(account.values())]


def hosts():
    """The addresses of each proxy, by its host name."""
    return {
        proxy.endpoint: [address_in(backend, subnet) for subnet in proxy.vpc_subnet_ids[:ADDRESSES_OF_A_PROXY]]
        for backend in every(rds_backends)
        for proxy in backend.db_proxies.values()
    }


def address_in(rds, subnet_id):
    subnet = ec2_backends[rds.account_id][rds.region_name].get_subnet(subnet_id)
    # The first four addresses of a subnet belong to AWS.
    return str(ipaddress.ip_network(subnet.cidr_block)[10])


def run(function, event=None):
    """Runs a function's own code in a process of its own: its result, whether it failed, and what it logged."""
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
        environment = {**os.environ, **function.environment_vars, "AWS_REGION": function.region}
        ran = subprocess.run(
            [sys.executable, str(RUNNER)],
            input=json.dumps(order),
            env=environment,
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


# By the names of the API's request and of its answer.
REMEMBERED = {
    "enable_performance_insights": "performance_insights_enabled",
    "engine_lifecycle_support": "engine_lifecycle_support",
    "monitoring_interval": "monitoring_interval",
    "monitoring_role_arn": "monitoring_role_arn",
    "performance_insights_kms_key_id": "performance_insights_kms_key_id",
    "performance_insights_retention_period": "performance_insights_retention_period",
}
make_database = DBInstance.__init__


def remember(database, *arguments, **asked):
    make_database(database, *arguments, **asked)
    for name, attribute in REMEMBERED.items():
        if name in asked:
            setattr(database, attribute, asked[name])


cancel_rotation = SecretsManagerBackend.cancel_rotate_secret


def cancel_managed_rotation(backend, secret_id):
    secret = backend.secrets[secret_id]
    if secret.owning_service is None:
        return cancel_rotation(backend, secret_id)
    secret.rotation_enabled = False
    return secret.to_short_dict()


def main():
    DBInstance.__init__ = remember
    LambdaFunction._invoke_lambda = run
    SecretsManagerBackend.cancel_rotate_secret = cancel_managed_rotation
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=True)
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{server.port}"
    pathlib.Path(sys.argv[1]).write_text(f"{server.port}\n")
    server.serve_forever()


main()
