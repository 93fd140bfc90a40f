def test_x(imported):
    print(imported)
