"""Choose options that cover a set of units together, the least far-fetched choice first."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.parity.mapping.options import Option
    from scaffold.parity.mapping.units import Unit

STEPS = 20_000
"""How many options are looked at for one set of units: where nothing fits, there are thousands of
millions. The pairs of the benchmark that fit need 1,300 at most."""


def covers(ours: Sequence[Unit], found: dict[Unit, list[Option]]) -> Iterator[tuple[Option, ...]]:
    """Give the sets of options that use each unit of both sides once at most, best first.

    What an option costs beyond the cheapest ones of its units is what it adds to a set; so the
    order is that of the whole costs, and cheap sets are not put off by the units that are left.
    """
    table = _Table(ours, found)
    tie = count()
    heap: list[tuple[float, int, _Chosen, int]] = []

    def push(chosen: _Chosen, number: int) -> None:
        added = table.added(chosen, number)
        if added is not None:
            heapq.heappush(heap, (chosen.cost + added, next(tie), chosen, number))

    push(_Chosen(0.0, 0, 0, ()), 0)
    for _ in range(STEPS):
        if not heap:
            return
        cost, _, before, number = heapq.heappop(heap)
        push(before, number + 1)
        chosen = table.with_option(before, number, cost)
        if chosen is None:
            continue
        if chosen.ours == table.whole:
            yield chosen.options
        elif table.can_go_on(chosen):
            push(chosen, 0)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Some options, what they cost beyond the cheapest, and the units they use, as bits."""

    cost: float
    ours: int
    theirs: int
    options: tuple[Option, ...]


class _Table:
    """The options of each unit of ours, by what they cost beyond the cheapest, with their bits."""

    def __init__(self, ours: Sequence[Unit], found: dict[Unit, list[Option]]) -> None:
        self._of_ours = {unit: 1 << place for place, unit in enumerate(ours)}
        self._of_theirs: dict[Unit, int] = {}
        self.whole = (1 << len(ours)) - 1
        share = {
            unit: min((one.cost / len(one.ours) for one in found[unit]), default=0.0)
            for unit in ours
        }
        self._rows = [
            sorted((self._row(one, share) for one in found[unit]), key=lambda row: row[0])
            for unit in ours
        ]

    def _row(self, option: Option, share: dict[Unit, float]) -> tuple[float, int, int, Option]:
        ours = theirs = 0
        for unit in option.ours:
            ours |= self._of_ours[unit]
        for unit in option.theirs:
            theirs |= self._of_theirs.setdefault(unit, 1 << len(self._of_theirs))
        return option.cost - sum(share[unit] for unit in option.ours), ours, theirs, option

    def _open(self, chosen: _Chosen) -> list[tuple[float, int, int, Option]]:
        """Give the options of the first unit that is left."""
        left = self.whole & ~chosen.ours
        return self._rows[(left & -left).bit_length() - 1] if left else []

    def added(self, chosen: _Chosen, number: int) -> float | None:
        """Give what the next option of this number adds; None when there are no more."""
        rows = self._open(chosen)
        return rows[number][0] if number < len(rows) else None

    def with_option(self, chosen: _Chosen, number: int, cost: float) -> _Chosen | None:
        """Add an option; None where a unit would be used twice."""
        _, ours, theirs, option = self._open(chosen)[number]
        if ours & chosen.ours or theirs & chosen.theirs:
            return None
        return _Chosen(cost, chosen.ours | ours, chosen.theirs | theirs, (*chosen.options, option))

    def can_go_on(self, chosen: _Chosen) -> bool:
        """Whether every unit that is left has an option that is still free."""
        return all(
            any(not (ours & chosen.ours or theirs & chosen.theirs) for _, ours, theirs, _ in row)
            for place, row in enumerate(self._rows)
            if not chosen.ours >> place & 1
        )
