"""Some combinations run everything they bring along."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from rendering import combinations

pytestmark = pytest.mark.bake

WATCHED = ("activity", "framework", "licence", "logger", "ci", "container", "launcher", "package")
QUICK = ("-p", "no:hypothesispytest")
"""Hypothesis is ours, and its summary imports it whole: three seconds for a suite without it."""
LEAST = 6
WITH_LADDER = 2
"""Rows that climb the parity ladder too: it is the same in all, and takes half of the time."""


def chosen():
    """Return the rows that run their suites: few, and every watched answer is in one of them."""
    rows = combinations()
    open_answers = {(key, row[key]) for row in rows for key in WATCHED}
    numbers = []
    while open_answers or len(numbers) < LEAST:
        number = max(
            (n for n in range(len(rows)) if n not in numbers),
            key=lambda n: len(open_answers & set(rows[n].items())),
        )
        numbers.append(number)
        open_answers -= set(rows[number].items())
    return sorted(numbers)


def test_the_chosen_rows_contain_every_answer_that_changes_code():
    numbers = chosen()
    rows = combinations()

    assert len(numbers) >= LEAST
    for key in WATCHED:
        assert {rows[n][key] for n in numbers} == {row[key] for row in rows}


@pytest.mark.parametrize("number", chosen())
def test_the_suite_passes(number, shelf, tmp_path):
    repository = shelf.copy(number, tmp_path / combinations()[number]["name"])
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}

    ladder = number in chosen()[:WITH_LADDER]
    left_out = [] if ladder else ["--ignore=tests/parity/test_ladder.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *QUICK, *left_out],
        cwd=repository,
        env=environment | {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    found = re.search(r"(\d+) passed", done.stdout)
    assert found, done.stdout
    assert int(found[1]) >= (400 if ladder else 100)
    assert "skipped" not in done.stdout
