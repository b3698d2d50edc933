"""Say what was calibrated on what: which cases are held out, and which of those are kept unseen.

Whoever works on the engine may look at every case whose architecture and operator are both for
calibration. A case is held out when its architecture is, or its operator, or both. The held-out
architectures and operators are themselves cut in two by a hash: a case of the reserve has at least
one of them that no shown result has ever come from.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from functools import cache

from benchmarks.defects.architectures import held_out_pairs
from benchmarks.defects.operators import HELD_OUT as NEW_DEFECTS
from benchmarks.defects.rewrites import HELD_OUT as NEW_REWRITES

SEED = "defects-2"
"""Fixed before the first figure was looked at; a new one needs a new table."""


class Half(StrEnum):
    """What a case may be used for."""

    CALIBRATION = "calibration"
    SCORED = "scored"
    RESERVE = "reserve"


class Novelty(StrEnum):
    """What of a case is held out."""

    NEITHER = "old operators on old architectures"
    ARCHITECTURE = "old operators on new architectures"
    OPERATOR = "new operators on old architectures"
    BOTH = "new operators on new architectures"


def novelty(operator: str, pair: str) -> Novelty:
    """Say what of a case is held out; a run in which nothing was changed has no new operator."""
    match operator in _operators(), pair in _architectures():
        case False, False:
            return Novelty.NEITHER
        case False, True:
            return Novelty.ARCHITECTURE
        case True, False:
            return Novelty.OPERATOR
        case _:
            return Novelty.BOTH


def half(operator: str, pair: str) -> Half:
    """Say what a case may be used for."""
    new = [name for name, names in ((operator, _operators()), (pair, _architectures()))
           if name in names]  # fmt: skip
    if not new:
        return Half.CALIBRATION
    return Half.RESERVE if any(map(_kept_unseen, new)) else Half.SCORED


def _kept_unseen(name: str) -> bool:
    return hashlib.blake2b(f"{SEED}/{name}".encode(), digest_size=8).digest()[0] % 2 == 0


@cache
def _operators() -> frozenset[str]:
    return frozenset(one.id for one in (*NEW_DEFECTS, *NEW_REWRITES))


@cache
def _architectures() -> frozenset[str]:
    return frozenset(pair.name for pair in held_out_pairs())
