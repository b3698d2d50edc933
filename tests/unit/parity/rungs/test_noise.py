"""A distance is judged in units of the rounding that ours makes."""

import numpy as np
import pytest
import torch

from scaffold.core.comparison import Judgement, Verdict
from scaffold.parity.rungs import noise

EXACT = np.array([1.0, 2.0, 3.0])
ROUNDED = EXACT + np.array([1e-7, 0.0, -1e-7])


def judge(theirs, exact=EXACT, rounded=ROUNDED):
    return noise.judged(np.asarray(theirs), exact, [rounded], limit=4.0, probe="real")


def test_a_distance_within_the_rounding_is_rounding():
    judgement = judge(EXACT + 1e-7)

    assert judgement.verdict is Verdict.ROUNDING
    assert 1.0 < judgement.ratio < 1.5


def test_a_distance_beyond_it_is_different_and_names_the_worst_element():
    judgement = judge([1.0, 2.0, 3.5])

    assert judgement.verdict is Verdict.DIFFERENT
    assert judgement.worst == "(2): theirs 3.5, ours 3"
    assert judgement.probe == "real"


def test_one_wrong_element_among_many_stands_out():
    exact, rounded = np.ones(10_000), np.ones(10_000) + 1e-7
    theirs = exact.copy()
    theirs[77] += 2e-6

    assert judge(theirs, exact, rounded).verdict is Verdict.DIFFERENT


def test_the_same_numbers_are_equal():
    assert judge(EXACT).verdict is Verdict.EQUAL


def test_a_rounding_right_by_luck_is_given_half_a_unit():
    assert judge(EXACT * (1 + 4e-8), EXACT, EXACT).verdict is Verdict.ROUNDING


def test_zero_against_something_is_infinitely_far():
    assert judge([0.0, 1e-30], np.zeros(2), np.zeros(2)).ratio == float("inf")


def test_another_shape_is_not_compared():
    judgement = judge(np.ones(2))

    assert judgement.verdict is Verdict.SHAPE
    assert judgement.reason == "theirs has the shape (2,), ours (3,)"


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_nan_and_infinity_never_pass(odd):
    theirs = np.array([1.0, odd, 3.0])

    assert judge(theirs).verdict is Verdict.DIFFERENT
    assert judge(EXACT, theirs, theirs).verdict is Verdict.DIFFERENT
    assert judge(theirs, theirs, theirs).verdict is Verdict.EQUAL
    assert judge(theirs, EXACT, theirs).reason == "NaN or infinity is not in the same places"


def test_infinities_of_another_sign_differ():
    positive, negative = np.array([np.inf, 1.0]), np.array([-np.inf, 1.0])

    assert judge(positive, negative, negative).verdict is Verdict.DIFFERENT


def test_each_element_can_have_its_own_noise():
    exact, given = np.array([1e-3, 1e3]), np.array([1e-9, 1e-3])

    near = noise.judged_each(exact + given, exact, given, limit=4.0)
    far = noise.judged_each(exact + np.array([1e-7, 0.0]), exact, given, limit=4.0)

    assert near.ratio == pytest.approx(1.0, rel=1e-3)
    assert far.verdict is Verdict.DIFFERENT


def test_the_first_that_disagrees_comes_before_the_worst():
    found = [
        Judgement(verdict=Verdict.ROUNDING, ratio=3.0, probe="a"),
        Judgement(verdict=Verdict.DIFFERENT, ratio=9.0, probe="b"),
        Judgement(verdict=Verdict.DIFFERENT, ratio=99.0, probe="c"),
    ]

    assert noise.first_of(found).probe == "b"
    assert noise.worst_of(found).probe == "c"
    assert noise.first_of(found[:1]).probe == "a"


def test_numbers_come_from_tensors_arrays_and_floats():
    assert noise.numbers(torch.ones(2, requires_grad=True)).dtype == np.float64
    assert noise.numbers(1.5) == 1.5
