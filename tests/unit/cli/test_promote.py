"""`scaffold promote`, `scaffold house new` and `lint`: a house grows out of its repositories."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from scaffold.cli.app import run

TEXT = "".join(f"line {n}\n" for n in range(9))


def write(root, texts):
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


@pytest.fixture
def house(tmp_path):
    root = tmp_path / "house"
    write(
        root,
        {
            "copier.yml": "_subdirectory: t\n_templates_suffix: .jinja\n"
            "name:\n  type: str\n  default: net\n",
            "house.toml": 'schema = 1\nid = "ours"\nversion = "1"\n'
            + "".join(
                f'[[path]]\npath = "{path}"\npurpose = "p"\nowner = "{owner}"\n'
                for path, owner in (("a.txt", "both"), ("b.txt", "both"), ("ci.yml", "user"))
            ),
            "t/a.txt": TEXT,
            "t/b.txt.jinja": "# {{ name }}\n" + TEXT,
            "t/ci.yml": "on: ${{ push }}\n",
        },
    )
    return root


@pytest.fixture
def made(house, tmp_path, capsys):
    root = tmp_path / "made"
    assert run(["new", str(root), "--defaults", "--set", "name=web", "--house", str(house)]) == 0
    capsys.readouterr()
    return root


def edit(root, name, old, new):
    text = (root / name).read_text()
    assert old in text
    (root / name).write_text(text.replace(old, new))


def test_a_change_becomes_a_patch_that_gives_it_again(made, house, tmp_path, capsys):
    edit(made, "a.txt", "line 3\n", "line 3, mended\n")
    edit(made, "b.txt", "line 7\n", "line 7, mended\n")
    patch = tmp_path / "house.patch"

    assert run(["promote", str(made), "--house", str(house), "--out", str(patch)]) == 0
    shown = capsys.readouterr().out
    assert "proved a.txt: the new template gives it, with the answers of this repository" in shown
    assert "proved b.txt" in shown
    assert (house / "t/a.txt").read_text() == TEXT
    subprocess.run(["git", "init", "-q"], cwd=house, check=True)
    subprocess.run(["git", "apply", str(patch)], cwd=house, check=True)
    assert "line 7, mended" in (house / "t/b.txt.jinja").read_text()
    assert (house / "t/b.txt.jinja").read_text().startswith("# {{ name }}\n")
    again = tmp_path / "again"
    run(["new", str(again), "--defaults", "--set", "name=web", "--house", str(house)])
    assert (again / "a.txt").read_text() == (made / "a.txt").read_text()
    assert (again / "b.txt").read_text() == (made / "b.txt").read_text()


def test_a_change_of_what_is_rendered_is_left_out_and_said(made, house, capsys):
    edit(made, "b.txt", "# web\n", "# the web\n")

    assert run(["promote", str(made), "--house", str(house)]) == 1
    assert "left out b.txt: the change touches what the template renders" in capsys.readouterr().out


def test_files_are_chosen_and_what_is_yours_stays_yours(made, house, capsys):
    edit(made, "a.txt", "line 3\n", "mended\n")
    edit(made, "ci.yml", "push", "pull")

    assert run(["promote", str(made), "--house", str(house)]) == 0
    assert "ci.yml" not in capsys.readouterr().out
    assert run(["promote", str(made), "nowhere.txt", "--house", str(house)]) == 1
    assert "left out nowhere.txt: is no file of the house" in capsys.readouterr().out


def test_nothing_changed_is_said(made, house, capsys):
    assert run(["promote", str(made), "--house", str(house), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["patch"] == ""
    assert run(["promote", str(made), "--house", str(house)]) == 0
    assert "nothing was changed that the house shares" in capsys.readouterr().out


def test_a_house_that_is_sound_has_nothing_to_be_said_of_it(house, capsys):
    assert run(["house", "lint", str(house)]) == 0
    assert "no findings" in capsys.readouterr().out
    assert run(["house", "lint", "reengineering"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ({"copier.yml": "_subdirectory: t\n_templates_suffix: .jinja\nname:\n  type: str\n"},
         "HSE001 the question name has no default"),
        ({"t/new.txt": "x\n"}, "HSE002 new.txt has no row"),
        ({"t/ci.yml.jinja": "on: ${{ push }}\n"}, "HSE004 1 of 1 ${{ }} are rendered away"),
    ],
)  # fmt: skip
def test_a_house_that_would_fail_later_is_told_now(spoil, said, house, capsys):
    if "t/ci.yml.jinja" in spoil:
        (house / "t/ci.yml").unlink()
    write(house, spoil)

    assert run(["house", "lint", str(house)]) == 1
    assert said in capsys.readouterr().out


def test_a_row_without_a_file_is_told(house, capsys):
    (house / "t/a.txt").unlink()

    assert run(["house", "lint", str(house)]) == 1
    assert "HSE003 a.txt has a row and is not there" in capsys.readouterr().out


def test_a_house_with_code_or_with_rules_that_are_none_is_refused(house, capsys):
    edit(house, "house.toml", 'version = "1"\n', 'version = "1"\n[check.rules]\nABC1 = "off"\n')
    assert run(["house", "lint", str(house)]) == 2
    assert "names 'ABC1', which is no rule" in capsys.readouterr().err
    edit(house, "house.toml", '[check.rules]\nABC1 = "off"\n', "")
    edit(house, "copier.yml", "_subdirectory", "_tasks: [ls]\n_subdirectory")
    assert run(["house", "lint", str(house)]) == 2
    assert "_tasks" in capsys.readouterr().err


def test_a_release_says_what_every_repository_will_see(house, tmp_path, capsys):
    shutil.copytree(house, tmp_path / "old")
    edit(house, "house.toml", 'version = "1"', 'version = "2"')
    edit(house, "t/a.txt", "line 3\n", "line 3, mended\n")
    edit(house, "copier.yml", "default: net\n", "default: net\nmore:\n  type: str\n  default: x\n")

    assert run(["house", "release", str(tmp_path / "old"), str(house)]) == 0
    shown = capsys.readouterr().out
    assert "ours 1 -> 2\n  taken  a.txt: the house changed it, you did not" in shown
    assert "new question more: 'x'" in shown


def test_a_house_of_ones_own_begins_as_an_extension(tmp_path, capsys):
    assert run(["house", "new", str(tmp_path / "my-house")]) == 0
    assert 'id = "my-house"' in (tmp_path / "my-house/house.toml").read_text()
    assert run(["house", "lint", str(tmp_path / "my-house")]) == 0
    assert run(["house", "new", str(tmp_path / "my-house")]) == 2
    capsys.readouterr()
