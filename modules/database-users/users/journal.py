"""Log lines as JSON, out of which every password is kept."""

import json
import re

# What PostgreSQL, MariaDB and MySQL check a password against.
VERIFIER = re.compile(r"SCRAM-SHA-256\$[0-9A-Za-z+/=:$]+|\*[0-9A-F]{40}|0x24412430[0-9a-f]+")

# Of the run that is going on; a warm sandbox serves one after the other.
_PASSWORDS = set()


def begin():
    _PASSWORDS.clear()


def hide(password):
    _PASSWORDS.add(password)
    # As it stands in a line of JSON.
    _PASSWORDS.add(json.dumps(password)[1:-1])


def clean(text):
    """The text without passwords and without what they are checked against."""
    text = VERIFIER.sub("…", text)
    # The longest first, because one may be a part of another.
    for password in sorted(_PASSWORDS, key=len, reverse=True):
        text = text.replace(password, "…")
    return text


def log(level, message, **fields):
    print(clean(json.dumps({"level": level, "message": message, **fields}, ensure_ascii=False)), flush=True)
