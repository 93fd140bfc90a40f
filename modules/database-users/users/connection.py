"""What connections to databases of every engine have in common: verified TLS, and statements that are counted and told."""

import socket
import ssl
from pathlib import Path

from . import journal

BUNDLE = Path(__file__).with_name("rds-ca-bundle.pem")

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 60
# A statement that waits for somebody else's lock gives way before anybody notices.
LOCK_SECONDS = 3
# A function that was ended may leave its session behind, and with it the lock.
IDLE_SECONDS = 90


class Session:
    """Statements in a connection, those that change something counted and told."""

    def __init__(self, wire):
        self.wire = wire
        self.changed = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.wire.close()

    def rows(self, sql):
        return self._send(sql, sql)

    def change(self, sql, told=None):
        """A statement that changes something, told in other words where it holds what nobody may read. Several in one text
        are one transaction, where the engine has such."""
        self._send(sql, told or sql)
        self.changed += 1
        journal.log("INFO", "changed", statement=told or sql)

    def _send(self, sql, told):
        raise NotImplementedError


def open_socket(place):
    opened = socket.create_connection((place.host, place.port), CONNECT_SECONDS)
    # What follows the handshake would wait for its acknowledgement.
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def make_context():
    context = ssl.create_default_context(cafile=BUNDLE)
    # From 3.13 on Python asks more of a certificate than RDS's have.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
