"""Write rows that differ in numbers alone as one row with numbered places: `blocks.{i}.norm`.

Rows are joined only when the joined row stands for exactly those that were joined: a pattern that
would also match another key of either side is taken apart again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.parity.pattern import bindings

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

_NUMBER = re.compile(r"(?<![a-zA-Z0-9])[0-9]+(?![a-zA-Z0-9])")
_LETTERS = "ijklmnpqrstuvw"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a map: names on both sides, and everything else that must be equal to join."""

    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    rest: Hashable = ()


def joined(rows: Sequence[Row], theirs: Iterable[str], ours: Iterable[str]) -> list[Row]:
    """Join what can be joined; order of first appearance.

    Args:
        rows: With plain names.
        theirs: Every name on their side, so that no pattern matches what it should not.
        ours: Every name on our side.
    """
    known = (tuple(theirs), tuple(ours))
    groups: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        groups[_bones(row.theirs), _bones(row.ours), row.rest].append(row)
    made: dict[int, Row] = {}
    place = {id(row): number for number, row in enumerate(rows)}
    for group in groups.values():
        for first, row in _joined(group, known, 0):
            made[place[id(first)]] = row
    return [made[number] for number in sorted(made)]


def _joined(
    group: list[Row], known: tuple[tuple[str, ...], ...], fixed: int
) -> Iterator[tuple[Row, Row]]:
    """Join a group, or its subgroups of equal first numbers where the whole does not go."""
    one = _one(group, known)
    if one is not None:
        yield group[0], one
        return
    split: dict[str, list[Row]] = defaultdict(list)
    for row in group:
        found = _numbers((*row.theirs, *row.ours))
        split[found[fixed] if fixed < len(found) else ""].append(row)
    for rows in split.values():
        if len(split) == 1 and fixed >= len(_numbers((*rows[0].theirs, *rows[0].ours))):
            for row in rows:
                yield row, row
        else:
            yield from _joined(rows, known, fixed + 1)


def _one(group: list[Row], known: tuple[tuple[str, ...], ...]) -> Row | None:
    """Give the one row that stands for all of a group, None when there is no such row."""
    first = group[0]
    if len(group) == 1:
        return first
    names = (*first.theirs, *first.ours)
    columns = list(zip(*(_numbers((*row.theirs, *row.ours)) for row in group), strict=True))
    letters: dict[tuple[str, ...], str] = {}
    for column in columns:
        if len(set(column)) > 1 and column not in letters:
            if len(letters) == len(_LETTERS):
                return None
            letters[column] = _LETTERS[len(letters)]
    marks = iter(_mark(letters[column]) if column in letters else column[0] for column in columns)
    made = [_NUMBER.sub(lambda _: next(marks), name) for name in names]
    count = len(first.theirs)
    row = Row(tuple(made[:count]), tuple(made[count:]), first.rest)
    sides = [(row.theirs, [r.theirs for r in group], known[0])]
    sides += [(row.ours, [r.ours for r in group], known[1])] if row.ours else []
    sides = [side for side in sides if side[0]]
    variables = [{mark for mark in letters.values() if _mark(mark) in n} for n in made]
    whole = all(found == set(letters.values()) for found in variables)
    return row if whole and all(_exact(*side) for side in sides) else None


def _exact(
    patterns: tuple[str, ...], instances: list[tuple[str, ...]], known: tuple[str, ...]
) -> bool:
    """Whether each pattern matches the names of its instances, and no other known name."""
    return all(
        {name for name in known if bindings(pattern, name) is not None}
        == {names[place] for names in instances}
        for place, pattern in enumerate(patterns)
    )


def _bones(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_NUMBER.sub("#", name) for name in names)


def _numbers(names: tuple[str, ...]) -> list[str]:
    return [number for name in names for number in _NUMBER.findall(name)]


def _mark(letter: str) -> str:
    return f"{{{letter}}}"
