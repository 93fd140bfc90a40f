def test_smoke(world):
    first = world.ensure()
    print(first)
    for line in world.lines: print(line)
    assert world.ensure()["changed"] == 0
