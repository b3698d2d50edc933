"""One house, three ways to render it, the same bytes."""

from __future__ import annotations

import difflib
import subprocess
import sys
from pathlib import Path

import pytest
from rendering import HOUSE, combinations, files_of, render

pytestmark = pytest.mark.bake

BIN = Path(sys.executable).parent
NUMBERS = range(len(combinations()))


def differences(ours, theirs, limit=60):
    """Say in a readable way how two sets of files differ; nothing when they do not."""
    said = [f"only here: {name}" for name in sorted(ours.keys() - theirs.keys())]
    said += [f"only there: {name}" for name in sorted(theirs.keys() - ours.keys())]
    for name in sorted(ours.keys() & theirs.keys()):
        if ours[name] != theirs[name]:
            said += difflib.unified_diff(
                theirs[name].decode("utf-8", "replace").splitlines(),
                ours[name].decode("utf-8", "replace").splitlines(),
                f"there/{name}",
                f"here/{name}",
                lineterm="",
            )
    return "\n".join(said[:limit])


def run(*command, cwd):
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )


def scaffold(*arguments, cwd):
    done = run(BIN / "scaffold", *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def without_ours(files):
    return {name: content for name, content in files.items() if not name.startswith(".scaffold/")}


def test_copier_alone_and_scaffold_new_give_the_same_bytes(tmp_path):
    scaffold("new", "digits-vit", "--defaults", "--no-git", cwd=tmp_path)
    done = run(BIN / "copier", "copy", "--defaults", HOUSE, tmp_path / "plain", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    here = without_ours(files_of(tmp_path / "digits-vit"))
    assert differences(here, files_of(tmp_path / "plain")) == ""
    assert len(here) >= 80


@pytest.mark.parametrize("number", NUMBERS[1::4])
def test_answers_by_set_give_what_copier_gives(number, shelf, tmp_path):
    row = combinations()[number]
    answers = [part for item in row.items() for part in ("--set", "{}={}".format(*item))]

    scaffold("new", row["name"], "--no-git", *answers, cwd=tmp_path)

    here = without_ours(files_of(tmp_path / row["name"]))
    assert differences(here, files_of(shelf[number])) == ""


def test_a_difference_would_be_shown_line_by_line():
    said = differences({"a": b"one\ntwo\n", "b": b""}, {"a": b"one\n2\n", "c": b""})

    assert said.splitlines() == [
        "only here: b",
        "only there: c",
        "--- there/a",
        "+++ here/a",
        "@@ -1,2 +1,2 @@",
        " one",
        "-2",
        "+two",
    ]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    out = tmp_path_factory.mktemp("export") / "cookiecutter-reengineering"
    scaffold("house", "export", "--to", "cookiecutter", out, cwd=out.parent)
    return out


@pytest.mark.parametrize("number", NUMBERS)
def test_the_cookiecutter_export_gives_the_same_bytes(number, shelf, exported, tmp_path):
    from cookiecutter.main import cookiecutter  # noqa: PLC0415 - only this test needs it

    row = combinations()[number]
    settings = tmp_path / "cookiecutter.yaml"
    settings.write_text(f"replay_dir: {tmp_path}/replay\ncookiecutters_dir: {tmp_path}/cache\n")

    made = cookiecutter(
        str(exported),
        no_input=True,
        extra_context=row,
        output_dir=str(tmp_path / "out"),
        config_file=str(settings),
        accept_hooks=False,
    )

    assert differences(files_of(Path(made)), files_of(shelf[number])) == ""


def test_the_export_carries_no_hooks(exported):
    assert not (exported / "hooks").exists()


def test_rendering_twice_gives_the_same_bytes(tmp_path):
    row = combinations()[1]

    first, second = (files_of(render(row, tmp_path / name)) for name in ("first", "second"))

    assert differences(first, second) == ""
