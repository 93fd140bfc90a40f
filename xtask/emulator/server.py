"""Serves the emulated AWS: moto, with the mends beside this file. Prints its port, once it listens."""

import contextlib
import os
import sys
import threading
import time

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from emulator import calls, mends  # noqa: F401 (they take effect when they are imported)

LATENCY = float(os.environ.get("EMULATOR_LATENCY", "0"))


ONE_AT_A_TIME = threading.Lock()


class Application(DomainDispatcherApplication):
    """Answers as far away as it is told to be, and one call after the other: moto's dictionaries do not stand more."""

    def __call__(self, environ, start_response):
        time.sleep(LATENCY)
        # A function that runs calls, too: whether somebody invokes it, or a rotation does.
        runs_function = (
            "/lambda/" in environ.get("HTTP_AUTHORIZATION", "")
            or environ.get("HTTP_X_AMZ_TARGET") == "secretsmanager.RotateSecret"
        )
        with contextlib.nullcontext() if runs_function else ONE_AT_A_TIME:
            return super().__call__(environ, start_response)


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, Application(create_backend_app), threaded=True)
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{server.port}"
    print(server.port, flush=True)
    # Nobody reads on: whatever is printed later belongs into the log.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    server.serve_forever()
