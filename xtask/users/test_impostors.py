"""Servers that are not the database: none gets a password, or anything to make one from."""

import socket
import ssl
import struct
import threading

import pytest
from cluster import HOST, Certificates

from users import connection, postgres_wire
from users.failure import Unreachable
from users.request import Place
from users.vault import Login

PASSWORD = "never-to-be-told"
SSL_REQUEST = struct.pack("!ii", 8, 80877103)
READY = b"Z" + struct.pack("!i", 5) + b"I"


def asks(code, more=b""):
    return b"R" + struct.pack("!ii", 8 + len(more), code) + more


class Impostor:
    """Takes one client, and keeps all that it says."""

    def __init__(self, certificates, answer, has_tls=True):
        self.certificates, self.answer, self.has_tls = certificates, answer, has_tls
        self.heard = b""
        self.listener = socket.create_server((HOST, 0))
        self.place = Place("postgres", HOST, self.listener.getsockname()[1], "orders")
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        client, _ = self.listener.accept()
        try:
            client.settimeout(5)
            assert client.recv(8) == SSL_REQUEST
            client.sendall(b"S" if self.has_tls else b"N")
            if self.has_tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self.certificates.certificate, self.certificates.key)
                client = context.wrap_socket(client, server_side=True)
            self.heard += client.recv(4096)
            client.sendall(self.answer)
            while said := client.recv(4096):
                self.heard += said
        except OSError:
            pass  # the client has left
        finally:
            client.close()

    def end(self):
        self.thread.join()
        self.listener.close()
        return self.heard


def meet(certificates, monkeypatch, answer, bundle=None, **more):
    monkeypatch.setattr(connection, "BUNDLE", bundle or certificates.bundle)
    impostor = Impostor(certificates, answer, **more)
    try:
        with pytest.raises(Unreachable) as caught:
            with postgres_wire.connect(impostor.place, Login("orders_app", PASSWORD)) as session:
                session.rows("SELECT 'a statement'")
        return str(caught.value), impostor
    finally:
        heard = impostor.end()
        assert PASSWORD.encode() not in heard


@pytest.mark.parametrize(("code", "more"), [(3, b""), (5, b"salt"), (2, b""), (7, b""), (9, b"")])
def test_an_impostor_gets_no_password(certificates, monkeypatch, code, more):
    words, impostor = meet(certificates, monkeypatch, asks(code, more))
    assert f"asks for authentication {code}, and only SCRAM is answered" in words
    # What a client says first, and no more.
    assert b"p\x00\x00" not in impostor.heard.split(b"orders_app", 1)[1]


def test_an_impostor_gets_no_statement(certificates, monkeypatch):
    words, impostor = meet(certificates, monkeypatch, asks(0) + READY)
    assert "it has not proved that it knows the user" in words
    assert b"a statement" not in impostor.heard


def test_an_impostor_with_a_wrong_proof_gets_no_statement(certificates, monkeypatch):
    answer = asks(10, b"SCRAM-SHA-256\0\0") + asks(12, b"v=d3Jvbmc=") + asks(0) + READY
    words, impostor = meet(certificates, monkeypatch, answer)
    assert "Scram" in words and b"a statement" not in impostor.heard


def test_a_server_without_tls_gets_nothing(certificates, monkeypatch):
    words, impostor = meet(certificates, monkeypatch, b"", has_tls=False)
    assert "Server refuses SSL" in words and impostor.heard == b""


def test_a_server_without_a_certificate_of_rds_gets_nothing(certificates, monkeypatch):
    real = connection.Path(connection.__file__).with_name("rds-ca-bundle.pem")
    words, impostor = meet(certificates, monkeypatch, asks(3), bundle=real)
    assert "CERTIFICATE_VERIFY_FAILED" in words and b"orders_app" not in impostor.heard


def test_a_server_with_another_name_gets_nothing(certificates, monkeypatch):
    # The certificate is for the address alone.
    monkeypatch.setattr(connection, "BUNDLE", certificates.bundle)
    impostor = Impostor(certificates, asks(3))
    named = Place("postgres", "localhost", impostor.place.port, "orders")
    try:
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED.*localhost"):
            postgres_wire.connect(named, Login("orders_app", PASSWORD))
    finally:
        assert b"orders_app" not in impostor.end()


def test_a_certificate_that_python_is_strict_about_is_taken(certificates, monkeypatch):
    """RDS's are such; what 3.13 asks for is asked here of every Python."""
    monkeypatch.setattr(connection, "BUNDLE", certificates.bundle)
    original = ssl.create_default_context

    def strict(**more):
        context = original(**more)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl, "create_default_context", strict)
    words, _ = meet(certificates, monkeypatch, asks(3))
    assert "only SCRAM is answered" in words


def test_a_port_that_nobody_listens_on():
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(Unreachable, match=f"no connection to {HOST}:{port} for orders_app: ConnectionRefusedError"):
        postgres_wire.connect(Place("postgres", HOST, port, "orders"), Login("orders_app", PASSWORD))


def test_certificates_of_another_authority_are_not_taken(certificates, monkeypatch, tmp_path):
    other = Certificates(tmp_path)
    words, impostor = meet(certificates, monkeypatch, asks(3), bundle=other.bundle)
    assert "CERTIFICATE_VERIFY_FAILED" in words and impostor.heard == b""
