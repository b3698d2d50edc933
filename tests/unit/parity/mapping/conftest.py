"""Look for maps between models that a test builds itself."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from scaffold.parity.mapping import find
from scaffold.reference import record
from scaffold.trace.isolation import Isolation
from scaffold.trace.subject import Subject

ROOT = str(Path(__file__).resolve().parents[4])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

ADAPTER = """
import torch

import sys


def build(size="twin"):
    return sys.modules["{name}"].theirs()


def example_batch():
    return sys.modules["{name}"].batch(), torch.zeros(1)
"""


def candidate_of(build, folder):
    module = ModuleType("candidate")
    module.build = lambda size="twin": build()  # noqa: ARG005 - there is one size
    return Subject(folder / "candidate.py", module, Isolation(folder))


@pytest.fixture
def candidate(tmp_path):
    """Show a model that a function builds as ours."""
    return lambda build: candidate_of(build, tmp_path)


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """Record a model that a function builds."""

    def recorded_(theirs, batch):
        shown = ModuleType("drawn_reference")
        shown.theirs, shown.batch = theirs, batch
        monkeypatch.setitem(sys.modules, shown.__name__, shown)
        (tmp_path / "adapter.py").write_text(ADAPTER.format(name=shown.__name__))
        return record(tmp_path / "adapter.py", tmp_path / "goldens")

    return recorded_


@pytest.fixture
def looked_for(recorded, candidate):
    """Record one model, and look for the map to another."""

    def looked_for_(theirs, ours, batch):
        return find(recorded(theirs, batch), candidate(ours))

    return looked_for_


@pytest.fixture
def rows():
    """The plain form of a map: ours to theirs, and how."""

    def rows_(mapping):
        return {rule.ours: (rule.theirs, rule.steps) for rule in mapping.weights}

    return rows_
