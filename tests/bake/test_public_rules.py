"""The public rule set of scientific Python has nothing to say, but for what is waived by name."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from rendering import combinations

pytestmark = pytest.mark.bake

REVIEW = Path(sys.executable).with_name("repo-review")


def one_row_per_ci():
    rows = combinations()
    return [
        next(n for n, row in enumerate(rows) if row["ci"] == ci)
        for ci in ("github", "gitlab", "none")
    ]


def review(folder):
    done = subprocess.run(
        [REVIEW, "--format", "json", str(folder)], capture_output=True, text=True, check=False
    )
    checks = json.loads(done.stdout)["checks"]
    # What is rendered here has no lock yet.
    return {name: check for name, check in checks.items() if name != "HDRF002"}


@pytest.mark.parametrize("number", one_row_per_ci())
def test_no_rule_fails_but_those_that_are_waived(number, shelf):
    checks = review(shelf[number])

    failed = {name: check["err_msg"] for name, check in checks.items() if check["result"] is False}
    assert failed == {}
    assert sum(check["result"] is True for check in checks.values()) >= 30


@pytest.mark.parametrize("number", one_row_per_ci())
def test_every_waiver_has_a_reason_and_would_fail_without(number, shelf, tmp_path):
    folder = shelf.copy(number, tmp_path / "unwaived")
    project = folder / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    waived = tomllib.loads(text)["tool"]["repo-review"]["ignore"]

    lines = text.splitlines()
    for name in waived:
        (line,) = [line for line in lines if line.strip().startswith(f'"{name}"')]
        assert len(line.split("#", 1)[1].strip()) >= 20, line

    project.write_text(text.replace("[tool.repo-review]", "[tool.nothing]"), encoding="utf-8")
    failed = {name for name, check in review(folder).items() if check["result"] is False}
    assert failed == set(waived)
