"""q is about 1 for another rounding, and each form sees what the others hide."""

from __future__ import annotations

import numpy as np

from scaffold.parity.ratio import ratios

UNIT = 2.0**-24


def rounded(exact, seed):
    noise = np.random.default_rng(seed).uniform(-UNIT, UNIT, exact.shape)
    return exact * (1 + noise)


def test_another_rounding_has_a_ratio_of_about_one():
    exact = np.random.default_rng(0).normal(size=(32, 16))

    found = ratios(rounded(exact, 1), exact, rounded(exact, 2) - exact, UNIT)

    assert 0.8 < found.norm < 1.25
    assert found.row < 3
    assert found.peak < 2


def test_without_any_noise_half_a_round_off_is_the_floor():
    exact = np.ones(4)

    assert ratios(exact + UNIT, exact, exact * 0, UNIT).norm == 2.0


def test_a_wrong_row_shows_in_the_row_and_hardly_in_the_norm():
    exact = np.random.default_rng(0).normal(size=(4096, 16))
    theirs = rounded(exact, 1)
    theirs[7] *= 1 + 20 * UNIT

    found = ratios(theirs, exact, rounded(exact, 2) - exact, UNIT)

    assert found.norm < 2
    assert found.row > 15


def test_a_row_too_short_for_a_norm_is_left_to_the_other_forms():
    assert ratios(np.ones((3, 2)), np.zeros((3, 2)), np.ones((3, 2)), UNIT).row == 0.0


def test_a_difference_where_nothing_may_differ_is_infinite():
    assert ratios(np.ones(3), np.zeros(3), np.zeros(3), UNIT).norm == np.inf
    assert ratios(np.zeros(0), np.zeros(0), np.zeros(0), UNIT).norm == 0.0
