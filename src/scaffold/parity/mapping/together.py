"""Decide several units at once, where no part alone shows what they are.

A fused projection, a parameter of a container, a norm with the activation inside: theirs recorded
nothing between them. What proves them is the next border of a part of ours at which the tensor must
be a recorded one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from scaffold.core.paths import within
from scaffold.parity.mapping.covers import covers
from scaffold.parity.mapping.options import options
from scaffold.parity.mapping.recorded import CLOSE
from scaffold.parity.mapping.trial import Cover, Leaves, Place, Trials, tensors
from scaffold.parity.mapping.units import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scaffold.parity.mapping.units import Unit
    from scaffold.parity.mapping.watch import Border

BUDGETS = (8, 56, 536)
"""How many covers of each set of units are run in one round, before the next round begins."""
MOST = 300
"""How many covers are run for all sets of one part together: another model must not take hours to
be refused. The pairs of the benchmark need 200 at most."""
RIVALS = 12
"""How many more are run after one fits, to see whether another fits as well."""
LARGEST = 8
"""The most units that are decided together."""
ARENA = 24
"""The most units of theirs among which their sources are looked for, the nearest in time."""
BORDERS = 6
"""How many borders prove one set of units, beside the last two."""


@dataclass(frozen=True, slots=True)
class Job:
    """Units to decide together, the borders that can prove them, and what is left to try."""

    units: tuple[Unit, ...]
    wanted: frozenset[int]
    tried: Iterator[Cover]


def decided(
    trials: Trials, place: Place, borders: Sequence[Border], forced: Mapping[str, Cover]
) -> tuple[tuple[Unit, ...], list[Cover]] | None:
    """Give units that a border of this part proves, with the covers that do, the best one first.

    The likely covers of all sets of units are tried first, then the others.
    """
    jobs = list(_jobs(trials, place, borders, forced))
    end = trials.count + MOST
    for budget in BUDGETS:
        for job in jobs:
            found = _fit(trials, place, job, min(budget, max(end - trials.count, 0)))
            if found:
                return job.units, found
    return None


def _jobs(
    trials: Trials, place: Place, borders: Sequence[Border], forced: Mapping[str, Cover]
) -> Iterator[Job]:
    """Give what to try: which units, proved at which borders, from where in theirs."""
    sets: dict[tuple[str, ...], list[int]] = {}
    for border in borders:
        names = tuple(unit.keys[0] for unit in trials.desk.units_with(border.depends))
        sets.setdefault(names, []).append(border.place)
    ordered = sorted(sets.items(), key=lambda one: (len(one[0]), one[1][0]))
    for single in (False, True):
        for names, places in ordered:
            units = trials.desk.units_with(names, single=single)
            if len(units) > LARGEST or (single and len(units) == len(names)):
                continue
            wanted = frozenset((*places[:BORDERS], *places[-2:]))
            asked = next((forced[name] for name in names if name in forced), None)
            if asked is not None:
                yield Job(units, wanted, iter([asked]))
                continue
            for arena in _arenas(trials, place, units, places[0], single=single):
                yield Job(units, wanted, _covers(trials, units, arena))


def _covers(trials: Trials, units: Sequence[Unit], arena: Sequence[Unit]) -> Iterator[Cover]:
    """Make the options when the first of them is asked for, and not before."""
    yield from covers(units, options(units, arena, trials.desk.heads))


def _arenas(
    trials: Trials, place: Place, units: Sequence[Unit], at: int, *, single: bool
) -> Iterator[tuple[Unit, ...]]:
    """Give where in theirs to look, the smallest part that has enough first."""
    free = trials.desk.free(single=single)
    order = trials.theirs.order
    moment = max((when for border, when in place.marks if border <= at), default=0)
    needed = sum(numbers(unit.shapes) for unit in units)
    parts = trials.takers(tensors((place.args, place.kwargs)))
    found: dict[frozenset[str], tuple[Unit, ...]] = {}
    for part in (*parts, *([""] if place.part == "" else [])):
        below = tuple(unit for unit in free if within(unit.part, part))
        if sum(numbers(unit.shapes) for unit in below) >= needed:
            found.setdefault(frozenset(unit.keys[0] for unit in below), below)
    for below in sorted(found.values(), key=len):
        yield tuple(sorted(below, key=lambda unit: _far(order[unit.part], moment)))[:ARENA]


def _far(order: int, moment: int) -> int:
    """Give the distance from a moment; what lies behind it counts double.

    A container begins before its parts, and uses what it holds itself after them.
    """
    return order - moment if order >= moment else 2 * (moment - order)


def _fit(trials: Trials, place: Place, job: Job, budget: int) -> list[Cover]:
    near: list[tuple[float, Cover]] = []
    for cover in islice(job.tried, budget):
        distance = _distance(trials, place, job, cover)
        if distance is not None and _proves(trials, place, job):
            near.append((distance, cover))
            if distance <= CLOSE:
                break
    if not near:
        return []
    best = min(near, key=lambda one: one[0])[1]
    rivals = [
        cover
        for cover in islice(job.tried, RIVALS)
        if (distance := _distance(trials, place, job, cover)) is not None and distance <= CLOSE
    ]
    return [best, *rivals]


def _distance(trials: Trials, place: Place, job: Job, cover: Cover) -> float | None:
    """Give how far the nearest recorded tensor is from any border, with these weights."""
    if not trials.load(cover):
        return None
    return trials.distance(trials.borders(place, job.wanted))


def _proves(trials: Trials, place: Place, job: Job) -> bool:
    """Whether every unit moves one of the borders that match."""
    values = trials.borders(place, job.wanted)
    for number, leaf in enumerate(values):
        found = trials.theirs.find(leaf)
        if not found:
            continue

        def only(number: int = number) -> Leaves:
            return trials.borders(place, job.wanted)[number : number + 1]

        if trials.all_matter(job.units, only, [leaf], found[0].distance):
            return True
    return False
