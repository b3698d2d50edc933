"""A sample of the zoo: a repository around each model passes everything at once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.zoo.models import SAMPLE, ZOO  # noqa: E402 - the path is set above

pytestmark = pytest.mark.e2e


@pytest.fixture
def run(python, tmp_path):
    """Run a program of that environment, as its user does."""

    def ran(*words, within="."):
        return subprocess.run(
            [python, "-m", *words],
            cwd=tmp_path / within,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTEST_ADDOPTS": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    return ran


@pytest.mark.parametrize("entry", [one for one in ZOO if one.spec in SAMPLE], ids=lambda e: e.name)
def test_a_repository_around_a_model_passes_everything(entry, run):
    words = [word for one in entry.arguments for word in ("--argument", one)]
    spec = entry.spec.replace("file:", f"file:{ROOT}/")

    made = run("scaffold", "new", "made", "--defaults", "--no-git", "--reference", spec, *words)
    assert made.returncode == 0, made.stderr
    suite = run("pytest", "-q", "-p", "no:cacheprovider", within="made")

    assert suite.returncode == 0, suite.stdout[-4000:]
    agree = re.search(r"parity: (\d+) of (\d+) items agree", suite.stdout)
    assert agree
    assert agree[1] == agree[2]
    assert "skipped" not in suite.stdout


def test_the_sample_is_of_the_zoo():
    assert len(SAMPLE) == len([one for one in ZOO if one.spec in SAMPLE]) == 8
