"""Has the template of an ExternalSecret filled in by the real engine with 200 passwords, and reads back what comes out.

Its arguments are the reviewed objects and the program that fills in.
"""

import json
import pathlib
import random
import re
import string
import subprocess
import sys
import urllib.parse

import yaml

HOW_MANY = 200
# What a master's password of RDS may be made of (user guide, "Settings for DB instances"); ours may be of anything.
OF_RDS = [letter for letter in map(chr, range(33, 127)) if letter not in "/'\"@"]
PRINTABLE = string.printable[:-5]
HOSTILE = [
    "".join(OF_RDS),
    PRINTABLE,
    "{{ .username }}",
    '{{ env "HOME" }}',
    "}}{{",
    "{{/*",
    "`{{\"{\"}}`",
    "%",
    "%41%2f%00",
    "%25%2B",
    "+ +",
    " a ",
    "a+b c%20d",
    "user:word@host/path",
    "?sslmode=disable#",
    "&amp;<>",
    "\\n\\u0041\\",
    "$HOME ${HOME} $(id) `id`",
    "[::1]",
    "' OR '1'='1",
    "--",
    "null",
    "0x1F",
    "~",
    "ü€😀",
    "e\u0301\u202e",
    "a\tb\nc\r",
]
# What may stand before the @ of a URL (RFC 3986): no reader takes any of it for something else.
USERINFO = re.compile(r"(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*")


def passwords():
    chance = random.Random("the same in every run")
    made = [
        "".join(chance.choice(alphabet) for _ in range(chance.randint(8, 128)))
        for number in range(HOW_MANY - len(HOSTILE))
        for alphabet in [OF_RDS if number % 4 else PRINTABLE]
    ]
    assert set("".join(made)) >= set(OF_RDS)
    return HOSTILE + made


def external_secret(snapshot):
    text = pathlib.Path(snapshot).read_text()
    objects = yaml.safe_load_all(text[text.index("---\napiVersion") :])
    [found] = [one for one in objects if one and one["kind"] == "ExternalSecret"]
    return found


def fill(program, templates, secrets):
    asked = json.dumps({"templates": templates, "secrets": secrets})
    return json.loads(subprocess.run([program], input=asked, capture_output=True, text=True, check=True).stdout)


def slips(secret, filled):
    """What a client would read otherwise than it was."""
    url = urllib.parse.urlsplit(filled["url"])
    login, _ = url.netloc.rsplit("@", 1)
    user, _, password = login.partition(":")
    found = {
        "user": (filled["user"], secret["username"]),
        "password": (filled["password"], secret["password"]),
        "user of the URL": (urllib.parse.unquote(user, errors="strict"), secret["username"]),
        "password of the URL": (urllib.parse.unquote(password, errors="strict"), secret["password"]),
        "place of the URL": ((url.hostname, str(url.port), url.path[1:]), tuple(filled[key] for key in ["host", "port", "database"])),
        "TLS of the URL": (urllib.parse.parse_qs(url.query), {"sslmode": [filled["sslmode"]]}),
    }
    wrong = [name for name, (read, expected) in found.items() if read != expected]
    return wrong + [name for name, text in [("user", user), ("password", password)] if not USERINFO.fullmatch(text)]


def main(snapshot, program):
    template = external_secret(snapshot)["spec"]["target"]["template"]
    assert (template["engineVersion"], template["type"]) == ("v2", "Opaque"), template
    templates = template["data"]
    texts = passwords()
    # Names take part, too: those that PostgreSQL would let somebody have.
    secrets = [{"username": texts[-number - 1], "password": text} for number, text in enumerate(texts)]
    for secret, filled in zip(secrets, fill(program, templates, secrets), strict=True):
        assert not slips(secret, filled), (slips(secret, filled), secret, filled)

    # A check that could not fail would prove nothing.
    missing = [" | urlquery", ' | replace "+" "%20"']
    for step in missing:
        assert step in templates["url"], templates["url"]
        without = templates | {"url": templates["url"].replace(step, "")}
        filled = fill(program, without, secrets)
        assert any(slips_of(secret, one) for secret, one in zip(secrets, filled, strict=True)), f"nobody misses {step}"
    print(f"{len(secrets)} passwords come out of the template as they were; {len(missing)} slips were seen")


def slips_of(secret, filled):
    """The same of what may be no URL at all."""
    try:
        return slips(secret, filled)
    except ValueError as error:
        return [str(error)]


if __name__ == "__main__":
    main(*sys.argv[1:])
