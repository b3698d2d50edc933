"""Say in which ways tensors of theirs could become tensors of ours, and in which order to try them.

An option is a handful of rules of a weight map. Nothing here decides: an option that fits by shape
is a question to a run, and names only say which question comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, permutations, product
from typing import TYPE_CHECKING

from scaffold.parity.mapping.moves import (
    Move,
    Step,
    cut,
    groupings,
    join,
    moves,
    row_moves,
)
from scaffold.parity.mapping.units import Unit, likeness, numbers
from scaffold.parity.operators import Transpose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scaffold.parity.mapping.units import Shape
    from scaffold.parity.operators import Operator

PIECES = (3, 2, 4)
NEAREST = 12
"""How many of theirs, nearest in the order of execution, are tried as pieces of one of ours."""
ARRANGEMENTS = 24
_BY_DISTANCE, _BY_NAME, _BY_ORDER = 0.3, 0.01, 1.0
_TURN: tuple[Operator, ...] = (Transpose((1, 0)),)


@dataclass(frozen=True, slots=True)
class Rule:
    """Tensors of theirs, the tensors of ours that they become, and how."""

    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """Rules that cover some units of ours with some of theirs, and how far-fetched they are."""

    cost: float
    rules: tuple[Rule, ...]
    ours: frozenset[Unit]
    theirs: frozenset[Unit]


def options(
    ours: Sequence[Unit], theirs: Sequence[Unit], heads: Sequence[int]
) -> dict[Unit, list[Option]]:
    """Give every option for some units of ours, by unit, best first.

    Args:
        ours: In the order in which they are used.
        theirs: The likely ones first.
        heads: Numbers of attention heads that are likely.
    """
    found: dict[Unit, list[Option]] = {unit: [] for unit in ours}
    for option in _every(ours, theirs, heads):
        for unit in option.ours:
            found[unit].append(option)
    for listed in found.values():
        listed.sort(key=lambda option: option.cost)
    return found


def _every(ours: Sequence[Unit], theirs: Sequence[Unit], heads: Sequence[int]) -> Iterator[Option]:
    for place, one in enumerate(theirs):
        far = _BY_DISTANCE * place
        for unit in ours:
            yield from paired(one, unit, heads, far=far)
        for pieces in _pieces(ours, one):
            order = 0.0 if pieces == tuple(u for u in ours if u in pieces) else _BY_ORDER
            yield from _split(one, pieces, heads, far=far + order)
    near = theirs[:NEAREST]
    for unit in ours:
        for parts in _pieces(near, unit):
            far = _BY_DISTANCE * sum(near.index(part) for part in parts) / len(parts)
            order = 0.0 if list(parts) == sorted(parts, key=near.index) else _BY_ORDER
            yield from _merged(parts, unit, heads, far=far + order)


def _pieces(units: Sequence[Unit], whole: Unit) -> Iterator[tuple[Unit, ...]]:
    """Give the ordered choices of units that are together as large as the whole."""
    size = numbers(whole.shapes)
    fitting = [u for u in units if len(u.keys) == len(whole.keys) and numbers(u.shapes) < size]
    for many in PIECES:
        for chosen in permutations(fitting, many):
            if sum(numbers(unit.shapes) for unit in chosen) == size:
                yield chosen


def paired(theirs: Unit, ours: Unit, heads: Sequence[int], *, far: float = 0.0) -> Iterator[Option]:
    """Give the options for one unit against one other: each tensor has one counterpart."""
    if len(theirs.keys) != len(ours.keys) or numbers(theirs.shapes) != numbers(ours.shapes):
        return
    base = far + _BY_NAME * likeness(theirs.part, ours.part)
    for places in islice(_matched(theirs, ours), ARRANGEMENTS):
        shapes = [theirs.shapes[place] for place in places]
        keys = [theirs.keys[place] for place in places]
        order = _BY_NAME * sum(map(likeness, map(_name, keys), map(_name, ours.keys)))
        ways = [list(moves(a, b)) for a, b in zip(shapes, ours.shapes, strict=True)]
        for chosen in _arranged(ways):
            cost = base + order + sum(move.cost for move in chosen)
            yield _option(cost, keys, ours, [move.steps for move in chosen], theirs)
        turns = [_turn_of(a, b) for a, b in zip(shapes, ours.shapes, strict=True)]
        if None not in turns and len({shape[:1] for shape in ours.shapes}) == 1:
            for move in row_moves(ours.shapes[0][0] if ours.shapes[0] else 0, heads):
                steps = [(*(turn or ()), *move.steps) for turn in turns]
                yield _option(base + order + move.cost, keys, ours, steps, theirs)


def _turn_of(theirs: Shape, ours: Shape) -> tuple[Operator, ...] | None:
    """Give what makes the rows of theirs those of ours: nothing, or a transpose; else None."""
    if theirs == ours:
        return ()
    return _TURN if len(theirs) == 2 and theirs[::-1] == ours else None  # noqa: PLR2004 - a matrix


def _matched(theirs: Unit, ours: Unit) -> Iterator[tuple[int, ...]]:
    """Give the ways to pair the tensors of two units by size, equal names first."""

    def unlike(places: tuple[int, ...]) -> int:
        return sum(
            likeness(_name(theirs.keys[place]), _name(key))
            for place, key in zip(places, ours.keys, strict=True)
        )

    found = [
        places
        for places in permutations(range(len(ours.keys)))
        if all(
            numbers([theirs.shapes[place]]) == numbers([shape])
            for place, shape in zip(places, ours.shapes, strict=True)
        )
    ]
    yield from sorted(found, key=unlike)


def _arranged(ways: Sequence[Sequence[Move]]) -> Iterator[tuple[Move, ...]]:
    """Give the choices of one move per tensor; no more than a few where there are many."""
    few = [list(way)[: ARRANGEMENTS if len(ways) <= 2 else 2] for way in ways]  # noqa: PLR2004 - a weight and its bias
    yield from islice(
        sorted(product(*few), key=lambda chosen: sum(move.cost for move in chosen)),
        4 * ARRANGEMENTS,
    )


def _option(
    cost: float,
    keys: Sequence[str],
    ours: Unit,
    steps: Iterable[tuple[Step, ...]],
    theirs: Unit,
) -> Option:
    rules = tuple(
        Rule((key,), (own,), made) for key, own, made in zip(keys, ours.keys, steps, strict=True)
    )
    return Option(cost, rules, frozenset({ours}), frozenset({theirs}))


def _split(
    whole: Unit, pieces: Sequence[Unit], heads: Sequence[int], *, far: float
) -> Iterator[Option]:
    for turned, shapes in _turned(whole, pieces):
        sizes = [unit_shapes[0][0] for unit_shapes in shapes]
        for cost, groups in groupings(sizes, heads):
            rules = []
            for slot in range(len(whole.keys)):
                each = [unit_shapes[slot] for unit_shapes in shapes]
                before = _TURN if turned and len(each[0]) > 1 else ()
                keys = tuple(piece.keys[slot] for piece in pieces)
                rules.append(Rule((whole.keys[slot],), keys, before + cut(each, groups)))
            yield Option(
                far + cost + 0.5 * turned, tuple(rules), frozenset(pieces), frozenset({whole})
            )


def _merged(
    parts: Sequence[Unit], whole: Unit, heads: Sequence[int], *, far: float
) -> Iterator[Option]:
    for turned, shapes in _turned(whole, parts):
        sizes = [unit_shapes[0][0] for unit_shapes in shapes]
        for cost, groups in groupings(sizes, heads):
            rules = []
            for slot in range(len(whole.keys)):
                each = [unit_shapes[slot] for unit_shapes in shapes]
                after = _TURN if turned and len(each[0]) > 1 else ()
                keys = tuple(part.keys[slot] for part in parts)
                rules.append(Rule(keys, (whole.keys[slot],), join(each, groups) + after))
            yield Option(
                far + cost + 0.5 * turned, tuple(rules), frozenset({whole}), frozenset(parts)
            )


def _turned(
    whole: Unit, pieces: Sequence[Unit]
) -> Iterator[tuple[bool, list[tuple[tuple[int, ...], ...]]]]:
    """Say whether the whole has to be transposed for its rows to be those of the pieces."""
    shapes = [piece.shapes for piece in pieces]
    for turned in (False, True):
        if turned and all(len(shape) != 2 for shape in whole.shapes):  # noqa: PLR2004 - a matrix
            return
        if all(
            _stacks(
                tuple(reversed(shape)) if turned and len(shape) == 2 else shape,  # noqa: PLR2004 - a matrix
                [unit_shapes[slot] for unit_shapes in shapes],
            )
            for slot, shape in enumerate(whole.shapes)
        ):
            yield turned, shapes


def _stacks(whole: tuple[int, ...], pieces: Sequence[tuple[int, ...]]) -> bool:
    return (
        bool(whole)
        and all(piece[1:] == whole[1:] and piece for piece in pieces)
        and sum(piece[0] for piece in pieces) == whole[0]
    )


def _name(key: str) -> str:
    return key.rpartition(".")[2]
