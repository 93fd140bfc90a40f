"""Serves the emulated AWS: moto, with the mends beside this file. Prints its port, once it listens."""

import os
import sys

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from emulator import calls, mends  # noqa: F401 (they take effect when they are imported)

if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{server.port}"
    print(server.port, flush=True)
    # Nobody reads on: whatever is printed later belongs into the log.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    server.serve_forever()
