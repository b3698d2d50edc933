from scaffold.house.shipped import DEFAULT, shelf, shipped


def test_the_houses_that_ship_are_found_in_a_checkout():
    assert DEFAULT in shipped()
    assert (shelf() / DEFAULT / "copier.yml").is_file()
