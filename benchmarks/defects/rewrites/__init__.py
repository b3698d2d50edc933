"""Harmless rewrites, one function each: found in the files of this folder."""

from __future__ import annotations

from benchmarks.defects.rewrites import activations, arrangement, attention, linear, maps, norms
from benchmarks.defects.rewrites.held_out import SECOND
from benchmarks.defects.rewrites.held_out3 import HELD_OUT
from benchmarks.defects.rewrites.rewrite import Rewrite

_SHELVES = (linear, norms, activations, maps, attention, arrangement)

_FIRST = tuple(
    value for shelf in _SHELVES for value in vars(shelf).values() if isinstance(value, Rewrite)
)

REWRITES: tuple[Rewrite, ...] = _FIRST + SECOND
"""The rewrites that somebody may calibrate on: the first set and the second."""

EVERY: tuple[Rewrite, ...] = REWRITES + HELD_OUT
"""Those, and the third set, on which nothing was calibrated."""
