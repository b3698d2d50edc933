"""The third set of harmless rewrites: blind, written without a look at what judges them."""

from __future__ import annotations

from benchmarks.defects.rewrites.held_out3 import attention, layers, runs
from benchmarks.defects.rewrites.rewrite import Rewrite

_SHELVES = (layers, attention, runs)

HELD_OUT: tuple[Rewrite, ...] = tuple(
    value for shelf in _SHELVES for value in vars(shelf).values() if isinstance(value, Rewrite)
)
"""Every rewrite of the third set, in the order of the files."""
