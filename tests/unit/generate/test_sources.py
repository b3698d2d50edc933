import subprocess

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.generate.sources import open_house
from scaffold.house.shipped import DEFAULT, shelf


@pytest.fixture
def room(tmp_path):
    folder = tmp_path / "room"
    folder.mkdir()
    return folder


def git(folder, *arguments):
    named = ("-c", "user.name=a", "-c", "user.email=a@b.test", "-c", "commit.gpgSign=false")
    done = subprocess.run(
        ["git", *named, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def published(small):
    """A house in a repository with a tag that is older than its branch."""
    root = small()
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=one")
    git(root, "tag", "v1")
    (root / "repository/README.md.jinja").write_text("newer\n")
    git(root, "commit", "--quiet", "--all", "--message=two")
    return root


def test_a_house_that_ships_is_read_in_its_place(room):
    assert open_house(DEFAULT, room).root == shelf() / DEFAULT


def test_a_folder_is_copied_as_it_is_now_and_not_as_it_was_tagged(published, room):
    (published / "repository/README.md.jinja").write_text("not even committed\n")

    house = open_house(str(published), room)

    assert house.root == room / "house"
    assert (house.root / "repository/README.md.jinja").read_text() == "not even committed\n"
    assert not (house.root / ".git").exists()
    assert house.place("x") == f"{published}/x"


@pytest.mark.parametrize(("reference", "text"), [("", "newer\n"), ("@v1", "# {{ name }}")])
def test_an_address_is_cloned_at_its_branch_or_tag(published, room, reference, text):
    house = open_house(f"git+file://{published}{reference}", room)

    assert (house.root / "repository/README.md.jinja").read_text().startswith(text)
    assert (house.id, house.version) == ("small", "1.2")


def test_a_house_without_a_table_has_its_commit_as_its_version(published, room):
    git(published, "rm", "--quiet", "house.toml")
    git(published, "commit", "--quiet", "--message=three")

    house = open_house(f"file://{published}", room)

    assert (house.id, house.version) == ("house", git(published, "rev-parse", "HEAD"))


def test_what_is_no_house_gets_a_suggestion(room):
    with pytest.raises(ScaffoldError) as caught:
        open_house("reengineerin", room)

    assert str(caught.value) == (
        "--house: 'reengineerin' is no house that ships, no folder and no git address\n"
        "  try: did you mean 'reengineering'?"
    )


def test_an_address_where_nothing_is_says_so(room, tmp_path):
    with pytest.raises(ScaffoldError) as caught:
        open_house(f"file://{tmp_path}/no", room)

    assert caught.value.what.startswith("could not be cloned: fatal: ")
    assert caught.value.where == f"file://{tmp_path}/no"
