"""Say what was calibrated on what: which cases are held out.

Whoever works on the engine may look at every case whose architecture and operator are both for
calibration: the first set, and the second (`held_out/`), whose results were looked at. A case is
held out when its architecture, its operator, or both are of the third set (`held_out3/`).
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from benchmarks.defects.architectures import held_out_pairs
from benchmarks.defects.operators import HELD_OUT as NEW_DEFECTS
from benchmarks.defects.rewrites import HELD_OUT as NEW_REWRITES


class Half(StrEnum):
    """What a case may be used for."""

    CALIBRATION = "calibration"
    HELD_OUT = "held-out"


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
    new = novelty(operator, pair) is not Novelty.NEITHER
    return Half.HELD_OUT if new else Half.CALIBRATION


@cache
def _operators() -> frozenset[str]:
    return frozenset(one.id for one in (*NEW_DEFECTS, *NEW_REWRITES))


@cache
def _architectures() -> frozenset[str]:
    return frozenset(pair.name for pair in held_out_pairs())
