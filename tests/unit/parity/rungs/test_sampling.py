"""Two samples are compared in units of their sampling error."""

import numpy as np
import pytest

from scaffold.parity.rungs.sampling import statistics


def draw(seed, size=2000):
    return np.random.RandomState(seed).normal(size=size)


def errors(left, right):
    return {one.name: one.errors for one in statistics(left, right)}


@pytest.mark.parametrize("seed", range(5))
def test_one_family_stays_within_its_sampling_error(seed):
    assert max(errors(draw(seed), draw(100 + seed, 3000)).values()) < 5


def test_a_shift_shows_in_the_mean():
    found = errors(draw(0), draw(1) + 0.3)

    assert found["mean"] > 5
    assert found["std"] < 5


def test_a_scale_shows_in_the_spread():
    assert errors(draw(0), 1.2 * draw(1))["std"] > 5


def test_a_family_of_the_same_spread_shows_in_its_tails():
    uniform = np.random.RandomState(1).uniform(-(3**0.5), 3**0.5, 2000)

    found = errors(draw(0), uniform)

    assert found["kurtosis"] > 5
    assert found["std"] < 5


def test_many_exact_zeros_show_in_the_quantiles():
    sparse = draw(1) * (np.random.RandomState(2).random_sample(2000) < 0.5) * 2**0.5

    assert errors(draw(0), sparse)["quantiles"] > 5


def test_the_tails_of_few_elements_are_not_compared():
    assert "kurtosis" not in errors(draw(0, 50), draw(1, 50))
