"""Give the tables that differ as curves: learning rates over the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scaffold.core.comparison import Rung, Verdict
from scaffold.core.curve import Curve
from scaffold.parity.rungs import schedule

if TYPE_CHECKING:
    from scaffold.core.comparison import Comparison
    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

CURVES = 3
"""How many tables are shown; groups of parameters mostly differ alike."""
POINTS = 160
"""What a picture can show of a table, its sharpest differences kept."""


def curves(
    comparison: Comparison, bundle: Bundle, candidate: Subject, weights: WeightMap
) -> tuple[Curve, ...]:
    """Give a curve for each of the first schedules that differ.

    Raises:
        ScaffoldError: Ours cannot be built.
    """
    wrong = [
        row.item
        for row in comparison.rungs
        if row.rung is Rung.SCHEDULE and row.judgement.verdict is Verdict.DIFFERENT
    ][:CURVES]
    if not wrong:
        return ()
    found = {table.item: table for table in schedule.tables(bundle, candidate, weights)}
    return tuple(
        _thinned(item, table.steps, table.theirs, table.ours)
        for item in wrong
        if (table := found.get(item)) is not None and table.ours is not None
    )


def _thinned(item: str, steps: np.ndarray, theirs: np.ndarray, ours: np.ndarray) -> Curve:
    even = np.linspace(0, len(steps) - 1, num=min(POINTS - 4, len(steps))).astype(int)
    gap = np.abs(theirs - ours)
    sharp = [
        int(np.argmax(gap)),
        int(np.argmax(gap > 0)),
        int(np.argmax(ours)),
        int(np.argmax(theirs)),
    ]
    kept = np.unique([*even, *sharp])
    return Curve(
        rung=Rung.SCHEDULE,
        item=item,
        steps=tuple(int(step) for step in steps[kept]),
        theirs=tuple(float(rate) for rate in theirs[kept]),
        ours=tuple(float(rate) for rate in ours[kept]),
    )
