"""The second set of harmless rewrites: held out until results on it were looked at."""

from __future__ import annotations

from benchmarks.defects.rewrites.held_out import curves, norms, products
from benchmarks.defects.rewrites.rewrite import Rewrite

_SHELVES = (products, norms, curves)

SECOND: tuple[Rewrite, ...] = tuple(
    value for shelf in _SHELVES for value in vars(shelf).values() if isinstance(value, Rewrite)
)
"""Every rewrite of the second set, in the order of the files."""
