"""Hostile answers, names, destinations and houses are refused, and nothing else happens."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scaffold.cli.app import run

HERE = Path(__file__).resolve().parent
# These tests are no package, and import modes differ in what they put on the path.
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from hostile import CASES, snapshot  # noqa: E402 - the path is set above

pytestmark = [
    pytest.mark.e2e,
    # Copier leaves a listing open when rendering fails.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A folder with something precious in it, and a place of its own for temporary files."""
    at = tmp_path / "world"
    (at / "canary").mkdir(parents=True)
    (at / "canary" / "precious.txt").write_text("precious\n")
    (tmp_path / "escaped-to").mkdir()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.chdir(at)
    return at


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_is_refused_and_nothing_is_written(case, world, capsys):
    arguments = case.arguments(world)
    before = snapshot(world.parent)

    code = run(["new", *arguments])

    said = capsys.readouterr().err
    where, _, what = said.removeprefix("scaffold: ").partition(": ")
    remedy = said.rpartition("\n  try: ")[2]
    assert code == 2
    assert case.what in what
    assert case.where in where + ": " + what
    assert said.startswith("scaffold: ")
    assert len(remedy.strip()) > 5
    assert "Traceback" not in said
    assert snapshot(world.parent) == before


def test_there_are_many_of_them_and_no_two_alike():
    assert len({case.name for case in CASES}) == len(CASES) >= 40


def test_the_same_house_without_malice_is_rendered(world, capsys):
    """The negative control: what is refused above is refused for its malice."""
    from hostile import cookie_house, copier_house  # noqa: PLC0415 - beside this file

    copier_house(world / "h")
    cookie_house(world / "c")

    assert run(["new", "one", "--defaults", "--house", "h"]) == 0
    assert run(["new", "two", "--defaults", "--house", "c"]) == 0

    assert (world / "one" / "README.md").read_text() == "# my-net\n"
    assert (world / "two" / "README.md").read_text() == "# my-net\n"
    assert capsys.readouterr().err == ""
