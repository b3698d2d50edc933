"""`scaffold record` as its user calls it, on a small reference."""

import json
import shutil
from pathlib import Path

import pytest

from scaffold.cli.app import run
from scaffold.golden import Bundle

PAIR = Path(__file__).parents[1] / "testing" / "pair"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A repository whose goldens were recorded once for all tests of this file."""
    root = tmp_path_factory.mktemp("pair") / "repository"
    shutil.copytree(PAIR, root, ignore=shutil.ignore_patterns("__pycache__"))
    assert run(["record", str(root)]) == 0
    return root


@pytest.fixture
def repository(recorded, tmp_path):
    return shutil.copytree(recorded, tmp_path / "repository")


def goldens(repository):
    return {path.name: path.read_bytes() for path in (repository / "goldens" / "twin").iterdir()}


def plant(repository, old, new):
    """Change the reference."""
    path = repository / "reference" / "adapter.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_first_recording_says_what_was_written(tmp_path, capsys):
    root = shutil.copytree(PAIR, tmp_path / "repository")

    assert run(["record", str(root)]) == 0

    said = capsys.readouterr()
    count = len(Bundle.read(root / "goldens" / "twin").entries)
    assert said.out.startswith(f"wrote {root / 'goldens' / 'twin'}: {count} goldens, ")
    assert said.err == ""


def test_recording_again_is_bit_equal_and_changes_nothing(repository, capsys):
    before = goldens(repository)

    assert run(["record", str(repository)]) == 0

    assert capsys.readouterr().out == (
        "bit-equal to the goldens that are there\n"
        f"kept {repository / 'goldens' / 'twin'} as it is\n"
    )
    assert goldens(repository) == before


def test_another_model_is_not_recorded_over_the_goldens(repository, capsys):
    before = goldens(repository)
    plant(repository, "eps=1e-6", "eps=1e-3")

    assert run(["record", str(repository)]) == 1

    shown = capsys.readouterr().out
    assert shown.startswith("different from the goldens that are there, in ")
    assert '\n  try: scaffold record --update --reason "why the reference changes"\n' in shown
    assert goldens(repository) == before


def test_an_update_with_a_reason_replaces_them_and_keeps_the_reason(repository):
    plant(repository, "eps=1e-6", "eps=1e-3")

    command = ["record", str(repository), "--update", "--reason", "the authors changed eps"]
    assert run(command) == 0

    updates = Bundle.read(repository / "goldens" / "twin").provenance["updates"]
    assert [update["reason"] for update in updates] == ["the authors changed eps"]


def test_an_update_without_a_reason_is_refused(repository, capsys):
    assert run(["record", str(repository), "--update"]) == 2
    assert capsys.readouterr().err == (
        "scaffold: --update: an update needs a reason, which is kept in the manifest\n"
        '  try: add --reason "why the goldens change"\n'
    )


def test_the_bundle_can_go_elsewhere(repository, tmp_path):
    assert run(["record", str(repository), "--out", str(tmp_path / "other")]) == 0
    assert Bundle.read(tmp_path / "other").entries


def test_a_program_gets_the_whole_difference(repository, capsys):
    plant(repository, "eps=1e-6", "eps=1e-3")

    assert run(["record", str(repository), "--format", "json"]) == 1

    document = json.loads(capsys.readouterr().out)
    assert (document["kind"], document["written"]) == ("recording", False)
    assert document["drift"]["verdict"] == "different"
    assert len(document["drift"]["changed"]) > 10


def test_a_reference_that_raises_is_told_with_its_file(repository, capsys):
    before = goldens(repository)
    plant(repository, "    return Block()", "    raise RuntimeError('no weights')")

    assert run(["record", str(repository)]) == 2

    assert "`build` fails (RuntimeError: no weights)" in capsys.readouterr().err
    assert goldens(repository) == before


def test_a_folder_that_is_no_repository_is_refused(tmp_path, capsys):
    assert run(["record", str(tmp_path)]) == 2
    assert "there is no reengineering.toml" in capsys.readouterr().err
