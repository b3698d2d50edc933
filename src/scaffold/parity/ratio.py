"""Measure how far theirs is from ours, in units of the rounding that ours itself makes.

    q = ||theirs - exact|| / max(||ours - exact||, u/2 ||exact||)

`exact` is ours in float64. If ours means the same function, theirs is one more rounding of it, and
q is about 1. Three forms, because a norm over many elements hides one that is wrong: over the
whole tensor, over each row of the last axis, and of the greatest element.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod, sqrt
from typing import TYPE_CHECKING

import numpy as np

from scaffold.parity.onepass import Numbers, Sums, one_pass

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Numbers", "Ratios", "length", "over", "ratios", "ratios_of", "rows_of"]

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
    rows = rows_of(theirs.shape)
    return ratios_of(one_pass(theirs, None, exact, noise=noise, rows=rows or 1), unit, by_row=rows)


def rows_of(shape: Sequence[int]) -> int:
    """Give the number of rows of the last axis that have a norm to speak of; 0 for none."""
    if len(shape) < 2 or shape[-1] < SHORT_ROW:  # noqa: PLR2004 - no rows
        return 0
    return prod(shape[:-1])


def ratios_of(sums: Sums, unit: float, *, by_row: int) -> Ratios:
    """Make the three forms of q from what one pass saw; no rows have no worst one."""
    gap, noise, size = (float(value) for value in np.sqrt(sums.squares.sum(axis=1)))
    peaks = [float(value) for value in sums.peaks]
    return Ratios(
        norm=over(gap, max(noise, unit / 2 * size)),
        row=_worst_row(sums, noise, size, unit) if by_row else 0.0,
        peak=over(peaks[0], max(peaks[1], unit / 2 * peaks[2])),
    )


def _worst_row(sums: Sums, noise: float, size: float, unit: float) -> float:
    """Give the greatest q of a row.

    A short row can be rounded well by luck, and a small one beside large ones may be what is left
    of a cancellation; so its noise is at least what the noise of the whole tensor would be for a
    row of its size, and at least half of what it is for a row on average.
    """
    gaps, noises, sizes = sums.squares
    relative = max(over(noise, size), unit / 2)
    average = noise / len(gaps) ** 0.5
    floor = np.multiply(sizes, relative**2)
    np.maximum(floor, noises, out=floor)
    np.maximum(floor, (average / 2) ** 2, out=floor)
    each = np.divide(gaps, floor, out=np.where(gaps > 0, np.inf, 0.0), where=floor > 0)
    return sqrt(float(each.max()))


def over(distance: float, floor: float) -> float:
    """Return a distance in units of a floor; anything over nothing is infinitely far."""
    if distance == 0.0:
        return 0.0
    return distance / floor if floor > 0.0 else float("inf")


def length(value: Numbers) -> float:
    """Return the norm over all elements."""
    return float(np.linalg.norm(value))
