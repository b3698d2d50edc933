"""`scaffold new --reference`, `new-part` and `status`: what they say, and what they refuse."""

from __future__ import annotations

import sys

import pytest
from own_reference import NET

from scaffold.cli.app import run

PARTS = """schema = 1

[[part]]
theirs = "m:Gate"
ours = "gate:Gate"
status = "delegated"
places = ["a"]

[[part]]
theirs = "m:Net"
ours = "net:Net"
status = "delegated"
places = [""]
"""


@pytest.fixture
def repository(tmp_path):
    models = tmp_path / "src" / "my_net" / "models"
    models.mkdir(parents=True)
    (models / "gate.py").write_text("class Gate:\n    def forward(self, x):\n        return x\n")
    (tmp_path / "parts.toml").write_text(PARTS)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--twin", "width=2"], "'width=2' is about a reference, and none is named"),
        (["--argument", "width=2"], "'width=2' is about a reference, and none is named"),
        (["--input", "x=2:int64"], "'x=2:int64' is about a reference, and none is named"),
        (["--python", "env"], "'env' is about a reference, and none is named"),
        (["--reference", "timm:resnet18", "--python", "/nowhere"], "there is no such interpreter"),
        (["--reference", "timm:resnet18", "--python", __file__], "is no interpreter"),
        (["--reference", "timm"], "'timm' is no spec"),
        (
            ["--reference", "timm:resnet18", "--house", "./mine"],
            "a reference is put into the house that ships, and another one was named",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused_and_nothing_is_made(words, said, tmp_path, capsys):
    code = run(["new", str(tmp_path / "made"), "--defaults", *words])

    assert code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


def test_the_reference_is_built_and_recorded_by_another_interpreter(tmp_path, capsys, monkeypatch):
    (tmp_path / "net.py").write_text(NET)
    python, log = tmp_path / "python", tmp_path / "asked"
    python.write_text(f'#!/bin/sh\necho "$3" >> {log}\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    words = ["--reference", "file:net.py:Net", "--twin", "width=4", "--twin", "depth=2"]

    code = run(["new", "made", "--defaults", "--no-git", *words, "--python", str(python)])

    assert code == 0, capsys.readouterr().err
    assert log.read_text().split() == [
        "scaffold.reference.blueprint.worker:pair",
        "scaffold.cli.goldens:first_recorded",
    ]
    assert (tmp_path / "made" / "goldens" / "twin" / "manifest.json").is_file()
    adapter = (tmp_path / "made" / "reference" / "adapter.py").read_text()
    assert 'TWIN = {"width": 4, "depth": 2}' in adapter
    assert str(python) in capsys.readouterr().out


def test_a_class_is_taken_put_in_and_given_back(repository, capsys):
    for words, said in (
        ([], "gate:Gate: delegated -> taken"),
        (["--written"], "gate:Gate: taken -> written"),
        (["--written"], "gate:Gate: written already"),
        (["--delegated"], "gate:Gate: written -> delegated"),
    ):
        assert run(["new-part", "a", str(repository), *words]) == 0
        assert capsys.readouterr().out.startswith(said)
    assert (repository / "parts.toml").read_text() == PARTS


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Gate", "--written", "--delegated"], "a class is written or given back, not both"),
        (["Nothing"], "no class is called 'Nothing'"),
        (["Net", "--written"], "cannot be read as Python"),
    ],
)
def test_a_part_that_cannot_be_taken_is_refused(words, said, repository, capsys):
    part, *more = words

    assert run(["new-part", part, str(repository), *more]) == 2
    assert said in capsys.readouterr().err
    assert (repository / "parts.toml").read_text() == PARTS


def test_the_status_counts_and_says_what_comes_next(repository, capsys):
    assert run(["status", str(repository)]) == 0

    said = capsys.readouterr().out
    assert said.startswith("." * 40 + " 0 of 2 classes proved")
    assert said.rstrip().endswith("next: scaffold new-part gate")


def test_a_repository_without_a_reference_has_no_status(tmp_path, capsys):
    assert run(["status", str(tmp_path)]) == 2
    assert "stand in a generated repository, or name one" in capsys.readouterr().err


def test_gigabytes_are_not_recorded_unasked(tmp_path, capsys):
    (tmp_path / "net.py").write_text(
        "from torch import nn\ndef build():\n    return nn.Sequential(nn.Linear(2001, 1001))\n"
    )
    words = ["new", str(tmp_path / "made"), "--reference", f"file:{tmp_path}/net.py:build"]

    assert run([*words, "--defaults"]) == 2

    said = capsys.readouterr().err
    assert "the smallest twin that was found has 2,004,002 parameters" in said
    assert "--twin KEY=VALUE" in said
    assert not (tmp_path / "made").exists()
    assert run([*words, "--defaults", "--no-git", "--no-goldens"]) == 0
    assert "no twin: the model has 2,004,002 parameters" in capsys.readouterr().out
