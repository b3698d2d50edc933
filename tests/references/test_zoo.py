"""A sample of the zoo: a repository around each model passes everything at once."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from warm import Warm

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.zoo.models import SAMPLE, ZOO  # noqa: E402 - the path is set above

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def forked(python):
    process = Warm(python)  # the libraries bring plug-ins of pytest, which wants to load them itself
    yield process
    process.close()


@pytest.mark.parametrize("entry", [one for one in ZOO if one.spec in SAMPLE], ids=lambda e: e.name)
def test_a_repository_around_a_model_passes_everything(entry, forked, tmp_path):
    words = [word for one in entry.arguments for word in ("--argument", one)]
    spec = entry.spec.replace("file:", f"file:{ROOT}/")

    made = forked.run(
        "scaffold", "new", "made", "--defaults", "--no-git", "--reference", spec, *words,
        cwd=tmp_path,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout
    suite = forked.run("pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path / "made")

    assert suite.returncode == 0, suite.stdout[-4000:]
    agree = re.search(r"parity: (\d+) of (\d+) items agree", suite.stdout)
    assert agree
    assert agree[1] == agree[2]
    assert "skipped" not in suite.stdout


def test_the_sample_is_of_the_zoo():
    assert len(SAMPLE) == len([one for one in ZOO if one.spec in SAMPLE]) == 8
