"""Draw the parts side by side in dataflow order: what reaches each, what it gives, how it ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.comparison import Verdict
from scaffold.core.sizes import FULL
from scaffold.report import words
from scaffold.report.page.dataflow import anchor, first_place, in_dataflow, is_glue, part_around

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scaffold.core.comparison import Comparison, Judgement, PartRow

COLUMNS = 160
"""The most columns that can be told apart on a page; more parts share them."""
FEWEST = 12
"""A few parts do not fill the page, or they would look like blocks."""
LANE, GAP, TOP, LOW_LANE = 60.0, 30.0, 28.0, 34.0
"""Height of a lane, what lies between two, where the first begins, and the lane of the gains."""
LOWEST = 0.1
"""A ratio below this is drawn as none."""
LEAST_TOP = 1e3
TICK = 2.0
TEXT = 12.0
"""Below this distance in pixels two numbers of a ruler run into each other."""
LANES = ("interface", "local", "end to end")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One verdict as a bar, and as a shape where it does not agree."""

    y: float
    height: float
    tone: str
    shape: str
    """`beyond`, `unknown`, `none` or empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One part, or a few that follow each other."""

    x: float
    width: float
    center: float
    target: str
    told: str
    container: bool
    marks: tuple[Mark, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """One row of the drawing with its ruler."""

    name: str
    top: float
    base: float
    ticks: tuple[tuple[float, str], ...]
    limit: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    """The drawing: lengths across in percent, lengths down in pixels."""

    height: float
    lanes: tuple[Lane, ...]
    columns: tuple[Column, ...]
    shared: int
    """How many parts the fullest column holds."""
    full: bool
    """Whether the full model's parts are among them."""
    first: float | None
    """Where the first divergence lies across."""
    current: int
    """The column that the keyboard reaches first."""


def strip(comparison: Comparison) -> Strip | None:
    """Lay the drawing out; None where no part was compared."""
    parts = comparison.parts
    if not parts:
        return None
    order = in_dataflow(parts)
    share = -(-len(order) // COLUMNS)
    groups = [order[start : start + share] for start in range(0, len(order), share)]
    scale = _Scale(parts, comparison.limit)
    gains = _Gains(parts)
    inside = _containers(parts)
    width = 100 / max(len(groups), FEWEST)
    columns = tuple(
        _column(group, parts, place * width, width, scale, gains, inside)
        for place, group in enumerate(groups)
    )
    place = _first_column(comparison, groups)
    return Strip(
        height=_top_of(len(LANES)) + LOW_LANE + GAP / 2,
        lanes=(*(scale.lane(index) for index in range(len(LANES))), gains.lane()),
        columns=columns,
        shared=share,
        full=any(row.part.startswith(FULL) for row in parts),
        first=None if place is None else _first_x(comparison, columns[place]),
        current=place or 0,
    )


def _top_of(index: int) -> float:
    return TOP + index * (LANE + GAP)


class _Scale:
    """Heights of ratios on a logarithmic scale, the same for the three lanes."""

    def __init__(self, parts: Sequence[PartRow], limit: float | None) -> None:
        found = [
            judgement.ratio
            for row in parts
            for judgement in words.three(row)
            if judgement.ratio is not None and math.isfinite(judgement.ratio)
        ]
        greatest = max([LEAST_TOP, *found])
        self._decades = math.ceil(math.log10(greatest))
        self._limit = limit

    def height(self, ratio: float) -> float:
        if not ratio > LOWEST:
            return TICK
        part = (math.log10(ratio) + 1) / (self._decades + 1)
        return max(TICK, LANE * min(part, 1.0))

    def lane(self, index: int) -> Lane:
        base = _top_of(index) + LANE
        top = self._decades
        ticks = [(10.0**top, f"1e{top}")]
        if self._limit is not None:
            ticks.append((self._limit, f"limit {self._limit:g}"))
        if self._limit is None or self.height(self._limit) - self.height(1.0) > TEXT:
            ticks.append((1.0, "1"))
        return Lane(
            name=LANES[index],
            top=_top_of(index),
            base=base,
            ticks=tuple((base - self.height(ratio), text) for ratio, text in ticks),
            limit=None if self._limit is None else base - self.height(self._limit),
        )

    def mark(self, index: int, judgement: Judgement) -> Mark:
        base = _top_of(index) + LANE
        ratio = judgement.ratio
        agrees = judgement.verdict.agrees
        if ratio is None:
            unknown = judgement.verdict is Verdict.NOT_COMPARABLE
            shape = "" if agrees else "unknown" if unknown else "none"
            return Mark(y=base - TICK, height=TICK, tone=_tone(judgement), shape=shape)
        height = self.height(ratio) if math.isfinite(ratio) else LANE
        shape = "" if agrees else "beyond"
        return Mark(y=base - height, height=height, tone=_tone(judgement), shape=shape)


class _Gains:
    """Heights of gains above 1, on a logarithmic scale of their own."""

    def __init__(self, parts: Sequence[PartRow]) -> None:
        greatest = max([10.0, *(row.gain or 0.0 for row in parts)])
        self._decades = math.ceil(math.log10(greatest))
        self._base = _top_of(len(LANES)) + LOW_LANE

    def _height(self, gain: float) -> float:
        return LOW_LANE * min(math.log10(gain) / self._decades, 1.0) if gain > 1.0 else 0.0

    def mark(self, gain: float | None) -> Mark:
        height = self._height(gain or 0.0)
        return Mark(y=self._base - height, height=height, tone="gain", shape="")

    def lane(self) -> Lane:
        return Lane(
            name="gain",
            top=self._base - LOW_LANE,
            base=self._base,
            ticks=((self._base, "x 1"), (self._base - LOW_LANE, f"x {10**self._decades:g}")),
            limit=None,
        )


def _tone(judgement: Judgement) -> str:
    if judgement.verdict.agrees:
        return "good"
    return "doubt" if judgement.verdict is Verdict.NOT_COMPARABLE else "bad"


def _column(
    group: Sequence[int],
    parts: Sequence[PartRow],
    x: float,
    width: float,
    scale: _Scale,
    gains: _Gains,
    inside: set[str],
) -> Column:
    rows = [parts[place] for place in group]
    worst = [
        max((row.interface for row in rows), key=words.badness),
        max((row.local for row in rows), key=words.badness),
        max((row.end_to_end for row in rows), key=words.badness),
    ]
    gain = max((row.gain for row in rows if row.gain is not None), default=None)
    target = max(group, key=lambda place: words.badness(parts[place].local))
    return Column(
        x=x,
        width=width,
        center=x + width / 2,
        target=anchor(target),
        told=_told(rows, worst, gain),
        container=all(row.part in inside for row in rows),
        marks=(*(scale.mark(i, one) for i, one in enumerate(worst)), gains.mark(gain)),
    )


def _told(rows: Sequence[PartRow], worst: Iterable[Judgement], gain: float | None) -> str:
    name = words.part_name(rows[0].ours or rows[0].part)
    about = f"{name} ({rows[0].kind})"
    if len(rows) > 1:
        last = rows[-1]
        about = f"{len(rows)} parts, {name} to {words.part_name(last.ours or last.part)}; worst"
    said = (f"{lane} {words.judgement_text(one)}" for lane, one in zip(LANES, worst, strict=True))
    enlarged = f", gain {words.gain_text(gain)}" if gain is not None and gain > 1 else ""
    return f"{about}: {', '.join(said)}{enlarged}"


def _containers(parts: Sequence[PartRow]) -> set[str]:
    """Name the parts that have parts within."""
    found = set[str]()
    for row in parts:
        around = part_around(row.part)
        while around is not None and around not in found:
            found.add(around)
            around = part_around(around)
    return found


def _first_column(comparison: Comparison, groups: Sequence[Sequence[int]]) -> int | None:
    """Find the column of the first divergence; for glue, the first within the part after it."""
    place = first_place(comparison)
    if place is None or comparison.first is None:
        return None
    wanted = {place}
    if is_glue(comparison.first):
        outer = comparison.parts[place].part
        wanted |= {
            other
            for other, row in enumerate(comparison.parts)
            if row.part.startswith(f"{outer}.") or not outer
        }
    return next(index for index, group in enumerate(groups) if wanted & set(group))


def _first_x(comparison: Comparison, column: Column) -> float:
    glue = comparison.first is not None and is_glue(comparison.first)
    return column.x if glue else column.center
