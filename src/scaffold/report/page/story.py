"""Say what a page says at its top and at its end, and what it says of each rung."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.comparison import Rung, RungRow, Verdict
from scaffold.report import anatomy, words
from scaffold.report.page.curve import Drawing, drawing
from scaffold.report.page.dataflow import anchor, first_place

if TYPE_CHECKING:
    from scaffold.core.comparison import Comparison
    from scaffold.report.anatomy import Anatomy
    from scaffold.report.words import RungLine

ITEMS = 400
"""The most items of one rung that the page lists; what does not agree comes before what does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What the top of the page says."""

    headline: str
    agrees: bool
    first: Anatomy | None
    because: str
    evidence: tuple[str, ...]
    target: str
    """The part of the first divergence; empty where it is none."""
    parts: tuple[int, int]
    """How many parts agree alone, and how many there are."""
    items: tuple[int, int]
    coverage: str
    drift: str
    weak: tuple[tuple[str, str], ...]
    """Goldens that could not have shown a difference, and why."""
    unknown: tuple[tuple[str, str], ...]
    """What could not be judged, and why."""
    notes: tuple[str, ...]
    silent: tuple[str, ...]
    """Rungs of which the comparison says nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rungs:
    """One rung with its items."""

    line: RungLine
    rows: tuple[RungRow, ...]
    left_out: int
    drawings: tuple[Drawing, ...]
    """Its tables that differ, as curves."""


def told(comparison: Comparison) -> Told:
    """Gather what the top says."""
    first, place = comparison.first, first_place(comparison)
    lines = words.rung_lines(comparison)
    forward = [row for row in comparison.parts if row.through is None]
    return Told(
        headline=words.headline(comparison),
        agrees=comparison.agrees,
        first=anatomy.of_first(comparison),
        because=first.because if first else "",
        evidence=first.evidence if first else (),
        target="" if place is None else anchor(place),
        parts=(sum(row.agrees for row in forward), len(forward)),
        items=(sum(line.agreeing for line in lines), sum(line.total for line in lines)),
        coverage=words.coverage_text(comparison).removeprefix("coverage: "),
        drift=words.drift(comparison),
        weak=_with(comparison, Verdict.WEAK),
        unknown=_with(comparison, Verdict.NOT_COMPARABLE),
        notes=words.folded(comparison.notes),
        silent=tuple(rung.value for rung in words.not_compared(comparison)),
    )


def _with(comparison: Comparison, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Give everything of one verdict, and the reason of each."""
    parts = [
        (words.part_name(row.ours or row.part), row.local)
        for row in comparison.parts
        if row.through is None
    ]
    items = [(f"{row.rung.value}: {row.item}", row.judgement) for row in comparison.rungs]
    return tuple((name, one.reason) for name, one in (*parts, *items) if one.verdict is verdict)


def ladder(comparison: Comparison) -> tuple[Rungs, ...]:
    """Give every rung but the forward one, whose parts have a place of their own."""
    found = []
    for line in words.rung_lines(comparison):
        if line.rung is Rung.FORWARD:
            continue
        rows = [row for row in comparison.rungs if row.rung is line.rung]
        by_need = sorted(
            range(len(rows)), key=lambda place: (rows[place].judgement.verdict.agrees, place)
        )
        kept = [rows[place] for place in sorted(by_need[:ITEMS])]
        curves = [drawing(one) for one in comparison.curves if one.rung is line.rung]
        found.append(
            Rungs(
                line=line,
                rows=tuple(kept),
                left_out=len(rows) - len(kept),
                drawings=tuple(one for one in curves if one is not None),
            )
        )
    return tuple(found)


def facts(comparison: Comparison) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Group the provenance by what stands before the colon of a name."""
    groups: dict[str, list[tuple[str, str]]] = {"bundle": []}
    groups["bundle"] += [("reference", comparison.reference), ("folder", comparison.bundle)]
    for name, text in comparison.provenance:
        group, colon, rest = name.partition(": ")
        groups.setdefault(group if colon else "bundle", []).append((rest if colon else name, text))
    return tuple((group, tuple(rows)) for group, rows in groups.items())
