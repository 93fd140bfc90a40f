"""The older roots forget what is taken over: in the right order and in the wrong ones, nothing is destroyed."""

from conftest import HELD_AT
from found import LEFT
from place import of_databases

INSTANCE = "aws_db_instance.this"


def actions(plan):
    return {tuple(change["actions"]) for change in plan.values()}


def differs(change):
    before, after = change["before"], change["after"]
    return {name for name in after if after[name] != before.get(name)}


def test_to_drop_a_key_without_the_blocks_plans_to_destroy_as_the_page_warns(imported, adopted):
    assert actions(imported.dropped) == {("delete",)}
    assert HELD_AT["us"] in imported.dropped
    assert 'take out the key "us" from the `for_each` of `module "db"`' in adopted.report.out


def test_to_drop_a_block_without_the_blocks_plans_to_destroy_too(warned):
    assert warned.dropped[HELD_AT["whole"]]["actions"] == ["delete"]


def test_forgotten_before_the_import_nothing_happens_to_it_and_the_import_comes_after(imported):
    assert actions(imported.early) == {("forget",)}
    assert of_databases(imported.early_calls) == []
    assert imported.applied.outcomes()["fleet-us"] == "applied"


def test_an_older_root_that_has_not_forgotten_wants_our_tags_off_again(warned, again):
    _, fleet = again
    assert list(warned.still) == [HELD_AT["whole"]]
    assert list(fleet) == [HELD_AT["eu"]]
    for plan in (warned.still, fleet):
        [change] = plan.values()
        assert change["actions"] == ["update"]
        assert differs(change) == {"tags", "tags_all"}
        gone = set(change["before"]["tags_all"]) - set(change["after"]["tags_all"])
        assert "valet-rds:shortname" in gone


def test_with_pods_on_their_way_it_would_also_cut_them_off(grown):
    [change] = grown.still.values()
    assert differs(change) == {"tags", "tags_all", "vpc_security_group_ids"}
    assert set(change["after"]["vpc_security_group_ids"]) < set(change["before"]["vpc_security_group_ids"])


def test_with_the_printed_blocks_it_forgets_and_asks_nothing_of_aws(forgotten):
    for plan in forgotten.plans.values():
        assert actions(plan) == {("forget",)}
        assert sum(address.endswith(INSTANCE) for address in plan) == 1
    assert forgotten.calls == []


def test_afterwards_it_has_nothing_to_do(forgotten):
    assert forgotten.again == {"whole": {}, "fleet": {}}


def test_what_nobody_owns_then_was_named(forgotten, adopted):
    for name, key in [("whole", "whole"), ("fleet", "eu")]:
        told = adopted.blocks[HELD_AT[key]]
        left = [address for address in told["nobodyOwns"]]
        assert len(left) == len(forgotten.plans[name]) - 1
        assert not any(INSTANCE in address for address in left)


def test_what_is_not_taken_over_stays_with_the_older_root(place, forgotten):
    assert f'module.db["{LEFT.removeprefix("fleet-")}"].{INSTANCE}' in place.old["fleet"].holds()
    assert place.old["whole"].holds() == []
