"""`scaffold fleet`: many repositories, one of them broken, a run that was stopped."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest

import scaffold.report.fleets
from scaffold.cli.app import run
from scaffold.fleet import run as work

SCHEMAS = Path(scaffold.report.fleets.__file__).parent / "schemas"


def git(root, *words):
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    done = subprocess.run(
        ["git", "-C", str(root), *who, *words], check=True, capture_output=True, text=True
    )
    return done.stdout


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
            "copier.yml": "_subdirectory: t\nname:\n  type: str\n  default: net\n",
            "house.toml": 'schema = 1\nid = "ours"\nversion = "1"\n',
            "t/a.txt": "one\ntwo\nthree\n",
            "t/LICENSE": "MIT\n",
            "t/.gitignore": "__pycache__/\n",
        },
    )
    return root


@pytest.fixture
def fleet(house, tmp_path, capsys):
    """Three repositories: one as it was made, one edited, one whose lock is no lock."""
    root = tmp_path / "fleet"
    for name in ("whole", "team/edited", "spoilt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        assert run(["new", str(root / name), "--defaults", "--house", str(house)]) == 0
    write(root / "team/edited", {"a.txt": "one\nmine\nthree\n", "b.py": "import torch\n"})
    write(root / "team/edited", {"b.py": "import torch\nx = torch.load('f')\n"})
    git(root / "team/edited", "add", "--all")
    git(root / "team/edited", "commit", "-qm", "edit")
    write(root / "spoilt", {".scaffold/lock.json": "{"})
    write(house, {"t/a.txt": "one\ntheirs\nthree\n"})
    table = house / "house.toml"
    table.write_text(table.read_text().replace('"1"\n', '"2"\n'))
    capsys.readouterr()
    return root


def test_a_folder_and_a_list_name_the_same_repositories(fleet, capsys):
    assert run(["fleet", "list", str(fleet)]) == 0
    assert capsys.readouterr().out.split() == ["spoilt", "team/edited", "whole"]
    write(fleet, {"fleet.txt": "# ours\nwhole\nteam/edited # theirs\n\nspoilt\nwhole\n"})
    assert run(["fleet", "list", str(fleet / "fleet.txt"), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["members"] == ["spoilt", "team/edited", "whole"]


def test_shares_and_patterns_choose(fleet, capsys):
    shares = []
    for number in (1, 2):
        assert run(["fleet", "list", str(fleet), "--shard", f"{number}/2"]) == 0
        shares += capsys.readouterr().out.split()
    assert sorted(shares) == ["spoilt", "team/edited", "whole"]
    assert run(["fleet", "list", str(fleet), "--only", "team/*"]) == 0
    assert capsys.readouterr().out == "team/edited\n"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_every_repository_is_checked_and_a_broken_one_stops_none(jobs, fleet, capsys):
    assert run(["fleet", "check", str(fleet), "--jobs", jobs]) == 1

    shown = capsys.readouterr().out
    assert "team/edited  ours 1; 1 findings" in shown
    assert "whole        ours 1; 0 findings" in shown
    assert "3 repositories, 0 broken, 2 findings" in shown


def test_an_update_is_forecast_before_the_house_is_released(fleet, house, capsys):
    assert run(["fleet", "plan", str(fleet), "--house", str(house)]) == 1

    shown = capsys.readouterr().out
    assert "whole        ours 1; -> 2: clean" in shown
    assert "team/edited  ours 1; -> 2: 1 conflicts" in shown
    assert "spoilt       broken: " in shown
    assert "is no lock" in shown
    assert git(fleet / "whole", "status", "--porcelain") == ""


def test_an_update_lies_on_a_branch_of_its_own_and_nothing_else_is_touched(fleet, house, capsys):
    write(fleet / "whole", {"a.txt": "not committed\n"})

    assert run(["fleet", "update", str(fleet), "--house", str(house), "--only", "whole"]) == 0
    assert "-> 2: clean, on scaffold/ours-2" in capsys.readouterr().out
    whole = fleet / "whole"
    assert (whole / "a.txt").read_text() == "not committed\n"
    assert git(whole, "show", "scaffold/ours-2:a.txt") == "one\ntheirs\nthree\n"
    assert git(whole, "rev-list", "--count", "main..scaffold/ours-2") == "1\n"
    assert git(whole, "worktree", "list").count("\n") == 1
    assert "scaffold" not in git(whole, "branch", "--show-current")


def test_where_a_person_has_to_decide_there_is_no_branch(fleet, house, capsys):
    assert run(["fleet", "update", str(fleet), "--house", str(house), "--only", "team/*"]) == 1
    assert "-> 2: 1 conflicts" in capsys.readouterr().out
    assert git(fleet / "team/edited", "branch", "--list", "scaffold/*") == ""


def test_a_branch_is_pushed_only_when_that_is_asked_for(fleet, house, tmp_path, capsys):
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", str(remote)], check=True)
    git(fleet / "whole", "remote", "add", "origin", str(remote))
    words = ["fleet", "update", str(fleet), "--house", str(house), "--only", "whole"]

    assert run([*words, "--state", str(tmp_path / "a")]) == 0
    assert git(remote, "branch", "--list") == ""
    assert run([*words, "--state", str(tmp_path / "b"), "--push"]) == 0
    assert "scaffold/ours-2" in git(remote, "branch", "--list")
    capsys.readouterr()


def test_what_is_known_is_not_done_again_and_what_changed_is(fleet, capsys, monkeypatch):
    run(["fleet", "check", str(fleet), "--jobs", "1"])
    done = []
    real = work.one
    monkeypatch.setattr(
        work, "one", lambda member, task: done.append(member.name) or real(member, task)
    )
    run(["fleet", "check", str(fleet), "--jobs", "1"])
    assert done == []
    write(fleet / "whole", {"c.py": "import torch\nx = torch.load('f')\n"})
    run(["fleet", "check", str(fleet), "--jobs", "1"])
    assert done == ["whole"]
    assert "whole        ours 1; 1 findings (+1)" in capsys.readouterr().out


def test_a_line_that_a_kill_left_half_written_is_done_again(fleet, capsys):
    run(["fleet", "check", str(fleet), "--jobs", "1"])
    kept = fleet / "scaffold-fleet.jsonl"
    lines = kept.read_text().splitlines(keepends=True)
    kept.write_text("".join(lines[:-1]) + lines[-1][:30])

    assert run(["fleet", "check", str(fleet), "--jobs", "1"]) == 1
    assert "3 repositories, 0 broken" in capsys.readouterr().out


def test_one_page_and_one_document_say_everything(fleet, house, tmp_path, capsys):
    run(["fleet", "check", str(fleet), "--jobs", "1"])
    run(["fleet", "plan", str(fleet), "--house", str(house), "--jobs", "1"])
    capsys.readouterr()

    assert run(["fleet", "report", str(fleet), "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, json.loads((SCHEMAS / "fleet.schema.json").read_text()))
    edited = document["repositories"][1]
    assert edited["findings"] == {"SEC001": 1}
    assert edited["conflicts"] == ["a.txt"]
    out = tmp_path / "fleet.html"
    assert run(["fleet", "report", str(fleet), "--out", str(out)]) == 0
    page = out.read_text()
    assert "team/edited" in page
    assert "1 conflicts" in page
    assert "http" not in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["list", "nowhere"], "is neither a file that lists repositories nor a folder"),
        (["list", "{fleet}", "--shard", "3/2"], "'3/2' is no share"),
        (["list", "{fleet}", "--only", "x*"], "matches no repository: x*"),
        (["list", "{empty}"], "has no repository"),
    ],
)
def test_what_cannot_be_done_is_said(words, said, fleet, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    filled = [word.format(fleet=fleet, empty=tmp_path / "empty") for word in words]

    assert run(["fleet", *filled]) == 2
    assert said in capsys.readouterr().err


def test_a_repository_that_is_gone_is_a_row(fleet, capsys):
    write(fleet, {"fleet.txt": "whole\ngone\n"})
    shutil.rmtree(fleet / "spoilt")

    assert run(["fleet", "check", str(fleet / "fleet.txt"), "--jobs", "1"]) == 1
    assert "gone   broken: " in capsys.readouterr().out
