import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.generate.questions import read_form
from scaffold.generate.screen import screen
from scaffold.house.table import read_house
from scaffold.house.tree import Tree


def look(root, *, trust=False):
    house = read_house(root)
    screen(house, read_form(house), Tree.of(root), trust=trust)


def test_a_plain_house_passes(small):
    look(small())


def test_what_runs_code_needs_trust(small):
    root = small({"copier.yml": '_tasks: ["make"]\nname: x\n'})

    with pytest.raises(ScaffoldError) as caught:
        look(root)

    assert str(caught.value) == (
        f"{root}/copier.yml: _tasks runs commands after rendering, and a template runs no code "
        "unless you say so\n"
        "  try: read it, then add --trust if you trust whoever wrote the house"
    )
    look(root, trust=True)


def test_trust_does_not_open_links_and_ways_up(small):
    root = small({"copier.yml": "_subdirectory: ../x\nname: x\n"})

    with pytest.raises(ScaffoldError, match=r"_subdirectory is '../x', which leaves the house"):
        look(root, trust=True)
    (root / "link").symlink_to(root)
    with pytest.raises(ScaffoldError, match="is a symbolic link, and a house consists of plain"):
        look(root, trust=True)


def test_white_space_and_delimiters_may_be_set(small):
    look(small({"copier.yml": "_envops: {trim_blocks: true}\n_subdirectory: a/b\nname: x\n"}))


def test_a_name_outside_of_what_is_rendered_is_no_matter(small):
    """A template's own tests may be called as they like."""
    look(small({"tests/aux.py": ""}))

    with pytest.raises(ScaffoldError, match=r"/repository/aux\.py: 'aux.py' is the name of"):
        look(small({"repository/aux.py": ""}, "other"))
