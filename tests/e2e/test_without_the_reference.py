"""The comparison runs, and passes, where the reference's package is not installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

PAIR = Path(__file__).parents[1] / "unit" / "testing" / "pair"
ADAPTER = "reference/adapter.py"
MODEL = '''"""Somebody's package."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(8, eps=1e-6)
        self.up = nn.Linear(8, 16)
        self.act = nn.GELU()
        self.down = nn.Linear(16, 8)

    def forward(self, x):
        return x + self.down(self.act(self.up(self.norm(x))))
'''
# Where an import of theirs would betray that somebody reads more than the bundle.
GUARD = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "theirpkg":
            raise AssertionError("theirpkg was asked for")
sys.meta_path.insert(0, Refuse())
import torch, pickle
def refuse(*_, **__):
    raise AssertionError("something was unpickled")
torch.load = torch.jit.load = pickle.load = refuse
from scaffold.cli import main
main(sys.argv[1:])
"""


def python(*arguments, at, package=None):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=at,
        env={
            **os.environ,
            "PYTHONPATH": str(package or ""),
            "PYTEST_ADDOPTS": "",
            "OMP_NUM_THREADS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A repository that was recorded where theirs is installed, and is now where it is not."""
    at = tmp_path_factory.mktemp("without")
    package = at / "site" / "theirpkg"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(MODEL)
    root = at / "repository"
    shutil.copytree(PAIR, root, ignore=shutil.ignore_patterns("__pycache__"))
    adapter = root / ADAPTER
    text = adapter.read_text()
    start, end = text.index("class Block"), text.index("def build")
    adapter.write_text(f"{text[:start]}from theirpkg import Block\n\n\n{text[end:]}")

    done = python("-m", "scaffold", "record", ".", at=root, package=package.parent)

    assert done.returncode == 0, done.stderr
    shutil.rmtree(package.parent)
    return root


def test_theirs_cannot_be_recorded_there(alone):
    """The negative control."""
    done = python("-m", "scaffold", "record", ".", "--out", "other", at=alone)

    assert done.returncode == 2
    assert "ModuleNotFoundError: No module named 'theirpkg'" in done.stderr


def test_the_comparison_passes_and_asks_for_nothing_of_theirs(alone):
    done = python("-c", GUARD, "compare", ".", at=alone)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("agrees: all ")


def test_the_parity_suite_passes_without_the_folder_of_the_reference(alone, tmp_path):
    root = shutil.copytree(alone, tmp_path / "repository")
    shutil.rmtree(root / "reference")

    done = python(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
        *("-k", "forward or weights"),
        at=root,
    )

    assert done.returncode == 0, done.stdout[-3000:]
    assert "  forward    6 of 6" in done.stdout


def test_a_defect_is_still_caught_there(alone, tmp_path):
    root = shutil.copytree(alone, tmp_path / "repository")
    candidate = root / "tests" / "parity" / "candidate.py"
    candidate.write_text(candidate.read_text().replace("EPS = 1e-6", "EPS = 1e-5"))

    done = python("-c", GUARD, "compare", ".", "--rung", "forward", at=root)

    assert done.returncode == 1
    assert "first divergence: before" in done.stdout
