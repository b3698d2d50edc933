"""Harmless rewrites that nothing was calibrated on."""

from __future__ import annotations

from benchmarks.defects.rewrites.held_out import curves, norms, products
from benchmarks.defects.rewrites.rewrite import Rewrite

_SHELVES = (products, norms, curves)

HELD_OUT: tuple[Rewrite, ...] = tuple(
    value for shelf in _SHELVES for value in vars(shelf).values() if isinstance(value, Rewrite)
)
"""Every held-out rewrite, in the order of the files."""
