"""Find another order of rows between two parts, where each part alone is right.

Rotary positions turn halves of a head, or neighbours. Each projection then reproduces what was
recorded of it as it is, and only what follows shows that its rows have to be exchanged.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from scaffold.parity.mapping.desk import within
from scaffold.parity.mapping.moves import Step, row_moves
from scaffold.parity.mapping.options import Option, Rule
from scaffold.parity.mapping.recorded import CLOSE
from scaffold.parity.mapping.trial import Place, Trials, tensors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.parity.mapping.units import Unit

MOST = 8
"""Parts with more units are left alone: their parts have been looked at before."""


def rearranged(trials: Trials, place: Place) -> bool:
    """Exchange rows within a part whose counterpart gives something else; True when that helps."""
    if trials.distance(place.output) is not None or not _has_counterpart(trials, place):
        return False
    desk = trials.desk
    held = desk.held()
    for units, steps in _tries(trials, _plain(trials, place)):
        options = [_option(unit, desk.rules, steps) for unit in units]
        if trials.load(tuple(options)):
            distance = trials.distance(trials.output(place))
            if distance is not None and distance <= CLOSE:
                desk.settle(options)
                return True
    desk.restore(held)
    return False


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
    """Give the units within a part that were taken as they are, unless there are many."""
    rules = trials.desk.rules
    inside = [unit for unit in trials.desk.units if within(unit.part, place.part)]
    plain = tuple(
        unit
        for unit in inside
        if all(key in rules and not rules[key].steps for key in unit.keys)
        and all(shape and shape[0] == unit.shapes[0][0] for shape in unit.shapes)
        and any(len(shape) > 1 for shape in unit.shapes)
    )
    return plain if len(inside) <= MOST else ()


def _tries(
    trials: Trials, units: Sequence[Unit]
) -> Iterator[tuple[tuple[Unit, ...], tuple[Step, ...]]]:
    for many in (2, 1):
        for chosen in combinations(units, many):
            rows = {unit.shapes[0][0] for unit in chosen}
            for move in row_moves(rows.pop(), trials.desk.heads) if len(rows) == 1 else ():
                if move.cost < 6:  # noqa: PLR2004 - rotary forms alone, no gates
                    yield chosen, move.steps


def _option(unit: Unit, rules: dict[str, Rule], steps: tuple[Step, ...]) -> Option:
    made = tuple(Rule(rules[key].theirs, (key,), steps) for key in unit.keys)
    return Option(0.0, made, frozenset({unit}), frozenset())
