"""Split cases into a half to calibrate on and a half that is scored.

What is split is the couple of operator and architecture, so that a defect that somebody calibrated
on is never scored, wherever in the model it was planted.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.defects.case import Case

SEED = "defects-1"
"""Fixed before the first figure was looked at; a new one needs a new table."""


def scored(cases: Iterable[Case]) -> frozenset[str]:
    """Give the ids of the cases that are scored; nobody calibrates on them."""
    pairs: dict[str, set[str]] = defaultdict(set)
    every = list(cases)
    for case in every:
        pairs[case.operator].add(case.pair.name)
    chosen = {
        (operator, name) for operator, names in pairs.items() for name in _half(operator, names)
    }
    return frozenset(case.id for case in every if (case.operator, case.pair.name) in chosen)


def _half(operator: str, names: Iterable[str]) -> list[str]:
    """Draw every second architecture of an operator, in an order that a hash gives."""
    drawn = sorted(names, key=lambda name: _drawn(operator, name))
    # Half of the operators begin with the first, so that an odd number favours neither side.
    first = _drawn(operator, "first")[0] % 2
    return drawn[first::2]


def _drawn(operator: str, name: str) -> bytes:
    return hashlib.blake2b(f"{SEED}/{operator}/{name}".encode(), digest_size=8).digest()
