"""A stranger's repository is checked or refused; nothing runs, and nothing outside is read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.check.listing import ask_git, listing
from scaffold.check.reading import as_json, as_python, as_toml, as_yaml, decoded
from scaffold.check.run import UNABLE
from scaffold.cli.app import run
from scaffold.core.errors import ScaffoldError

sys.path.insert(0, str(Path(__file__).parent))
from repositories import checked, draw, repository

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(24)
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("reengineering.toml", b"a = " + b"[" * 50_000),
        ("reengineering.toml", b"x" * 50_000_000),
        ("reengineering.toml", b"\xff\xfe\x00"),
        ("configs/train.yaml", LAUGHS.encode()),
        ("configs/train.yaml", b"[" * 50_000),
        ("configs/train.yaml", b"!!python/object/apply:os.system ['touch made']"),
        ("results/targets.yaml", b"targets: 3"),
        ("results/targets.yaml", b"targets: [1, {id: [x]}]"),
        ("goldens/twin/manifest.json", b"[" * 100_000),
        (".scaffold/lock.json", b'{"schema": 1, "files": {"../../etc/passwd": {}}}'),
        (".scaffold/baseline.json", b'{"schema": 1, "known": []}'),
        ("src/net/a.py", b"(" * 100_000),
        ("src/net/a.py", b"x = '\xff'"),
        ("src/net/a.py", b"a" + b".b" * 20_000),
        ("src/net/a.py", b"-" * 100_000 + b"1"),
        ("src/net/a.py", b"\x00" * 100),
        ("conftest.py", b"open('made', 'w').write('x')"),
        ("setup.py", b"open('made', 'w').write('x')"),
        ("README.md", b"[a](" * 50_000),
        ("README.md", b"| a " * 50_000),
        ("README.md", b"```console\n" + b"make \\\n" * 20_000),
        (".github/workflows/ci.yml", b"on: {}\njobs: {a: {steps: [1, {uses: 3, with: []}]}}"),
        (".github/workflows/ci.yml", b"jobs: []"),
        ("pyproject.toml", b"[project]\ndependencies = 3\nauthors = 4\nlicense = []\n"),
        ("pyproject.toml", b"project = 3\ntool = 4\n"),
        ("reengineering.toml", b"project = 3\nwaiver = 4\nparity = 1\ntargets = []\ndevices = 1"),
        (
            "reengineering.toml",
            b"[parity]\nbundle = '../../../etc'\nmap = '/etc/passwd'\nreference='..'",
        ),
        ("reengineering.toml", b"[[reference.files]]\npath = '/etc/passwd'\nsha256 = 1\n"),
        ("MODEL_CARD.md", b"---\n" + b"a: [" * 500 + b"\n---\n"),
        ("CITATION.cff", b"&a [*a]"),
        ("results/experiments.jsonl", b"[\n{}\nnull\n" + b"[" * 10_000),
        ("docs/gradient_flow.md", b"| id |\n| --- |\n| SG-99999999999999999999 |"),
    ],
)
def test_a_hostile_file_is_looked_at_and_not_stumbled_over(name, content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if name != "reengineering.toml":
        draw(tmp_path, {"reengineering.toml": '[project]\npackage = "net"\n'})
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(content)

    report = checked(tmp_path)

    assert report.rules > 100
    assert not [one for one in report.findings if one.because.startswith(UNABLE)]
    assert not (tmp_path / "made").exists()


def test_links_are_not_followed_and_loops_end(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/key.py").write_text("x = 'AKIAABCDEFGHIJKLMNOP'\n")
    root = tmp_path / "repository"
    root.mkdir()
    (root / "loop").symlink_to(root)
    (root / "a").symlink_to(root / "b")
    (root / "b").symlink_to(root / "a")
    (root / "theirs").symlink_to(tmp_path / "outside")
    (root / "key.py").symlink_to(tmp_path / "outside/key.py")

    report = checked(root)

    assert {one.code for one in report.findings if "link" in one.rule} == {"HYG007"}
    assert not [one for one in report.findings if one.code == "SEC011"]


def test_a_tracked_path_behind_a_link_is_not_read(tmp_path):
    """Git still lists `a/key.py` when the folder `a` was replaced by a link."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/key.py").write_text("x = 'AKIAABCDEFGHIJKLMNOP'\n")
    root = draw(tmp_path / "repository", {"a/key.py": "x = 1\n"})
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "add", "."], check=True)
    (root / "a/key.py").unlink()
    (root / "a").rmdir()
    (root / "a").symlink_to(tmp_path / "outside")

    assert not repository(root).has("a/key.py")
    assert not checked(root, "SEC011").findings


