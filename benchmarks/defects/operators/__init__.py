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
from benchmarks.defects.operators.held_out import SECOND
from benchmarks.defects.operators.held_out3 import HELD_OUT

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

_FIRST = tuple(
    value for shelf in _SHELVES for value in vars(shelf).values() if isinstance(value, Defect)
)

DEFECTS: tuple[Defect, ...] = _FIRST + SECOND
"""The defects that somebody may calibrate on: the first set and the second."""

EVERY: tuple[Defect, ...] = DEFECTS + HELD_OUT
"""Those, and the third set, on which nothing was calibrated."""
