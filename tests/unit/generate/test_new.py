from pathlib import Path

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.generate.engines.asking import Asking
from scaffold.generate.new import (
    Order,
    make,
    next_commands,
    propose,
    settled,
    suggested_name,
)
from scaffold.house.lock import read_lock

MAKEFILE = {"repository/Makefile": "test:\n\techo\ntrain: test\n\techo\n"}


def order(small, destination, more=(), **changes):
    known = {"house": str(small(more)), "asking": Asking(defaults=True)}
    return Order(destination=destination, **(known | changes))


def test_a_proposal_writes_nothing(small, tmp_path):
    proposal = propose(order(small, tmp_path / "out"))

    assert not (tmp_path / "out").exists()
    assert proposal.commits
    ours = {step.path for step in proposal.plan.writes} - set(proposal.rendered.files)
    assert {path.parts[0] for path in ours} == {".scaffold"}


def test_what_is_made_is_locked_committed_and_can_be_merged_from(small, tmp_path):
    made = make(propose(order(small, tmp_path / "out")))

    out = tmp_path / "out"
    lock = read_lock((out / ".scaffold/lock.json").read_text(), where="lock")
    assert len(made.commit) == 40
    assert (lock.house, lock.version) == ("small", "1.2")
    assert lock.answers["name"] == "my-net"
    assert {str(path): entry.owner.value for path, entry in lock.files.items()} == {
        str(path): "template" if path.name == "__init__.py" else "both" for path in lock.files
    }
    assert (out / ".scaffold/base/README.md.base").read_text() == (out / "README.md").read_text()
    assert not (out / ".scaffold/base/src/my_net/__init__.py.base").exists()


def test_into_a_folder_that_holds_something_nothing_is_committed(small, draw):
    out = draw({"mine": "m"}, "out")

    made = make(propose(order(small, out, force=True)))

    assert made.commit is None
    assert not (out / ".git").exists()
    assert (out / "mine").read_text() == "m"


def test_the_next_commands_are_those_that_the_makefile_has(small, tmp_path):
    proposal = propose(order(small, tmp_path / "out", MAKEFILE))

    assert next_commands(proposal, "out") == ("cd out", "make test", "make train")


def test_without_such_targets_one_looks_around(small, tmp_path):
    plain = {"repository/Makefile": "all:\n"}

    assert next_commands(propose(order(small, tmp_path / "a", plain)), "a")[1] == "git log --stat"
    proposal = propose(order(small, tmp_path / "b", plain, git=False))
    assert next_commands(proposal, "b") == ("cd b", "ls -A")


@pytest.mark.parametrize(
    ("destination", "name"),
    [("My Net", "my-net"), ("x/digits_vit", "digits-vit"), ("torch", None), ("2024", None)],
)
def test_the_name_of_the_destination_is_offered_where_it_is_good(destination, name):
    assert suggested_name(Path(destination)) == name


def test_a_destination_is_settled_without_following_its_last_part(tmp_path, monkeypatch):
    (tmp_path / "to").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "to")
    monkeypatch.chdir(tmp_path / "to")

    assert settled(Path("../link")) == tmp_path / "link"
    assert settled(Path("../link/x")) == tmp_path / "to" / "x"
    assert settled(Path()) == tmp_path / "to"


def test_without_git_on_the_path_nothing_is_rendered(small, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(ScaffoldError) as caught:
        propose(order(small, tmp_path / "out"))

    assert str(caught.value) == (
        "git: there is no git on the PATH\n  try: install git, or add --no-git"
    )
    assert propose(order(small, tmp_path / "out", git=False)).commits is False