@pytest.mark.parametrize(
    "setting",
    [
        "core.fsmonitor={made}",
        "core.hooksPath={hooks}",
        "core.pager={made}",
        "gpg.program={made}",
        "log.showSignature=true",
        "core.sshCommand={made}",
        "diff.external={made}",
        "alias.ls-files=!{made}",
    ],
)
def test_no_setting_of_a_strangers_git_starts_a_program(setting, tmp_path):
    root = draw(tmp_path / "repository", {"a.py": "x = 1\n"})
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/made\n")
    program.chmod(0o755)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    key, _, value = setting.format(made=program, hooks=tmp_path).partition("=")
    subprocess.run(["git", "-C", str(root), "config", key, value], check=True)

    found = listing(root)
    ask_git(root, "log", "-1", "--format=%H")

    assert found.tracked is not None
    assert [str(path) for path in found.tree.files] == ["a.py"]
    assert not (tmp_path / "made").exists()


def test_a_large_file_is_sized_and_not_read(tmp_path, monkeypatch):
    draw(tmp_path, {"reengineering.toml": "[project]\n"})
    with (tmp_path / "data.py").open("wb") as file:
        file.truncate(1_000_000_000)
    asked = []
    real = os.open
    monkeypatch.setattr(
        os, "open", lambda path, *more, **k: asked.append(str(path)) or real(path, *more, **k)
    )

    report = checked(tmp_path)

    assert [one.because for one in report.findings if one.code == "HYG003"] == ["has 1000 MB"]
    assert not [path for path in asked if path.endswith("data.py")]


def test_a_manifest_that_is_too_large_is_said_to_be_so(tmp_path):
    (tmp_path / "reengineering.toml").write_bytes(b"#" * 50_000_000)

    (finding,) = checked(tmp_path, "HYG009").findings

    assert finding.because == "has 50,000,000 bytes and is not read: 2,000,000 are the most"


def test_a_deep_tree_ends(tmp_path):
    at = tmp_path
    for _ in range(300):
        at = at / "d"
        at.mkdir()
    (at / "a.py").write_text("x = 1\n")

    assert checked(tmp_path).files == 1


def test_a_file_that_may_not_be_read_is_said_to_be_so(tmp_path, capsys):
    draw(tmp_path, {"a.py": "x = 1\n"})

    assert run(["check", str(tmp_path / "nowhere")]) == 2
    assert "is no folder" in capsys.readouterr().err
    assert run(["check", str(tmp_path / "a.py")]) == 2


def test_readers_give_nothing_for_what_they_cannot_read():
    assert as_python(b"(") is None
    assert as_toml("a =") is None
    assert as_json("{") is None
    assert as_yaml("a: [") is None
    assert as_yaml(LAUGHS) is None
    assert as_yaml("!!python/name:os.system") is None
    assert decoded(b"\0") is None
    assert as_yaml("a: &x 1\nb: *x\n") == {"a": 1, "b": 1}


def test_without_git_everything_but_what_tools_make_is_listed(tmp_path):
    draw(tmp_path, {"a.py": "", ".venv/lib/b.py": "", "__pycache__/c.pyc": "", "d/e.py": ""})

    found = listing(tmp_path)

    assert [str(path) for path in found.tree.files] == ["a.py", "d/e.py"]
    assert found.tracked is None


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(ScaffoldError, match="is no folder"):
        listing(tmp_path / "nowhere")
