"""The Cookiecutter form gives what the Copier form gives, by cookiecutter itself."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.generate.engines.asking import Asking
from scaffold.generate.export import export
from scaffold.generate.render import render
from scaffold.house.table import read_house

BIN = Path(sys.executable).parent
COMBINATIONS = list(itertools.product(["gitlab", "github", "none"], ["yes", "no"]))


def written(house, folder):
    for path, file in export(house).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(file.content)
        (folder / path).chmod(0o755 if file.executable else 0o644)
    return folder


def everything(root):
    """Every path below a folder, with folders as they are: an empty one would be seen."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
    }


@pytest.fixture(scope="module")
def by_cookiecutter(tmp_path_factory):
    """Run cookiecutter in a process of its own, with a home of its own."""

    def run(template, **answers):
        out = tmp_path_factory.mktemp("baked")
        done = subprocess.run(
            [
                BIN / "cookiecutter",
                "--no-input",
                "--default-config",
                "-o",
                out / "all",
                template,
                *(f"{name}={value}" for name, value in answers.items()),
            ],
            env={"HOME": str(out), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        (project,) = (out / "all").iterdir()
        return project

    return run


@pytest.mark.parametrize(("ci", "docs"), COMBINATIONS)
def test_every_combination_gives_the_same_bytes(small, tmp_path, by_cookiecutter, ci, docs):
    house = read_house(small())
    room = tmp_path / "room"
    room.mkdir()
    given = {"name": "a-b", "ci": ci, "docs": docs}

    wanted = render(house, Asking(given=given, defaults=True), room).files
    project = by_cookiecutter(written(house, tmp_path / "template"), **given)

    assert project.name == "a-b"
    assert everything(project) == everything(room / "out")
    found = everything(project)
    assert {path: found[str(path)] for path in wanted} == {p: f.content for p, f in wanted.items()}


def test_the_exported_template_is_a_house_again(small, tmp_path):
    house = read_house(written(read_house(small()), tmp_path / "template"))
    rooms = [tmp_path / "one", tmp_path / "two"]
    for room in rooms:
        room.mkdir()

    again = render(house, Asking(defaults=True), rooms[0])
    first = render(read_house(small(at="again")), Asking(defaults=True), rooms[1])

    assert dict(again.files) == dict(first.files)
    assert house.placed(again.answers).keys() == first.house.placed(first.answers).keys()


def test_it_has_no_hooks_and_asks_the_same(small):
    files = export(read_house(small()))

    assert not any(path.parts[0] == "hooks" for path in files)
    asked = json.loads(files[PurePosixPath("cookiecutter.json")].content)
    assert asked["name"] == "my-net"
    assert asked["package"] == "{{ cookiecutter.name | replace('-', '_') }}"
    assert asked["ci"] == ["github", "gitlab", "none"]
    assert asked["__prompts__"] == {"name": "A name"}


@pytest.mark.parametrize(
    ("questions", "what"),
    [
        ("name: x\n_tasks: []\n", "_tasks has no counterpart in Cookiecutter"),
        ("name: 3\n", "question 'name' has no counterpart in Cookiecutter"),
        ("name: {type: str, default: x, when: false}\n", "question 'name' has no counterpart"),
        ('name: x\n_exclude: ["a/*"]\n', "the pattern 'a/*' has no counterpart"),
        ("_subdirectory: repository\n", "asks nothing"),
        (
            "name: x\n_exclude: [\"{% if name == '/' %}/docs/a.md{% endif %}\"]\n",
            "the condition \"not (cookiecutter.name == '/')\" cannot stand in a file name",
        ),
    ],
)
def test_what_cannot_be_said_is_refused_rather_than_left_out(draw, questions, what):
    root = draw({"copier.yml": questions, "docs/a.md": "a", "docs/b.md": "b"})

    with pytest.raises(ScaffoldError) as caught:
        export(read_house(root))

    assert caught.value.what.startswith(what)


def test_a_conditional_folder_needs_another_to_make_way_for_it(draw):
    rule = "_exclude: [\"{% if name == 'x' %}/docs{% endif %}\"]\n"
    root = draw({"copier.yml": f"name: x\n{rule}", "docs/a.md": "a"})

    with pytest.raises(ScaffoldError) as caught:
        export(read_house(root))

    assert str(caught.value) == (
        "export: the conditional folder 'docs' needs another one at the top that is always there "
        "and has a subfolder\n  try: make the folder unconditional"
    )


def test_a_cookiecutter_template_is_not_exported_again(draw):
    with pytest.raises(ScaffoldError, match="is a cookiecutter template already"):
        export(read_house(draw({"cookiecutter.json": "{}"})))
