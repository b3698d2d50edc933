"""The third set of defects: blind, written without a look at what finds them or at results."""

from __future__ import annotations

from benchmarks.defects.operators.defect import Defect
from benchmarks.defects.operators.held_out3 import (
    activations,
    attention,
    detection,
    glue,
    maps,
    norms,
    positions,
    recurrent,
    weights,
)

_SHELVES = (norms, activations, maps, attention, positions, recurrent, glue, detection, weights)

HELD_OUT: tuple[Defect, ...] = tuple(
    value for shelf in _SHELVES for value in vars(shelf).values() if isinstance(value, Defect)
)
"""Every defect of the third set, in the order of the files."""
