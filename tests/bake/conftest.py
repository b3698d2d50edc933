"""Let the bake tests share their steps and their renderings."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
# These tests are no package, and import modes differ in what they put on the path.
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from rendering import Row, Shelf, combinations  # noqa: E402 - the path is set above


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Return the renderings of the covering array, shared between the workers of one run."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    return Shelf(base / "covering-array")


@pytest.fixture(params=range(len(combinations())), ids="row{:02}".format)
def number(request: pytest.FixtureRequest) -> int:
    """Return the number of one row of the covering array; a test of it runs once per row."""
    return int(request.param)


@pytest.fixture
def folder(shelf: Shelf, number: int) -> Path:
    """Return the rendering of that row."""
    return shelf[number]


@pytest.fixture
def answers(number: int) -> Row:
    """Return the answers of that row."""
    return combinations()[number]
