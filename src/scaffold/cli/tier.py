"""Name the tiers of goldens on the command line."""

from __future__ import annotations

from enum import StrEnum


class Tier(StrEnum):
    """What is kept of the full model, and what it is judged on."""

    T0 = "T0"
    """Sketches, which are committed."""
    T1 = "T1"
    """Full tensors as well, in the cache."""
