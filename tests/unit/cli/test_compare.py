"""`scaffold compare` as its user calls it, on a small pair of implementations."""

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from scaffold.cli.app import run
from scaffold.report import jsonform

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
    """Put a defect into the candidate."""
    path = repository / "tests" / "parity" / "candidate.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_same_model_agrees(repository, capsys):
    assert run(["compare", str(repository)]) == 0

    shown = capsys.readouterr().out
    assert shown.splitlines()[-1].startswith("agrees: all ")
    assert [line for line in shown.splitlines() if "not compared" in line] == [
        "not compared: ema, data, metrics"
    ]
    assert "coverage: 5 of 5 parts of the reference are compared" in shown.splitlines()


def test_a_wrong_eps_is_named_with_the_part_and_exits_with_one(repository, capsys):
    plant(repository, "EPS = 1e-6", "EPS = 1e-5")

    assert run(["compare", str(repository), "--rung", "forward"]) == 1

    shown = capsys.readouterr().out
    assert "first divergence: before" in shown.splitlines()
    assert shown.splitlines()[-1].endswith("in forward")


def test_a_missing_residual_is_named(repository, capsys):
    plant(repository, "return x + self.narrow", "return self.narrow")

    assert run(["compare", str(repository), "--rung", "forward"]) == 1
    assert "first divergence: the model" in capsys.readouterr().out


def test_a_part_shows_that_part_alone(repository, capsys):
    assert run(["compare", str(repository), "widen", "--rung", "forward"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines if "Linear" in line] == [["up", "widen"]]


def test_a_part_is_found_from_inside_of_the_repository(repository, capsys, monkeypatch):
    monkeypatch.chdir(repository)

    assert run(["compare", "up", "--rung", "forward"]) == 0
    assert "widen" in capsys.readouterr().out


def test_an_unknown_part_is_refused(repository, capsys):
    assert run(["compare", str(repository), "widden", "--rung", "forward"]) == 2
    assert capsys.readouterr().err == (
        "scaffold: scaffold compare: no part or item is called 'widden'\n"
        "  try: did you mean widen?\n"
    )


def test_json_is_the_published_document(repository, capsys):
    assert run(["compare", str(repository), "--rung", "loss", "--format", "json"]) == 0

    found = jsonform.loads(capsys.readouterr().out)
    assert {row.rung.value for row in found.rungs} == {"loss"}
    assert found.parts == ()
    assert (found.reference, found.bundle) == ("reference/adapter.py", "goldens/twin")


def test_a_picture_goes_to_a_file_and_nothing_to_the_screen(repository, capsys):
    target = repository / "parity.svg"

    command = ["compare", str(repository), "--rung", "forward", "--format", "svg"]
    assert run([*command, "--out", str(target)]) == 0
    assert capsys.readouterr().out == ""
    assert ET.parse(target).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - ours


def test_a_page_lies_where_it_is_told_and_shows_the_elements_that_differ(repository, capsys):
    plant(repository, "EPS = 1e-6", "EPS = 1e-5")

    assert run(["compare", str(repository), "--rung", "forward", "--format", "html"]) == 1

    lies = repository / "build" / "parity.html"
    assert capsys.readouterr().out.splitlines() == [
        "diverges: 2 of 5 items, in forward",
        f"the page lies at {lies}",
    ]
    text = lies.read_text(encoding="utf-8")
    assert "First divergence: before" in text
    assert "Worst elements" in text


def test_a_page_goes_where_it_is_sent(repository, capsys):
    target = repository / "p.html"
    command = ["compare", str(repository), "--rung", "forward", "--format", "html"]

    assert run([*command, "--out", str(target)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"the page lies at {target}"
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_json_carries_a_close_look_at_what_differs(repository, capsys):
    plant(repository, "EPS = 1e-6", "EPS = 1e-5")

    assert run(["compare", str(repository), "--rung", "forward", "--format", "json"]) == 1

    found = jsonform.loads(capsys.readouterr().out)
    assert found.differences[0].ours == "before"
    assert found.differences[0].beyond > 0


def test_a_schedule_that_differs_is_shown_as_a_curve(repository, capsys):
    plant(repository, "1 - 0.9 * min(", "1 - 0.8 * min(")

    assert run(["compare", str(repository), "--rung", "schedule", "--format", "json"]) == 1

    [curve] = jsonform.loads(capsys.readouterr().out).curves
    assert (curve.item, curve.theirs[0]) == ("lr of before.weight", curve.ours[0])
    assert curve.ours[-1] > curve.theirs[-1]


def test_a_file_that_cannot_be_written_is_refused(repository, capsys):
    target = repository / "nowhere" / "parity.json"

    assert run(["compare", str(repository), "--rung", "loss", "--out", str(target)]) == 2
    assert capsys.readouterr().err == (
        f"scaffold: {target}: cannot be written: No such file or directory\n"
        "  try: name a file in a folder that exists and is yours\n"
    )


def test_a_folder_that_is_no_repository_is_refused(tmp_path, capsys):
    assert run(["compare", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"scaffold: {tmp_path}: there is no reengineering.toml\n"
        "  try: stand in a generated repository, or name one\n"
    )


def test_a_repository_without_goldens_is_refused(repository, capsys):
    shutil.rmtree(repository / "goldens")

    assert run(["compare", str(repository)]) == 2
    assert capsys.readouterr().err == (
        f"scaffold: {repository / 'goldens' / 'twin'}: there is no bundle here\n"
        "  try: record the bundle again with `scaffold record`\n"
    )


def test_a_candidate_that_raises_is_told_with_its_file(repository, capsys):
    plant(repository, "    return Residual()", "    raise RuntimeError('not yet')")

    assert run(["compare", str(repository), "--format", "json"]) == 2

    said = capsys.readouterr()
    candidate = repository / "tests" / "parity" / "candidate.py"
    assert json.loads(said.out)["error"]["where"] == str(candidate)
    assert "`build` fails (RuntimeError: not yet)" in said.err


def test_a_rung_that_raises_hides_no_other(repository, capsys):
    plant(repository, "    stepper = optimizer(model)\n", "    raise RuntimeError('no trainer')\n")

    assert run(["compare", str(repository)]) == 1

    shown = capsys.readouterr().out
    assert "forward      5 of 5" in shown
    assert "trace        0 of 1  not comparable" in shown
    assert "  cause    `train` fails (RuntimeError: no trainer)" in shown.splitlines()


def test_an_unknown_rung_is_a_usage_error(repository, capsys):
    assert run(["compare", str(repository), "--rung", "sideways"]) == 2
    assert "sideways" in capsys.readouterr().err
