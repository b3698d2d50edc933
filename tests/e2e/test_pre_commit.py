"""The hooks of this project run as pre-commit runs them: cloned, installed, called."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("src", "templates", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")

pytestmark = pytest.mark.e2e


def git(root, *words):
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


@pytest.fixture
def source(tmp_path):
    """The project as somebody's git would clone it."""
    root = tmp_path / "source"
    root.mkdir()
    for name in NEEDED:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(place, root)
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "as it is")
    return root


def test_the_hook_finds_and_mends(source, tmp_path):
    repository = tmp_path / "net"
    repository.mkdir()
    (repository / "LICENSE").write_text("MIT\n")
    (repository / ".gitignore").write_text("__pycache__/\n")
    (repository / "a.py").write_text("import torch\n\nx = torch.load('f')\n")
    git(repository, "init", "--quiet")
    git(repository, "add", "--all")
    surroundings = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "cache")}

    def hook(name):
        return subprocess.run(
            [Path(sys.executable).parent / "pre-commit", "try-repo", str(source), name,
             "--all-files", "--verbose"],
            cwd=repository, env=surroundings, capture_output=True, text=True, check=False,
        )  # fmt: skip

    found = hook("scaffold-check")
    assert found.returncode == 1, found.stdout + found.stderr
    assert "a.py:3: error SEC001" in found.stdout
    mended = hook("scaffold-check-fix")
    assert "mended a.py: SEC001" in mended.stdout
    assert "weights_only=True" in (repository / "a.py").read_text()
    git(repository, "add", "--all")
    assert hook("scaffold-check").returncode == 0
