"""Defects that nothing was calibrated on: written without a look at what finds them."""

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

HELD_OUT: tuple[Defect, ...] = tuple(
    value for shelf in _SHELVES for value in vars(shelf).values() if isinstance(value, Defect)
)
"""Every held-out defect, in the order of the files."""
