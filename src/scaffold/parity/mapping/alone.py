"""Find the source of one part's weights from its own input and output."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from scaffold.parity.mapping.covers import covers
from scaffold.parity.mapping.options import options
from scaffold.parity.mapping.recorded import CLOSE
from scaffold.parity.mapping.trial import Cover, Place, Trials, tensors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.parity.mapping.units import Unit

MOST = 96
"""How many covers are run for one part and one part of theirs."""


def sources(
    trials: Trials, place: Place, units: Sequence[Unit], forced: Cover | None
) -> list[Cover]:
    """Give the covers with which a part gives a recorded tensor, the best one first.

    Only those parts of theirs are tried that took the tensor which reaches ours.
    """
    free = trials.desk.free()
    fitting: list[tuple[float, Cover]] = []
    for part in trials.takers(tensors((place.args, place.kwargs))):
        theirs = [unit for unit in free if unit.part == part]
        if theirs:
            found = _fit(trials, place, units, theirs, forced)
            if found is not None:
                fitting.append(found)
    fitting.sort(key=lambda one: (one[0] > CLOSE, sum(option.cost for option in one[1])))
    return [cover for _, cover in fitting]


def _fit(
    trials: Trials,
    place: Place,
    units: Sequence[Unit],
    theirs: Sequence[Unit],
    forced: Cover | None,
) -> tuple[float, Cover] | None:
    if forced is not None and not all(option.theirs <= set(theirs) for option in forced):
        return None
    tried = [forced] if forced else covers(units, options(units, theirs, trials.desk.heads))
    best: tuple[float, Cover] | None = None
    for cover in islice(tried, MOST):
        if not trials.load(cover):
            continue
        output = trials.output(place)
        distance = trials.distance(output)
        if distance is None or (best is not None and best[0] <= distance):
            continue
        if trials.all_matter(units, lambda: trials.output(place), output, distance):
            best = (distance, cover)
        if distance <= CLOSE:
            break
    return best
