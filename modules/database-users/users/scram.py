"""What PostgreSQL keeps of a password, computed here: so no statement and no server's log ever holds one."""

from base64 import b64encode
from secrets import token_bytes

from scramp import ScramMechanism

ITERATIONS = 4096


def make_verifier(password):
    salt = token_bytes(16)
    _, stored_key, server_key, _ = ScramMechanism("SCRAM-SHA-256").make_auth_info(password, ITERATIONS, salt)
    salt, stored_key, server_key = (b64encode(part).decode() for part in (salt, stored_key, server_key))
    return f"SCRAM-SHA-256${ITERATIONS}:{salt}${stored_key}:{server_key}"
