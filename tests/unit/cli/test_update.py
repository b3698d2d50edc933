"""`scaffold plan`, `update`, `undo`: in a real repository of git, with a house that moves on."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

import scaffold.report.updating
from scaffold.cli.app import run
from scaffold.core.errors import ScaffoldError
from scaffold.house.plan import File
from scaffold.house.rewrite import STAGE, recover, rewrite

SCHEMAS = Path(scaffold.report.updating.__file__).parent / "schemas"
TEXT = "".join(f"line {n}\n" for n in range(12))


def git(root, *words):
    done = subprocess.run(
        ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b", *words],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def write(root, texts):
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def commit(root):
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "-m", "edit")


def snapshot(root):
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mode & 0o111)
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


@pytest.fixture
def house(tmp_path):
    root = tmp_path / "house"
    write(
        root,
        {
            "copier.yml": "_subdirectory: t\n_templates_suffix: .jinja\n"
            "name:\n  type: str\n  default: net\n",
            "house.toml": 'schema = 1\nid = "ours"\nversion = "1"\n'
            '[[path]]\npath = "mine.txt"\npurpose = "yours"\nowner = "user"\n'
            '[[path]]\npath = "house.txt"\npurpose = "ours"\nowner = "template"\n',
            "t/a.txt": TEXT,
            "t/b.txt": f"b\n{TEXT}",
            "t/mine.txt": "yours\n",
            "t/house.txt": "ours\n",
            "t/name.txt.jinja": "{{ name }}\n",
            "t/pyproject.toml": '[project]\ndependencies = [\n  "torch", # first\n]\n',
        },
    )
    return root


@pytest.fixture
def made(house, tmp_path, capsys):
    root = tmp_path / "made"
    assert run(["new", str(root), "--defaults", "--house", str(house)]) == 0
    capsys.readouterr()
    return root


def newer(house, version="2", **texts):
    write(house / "t", {name.replace("__", "."): text for name, text in texts.items()})
    table = house / "house.toml"
    table.write_text(table.read_text().replace('version = "1"', f'version = "{version}"'))


def at(n, text):
    lines = TEXT.splitlines(keepends=True)
    lines[n] = f"{text}\n"
    return "".join(lines)


def test_nothing_new_is_nothing_to_do(made, house, capsys):
    before = snapshot(made)

    assert run(["update", str(made), "--house", str(house)]) == 0
    assert capsys.readouterr().out == "nothing to do: ours 1\n"
    assert snapshot(made) == before
    assert git(made, "status", "--porcelain") == ""


def test_a_plan_says_what_an_update_would_do_and_changes_nothing(made, house, capsys):
    newer(house, a__txt=at(8, "theirs"))
    before = snapshot(made)

    assert run(["plan", str(made), "--house", str(house), "--diff"]) == 0
    shown = capsys.readouterr().out
    assert "ours 1 -> 2\n  taken  a.txt: the house changed it, you did not\n1 taken\n" in shown
    assert "+theirs\n" in shown
    assert snapshot(made) == before


def test_both_changes_are_in_the_file_and_undo_takes_every_byte_back(made, house, capsys):
    write(made, {"a.txt": at(2, "mine"), "own.txt": "untouched\n"})
    commit(made)
    newer(house, a__txt=at(8, "theirs"), n__txt="new\n")
    before, index = snapshot(made), (made / ".git/index").read_bytes()

    assert run(["update", str(made), "--house", str(house)]) == 0
    assert "merged  a.txt: both changed other lines [lines]" in capsys.readouterr().out
    text = (made / "a.txt").read_text()
    assert "mine\n" in text
    assert "theirs\n" in text
    assert (made / "n.txt").read_text() == "new\n"

    assert run(["undo", str(made)]) == 0
    assert "2 -> 1" in capsys.readouterr().out
    assert snapshot(made) == before
    assert (made / ".git/index").read_bytes() == index
    assert run(["undo", str(made)]) == 2
    assert "there is no update to take back" in capsys.readouterr().err


def test_undo_refuses_to_lose_what_was_written_since(made, house, capsys):
    newer(house, a__txt=at(8, "theirs"))
    assert run(["update", str(made), "--house", str(house)]) == 0
    write(made, {"a.txt": "after\n"})

    assert run(["undo", str(made)]) == 2
    assert "was changed since the update, and would be lost" in capsys.readouterr().err
    assert (made / "a.txt").read_text() == "after\n"


def test_a_conflict_is_one_for_git_too(made, house, capsys):
    write(made, {"a.txt": at(5, "mine")})
    (made / "b.txt").unlink()
    commit(made)
    newer(house, a__txt=at(5, "theirs"), b__txt=f"b\n{at(5, 'theirs')}")

    assert run(["update", str(made), "--house", str(house)]) == 1
    assert "scaffold undo" in capsys.readouterr().out
    assert "<<<<<<< yours" in (made / "a.txt").read_text()
    status = git(made, "status", "--porcelain")
    assert "UU a.txt" in status
    assert "DU b.txt" in status
    assert git(made, "show", ":2:a.txt") == at(5, "mine")
    assert git(made, "show", ":3:a.txt") == at(5, "theirs")
    assert git(made, "show", ":1:a.txt") == TEXT
    assert run(["update", str(made), "--house", str(house)]) == 2
    assert "holds conflicts that are not resolved" in capsys.readouterr().err
    assert run(["undo", str(made)]) == 0
    assert git(made, "status", "--porcelain") == ""


def test_after_a_conflict_is_resolved_the_next_update_has_nothing_to_do(made, house, capsys):
    write(made, {"a.txt": at(5, "mine")})
    commit(made)
    newer(house, a__txt=at(5, "theirs"))
    run(["update", str(made), "--house", str(house)])
    write(made, {"a.txt": at(5, "both")})
    commit(made)
    capsys.readouterr()

    assert run(["update", str(made), "--house", str(house)]) == 0
    assert "nothing to do" in capsys.readouterr().out


def test_an_unedited_repository_becomes_what_new_gives(made, house, tmp_path, capsys):
    newer(house, a__txt="other\n", house__txt="changed\n", mine__txt="changed\n", n__txt="new\n")
    (house / "t/b.txt").unlink()

    assert run(["update", str(made), "--house", str(house)]) == 0
    assert run(["new", str(tmp_path / "fresh"), "--defaults", "--house", str(house)]) == 0
    assert snapshot(made) == snapshot(tmp_path / "fresh")
    capsys.readouterr()


def test_changes_that_are_not_committed_are_refused_or_put_away(made, house, capsys):
    newer(house, b__txt="theirs\n")
    write(made, {"a.txt": "not committed\n", "new.txt": "not followed\n"})
    before = snapshot(made)

    assert run(["update", str(made), "--house", str(house)]) == 2
    assert "has changes that are not committed, a.txt among them" in capsys.readouterr().err
    assert snapshot(made) == before
    assert run(["update", str(made), "--house", str(house), "--autostash"]) == 0
    assert (made / "a.txt").read_text() == "not committed\n"
    assert (made / "new.txt").read_text() == "not followed\n"
    assert (made / "b.txt").read_text() == "theirs\n"
    capsys.readouterr()


def test_a_new_question_takes_its_default_and_is_listed(made, house, capsys):
    form = house / "copier.yml"
    form.write_text(f"{form.read_text()}extra:\n  type: str\n  default: deep\n")
    newer(house, **{"extra.txt.jinja": "{{ extra }}\n"})

    assert run(["update", str(made), "--house", str(house)]) == 0
    assert "new question extra: 'deep'" in capsys.readouterr().out
    assert (made / "extra.txt").read_text() == "deep\n"


def test_an_answer_may_change(made, house, capsys):
    assert run(["update", str(made), "--house", str(house), "--set", "name=web"]) == 0
    assert (made / "name.txt").read_text() == "web\n"
    capsys.readouterr()


def test_a_program_reads_the_plan(made, house, capsys):
    write(made, {"a.txt": at(5, "mine")})
    newer(house, a__txt=at(5, "theirs"))

    assert run(["plan", str(made), "--house", str(house), "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, json.loads((SCHEMAS / "update.schema.json").read_text()))
    assert document["conflicts"] == 1


def test_the_place_of_a_house_is_a_setting(made, house, capsys):
    newer(house, a__txt=at(8, "theirs"))
    assert run(["plan", str(made)]) == 2
    assert "is of the house 'ours', which does not ship" in capsys.readouterr().err

    write(made, {"reengineering.toml": f'[house]\nsource = "{house}"\n'})
    assert run(["plan", str(made)]) == 0
    assert "taken  a.txt" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda root, _: (root / ".scaffold/lock.json").unlink(), "has no lock that can be read"),
        (lambda root, _: write(root, {".scaffold/lock.json": "{"}), "is no lock"),
        (lambda root, _: shutil.rmtree(root / ".git"), "git status"),
        (
            lambda _, house: write(
                house, {"house.toml": 'schema = 1\nid = "else"\nversion = "1"\n'}
            ),
            "is the house 'else', and the repository is of 'ours'",
        ),
        (
            lambda root, _: write(
                root,
                {
                    ".scaffold/lock.json": (root / ".scaffold/lock.json")
                    .read_text()
                    .replace('"ours"', '"around"')
                },
            ),
            "was made around a reference",
        ),
    ],
)
def test_what_cannot_be_updated_is_said_and_nothing_is_changed(spoil, said, made, house, capsys):
    spoil(made, house)
    if (made / ".git").exists():
        commit(made)
    before = snapshot(made)

    assert run(["update", str(made), "--house", str(house)]) == 2
    assert said in capsys.readouterr().err
    assert snapshot(made) == before


def test_forty_kills_leave_the_repository_as_before_or_as_after(made, house, tmp_path, capsys):
    write(made, {"a.txt": at(2, "mine")})
    commit(made)
    newer(
        house, a__txt=at(8, "theirs"),
        **{f"many/{n}.txt": f"{n}\n" * 50 for n in range(150)},
    )  # fmt: skip
    before = snapshot(made)
    done = tmp_path / "done"
    shutil.copytree(made, done, symlinks=True)
    begun = time.monotonic()
    assert run(["update", str(done), "--house", str(house)]) == 0
    whole = time.monotonic() - begun
    after = snapshot(done)
    words = [sys.executable, "-m", "scaffold", "update", str(made), "--house", str(house)]
    chance = random.Random(7)  # noqa: S311 - moments, no secrets
    seen = set()
    for _ in range(40):
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.1, 2.5 * whole))
        process.send_signal(signal.SIGKILL)
        process.wait()
        said = recover(made)
        there = snapshot(made)
        assert there in (before, after), said
        seen.add("before" if there == before else "after")
        if there == after:
            git(made, "checkout", "--quiet", "--", ".")
            git(made, "clean", "-fdq")
    assert "before" in seen
    capsys.readouterr()


class Killed(BaseException):
    """Stands for a process that ends here."""


@pytest.mark.parametrize("moment", range(12))
def test_a_kill_at_every_step_is_finished_or_swept_up(moment, tmp_path, monkeypatch):
    """Every call that changes the disk is one after which the process may end."""
    write(tmp_path, {"a.txt": "a\n", "b.txt": "b\n"})
    before = snapshot(tmp_path)
    changes = {
        Path(name): None if text is None else File(content=text)
        for name, text in (("a.txt", b"A\n"), ("b.txt", None), ("c/d.txt", b"D\n"))
    }
    count = [0]
    for name in ("rename", "link", "unlink", "mkdir"):
        real = getattr(os, name)

        def counted(*given, real=real, **named):
            if count[0] == moment:
                raise Killed
            count[0] += 1
            return real(*given, **named)

        monkeypatch.setattr(os, name, counted)
    ended = False
    try:
        rewrite(tmp_path, changes)
    except Killed:
        ended = True
    monkeypatch.undo()
    said = recover(tmp_path)
    there = snapshot(tmp_path)

    after = {"a.txt": (b"A\n", 0), "c/d.txt": (b"D\n", 0)}
    assert there in (before, after)
    assert not (tmp_path / STAGE).exists()
    if ended and there == after:
        assert "finished: as after" in said
    if not ended:
        assert there == after


def test_a_full_disk_or_a_folder_that_may_not_be_written_changes_nothing(tmp_path, monkeypatch):
    write(tmp_path, {"a.txt": "a\n", "b.txt": "b\n"})
    before = snapshot(tmp_path)
    real, count = os.rename, [0]

    def fails(*given, **named):
        count[0] += 1
        if count[0] == 3:
            raise OSError(28, "No space left on device")
        return real(*given, **named)

    monkeypatch.setattr(os, "rename", fails)
    with pytest.raises(ScaffoldError, match="No space left on device; nothing was changed"):
        rewrite(tmp_path, {Path("a.txt"): File(content=b"A"), Path("b.txt"): File(content=b"B")})
    monkeypatch.undo()

    assert snapshot(tmp_path) == before


def test_a_link_on_the_way_is_refused(tmp_path):
    (tmp_path / "outside").mkdir()
    root = tmp_path / "root"
    root.mkdir()
    (root / "in").symlink_to(tmp_path / "outside")

    with pytest.raises(ScaffoldError, match="is no folder, and links are not followed"):
        rewrite(root, {Path("in/a.txt"): File(content=b"a")})
    assert not list((tmp_path / "outside").iterdir())


@pytest.mark.parametrize("path", ["../a", "/a", ".git/hooks/a"])
def test_a_place_outside_is_refused(path, tmp_path):
    with pytest.raises(ScaffoldError, match="is no place for a change"):
        rewrite(tmp_path, {Path(path): File(content=b"a")})


@pytest.mark.parametrize(
    "journal", ["{", '[["../a", "0.new"]]', '[["a", "../0.new"]]', '[[".git/a", "0.new"]]', "[1]"]
)
def test_a_strangers_journal_is_refused(journal, tmp_path):
    write(tmp_path, {str(STAGE / "journal.json"): journal, str(STAGE / "0.new"): "x"})

    with pytest.raises(ScaffoldError, match="is no journal of a change"):
        recover(tmp_path)
    assert not (tmp_path.parent / "a").exists()
