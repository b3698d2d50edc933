"""Find another order of rows between two parts, where each part alone is right.

Rotary positions turn halves of a head, or neighbours. Each projection then reproduces what was
recorded of it as it is, and only what follows shows that its rows have to be exchanged. So does a
projection that holds query, key and value, one after the other or head by head.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from scaffold.core.paths import within
from scaffold.parity.mapping.moves import Step, row_moves
from scaffold.parity.mapping.options import Option, Rule
from scaffold.parity.mapping.recorded import CLOSE
from scaffold.parity.mapping.trial import Cover, Place, Trials, tensors
from scaffold.parity.operators import Transpose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.parity.mapping.units import Unit

HEADS = (2, 3, 4, 6, 8, 12, 16)
"""Numbers of heads that are tried where no part of ours says how many it has."""
_AS_IT_IS: tuple[tuple[Step, ...], ...] = ((), (Transpose((1, 0)),))
MOST = 8
"""Where a part has more units, only those that were decided last are looked at."""
LAST = 3
"""Query, key and value, or what they lie in, are known just before what takes them is not."""


def rearranged(trials: Trials, place: Place) -> bool:
    """Exchange rows within a part whose counterpart gives something else; True when that helps."""
    if trials.distance(place.output) is not None:
        return False
    desk = trials.desk
    held = desk.held()
    for options in rearrangements(trials, place):
        if trials.load(options):
            distance = trials.distance(trials.output(place))
            if distance is not None and distance <= CLOSE:
                desk.settle(options)
                return True
    desk.restore(held)
    return False


def rearrangements(trials: Trials, place: Place) -> list[Cover]:
    """Give other orders of the rows of what is known within a part that has a counterpart."""
    if not _has_counterpart(trials, place):
        return []
    rules = trials.desk.rules
    return [
        tuple(_option(unit, rules, steps) for unit in units)
        for units, steps in _tries(trials, _plain(trials, place))
    ]


def _has_counterpart(trials: Trials, place: Place) -> bool:
    """Whether a part of theirs took the same tensor and holds the same weights."""
    sources = [
        key.rpartition(".")[0]
        for own, rule in trials.desk.rules.items()
        if within(own.rpartition(".")[0], place.part)
        for key in rule.theirs
    ]
    takers = trials.takers(tensors((place.args, place.kwargs)))
    return bool(sources) and any(all(within(key, part) for key in sources) for part in takers)


def _plain(trials: Trials, place: Place) -> tuple[Unit, ...]:
    """Give the units within a part that were taken as they are, or turned; the last if many."""
    rules = trials.desk.rules
    inside = [unit for unit in trials.desk.units if within(unit.part, place.part)]
    plain = tuple(
        unit
        for unit in inside
        if all(key in rules and rules[key].steps in _AS_IT_IS for key in unit.keys)
        and all(shape and shape[0] == unit.shapes[0][0] for shape in unit.shapes)
        and any(len(shape) > 1 for shape in unit.shapes)
    )
    if len(inside) <= MOST:
        return plain
    settled = {key: place for place, key in enumerate(rules)}
    return tuple(sorted(plain, key=lambda unit: settled[unit.keys[0]])[-LAST:])


def _tries(
    trials: Trials, units: Sequence[Unit]
) -> Iterator[tuple[tuple[Unit, ...], tuple[Step, ...]]]:
    matrices = all(len(shape) < 3 for unit in units for shape in unit.shapes)  # noqa: PLR2004 - kernels have no heads
    heads = trials.desk.heads or (HEADS if matrices else ())
    for many in (2, 1):
        for chosen in combinations(units, many):
            rows = {unit.shapes[0][0] for unit in chosen}
            for move in row_moves(rows.pop(), heads) if len(rows) == 1 else ():
                if move.cost < 6:  # noqa: PLR2004 - rotary forms and heads, no gates
                    yield chosen, move.steps


def _option(unit: Unit, rules: dict[str, Rule], steps: tuple[Step, ...]) -> Option:
    made = tuple(Rule(rules[key].theirs, (key,), (*rules[key].steps, *steps)) for key in unit.keys)
    return Option(0.0, made, frozenset({unit}), frozenset())
