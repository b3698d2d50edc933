"""Compare two samples in units of their sampling error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.parity.ratio import Numbers

FEW = 200
"""Below this size the sampling error of a kurtosis is itself unknown, so it is not compared."""
UNIFORM, NARROWEST = 1.8, 1.3
"""Kurtosis of a uniform variable, and the variance of its estimate from one element."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """One property of both samples, and how many sampling errors lie between them."""

    name: str
    theirs: float
    ours: float
    errors: float


def statistics(theirs: Numbers, ours: Numbers) -> Iterator[Statistic]:
    """Return mean, spread, tails and shape of two samples that are not constant."""
    n, m = theirs.size, ours.size
    mean, other_mean = float(theirs.mean()), float(ours.mean())
    spread, other_spread = float(theirs.std()), float(ours.std())
    each = 1.0 / n + 1.0 / m
    widest = max(spread, other_spread)
    yield Statistic("mean", mean, other_mean, abs(mean - other_mean) / (widest * each**0.5))
    left, right = (theirs - mean) / spread, (ours - other_mean) / other_spread
    tails, other_tails = float(np.mean(left**4)), float(np.mean(right**4))
    error = _root(max(tails, UNIFORM) - 1.0, n, max(other_tails, UNIFORM) - 1.0, m) / 2.0
    yield Statistic("std", spread, other_spread, abs(np.log(spread / other_spread)) / error)
    if min(n, m) >= FEW:
        error = _root(_variance_of_kurtosis(left), n, _variance_of_kurtosis(right), m)
        yield Statistic("kurtosis", tails, other_tails, abs(tails - other_tails) / error)
    gap, at = _furthest(theirs, ours)
    yield Statistic(
        "quantiles", float(np.mean(theirs <= at)), float(np.mean(ours <= at)), 2.0 * gap / each**0.5
    )


def _root(variance: float, n: int, other: float, m: int) -> float:
    """Return the sampling error of a difference from the variances of one element."""
    return float((variance / n + other / m) ** 0.5)


def _variance_of_kurtosis(standard: Numbers) -> float:
    """Return the variance of a kurtosis by its influence function, for one element."""
    m4, m6, m8 = (float(np.mean(standard**power)) for power in (4, 6, 8))
    return max(m8 - m4**2 + 4.0 * m4**3 - 4.0 * m4 * m6, NARROWEST)


def _furthest(theirs: Numbers, ours: Numbers) -> tuple[float, float]:
    """Return the largest gap between the two distribution functions, and where it is."""
    left, right = np.sort(theirs), np.sort(ours)
    points = np.concatenate([left, right])
    gaps = np.abs(
        np.searchsorted(left, points, side="right") / left.size
        - np.searchsorted(right, points, side="right") / right.size
    )
    return float(gaps.max()), float(points[int(gaps.argmax())])
