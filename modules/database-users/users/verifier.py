"""What databases keep of a password, computed here: so no statement and no server's log ever holds one."""

from base64 import b64encode
from hashlib import sha1, sha256
from secrets import choice, token_bytes

from scramp import ScramMechanism

ITERATIONS = 4096

# The letters of SHA-crypt, of the least to the most.
LETTERS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Thousands of rounds, as MySQL has them in its hashes.
THOUSANDS = 5
SALT_LETTERS = 20


def scram(password):
    """Of PostgreSQL: SCRAM-SHA-256."""
    salt = token_bytes(16)
    _, stored_key, server_key, _ = ScramMechanism("SCRAM-SHA-256").make_auth_info(password, ITERATIONS, salt)
    salt, stored_key, server_key = (b64encode(part).decode() for part in (salt, stored_key, server_key))
    return f"SCRAM-SHA-256${ITERATIONS}:{salt}${stored_key}:{server_key}"


def native(password):
    """Of MariaDB: `mysql_native_password`."""
    return "*" + sha1(sha1(password.encode()).digest()).hexdigest().upper()


def caching_sha2(password, salt=None):
    """Of MySQL: `caching_sha2_password`."""
    salt = salt or "".join(choice(LETTERS) for _ in range(SALT_LETTERS))
    return f"$A${THOUSANDS:03}${salt}{sha_crypt(password.encode(), salt.encode(), THOUSANDS * 1000)}"


def sha_crypt(key, salt, rounds):
    """The SHA-256 of Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512", step by step, for a salt of any length."""
    other = sha256(key + salt + key).digest()
    first = key + salt + stretch(other, len(key))
    length = len(key)
    while length:
        first += other if length & 1 else key
        length >>= 1
    digest = sha256(first).digest()
    keys = stretch(sha256(key * len(key)).digest(), len(key))
    salts = stretch(sha256(salt * (16 + digest[0])).digest(), len(salt))
    for number in range(rounds):
        text = keys if number & 1 else digest
        text += salts if number % 3 else b""
        text += keys if number % 7 else b""
        text += digest if number & 1 else keys
        digest = sha256(text).digest()
    triples = [(0, 10, 20), (21, 1, 11), (12, 22, 2), (3, 13, 23), (24, 4, 14), (15, 25, 5), (6, 16, 26), (27, 7, 17)]
    triples += [(18, 28, 8), (9, 19, 29)]
    text = "".join(spell(digest[a] << 16 | digest[b] << 8 | digest[c], 4) for a, b, c in triples)
    return text + spell(digest[31] << 8 | digest[30], 3)


def stretch(digest, length):
    return (digest * (length // len(digest) + 1))[:length]


def spell(number, letters):
    return "".join(LETTERS[number >> 6 * place & 63] for place in range(letters))
