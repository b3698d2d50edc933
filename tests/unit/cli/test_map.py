"""`scaffold map` as its user calls it."""

import json
import shutil
from pathlib import Path

import pytest

from scaffold.cli.app import run
from scaffold.parity import mapfile

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


def plant(repository, old, new):
    """Change ours."""
    path = repository / "tests" / "parity" / "candidate.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_map_is_found_and_written_where_the_manifest_says(repository, capsys):
    file = repository / "weights.map.toml"
    by_hand = mapfile.read(file)
    file.unlink()

    assert run(["map", str(repository)]) == 0

    assert set(mapfile.read(file).weights) == set(by_hand.weights)
    said = capsys.readouterr().out
    assert said.startswith("proved: 6 tensors mapped, every part agrees on every probe (")
    assert said.endswith(f"written: {file}\n")


def test_a_file_that_says_the_same_is_kept_to_the_byte(repository, capsys):
    file = repository / "weights.map.toml"
    before = file.read_bytes()

    assert run(["map", str(repository)]) == 0

    assert file.read_bytes() == before
    assert capsys.readouterr().out.endswith(f"kept: {file}\n")


def test_a_file_that_says_something_else_is_replaced_by_force_alone(repository, capsys):
    file = repository / "weights.map.toml"
    right = file.read_text()
    wrong = right.replace('ours = "widen"', 'ours = "narrow"', 1)
    file.write_text(wrong)

    assert run(["map", str(repository)]) == 2
    assert file.read_text() == wrong
    assert capsys.readouterr().err == (
        f"scaffold: {file}: a map is there already, and it says something else\n"
        "  try: look at the difference with --diff, and replace the file with --force\n"
    )

    assert run(["map", str(repository), "--diff"]) == 0
    assert file.read_text() == wrong
    assert '+ours = "widen"' in capsys.readouterr().out

    assert run(["map", str(repository), "--force"]) == 0
    assert mapfile.read(file).weights == mapfile.parse(right, where="").weights


def test_what_is_not_the_same_model_is_refused_and_nothing_is_written(repository, capsys):
    plant(repository, "EPS = 1e-6", "EPS = 1e-3")
    file = repository / "weights.map.toml"
    file.unlink()

    assert run(["map", str(repository)]) == 1

    assert not file.exists()
    said = capsys.readouterr().out
    assert said.startswith("refused: this is not proved to be one model (")
    assert "  refused: before: given the reference's own input it does not give" in said
    assert said.endswith(f"not written: {file}\n")


def test_a_part_of_a_map_is_written_when_it_is_asked_for(repository):
    plant(repository, "x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))", "x.relu()")
    file = repository / "weights.map.toml"
    file.unlink()

    assert run(["map", str(repository), "--partial"]) == 1

    text = file.read_text()
    assert text.startswith("# A part of a map: what a search by replay found, NOT proved")
    assert {rule.ours for rule in mapfile.read(file).weights} >= {("widen.weight",)}
    assert ("narrow.weight",) not in {rule.ours for rule in mapfile.read(file).weights}
    assert "# open: narrow.weight + narrow.bias: " in text
    assert "gelu reproduces it" in text


def test_json_has_every_rule_and_what_became_of_the_file(repository, capsys):
    assert run(["map", str(repository), "--format", "json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert (said["kind"], said["schema"], said["state"]) == ("map", 1, "proved")
    assert said["operators"] == {"as it is": 6}
    assert said["file"]["outcome"] == "kept"
    assert {"theirs": ["up.bias"], "ours": ["widen.bias"], "operators": "as it is"} in said[
        "weights"
    ]


def test_without_goldens_it_cannot_work(repository, capsys):
    shutil.rmtree(repository / "goldens")

    assert run(["map", str(repository)]) == 2
    assert "there is no bundle here" in capsys.readouterr().err
