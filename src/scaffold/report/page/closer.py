"""Gather what the page shows of each part that differs: story, worst elements, a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.comparison import Rung
from scaffold.core.difference import Side
from scaffold.report import anatomy, words
from scaffold.report.page.dataflow import anchor, first_place
from scaffold.report.page.heat import Heat, heat, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.comparison import Comparison, PartRow
    from scaffold.core.difference import Difference
    from scaffold.report.anatomy import Anatomy


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bin of the histogram."""

    meaning: str
    count: int
    percent: float
    beyond: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One part that differs."""

    target: str
    row: PartRow
    name: str
    difference: Difference
    told: Anatomy
    heat: Heat | None
    bars: tuple[Bar, ...]
    patterns: tuple[str, ...]


def closer(comparison: Comparison) -> tuple[Look, ...]:
    """Give one look per difference, in their order."""
    places = {row.part: place for place, row in reversed(list(enumerate(comparison.parts)))}
    return tuple(
        _look(comparison, places[one.part], one)
        for one in comparison.differences
        if one.part in places
    )


def _look(comparison: Comparison, place: int, one: Difference) -> Look:
    row, first = comparison.parts[place], comparison.first
    forward = first if first is not None and first.rung is Rung.FORWARD else None
    here = place == first_place(comparison)
    told = anatomy.of_first(comparison) if here and one.side is Side.INPUT else None
    return Look(
        target=anchor(place),
        row=row,
        name=words.part_name(row.ours or row.part),
        difference=one,
        told=told or anatomy.of_part(row, forward),
        heat=heat(one, comparison.limit),
        bars=tuple(_bars(one, comparison.limit)),
        patterns=tuple(_patterns(one)),
    )


def _bars(one: Difference, limit: float | None) -> Iterator[Bar]:
    if not one.elements:
        return
    lower = (None, *one.edges)
    for edge, below, count in zip((*one.edges, None), lower, one.counts, strict=True):
        yield Bar(
            meaning=_bin(below, edge),
            count=count,
            percent=100 * count / one.elements,
            beyond=limit is not None and below is not None and below >= limit,
        )


def _bin(below: float | None, edge: float | None) -> str:
    if edge is None:
        return f"over {ratio(below or 0.0)}"
    return "0, equal" if below is None else f"to {ratio(edge)}"


def _patterns(one: Difference) -> Iterator[str]:
    """Say where the difference gathers."""
    for found in one.concentrations:
        size = one.shape[found.axis] if found.axis < len(one.shape) else 0
        yield (
            f"Index {found.index} of axis {found.axis} (of {size}) holds {found.share:.0%} "
            "of the squared difference."
        )
