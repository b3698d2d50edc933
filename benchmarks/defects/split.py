"""Say what was calibrated on what: which cases are held out.

Whoever works on the engine may look at every case whose architecture and operator are both for
calibration: the first set, the second (`held_out/`), whose results were looked at, and one half of
the third (`held_out3/`), drawn by a hash of the name before any result of it was looked at. A case
is held out when its architecture, its operator, or both are of the other half of the third set, and
neither is of the half that was looked at.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from functools import cache

from benchmarks.defects.architectures import held_out_pairs
from benchmarks.defects.operators import HELD_OUT as NEW_DEFECTS
from benchmarks.defects.rewrites import HELD_OUT as NEW_REWRITES

SEED = "defects-3"
"""Fixed before a result of the third set was looked at; a new one needs a new set."""


READ = frozenset(["activation.gelu-no-root", "activation.silu-sharp", "activation.tanh-scaled",
                  "activation.sigmoid-wide", "glu.halves"])  # fmt: skip
"""Read by who worked on the engine, before it was finished."""


class Half(StrEnum):
    """What a case may be used for."""

    CALIBRATION = "calibration"
    LOOKED_AT = "looked-at"
    """Of the third set, and used to mend the engine after it had been run once."""
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
    new = [name for name, names in ((operator, _operators()), (pair, _architectures()))
           if name in names]  # fmt: skip
    if not new:
        return Half.CALIBRATION
    return Half.HELD_OUT if all(map(kept_unseen, new)) else Half.LOOKED_AT


def kept_unseen(name: str) -> bool:
    """Whether neither a result nor the code of a name of the third set was looked at."""
    drawn = hashlib.blake2b(f"{SEED}/{name}".encode(), digest_size=8).digest()[0]
    return name not in READ and drawn % 2 == 0


@cache
def _operators() -> frozenset[str]:
    return frozenset(one.id for one in (*NEW_DEFECTS, *NEW_REWRITES))


@cache
def _architectures() -> frozenset[str]:
    return frozenset(pair.name for pair in held_out_pairs())
