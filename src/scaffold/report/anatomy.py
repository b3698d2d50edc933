"""Tell a divergence in one fixed order: what, where, how far, since when, cause, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.comparison import Judgement, Rung, Verdict
from scaffold.report.words import badness, ours_name, part_name, ratio_text

if TYPE_CHECKING:
    from scaffold.core.comparison import Comparison, Divergence, PartRow, RungRow

HEADINGS = ("where", "how far", "since", "cause", "do")
_WIDTH = max(map(len, HEADINGS)) + 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Anatomy:
    """The six things that a reader wants to know of a divergence, in the order of reading."""

    what: str
    where: str
    how_far: str
    since: str
    cause: str
    remedy: str

    def lines(self) -> tuple[tuple[str, str], ...]:
        """Pair each heading with its text; what is the first line and has no heading."""
        texts = (self.where, self.how_far, self.since, self.cause, self.remedy)
        return tuple((heading, text) for heading, text in zip(HEADINGS, texts, strict=True) if text)

    def __str__(self) -> str:
        body = (f"  {heading:<{_WIDTH}}{text}" for heading, text in self.lines())
        return "\n".join((self.what, *body))


def of_first(comparison: Comparison) -> Anatomy | None:
    """Describe the first divergence of a comparison, or nothing when there is none."""
    first = comparison.first
    if first is None:
        return None
    judgement = _judgement_at(comparison, first)
    return Anatomy(
        what=f"first divergence: {first.place}",
        where=_where(comparison, first),
        how_far=how_far(judgement) if judgement else "",
        since=_since(first.rung, judgement),
        cause=_because(first),
        remedy=first.remedy,
    )


def of_part(row: PartRow, first: Divergence | None = None) -> Anatomy:
    """Describe what is wrong with one part; `first` is where its rung went wrong first."""
    name, judgement = part_name(row.ours or row.part), row.local
    here = first is not None and first.place in {row.ours, name, f"glue before {name}"}
    return Anatomy(
        what=f"{name} {_predicate(judgement)}",
        where=f"rung forward; {row.kind} {part_name(row.part)} of the reference, "
        f"{ours_name(row)} of ours",
        how_far=how_far(judgement),
        since=_since_part(row, first, here=here),
        cause=_because(first) if first and here else _cause_of_part(row),
        remedy=first.remedy if first and here else _remedy(judgement, name, Rung.FORWARD, first),
    )


def of_item(row: RungRow, first: Divergence | None = None) -> Anatomy:
    """Describe what is wrong with one item of a rung other than forward."""
    here = first is not None and first.rung is row.rung and first.place in {row.item, row.part}
    place = f", part {row.part}" if row.part and row.part != row.item else ""
    return Anatomy(
        what=f"{row.item} {_predicate(row.judgement)}",
        where=f"rung {row.rung}{place}",
        how_far=how_far(row.judgement),
        since=_since(row.rung, row.judgement, first=None if here else first),
        cause=_because(first)
        if first and here
        else row.judgement.reason or _no_cause(row.judgement),
        remedy=first.remedy
        if first and here
        else _remedy(row.judgement, row.item, row.rung, first),
    )


def _because(first: Divergence) -> str:
    """Say what was measured at a divergence, and what reproduces it."""
    return "; ".join((first.because, *first.evidence))


def how_far(judgement: Judgement) -> str:
    """Say the measured ratio and the worst element."""
    ratio = ratio_text(judgement.ratio)
    scale = f"{ratio}, where 1 is one rounding of ours" if ratio else ""
    worst = f"worst at {judgement.worst}" if judgement.worst else ""
    return "; ".join(text for text in (scale, worst) if text) or "not measured"


def _predicate(judgement: Judgement) -> str:
    match judgement.verdict:
        case Verdict.DIFFERENT:
            ratio = ratio_text(judgement.ratio)
            return f"differs from the reference{f' ({ratio})' if ratio else ''}"
        case Verdict.SHAPE:
            return "has another shape or dtype than the reference"
        case Verdict.MISSING:
            return "is missing: the reference has it, ours has nothing mapped to it"
        case Verdict.NOT_COMPARABLE:
            return "could not be judged"
        case Verdict.WEAK:
            return "agrees on a golden that could not have shown a difference"
        case Verdict.EQUAL | Verdict.ROUNDING:
            return f"agrees ({judgement.verdict})"


def _judgement_at(comparison: Comparison, first: Divergence) -> Judgement | None:
    place = first.place
    if first.rung is Rung.FORWARD:
        glue = place.removeprefix("glue before ")
        for row in comparison.parts:
            if glue in {row.ours, part_name(row.ours), row.part}:
                return row.interface if glue != place else row.local
    rows = [row for row in comparison.rungs if row.rung is first.rung]
    exact = [row.judgement for row in rows if row.item == place]
    near = exact or [row.judgement for row in rows if place and row.part == place]
    return max(near, key=badness, default=None)


def _where(comparison: Comparison, first: Divergence) -> str:
    for row in comparison.parts:
        if first.place.removeprefix("glue before ") in {row.ours, part_name(row.ours), row.part}:
            theirs = f"{row.kind} {part_name(row.part)} of the reference"
            return f"rung {first.rung}; {theirs}, {ours_name(row)} of ours"
    return f"rung {first.rung}"


def _since(rung: Rung, judgement: Judgement | None, first: Divergence | None = None) -> str:
    probe = f"seen on probe {judgement.probe}" if judgement and judgement.probe else ""
    if first is not None:
        order = f"the first divergence is {first.place} (rung {first.rung})"
    elif rung is Rung.FORWARD:
        order = "everything before it in dataflow order agrees"
    else:
        order = ""
    return "; ".join(text for text in (probe, order) if text)


def _since_part(row: PartRow, first: Divergence | None, *, here: bool) -> str:
    if here:
        return _since(Rung.FORWARD, row.local)
    probe = f"seen on probe {row.local.probe}" if row.local.probe else ""
    earlier = f"the first divergence is {first.place}" if first else ""
    return "; ".join(text for text in (probe, earlier) if text)


def _cause_of_part(row: PartRow) -> str:
    if row.local.reason:
        return row.local.reason
    if row.local.verdict is not Verdict.DIFFERENT:
        return _no_cause(row.local)
    itself = "the part itself or one inside it: it was given the reference's own input"
    live = ", which also reaches it in a live run" if row.interface.verdict.agrees else ""
    return f"{itself}{live}"


def _no_cause(judgement: Judgement) -> str:
    if judgement.verdict is Verdict.DIFFERENT:
        return "more than a rounding of the same computation: the computation or a constant differs"
    return ""


def _remedy(judgement: Judgement, name: str, rung: Rung, first: Divergence | None) -> str:
    if first is not None:
        return f"mend {first.place} first; this may follow from it"
    match judgement.verdict:
        case Verdict.MISSING:
            return f"write the part and map it in weights.map.toml, then: scaffold compare {name}"
        case Verdict.WEAK | Verdict.NOT_COMPARABLE:
            return "record goldens that can judge it: scaffold record"
        case _:
            return f"read it beside the reference, then: scaffold compare --rung {rung}"
