"""An emulated AWS on loopback, and the environment that leads Terraform and boto3 to it and to nothing else."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

# Settings of the user that would win over the emulated ones.
NOT_HERE = ["AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN"]
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "emulated",
    "AWS_SECRET_ACCESS_KEY": "emulated",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    # An error of the emulator shows at once; it never throttles.
    "AWS_MAX_ATTEMPTS": "2",
}
LAST_LINES = 60
SECONDS_TO_END = 20


@contextlib.contextmanager
def emulated_aws(log, **settings):
    """Runs the server: meanwhile this process, and those that it starts, know no other AWS."""
    for name in NOT_HERE:
        os.environ.pop(name, None)
    calls = log.with_name("calls.jsonl")
    os.environ.update(CREDENTIALS, EMULATOR_CALLS=str(calls), MOTO_IAM_LOAD_MANAGED_POLICIES="true", **settings)
    with open(log, "w") as errors:
        server = subprocess.Popen(
            [sys.executable, "-m", "emulator.server"],
            cwd=pathlib.Path(__file__).parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        port = server.stdout.readline().strip()
        if not port:
            raise RuntimeError(f"no emulated AWS:\n{tail(log.read_text())}")
        os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{port}"
        yield
    finally:
        server.kill()
        server.wait()


@contextlib.contextmanager
def database_servers():
    """A folder in which the emulated AWS keeps a server for each database. They outlive it, and end here."""
    # Whom a server runs as must get there.
    with tempfile.TemporaryDirectory(prefix="servers-", ignore_cleanup_errors=True) as path:
        folder = pathlib.Path(path)
        folder.chmod(0o755)
        try:
            yield folder
        finally:
            running = list(folder.glob("*/data/postmaster.pid"))
            for one in running:
                # At once, and whatever clients there are.
                os.kill(int(one.read_text().split()[0]), signal.SIGQUIT)
            deadline = time.monotonic() + SECONDS_TO_END
            while any(one.exists() for one in running) and time.monotonic() < deadline:
                time.sleep(0.05)


def run(*command, printed=None, **options):
    """Runs a command to its end: its standard output, or an error with the end of all that it printed, which also stands at
    the end of a file if one is named."""
    command = [str(word) for word in command]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **options)
    if printed:
        with open(printed, "a") as file:
            file.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}")
    if done.returncode:
        raise RuntimeError(f"$ {' '.join(command)}\n{tail(done.stdout + done.stderr)}")
    return done.stdout


def tail(text):
    return "\n".join(text.splitlines()[-LAST_LINES:])
