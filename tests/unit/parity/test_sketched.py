"""A sketch is judged in the words of a full comparison, and says that it is an estimate."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from scaffold.core.comparison import Verdict
from scaffold.golden.sketch import SPREAD, sketch
from scaffold.parity.judge import judge
from scaffold.parity.sketched import judged, look

RNG = np.random.default_rng(3)
EXACT = RNG.standard_normal((8, 40, 96))
OURS, THEIRS = (
    (EXACT * (1 + 2.0**-24 * RNG.uniform(-1, 1, EXACT.shape))).astype(np.float32) for _ in range(2)
)


def never(turn):
    raise AssertionError(turn)


def judged_arrays(theirs, ours=OURS, exact=EXACT, again=lambda _turn: None):
    shadow = None if exact is None else sketch(exact)
    return judged(sketch(theirs), sketch(ours), shadow, again)


def test_one_more_rounding_agrees_without_a_second_look():
    found = judged_arrays(THEIRS, again=never)

    whole = judge(THEIRS, OURS, EXACT)
    assert found.verdict is Verdict.ROUNDING
    assert found.ratio == pytest.approx(1.0, rel=SPREAD - 1)
    assert whole.verdict is Verdict.ROUNDING


def test_the_same_bits_are_equal():
    assert judged_arrays(OURS, again=never).verdict is Verdict.EQUAL


MUTANTS = {
    "heads permuted": lambda y: y.reshape(8, 40, 4, 24).swapaxes(2, 3).reshape(y.shape),
    "tokens exchanged": lambda y: y[:, ::-1],
    "one sign": lambda y: np.where(np.arange(y.size).reshape(y.shape) == 777, -y, y),
    "a scale of one and a millionth": lambda y: (y * (1 + 2e-6)).astype(np.float32),
}


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_another_tensor_is_different_and_the_note_says_how_sure(mutant):
    found = judged_arrays(np.ascontiguousarray(mutant(THEIRS)))

    assert found.verdict is Verdict.DIFFERENT
    assert found.ratio > 8.0
    assert found.reason == "q is estimated from sketches, within a factor of 1.75"


def test_the_estimate_is_near_the_measured_ratio():
    theirs = (THEIRS * (1 + 1e-5 * RNG.standard_normal(THEIRS.shape))).astype(np.float32)
    gap = np.linalg.norm(theirs.astype(np.float64) - EXACT)
    truth = gap / np.linalg.norm(OURS.astype(np.float64) - EXACT)

    assert truth / SPREAD < judged_arrays(theirs).ratio < truth * SPREAD


def test_noise_that_moved_inputs_show_is_counted():
    theirs = (EXACT * (1 + 1e-6)).astype(np.float32)
    moved = (EXACT * (1 - 1e-6)).astype(np.float32)

    assert judged_arrays(theirs).verdict is Verdict.DIFFERENT
    assert judged_arrays(theirs, again=lambda _: sketch(moved)).verdict is Verdict.ROUNDING


def test_without_float64_the_moved_inputs_are_the_noise():
    moved = (OURS * np.float32(1 + 2.0**-23)).astype(np.float32)

    assert judged_arrays(THEIRS, exact=None, again=lambda _: sketch(moved)).verdict.agrees
    assert not judged_arrays(-THEIRS, exact=None, again=lambda _: sketch(moved)).verdict.agrees


def test_another_shape_or_type_is_said():
    found = judged_arrays(THEIRS.reshape(8, 96, 40))

    assert found.verdict is Verdict.SHAPE
    assert found.reason == "theirs is float32[8, 96, 40], ours is float32[8, 40, 96]"
    assert judged_arrays(THEIRS.astype(np.float64)).verdict is Verdict.SHAPE


def test_nan_in_another_place_never_passes():
    def with_nan(array, *places):
        array = array.copy()
        array.flat[list(places)] = np.nan
        return array

    found = judged_arrays(with_nan(THEIRS, 5), with_nan(OURS, 6), with_nan(EXACT, 6))

    assert (found.verdict, found.ratio) == (Verdict.DIFFERENT, float("inf"))
    assert found.reason == (
        "NaN or infinity stands in other places (theirs has 1, ours 1 of 30720)"
    )
    assert judged_arrays(with_nan(THEIRS, 5), with_nan(OURS, 5), with_nan(EXACT, 5)).verdict.agrees
    assert "theirs has none, ours 2" in judged_arrays(THEIRS, with_nan(OURS, 5, 6)).reason


def test_whole_numbers_are_compared_to_the_bit():
    ids = np.arange(90).reshape(9, 10)
    other = ids.copy()
    other[4, 4] += 1

    assert judged_arrays(ids, ids.copy(), ids).verdict is Verdict.EQUAL
    found = judged_arrays(ids, other, other)
    assert (found.verdict, found.reason) == (
        Verdict.DIFFERENT, "values differ, and they are no real numbers",
    )  # fmt: skip


def test_the_kept_element_that_differs_most_is_shown():
    found = judged_arrays(THEIRS + np.float32(1.0))

    assert found.worst.startswith("(")
    assert ": theirs " in found.worst


def test_a_tensor_of_torch_is_looked_at_whatever_its_type():
    x = torch.randn(3, 4)

    assert look(x).same(sketch(x.numpy()))
    assert look(x.bfloat16()).dtype == "bfloat16"
    assert look(torch.complex(x, x).conj()).dtype == "complex64"
    assert look(x.t()).same(sketch(np.ascontiguousarray(x.numpy().T)))
