"""Instances and clusters that others have made are adopted, lead to pods, grow into the standard and end: with the real Terraform on an
emulated AWS, whose calls are recorded.

`cargo xtask adopt` starts it: in the environment, VALET_RDS is the built command and PROOF_FOLDER a folder with the modules
and a workspace.
"""

import concurrent.futures
import os
import pathlib
from types import SimpleNamespace

import pytest
from emulator import emulated_aws
from found import BY_HAND, CLUSTERS, ENVIRONMENT, HELD
from place import OUR_CONFIG, OURS, SHARED, Place
from stages import Stages

STAGES = ["there", "adopted", "imported", "again", "warned", "grown", "forgotten", "debts"]
# What one keeps of its own, in the order in which it goes; two others end meanwhile.
DEBTS = ["tags", "copyTagsToSnapshot", "performanceInsightsDays", "parameterGroup"]
ENDING = ["reports", "legacy"]
# Where an older root holds an instance, as `adopt` tells it.
HELD_AT = {"whole": "module.db.aws_db_instance.this"} | {key: f'module.db["{key}"].aws_db_instance.this' for key in ("eu", "us")}


def pytest_configure(config):
    config.pluginmanager.register(Stages(STAGES, "place"))


@pytest.fixture(scope="session")
def place():
    folder = pathlib.Path(os.environ["PROOF_FOLDER"]).resolve()
    with emulated_aws(folder / "server.log"):
        yield Place(folder, pathlib.Path(os.environ["VALET_RDS"]).resolve())


