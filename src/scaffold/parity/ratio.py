"""Measure how far theirs is from ours, in units of the rounding that ours itself makes.

    q = ||theirs - exact|| / max(||ours - exact||, u/2 ||exact||)

`exact` is ours in float64. If ours means the same function, theirs is one more rounding of it, and
q is about 1. Three forms, because a norm over many elements hides one that is wrong: over the
whole tensor, over each row of the last axis, and of the greatest element.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

SHORT_ROW = 4
"""A row of fewer elements has no norm to speak of: one lucky rounding would decide."""


@dataclass(frozen=True, slots=True)
class Ratios:
    """The three forms of q."""

    norm: float
    row: float
    peak: float


def ratios(theirs: Numbers, exact: Numbers, noise: Numbers, unit: float) -> Ratios:
    """Measure the three forms of q.

    Args:
        theirs: The golden.
        exact: Ours without rounding.
        noise: What rounding does to ours, element by element.
        unit: Unit round-off of the precision that theirs was computed in.
    """
    gap, noise, size = np.abs(theirs - exact), np.abs(noise), np.abs(exact)
    norm = over(length(gap), max(length(noise), unit / 2 * length(size)))
    peak = over(_peak(gap), max(_peak(noise), unit / 2 * _peak(size)))
    return Ratios(norm=norm, row=_worst_row(gap, noise, size, unit), peak=peak)


def _worst_row(gap: Numbers, noise: Numbers, size: Numbers, unit: float) -> float:
    """Give the greatest q of a row.

    A short row can be rounded well by luck, and a small one beside large ones may be what is left
    of a cancellation; so its noise is at least what the noise of the whole tensor would be for a
    row of its size, and at least half of what it is for a row on average.
    """
    if gap.ndim < 2 or gap.shape[-1] < SHORT_ROW or gap.size == 0:  # noqa: PLR2004 - no rows
        return 0.0
    gaps, noises, sizes = (
        np.linalg.norm(value.reshape(-1, value.shape[-1]), axis=1) for value in (gap, noise, size)
    )
    relative = max(over(length(noise), length(size)), unit / 2)
    average = length(noise) / len(gaps) ** 0.5
    floor = np.maximum(np.maximum(noises, relative * sizes), average / 2)
    each = np.divide(gaps, floor, out=np.where(gaps > 0, np.inf, 0.0), where=floor > 0)
    return float(each.max())


def over(distance: float, floor: float) -> float:
    """Return a distance in units of a floor; anything over nothing is infinitely far."""
    if distance == 0.0:
        return 0.0
    return distance / floor if floor > 0.0 else float("inf")


def length(value: Numbers) -> float:
    """Return the norm over all elements."""
    return float(np.linalg.norm(value))


def _peak(value: Numbers) -> float:
    return float(np.max(value, initial=0.0))
