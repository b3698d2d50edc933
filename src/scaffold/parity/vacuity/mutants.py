"""Plant defects in a part of the reference: every hypothesis about a cause, the other way round.

A hypothesis says what ours may have wrong, and how ours is run with that change. Run on theirs, the
same change is a mutant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.comparison import Rung
from scaffold.parity.causes.registry import of_rung
from scaffold.parity.causes.trial import NAMED, Free, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.registry import Hypothesis

MOST = 3
"""Mutants per hypothesis and part: a defect at one call and at another are much alike."""
FACTOR = 2.0
"""A number of the part (an eps, a bound, a scale) is doubled: the first of a grid is its own."""
NOT_PLANTED = frozenset({"loading", "rounded", "precision"})
"""What is wrong with loaded weights or with the precision is no property of a golden."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """One defect, in the form in which the part is run with it."""

    name: str
    """The hypothesis that would find it."""
    claim: str
    trial: Trial


def mutants(bench: Bench) -> Iterator[Mutant]:
    """Give the mutants of one part, a few of each kind.

    Only settings that somebody would write are planted: what has another structure changes shapes
    or stands in for anything.
    """
    for hypothesis in of_rung(Rung.FORWARD):
        if hypothesis.generate is None or hypothesis.name in NOT_PLANTED:
            continue
        for trial in _some(hypothesis, bench):
            yield Mutant(name=hypothesis.name, claim=trial.theirs, trial=trial)


def _some(hypothesis: Hypothesis, bench: Bench) -> list[Trial]:
    found: list[Trial] = []
    try:
        for made in hypothesis.generate(bench) if hypothesis.generate else ():
            found.append(made.make(made.grid[0] * FACTOR) if isinstance(made, Free) else made)
            if len(found) >= MOST:
                break
    except Exception:  # noqa: BLE001 - one that does not fit this part must not hide the others
        return []
    return [trial for trial in found if trial.rank == NAMED][:MOST]
