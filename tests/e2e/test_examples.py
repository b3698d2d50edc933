"""The finished reengineerings: all is proved, and the reference is not needed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from scaffold.house.parts import PARTS, Status, read_parts

pytestmark = pytest.mark.e2e

EXAMPLES = Path(__file__).parents[2] / "examples"
FINISHED = {"digits-resnet": "timm", "text-gpt": "transformers"}


@pytest.fixture
def example(request, tmp_path):
    """A copy, as whoever reads it has one."""
    shutil.copytree(EXAMPLES / request.param, tmp_path / request.param)
    return tmp_path / request.param


@pytest.mark.parametrize("example", FINISHED, indirect=True)
def test_a_finished_example_passes_its_suite_and_is_proved_without_its_reference(example, warm):
    compared = warm.run("scaffold", "compare", ".", cwd=example)
    status = warm.run("scaffold", "status", "--format=json", cwd=example)
    suite = warm.run("pytest", "-q", "-p", "no:cacheprovider", cwd=example)

    assert compared.returncode == 0, compared.stdout[-3000:]
    counts = json.loads(status.stdout)["counts"]
    assert counts["proved"] == sum(counts.values()) > 0
    assert suite.returncode == 0, suite.stdout[-3000:]
    assert "skipped" not in suite.stdout


@pytest.mark.parametrize("name", FINISHED)
def test_every_class_is_written_and_no_module_of_ours_imports_the_reference(name):
    parts = read_parts(EXAMPLES / name / PARTS)
    texts = [file.read_text() for file in (EXAMPLES / name / "src").rglob("*.py")]

    assert {row.status for row in parts.rows} == {Status.WRITTEN}
    assert not any(f"import {FINISHED[name]}" in text for text in texts)
    assert not any(f"from {FINISHED[name]}" in text for text in texts)


@pytest.mark.parametrize("name", FINISHED)
def test_the_trained_model_reaches_what_the_reference_reached(name):
    results = EXAMPLES / name / "results"
    (target,) = yaml.safe_load((results / "targets.yaml").read_text())["targets"]
    (measured,) = yaml.safe_load((results / "measured.yaml").read_text())["measured"]

    assert measured["target"] == target["id"]
    assert measured["value"] >= target["value"] - target["tolerance"]