@pytest.fixture(scope="session")
def there(place):
    """Instances made by hand and by older roots, and an environment of this tool without any database."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        old = [pool.submit(root.make) for root in place.old.values()]
        place.found.make()
        place.lock()
        place.config(OURS).write_text(OUR_CONFIG)
        place.ours("generate")
        place.commit("Begin")
        place.carry_out(SHARED, keep="shared")
        for one in old:
            one.result()
    place.commit("Make the environment")


@pytest.fixture(scope="session")
def adopted(place, there):
    """What `adopt` says of all of them, first as a report; their configs and roots."""
    place.describe()
    report = place.adopt("--report")
    ran = place.adopt("--skip-refused", "--format", "json")
    checked = place.valet("check")
    generated = place.valet("generate")
    place.commit("Adopt")
    return SimpleNamespace(report=report, ran=ran, blocks={one["instances"][0]: one for one in ran.document["oldRoots"]}, checked=checked, generated=generated)


@pytest.fixture(scope="session")
def imported(place, adopted):
    """Everything is planned and applied. One has been forgotten by its older root before; the names of one are taken."""
    fleet = place.old["fleet"]
    fleet.edit(('["ap", "eu", "us"]', '["ap", "eu"]'))
    dropped = fleet.plan()
    fleet.put_back(fleet.text() + adopted.blocks[HELD_AT["us"]]["blocks"])
    mark = place.mark()
    early = fleet.plan()
    fleet.apply_plan()
    early_calls = place.since(mark)
    names = [*BY_HAND, *HELD, *CLUSTERS]
    planned = place.plan(*names, keep="import")
    applied, calls = place.apply("import")
    place.commit("Imported")
    place.found.free()
    freed, more = place.carry_out("clash", keep="freed")
    place.commit("Import the last one")
    place.imported = place.found.describe()
    place.imported_clusters = place.found.describe("describe_db_clusters", "DBClusters")
    return SimpleNamespace(
        dropped=dropped, early=early, early_calls=early_calls, planned=planned, applied=applied, calls=calls,
        freed=freed, more=more,
    )


@pytest.fixture(scope="session")
def again(place, imported):
    """Everything is planned again; and the older root that still holds some."""
    return place.plan(*BY_HAND, *HELD, *CLUSTERS, keep="again"), place.old["fleet"].plan()


@pytest.fixture(scope="session")
def warned(place, again):
    """What an older root would do that has not forgotten: as it is, and without its block."""
    whole = place.old["whole"]
    still = whole.plan()
    text = whole.text()
    whole.put_back(text[: text.index('module "db"')])
    dropped = whole.plan()
    whole.put_back(text)
    return SimpleNamespace(still=still, dropped=dropped)


@pytest.fixture(scope="session")
def grown(place, warned):
    """Some lead to pods, with a secret of their own, of RDS, or with tokens: one of them too early, before its older root has
    forgotten, one with a role in the way. And one database that this tool makes."""
    found = place.found
    secrets = {
        "orders": found.secret("orders/master", "dbadmin"),
        "billing": found.one("billing-db")["MasterUserSecret"]["SecretArn"],
        "tokens": found.secret("tokens/master", "dbadmin"),
        "warehouse": found.secret("warehouse/master", "complete_postgresql"),
        "stock": found.secret("stock/master", "dbadmin"),
        "cart": found.one_cluster("cart")["MasterUserSecret"]["SecretArn"],
    }
    for name, secret in secrets.items():
        place.edit(name, ("\nadopt:\n", f"\nadopt:\n  credentials: {{secretArn: '{secret}'}}\n"))
    place.edit("warehouse", ("shortname: warehouse\n", "proxy: {maxConnectionsPercent: 50}\nshortname: warehouse\n"))
    place.ours("generate")
    diff = place.valet("diff", "--base", "HEAD", "--format", "json")
    place.commit("Lead pods to them")
    names = [*secrets, OURS]
    planned = place.plan(*names, keep="grow")
    applied, calls = place.apply("grow")
    place.found.free_role()
    freed, more = place.carry_out("tokens", keep="role")
    place.commit("Pods come in")
    return SimpleNamespace(
        names=names, diff=diff, planned=planned, applied=applied, calls=calls + more, freed=freed,
        again=place.plan(*names, keep="grown-again"), still=place.old["whole"].plan(),
    )


@pytest.fixture(scope="session")
def forgotten(place, grown, adopted):
    """The older roots are told what `adopt` has printed: the plans, the calls of their applies, and what they hold then."""
    whole, fleet = place.old["whole"], place.old["fleet"]
    blocks = adopted.blocks
    mark, plans = place.mark(), {}
    text = whole.text()
    whole.put_back(text[: text.index('module "db"')] + blocks[HELD_AT["whole"]]["blocks"])
    fleet.edit(('["ap", "eu"]', '["ap"]'))
    fleet.put_back(fleet.text() + blocks[HELD_AT["eu"]]["blocks"])
    for old in (whole, fleet):
        plans[old.name] = old.plan()
        old.apply_plan()
    return SimpleNamespace(plans=plans, calls=place.since(mark), again={name: old.plan() for name, old in place.old.items()})


@pytest.fixture(scope="session")
def debts(place, forgotten):
    """What one keeps of its own goes, one by one: what `diff` says, what is planned, and the calls. Meanwhile two others end."""
    steps, endings = [], []
    for number, key in enumerate(DEBTS):
        place.drop("orders", key)
        others = ENDING if number < 2 else []
        for name in others:
            retain = ["--retain"] if (name, number) == ("legacy", 0) else []
            place.ours("retire", f"{ENVIRONMENT}/{name}", *retain)
        place.ours("generate")
        diff = place.valet("diff", "--base", "HEAD", "--format", "json")
        place.commit(f"Drop {key}")
        planned, calls = place.carry_out("orders", *others, keep=f"debt-{number}")
        place.commit(f"Applied without {key}")
        if others:
            endings.append((planned, [call for call in calls if call[1] in ("reports-old", "legacy-keep")]))
        one = [call for call in calls if call[1] == "orders-prod-2019"]
        steps.append(SimpleNamespace(key=key, diff=diff, planned=planned, calls=one))
    return SimpleNamespace(steps=steps, endings=endings, again=place.plan("orders", keep="debts-again"))
