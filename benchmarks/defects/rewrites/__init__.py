"""Harmless rewrites, one function each: found in the files of this folder."""

from __future__ import annotations

from benchmarks.defects.rewrites import activations, arrangement, attention, linear, maps, norms
from benchmarks.defects.rewrites.held_out import HELD_OUT
from benchmarks.defects.rewrites.rewrite import Rewrite

_SHELVES = (linear, norms, activations, maps, attention, arrangement)

REWRITES: tuple[Rewrite, ...] = tuple(
    value for shelf in _SHELVES for value in vars(shelf).values() if isinstance(value, Rewrite)
)
"""The rewrites that somebody may calibrate on, in the order of the files."""

EVERY: tuple[Rewrite, ...] = REWRITES + HELD_OUT
"""Those, and the ones that nothing was calibrated on."""
