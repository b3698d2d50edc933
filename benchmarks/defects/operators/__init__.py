"""Defects, one function each: found in the files of this folder."""

from __future__ import annotations

from benchmarks.defects.operators import (
    activations,
    attention,
    conversions,
    convolutions,
    detection,
    embeddings,
    glue,
    norms,
    pooling,
    recurrent,
    rotary,
)
from benchmarks.defects.operators.defect import Defect
from benchmarks.defects.operators.held_out import HELD_OUT

_SHELVES = (
    norms,
    activations,
    convolutions,
    pooling,
    attention,
    rotary,
    glue,
    embeddings,
    recurrent,
    detection,
    conversions,
)

DEFECTS: tuple[Defect, ...] = tuple(
    value for shelf in _SHELVES for value in vars(shelf).values() if isinstance(value, Defect)
)
"""The defects that somebody may calibrate on, in the order of the files."""

EVERY: tuple[Defect, ...] = DEFECTS + HELD_OUT
"""Those, and the ones that nothing was calibrated on."""
