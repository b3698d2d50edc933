"""Draw a grid of ratios as a picture of a few shades, dark enough to be read in grey."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.core.difference import Difference, Grid

STEPS = 5
"""Shades beyond the limit; two below it, and one for what is exactly equal."""
CELL = 16
"""Width of a cell in pixels where there is room."""
NARROWEST = 240
PLAIN = 1e5


@dataclass(frozen=True, kw_only=True, slots=True)
class Shade:
    """One level: what it means, and the cells that have it."""

    name: str
    meaning: str
    path: str
    """In units of one cell; empty where no cell has this shade."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heat:
    """A picture with its axes."""

    rows: int
    columns: int
    width: int
    """The most pixels that it takes across."""
    shades: tuple[Shade, ...]
    worst: tuple[int, int]
    down: str
    across: str
    slice: str


def heat(difference: Difference, limit: float | None) -> Heat | None:
    """Lay a picture out; None where the tensor has nothing to show."""
    grid = difference.grid
    if grid is None or not grid.cells:
        return None
    edges = _edges(grid, limit)
    levels = [[bisect_left(edges, cell) for cell in row] for row in grid.cells]
    rows, columns = len(levels), len(levels[0])
    shown = [axis for axis, index in enumerate(grid.at) if index is None]
    down = _axis(shown[-2], difference.shape, grid.steps[0]) if len(shown) > 1 else ""
    return Heat(
        rows=rows,
        columns=columns,
        width=max(NARROWEST, columns * CELL),
        shades=tuple(
            Shade(
                name="odd" if level == len(edges) else str(level),
                meaning=meaning,
                path=_path(levels, level),
            )
            for level, meaning in enumerate(_meanings(edges))
        ),
        worst=_worst(grid),
        down=down,
        across=_axis(shown[-1], difference.shape, grid.steps[1]),
        slice=_slice(grid),
    )


def _edges(grid: Grid, limit: float | None) -> list[float]:
    """Give the upper edge of each shade but the last, which is for what is no number."""
    bound = 1.0 if limit is None else limit
    finite = [cell for row in grid.cells for cell in row if math.isfinite(cell)]
    top = max(finite, default=0.0)
    edges = [0.0, 1.0] if limit is None else [0.0, 1.0, bound]
    if top > bound:
        ratio = top / bound
        edges += [bound * ratio ** (step / STEPS) for step in range(1, STEPS)]
        edges.append(top)
    return edges


def _meanings(edges: Sequence[float]) -> list[str]:
    return ["0", *(f"≤ {ratio(edge)}" for edge in edges[1:]), "no number"]


def ratio(value: float) -> str:
    """Show a ratio with three digits, as a plain number as long as that is short."""
    if not math.isfinite(value) or value >= PLAIN:
        return f"{value:.3g}".replace("e+0", "e").replace("e+", "e")
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits


def _path(levels: Sequence[Sequence[int]], wanted: int) -> str:
    """Join the cells of one level, runs in a row as one rectangle."""
    pieces = []
    for y, row in enumerate(levels):
        x = 0
        for level, run in groupby(row):
            length = len(list(run))
            if level == wanted:
                pieces.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return "".join(pieces)


def _worst(grid: Grid) -> tuple[int, int]:
    places = [(x, y) for y, row in enumerate(grid.cells) for x, _ in enumerate(row)]
    return max(places, key=lambda place: grid.cells[place[1]][place[0]])


def _axis(axis: int, shape: Sequence[int], step: int) -> str:
    each = f", {step} to a cell" if step > 1 else ""
    return f"axis {axis}: 0 to {shape[axis] - 1}{each}"


def _slice(grid: Grid) -> str:
    return f"[{', '.join(':' if index is None else str(index) for index in grid.at)}]"
