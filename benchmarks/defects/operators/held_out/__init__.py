"""The second set of defects: held out until results on it were looked at."""

from __future__ import annotations

from benchmarks.defects.operators.defect import Defect
from benchmarks.defects.operators.held_out import (
    activations,
    attention,
    convolutions,
    glue,
    norms,
    tables,
    weights,
)

_SHELVES = (norms, activations, convolutions, attention, glue, tables, weights)

SECOND: tuple[Defect, ...] = tuple(
    value for shelf in _SHELVES for value in vars(shelf).values() if isinstance(value, Defect)
)
"""Every defect of the second set, in the order of the files."""
