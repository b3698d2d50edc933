"""Share what many tests use."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).resolve().parent)
# These tests are no package, and import modes differ in what they put on the path.
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from warm import Warm  # noqa: E402 - the path is set above


@pytest.fixture(scope="session")
def warm():
    """A process that has imported torch and Lightning, and forks for each program."""
    process = Warm()
    yield process
    process.close()
