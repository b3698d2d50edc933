"""Look closely at two tensors that differ: the worst elements, the pattern, how many are beyond.

Everything is measured in the largest rounding of an element that ours makes itself, so that a
number here reads like q at the worst element.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scaffold.core.difference import Concentration, Difference, Element, Grid, Side
from scaffold.parity.judge import LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.parity.ratio import Numbers

WORST = 8
"""How many elements are listed."""
CELLS = (24, 48)
"""The most rows and columns of a grid: what an eye can still tell apart on a page."""
EDGES = (0.0, 1.0, LIMIT, 1e2, 1e3, 1e4, 1e5, 1e6)
"""Upper edges of the histogram: equal, within one rounding, within the limit, then decades."""
HALF = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """Which tensor it is."""

    part: str
    ours: str
    side: Side
    probe: str
    call: int
    leaf: str


def difference(
    where: Where, theirs: np.ndarray, ours: np.ndarray, exact: np.ndarray, noise: np.ndarray
) -> Difference:
    """Measure two tensors of one shape element by element.

    Args:
        where: What is compared.
        theirs: The golden.
        ours: What ours gives in the reference's precision.
        exact: What ours gives without rounding.
        noise: What rounding does to ours, element by element; its greatest value counts.
    """
    y, f, e = _real(theirs), _real(ours), _real(exact)
    precise = np.issubdtype(theirs.dtype, np.inexact)
    unit = _peak(_real(noise))
    if precise:
        unit = max(unit, float(np.finfo(theirs.dtype).eps) / 4 * _peak(e))
    ratio = _ratio(y, e, unit)
    return Difference(
        part=where.part,
        ours=where.ours,
        side=where.side,
        probe=where.probe,
        call=where.call,
        leaf=where.leaf,
        dtype=str(theirs.dtype),
        shape=tuple(y.shape),
        unit=unit,
        elements=int(ratio.size),
        beyond=int((ratio > LIMIT).sum()),
        edges=EDGES,
        counts=_counts(ratio),
        worst=tuple(_worst(y, f, ratio)),
        concentrations=tuple(_concentrations(ratio)),
        grid=_grid(ratio),
    )


def _real(value: np.ndarray) -> Numbers:
    """Give float64 numbers; a complex tensor becomes pairs on a last axis, as when it is judged."""
    if np.iscomplexobj(value):
        return np.stack([value.real, value.imag], axis=-1).astype(np.float64)
    return value.astype(np.float64)


def _peak(value: Numbers) -> float:
    finite = np.abs(value[np.isfinite(value)])
    return float(np.max(finite, initial=0.0))


def _ratio(theirs: Numbers, exact: Numbers, unit: float) -> Numbers:
    """Give the distance in units; infinite where one side is no number and the other is."""
    finite = np.isfinite(theirs) & np.isfinite(exact)
    same = (theirs == exact) | (np.isnan(theirs) & np.isnan(exact))
    gap = np.abs(np.where(finite, theirs, 0.0) - np.where(finite, exact, 0.0))
    over = gap / unit if unit > 0.0 else np.where(gap > 0.0, np.inf, 0.0)
    return np.where(finite, over, np.where(same, 0.0, np.inf))


def _counts(ratio: Numbers) -> tuple[int, ...]:
    bins = np.searchsorted(np.asarray(EDGES), ratio.ravel(), side="left")
    return tuple(int(count) for count in np.bincount(bins, minlength=len(EDGES) + 1))


def _worst(theirs: Numbers, ours: Numbers, ratio: Numbers) -> Iterator[Element]:
    flat = ratio.ravel()
    some = np.argpartition(-flat, WORST)[:WORST] if flat.size > WORST else np.arange(flat.size)
    for index in sorted(some.tolist(), key=lambda i: (-flat[i], i)):
        place = tuple(int(i) for i in np.unravel_index(index, ratio.shape))
        if flat[index] > 0.0:
            yield Element(
                place=place,
                theirs=float(theirs[place]),
                ours=float(ours[place]),
                ratio=_short(flat[index]),
            )


def _concentrations(ratio: Numbers) -> Iterator[Concentration]:
    """Name the index that holds half of the difference, where an axis has one."""
    odd = np.isinf(ratio)
    weight = odd.astype(np.float64) if odd.any() else (ratio / (_peak(ratio) or 1.0)) ** 2
    total = float(weight.sum())
    if total == 0.0 or ratio.ndim < 2:  # noqa: PLR2004 - a row alone has no pattern
        return
    for axis, size in enumerate(ratio.shape):
        each = weight.sum(axis=tuple(i for i in range(ratio.ndim) if i != axis))
        index = int(np.argmax(each))
        share = float(each[index]) / total
        if share >= HALF and share * size >= 2.0:  # noqa: PLR2004 - twice its even share
            yield Concentration(axis=axis, index=index, share=_short(share))


def _grid(ratio: Numbers) -> Grid | None:
    """Show the last two axes that have a length, at the place of the worst element."""
    long = [axis for axis, size in enumerate(ratio.shape) if size > 1][-2:]
    if not long or not ratio.size:
        return None
    worst = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
    at = tuple(None if axis in long else int(worst[axis]) for axis in range(ratio.ndim))
    plane = ratio[tuple(slice(None) if index is None else index for index in at)]
    plane = plane.reshape(-1, plane.shape[-1])
    rows, columns = (-(-size // most) for size, most in zip(plane.shape, CELLS, strict=True))
    cells = np.maximum.reduceat(plane, np.arange(0, plane.shape[0], rows), axis=0)
    cells = np.maximum.reduceat(cells, np.arange(0, plane.shape[1], columns), axis=1)
    return Grid(
        at=at,
        steps=(rows, columns),
        cells=tuple(tuple(_short(cell) for cell in row) for row in cells),
    )


def _short(value: float) -> float:
    """Keep four digits: nobody reads more of a ratio, and a report carries thousands."""
    return float(f"{float(value):.4g}")
