from pathlib import Path

import pytest

from scaffold.golden import Bundle
from scaffold.reference import record
from scaffold.reference.unrest import unrest
from scaffold.trace.subject import load

PAIR = Path(__file__).parents[1] / "testing" / "pair" / "reference" / "adapter.py"


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """How far the small reference wanders, and its bundle."""
    folder = tmp_path_factory.mktemp("goldens") / "twin"
    record(PAIR, folder)
    bundle = Bundle.read(folder)
    return bundle, unrest(load(PAIR), bundle)


def test_every_golden_of_the_training_steps_is_measured(measured):
    bundle, found = measured

    roles = {"step_param", "trace_loss", "trace_norm"}
    assert set(found) == {entry.id for entry in bundle.entries if entry.role in roles}


def test_a_start_one_rounding_away_moves_some_weight_and_none_by_much(measured):
    _, found = measured

    assert 0 < max(found.values()) < 1000
