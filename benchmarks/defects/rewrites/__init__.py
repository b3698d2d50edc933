"""Harmless rewrites, one function each: found in the files of this folder."""

from __future__ import annotations

from benchmarks.defects.rewrites import activations, arrangement, attention, linear, maps, norms
from benchmarks.defects.rewrites.rewrite import Rewrite

_SHELVES = (linear, norms, activations, maps, attention, arrangement)

REWRITES: tuple[Rewrite, ...] = tuple(
    value for shelf in _SHELVES for value in vars(shelf).values() if isinstance(value, Rewrite)
)
"""Every rewrite, in the order of the files."""
