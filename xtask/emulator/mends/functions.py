"""Functions that run, and the concurrency that a new account has."""

import ipaddress
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

from moto.awslambda.models import LambdaFunction
from moto.ec2.models import ec2_backends
from moto.rds.models import rds_backends

from emulator.mends import servers
from emulator.mends.replaces import replaces

RUNNER = pathlib.Path(__file__).parent.with_name("function.py")
ADDRESSES_OF_A_PROXY = 2

# Lambda's quotas page: a new account has less than the usual 1,000, in reports ten, of which 100 must stay unreserved. So
# none can be reserved. moto counts once it is told.
os.environ.setdefault("MOTO_LAMBDA_CONCURRENCY_QUOTA", "10")


# moto runs functions in Docker or not at all. Here a function's own code runs, in a process of its own.
@replaces(LambdaFunction, "_invoke_lambda")
def run_function(_, function, event=None):
    """Its result, whether it failed, and what it logged."""
    with tempfile.TemporaryDirectory() as folder:
        code, answer = pathlib.Path(folder, "code"), pathlib.Path(folder, "answer.json")
        databases = servers.reached_by(function)
        unpack(function, code, databases)
        order = {
            "code": str(code),
            "answer": str(answer),
            "handler": function.handler,
            "role": function.role,
            "event": event,
            "hosts": hosts(),
            "databases": databases,
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


def unpack(function, folder, databases):
    """As Lambda does. The authorities of the emulated databases stand among those of RDS."""
    # What is no archive fails when it is imported.
    folder.mkdir()
    if zipfile.is_zipfile(io.BytesIO(function.code_bytes)):
        zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(folder)
    for bundle in folder.rglob("rds-ca-bundle.pem"):
        with bundle.open("a") as file:
            file.writelines(pathlib.Path(database["authority"]).read_text() for database in databases.values())


def hosts():
    """The addresses of each proxy and of its further endpoints, by the host name: one in each of the first two subnets, as
    the real one has."""
    return {
        one.endpoint: [address_in(backend, subnet, number) for subnet in one.vpc_subnet_ids[:ADDRESSES_OF_A_PROXY]]
        for account in list(rds_backends.values())
        for backend in list(account.values())
        for proxy in backend.db_proxies.values()
        for number, one in enumerate([proxy, *proxy.further.values()])
    }


def address_in(rds, subnet_id, number):
    subnet = ec2_backends[rds.account_id][rds.region_name].get_subnet(subnet_id)
    # The first four addresses of a subnet belong to AWS.
    return str(ipaddress.ip_network(subnet.cidr_block)[10 + number])
