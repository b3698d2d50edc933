import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from scaffold.core.comparison import Rung
from scaffold.golden import Bundle
from scaffold.parity.weightmap import WeightMap
from scaffold.reference import record
from scaffold.testing import ParityDivergence, agrees, assert_parity
from scaffold.trace.subject import load

PAIR = Path(__file__).parent / "pair"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    root = tmp_path_factory.mktemp("pair") / "repository"
    shutil.copytree(PAIR, root, ignore=shutil.ignore_patterns("__pycache__"))
    record(root / "reference" / "adapter.py", root / "goldens" / "twin")
    return root


@pytest.fixture
def sides(recorded, tmp_path):
    root = shutil.copytree(recorded, tmp_path / "repository")
    return root / "goldens/twin", root / "tests/parity/candidate.py", root / "weights.map.toml"


def test_a_candidate_that_agrees_gives_its_comparison(sides):
    comparison = assert_parity(*sides, rungs=["forward", Rung.LOSS])

    assert comparison.agrees
    assert {row.rung for row in comparison.rungs} == {Rung.LOSS}
    assert len(comparison.parts) == 5


def test_opened_sides_are_taken_as_they_are(sides):
    bundle, candidate, weights = sides

    opened = Bundle.read(bundle), load(candidate), WeightMap.read(weights)

    assert assert_parity(*opened, rungs=[Rung.SCHEDULE]).agrees


def test_a_candidate_that_differs_fails_with_the_first_divergence_and_the_others(sides):
    candidate = sides[1]
    candidate.write_text(candidate.read_text().replace("EPS = 1e-6", "EPS = 1e-5"))

    with pytest.raises(ParityDivergence) as failure:
        assert_parity(*sides, rungs=["forward"])

    first, *_, last = str(failure.value).splitlines()
    assert first == "first divergence: before"
    assert last == "  also     the model"


def test_another_rounding_agrees():
    x = torch.linspace(-3, 3, 64, dtype=torch.float64)
    theirs = torch.tanh(x.float()).numpy()

    ours_f32 = 1 - 2 / (torch.exp(2 * x.float()) + 1)

    assert agrees(theirs, ours_f32, torch.tanh(x))


def test_another_function_does_not_and_says_how_far():
    x = torch.linspace(-3, 3, 64, dtype=torch.float64)
    found = agrees(torch.sin(x.float()), torch.tanh(x.float()), torch.tanh(x))

    assert not found
    assert repr(found).startswith("<different q ")
    assert "theirs" in repr(found)


def test_bits_that_are_the_same_are_equal():
    x = np.linspace(0, 1, 5, dtype=np.float32)

    assert repr(agrees(x, x, x.astype(np.float64))) == "<equal>"
