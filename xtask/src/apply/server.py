"""The emulated AWS, on loopback: moto's server, and in this process only two things that moto leaves out.

A function that is invoked really runs, and the host name of an emulated proxy has addresses: one in each of its
first two subnets, as the real one has.
"""

import ipaddress
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from moto.awslambda.models import LambdaFunction
from moto.core.base_backend import BackendDict
from moto.ec2.models import ec2_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.rds.models import rds_backends
from werkzeug.serving import make_server

RUNNER = pathlib.Path(__file__).with_name("function.py")
ADDRESSES_OF_A_PROXY = 2


def every(backends: BackendDict):
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
    """Runs a function's own code in a process of its own: result, whether it failed, and what it logged."""
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


def main():
    LambdaFunction._invoke_lambda = run
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=True)
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{server.port}"
    pathlib.Path(sys.argv[1]).write_text(f"{server.port}\n")
    server.serve_forever()


main()
