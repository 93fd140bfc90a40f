"""Takes away one by one what keeps users from doing more than they should, and demands that a test sees it.

In the sources a comment on each such place names the test.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import MARIADB
from world import SOURCES

MARK = re.compile(r"# least privilege: (test_\w+)$")
TESTS = Path(__file__).parent
# What PostgreSQL has no part in.
OF_MARIADB = {"mariadb.py", "mysql.py", "mysql_wire.py"}


def places(is_of_mariadb):
    for path in sorted((SOURCES / "users").glob("*.py")):
        if (path.name in OF_MARIADB) != is_of_mariadb:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if "least privilege:" in line:
                yield pytest.param(path.name, number, MARK.search(line)[1], id=f"{path.stem}:{number}")


def without(text, number):
    """The text without the statement that begins at a line; where none does, without the line."""
    lines = text.splitlines(keepends=True)
    statements = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt) and node.lineno == number)
    end, filler = number, ""
    if statement := next(statements, None):
        end, filler = statement.end_lineno, " " * statement.col_offset + "pass\n"
    changed = "".join(lines[: number - 1]) + filler + "".join(lines[end:])
    ast.parse(changed)
    return changed


def look(tmp_path, name, number, test, version, running):
    shutil.copytree(SOURCES / "users", tmp_path / "users")
    spoiled = tmp_path / "users" / name
    spoiled.write_text(without(spoiled.read_text(), number))
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", TESTS, "-k", test, "--versions",
            str(version), "--running", running,
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "USERS_SOURCES": str(tmp_path)},
    )  # fmt: skip
    # 1: tests have run, and some have failed. Anything else is a mistake of ours.
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"::{test}" in done.stdout and " error" not in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(("name", "number", "test"), list(places(False)))
def test_its_test_fails(cluster, tmp_path, name, number, test):
    look(tmp_path, name, number, test, cluster.version, cluster.tell())


@pytest.mark.parametrize(("name", "number", "test"), list(places(True)))
def test_its_test_fails_with_mariadb(server, tmp_path, name, number, test):
    look(tmp_path, name, number, test, MARIADB, server.tell())
