"""From 15 to 16, where who may administer a role became another thing: by pg_upgrade, as RDS does it."""

import shutil
import zipfile

import pytest
from cluster import PACKAGES, Cluster, binaries, own
from conftest import World, refused

from users.failure import Failure

MASTERS = (
    "SELECT admin_option FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid "
    "WHERE r.rolname = :role AND m.member = :master::regrole"
)


@pytest.fixture(scope="module")
def upgrader(folder):
    """All programs of 16, which the servers' package leaves out."""
    [wheel] = PACKAGES.glob("pgserver-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "upgrader")
    programs = folder / "upgrader" / "pgserver" / "pginstall" / "bin"
    for program in programs.iterdir():
        program.chmod(0o755)
    return programs


# The files that it reads are the same in 15 and 16, but for the number.
RESETWAL = """#!/bin/sh
set -e
case "$1" in -n) ;; *) exec "{programs}/pg_resetwal" "$@" ;; esac
shadow=$(mktemp -d)
echo 16 >"$shadow/PG_VERSION"
ln -s "$2"/* "$shadow" 2>/dev/null || true
exec "{programs}/pg_resetwal" -n "$shadow"
"""


def upgrade(old, upgrader, folder):
    """The same cluster with 16."""
    old.stop()
    # The servers' package has nothing else that reads the files of 15.
    programs = folder / "programs-15"
    shutil.copytree(binaries(15).parent, programs, symlinks=True)
    shutil.copy(upgrader / "pg_controldata", programs / "bin")
    (programs / "bin" / "pg_resetwal").write_text(RESETWAL.format(programs=upgrader))
    (programs / "bin" / "pg_resetwal").chmod(0o755)
    new = Cluster(16, folder / "16", old.certificates, upgrader)
    new.folder.mkdir()
    new.password = old.password
    new.create()
    for cluster in (old, new):
        (cluster.data / "pg_hba.conf").write_text("local all all trust\n")
    new.run(
        "pg_upgrade", "-b", programs / "bin", "-B", upgrader, "-d", old.data, "-D", new.data, "-U", "rdsadmin",
        "-s", new.folder, "--link",
    )  # fmt: skip
    new.bin = binaries(16)
    return new.start()


@pytest.mark.versions(16)
def test_an_upgraded_database_keeps_its_users(folder, certificates, upgrader):
    path = folder / "upgraded"
    path.mkdir()
    own(path)
    old = Cluster(15, path / "15", certificates)
    old.folder.mkdir()
    world = World(old.create().start().add_rds())
    world.ensure()
    world.seed(world.login, "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1)")
    # What a function without ADMIN would have left behind.
    world.seed(world.as_master, "CREATE ROLE forgotten LOGIN", "COMMENT ON ROLE forgotten IS 'valet-rds:reader'")
    world.admin.close()
    cluster = world.server = upgrade(old, upgrader, path)
    try:
        world.admin = cluster.connect()
        assert world.admin.run(MASTERS, role="orders_app", master=f'"{world.master}"') == [[True]]
        # The role that 15 let the master manage without ADMIN, 16 does not.
        with pytest.raises(Failure, match='42501 permission denied to grant role "forgotten"'):
            world.ensure()
        world.admin.run("DROP ROLE forgotten")
        # The server has moved to another port.
        assert world.ensure()["changed"] == 0
        with world.login() as owner, world.login("reader") as reader:
            owner.run("ALTER TABLE t ADD COLUMN y int; CREATE TABLE u (x int)")
            assert reader.run("SELECT t.x FROM t LEFT JOIN u ON true") == [[1]]
        # And all that needs to administer a role works: a password, a new user, one that leaves.
        world.admin.run("ALTER ROLE orders_ro PASSWORD NULL")
        assert world.ensure()["changed"] == 1
        world.rotate()
        world.ensure(reader="orders_reader")
        with refused("28000"):
            world.login("reader", stage="AWSPREVIOUS")
        world.close()
    finally:
        cluster.stop()
