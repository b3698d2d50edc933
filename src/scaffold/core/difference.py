"""Hold how one tensor of ours differs from its golden: where, how much, and in which pattern."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Which tensor of a part was looked at."""

    ALONE = "output alone"
    """What the part gives when it is given the reference's own input."""
    INPUT = "input in a live run"
    """What reaches the part when ours runs as a whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One element, with both values."""

    place: tuple[int, ...]
    theirs: float
    ours: float
    ratio: float
    """|ours - theirs| in units of `Difference.unit`; infinite where that is no number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Two axes of the tensor, every cell the greatest ratio of the elements in it."""

    at: tuple[int | None, ...]
    """The index on every axis of the tensor; None for the axes that are shown."""
    steps: tuple[int, int]
    """How many rows and columns of the tensor one cell holds."""
    cells: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Concentration:
    """The index of an axis that holds most of the difference."""

    axis: int
    index: int
    share: float
    """Of the sum of squares, between 0 and 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A close look at one leaf of one call of a part that differs."""

    part: str
    """Path in the reference."""
    ours: str
    side: Side
    probe: str
    call: int
    leaf: str
    dtype: str
    shape: tuple[int, ...]
    unit: float
    """The greatest rounding of an element that ours makes itself, in the tensor's own unit."""
    elements: int
    beyond: int
    """How many elements are farther from theirs than rounding explains."""
    edges: tuple[float, ...]
    """Upper edges of the histogram's bins, the last bin open."""
    counts: tuple[int, ...]
    """Elements per bin; one more than there are edges."""
    worst: tuple[Element, ...]
    concentrations: tuple[Concentration, ...]
    grid: Grid | None
    """None where the tensor has a single element."""
