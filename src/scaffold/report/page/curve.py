"""Draw two tables over each other: theirs as a wide line, ours as a dashed one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.core.curve import Curve

WIDTH, HEIGHT = 600, 160
"""In the drawing's own units; the page stretches it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """Both lines, and what stands at the ends of the axes."""

    item: str
    theirs: str
    ours: str
    low: float
    high: float
    first: int
    last: int


def drawing(curve: Curve) -> Drawing | None:
    """Lay the lines out; None where there are too few numbers for a line."""
    numbers = [value for value in (*curve.theirs, *curve.ours) if math.isfinite(value)]
    if len(curve.steps) < 2 or not numbers:  # noqa: PLR2004 - a line has two ends
        return None
    low, high = min(0.0, *numbers), max(numbers)
    return Drawing(
        item=curve.item,
        theirs=_line(curve.steps, curve.theirs, low, high),
        ours=_line(curve.steps, curve.ours, low, high),
        low=low,
        high=high,
        first=curve.steps[0],
        last=curve.steps[-1],
    )


def _line(steps: Sequence[int], values: Sequence[float], low: float, high: float) -> str:
    """Join the points that are numbers."""
    long, tall = (steps[-1] - steps[0]) or 1, (high - low) or 1.0
    return " ".join(
        f"{WIDTH * (step - steps[0]) / long:.1f},{HEIGHT * (1 - (value - low) / tall):.1f}"
        for step, value in zip(steps, values, strict=True)
        if math.isfinite(value)
    )
