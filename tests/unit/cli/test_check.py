"""`scaffold check`: what it prints, writes, and ends with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.cli.app import run

ROOT = Path(__file__).parents[3]
BROKEN = "import torch\n\nx = torch.load('f')  # ours\n"
MENDED = "import torch\n\nx = torch.load('f', weights_only=True)  # ours\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "a.py").write_text(BROKEN)
    (tmp_path / "a.py").chmod(0o755)
    (tmp_path / "LICENSE").write_text("MIT\n")
    (tmp_path / ".gitignore").write_text("__pycache__/\n")
    return tmp_path


def test_a_finding_ends_with_one_and_is_shown_with_its_line(root, capsys):
    assert run(["check", str(root)]) == 1

    shown = capsys.readouterr().out
    assert "a.py:3: error SEC001 weights_only is not said in torch.load" in shown
    assert "      3 | x = torch.load('f')  # ours" in shown
    assert "[--fix]" in shown


def test_nothing_found_ends_with_zero(root, capsys):
    assert run(["check", str(root), "--only", "HYG"]) == 0
    assert "no findings; 11 rules, 3 files" in capsys.readouterr().out


def test_notes_count_where_strictness_is_asked_for(root, capsys):
    assert run(["check", str(root), "--only", "MAN001"]) == 0
    assert run(["check", str(root), "--only", "MAN001", "--strict"]) == 1
    capsys.readouterr()


def test_a_diff_shows_what_would_be_mended_and_changes_nothing(root, capsys):
    assert run(["check", str(root), "--diff"]) == 1

    shown = capsys.readouterr().out
    assert "--- a/a.py\n+++ b/a.py\n" in shown
    assert "+x = torch.load('f', weights_only=True)  # ours" in shown
    assert (root / "a.py").read_text() == BROKEN


def test_mending_writes_says_so_and_has_nothing_to_do_again(root, capsys):
    assert run(["check", str(root), "--fix"]) == 0
    assert "mended a.py: SEC001 weights_only is not said in torch.load: read weights only" in (
        capsys.readouterr().out
    )
    assert (root / "a.py").read_text() == MENDED
    assert (root / "a.py").stat().st_mode & 0o777 == 0o755
    assert not (root / ".scaffold").exists()

    assert run(["check", str(root), "--fix"]) == 0
    assert "mended" not in capsys.readouterr().out
    assert run(["check", str(root), "--diff"]) == 0
    assert capsys.readouterr().out == ""


def test_what_may_change_results_is_mended_by_name_only(root, capsys):
    (root / "a.py").write_text("import numpy as np\nx = np.load('f', allow_pickle=True)\n")

    assert run(["check", str(root), "--fix"]) == 1
    assert "allow_pickle=True" in (root / "a.py").read_text()
    assert run(["check", str(root), "--fix", "--unsafe"]) == 0
    assert "allow_pickle=False" in (root / "a.py").read_text()
    capsys.readouterr()


def test_a_baseline_accepts_what_is_there_and_only_that(root, capsys):
    assert run(["check", str(root), "--baseline"]) == 0
    assert "1 findings are known from now on: .scaffold/baseline.json" in capsys.readouterr().out

    assert run(["check", str(root)]) == 0
    assert "1 known to the baseline" in capsys.readouterr().out
    assert run(["check", str(root), "--all"]) == 1
    (root / "b.py").write_text(BROKEN)
    assert run(["check", str(root)]) == 1
    capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only", "XYZ"], "'XYZ' is no rule and begins none"),
        (["--gate", "13"], "'13' is no gate"),
        (["--house", "nowhere"], "has no house.toml"),
    ],
)
def test_what_cannot_be_done_is_said_and_ends_with_two(words, said, root, capsys):
    assert run(["check", str(root), *words]) == 2
    assert said in capsys.readouterr().err


def test_a_house_of_a_teams_own_is_held_to(root, tmp_path, capsys):
    house = tmp_path / "house"
    house.mkdir()
    (house / "house.toml").write_text(
        '[check]\nrules = { SEC001 = "off" }\nrequired = ["OWNERS"]\n'
    )
    (root / ".gitignore").write_text("__pycache__/\n/house/\n")

    assert run(["check", str(root), "--house", str(house)]) == 1
    shown = capsys.readouterr().out
    assert "OWNERS: error LAY002 is required by the house and not there" in shown
    assert "SEC001" not in shown


def test_a_repository_of_a_house_that_extends_the_shipped_one_carries_its_wishes(tmp_path, capsys):
    house = tmp_path / "house"
    house.mkdir()
    (house / "house.toml").write_text(
        'schema = 1\nid = "ours"\nversion = "1"\nextends = "reengineering"\n'
        '[check]\nrules = { DOC013 = "error" }\nbanned_imports = { pandas = "we use polars" }\n'
    )
    made = tmp_path / "made"

    assert run(["new", str(made), "--defaults", "--no-git", "--house", str(house)]) == 0
    lock = json.loads((made / ".scaffold/lock.json").read_text())
    assert lock["house"]["id"] == "ours"
    package = next((made / "src").iterdir())
    (package / "data" / "tables.py").write_text('"""Tables."""\n\nimport pandas\n')
    capsys.readouterr()

    assert run(["check", str(made)]) == 1
    assert "STR003 imports pandas: we use polars" in capsys.readouterr().out


def test_a_house_that_extends_what_does_not_ship_is_refused(tmp_path, capsys):
    house = tmp_path / "house"
    house.mkdir()
    (house / "house.toml").write_text('schema = 1\nid = "o"\nversion = "1"\nextends = "theirs"\n')

    assert run(["new", str(tmp_path / "made"), "--defaults", "--house", str(house)]) == 2
    assert "extends 'theirs', which does not ship" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["json", "sarif", "github", "gitlab", "junit", "html"])
def test_every_form_is_printed_or_written(form, root, tmp_path, capsys):
    out = tmp_path / "report"

    assert run(["check", str(root), "--only", "SEC", "--format", form]) == 1
    printed = capsys.readouterr().out
    assert run(["check", str(root), "--only", "SEC", "--format", form, "--out", str(out)]) == 1
    assert capsys.readouterr().out == ""
    assert out.read_text() == printed
    assert "SEC001" in printed


def test_every_rule_is_listed_and_explained(capsys):
    assert run(["check", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 60
    assert run(["explain", "implicit-default"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("CFG001  implicit-default\n")
    assert "## Mended" in shown
    assert run(["explain", "cfg001", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["fix"] == "safe"


def test_the_status_of_a_fresh_repository_is_its_first_gate(capsys):
    fresh = ROOT / "examples" / "digits-vit"

    assert run(["status", str(fresh)]) == 0
    shown = capsys.readouterr().out
    assert "open     G0   declared" in shown
    assert "next: G0, declared\n  docs/plan.md: is a draft (DOC003)" in shown
    assert run(["status", str(fresh), "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["score"]["total"] == 0
    assert document["gates"][0]["state"] == "open"


def test_asking_for_a_gate_that_is_shut_ends_with_one(capsys):
    fresh = ROOT / "examples" / "digits-vit"

    assert run(["check", str(fresh), "--gate", "4a"]) == 1
    assert "GATE/G4a the rung forward was not compared: scaffold compare" in capsys.readouterr().out


def test_checking_imports_nothing_heavy(root):
    code = (
        "import sys; from scaffold.cli.app import run; run(['check', sys.argv[1]]);"
        "print([m for m in ('torch', 'numpy', 'copier', 'rich', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_the_script_of_the_action_runs(root, tmp_path):
    script = ROOT / "src/scaffold/report/checking/action.sh"
    place = Path(sys.executable).parent
    environment = {"PATH": f"{place}:/usr/bin:/bin", "CHECKED": str(root)}
    environment["SARIF"] = str(tmp_path / "out.sarif")

    done = subprocess.run(
        ["bash", str(script)], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=a.py,line=3,title=SEC001")
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"


def test_repo_review_shows_our_rules_beside_its_own(root):
    done = subprocess.run(
        [Path(sys.executable).parent / "repo-review", str(root), "--format", "json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    checks = json.loads(done.stdout)["checks"]
    assert checks["HSEC001"]["result"] is False
    assert checks["HSEC001"]["family"] == "scaffold-sec"
    assert checks["HSEC003"]["result"] is True
    assert "PY001" in checks
