"""Judge whole numbers that come out of a choice: argmax, top-k, sorting, a threshold, NMS.

Where two scores are closer than rounding, either may come first, and an index that is swapped there
is no defect. How close the scores are is seen from outside: ours is run again with its weights and
inputs moved by one rounding. Where ours then gives the very number that theirs gave, rounding
explains it; where ours stays as it is, whatever moves, the choice is another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scaffold.core.comparison import Judgement, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_TURNS = 24
"""Runs on moved inputs until the search is given up.

Measured on the indices of the 2048 highest of 4096 scores in 64 rows (torch 2.13, 18 recordings,
the scores summed in the other order): at most 20 of 131072 indices were swapped, 8 runs explained
all of them in 15 recordings, and 12 runs in all. A wrong choice costs every run, a right one none.
"""


def chosen(
    theirs: np.ndarray,
    ours: np.ndarray,
    again: Callable[[int], np.ndarray | None],
) -> Judgement | None:
    """Judge whole numbers that differ; None when nothing that rounding moves explains them.

    Args:
        theirs: The golden.
        ours: What ours gives; not equal to theirs.
        again: What ours gives in the n-th turn; turn 0 is its float64 run, the others are moved.
    """
    same_shape = theirs.shape == ours.shape
    open_places = theirs != ours if same_shape else np.ones(theirs.shape, dtype=bool)
    count = int(open_places.sum())
    for turn in range(MOST_TURNS + 1):
        seen = again(turn)
        if seen is None or seen.shape != theirs.shape:
            continue
        if same_shape:
            open_places &= seen != theirs
        elif np.array_equal(seen, theirs):
            open_places[...] = False
        if not open_places.any():
            return Judgement(
                verdict=Verdict.ROUNDING,
                reason=f"{count} of {theirs.size} choices fall otherwise, where one rounding of "
                "the input makes ours choose the same",
            )
    return None
