"""Say a judgement, a rung or a divergence in the words that every rendering shares."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.comparison import Rung, RungRow, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.core.comparison import Comparison, Judgement, PartRow

WHOLE = "the model"
"""How the part with the empty path is shown."""

COLUMNS = ("part", "ours", "class", "local", "interface", "end to end")

BEST_FIRST = tuple(Verdict)
_NUMBER = re.compile(r"\.[0-9]+(?![0-9])")
_DIGITS = ((10, ".2f"), (1000, ".1f"))


def part_name(path: str) -> str:
    """Show a path; the empty one is the whole model."""
    return path or WHOLE


def ours_name(row: PartRow) -> str:
    """Show our name of a part, or say that nothing of ours is mapped to it."""
    if row.ours or not row.part:
        return part_name(row.ours)
    return "(not mapped)"


def three(row: PartRow) -> tuple[Judgement, Judgement, Judgement]:
    """Give the three verdicts on a part, in the order of the columns."""
    return row.local, row.interface, row.end_to_end


def ratio_text(ratio: float | None) -> str:
    """Show q with digits that can be compared by eye; empty when nothing was measured."""
    if ratio is None:
        return ""
    if not math.isfinite(ratio):
        return f"q {ratio}"
    digits = next((spec for limit, spec in _DIGITS if ratio < limit), ".1e")
    return f"q {ratio:{digits}}"


def judgement_text(judgement: Judgement, *, with_ratio: bool = True) -> str:
    """Show the verdict, and the ratio where it says more than the word."""
    ratio = ratio_text(judgement.ratio)
    if not with_ratio or not ratio or judgement.verdict is Verdict.EQUAL:
        return judgement.verdict.value
    return f"{judgement.verdict.value} {ratio}"


def gain_text(gain: float) -> str:
    """Show how many times a ratio was enlarged."""
    return f"x {gain:.3g}"


def drift(comparison: Comparison) -> str:
    """Say what enlarges rounding beyond its limit where every part is right alone; or nothing.

    The innermost parts answer: a container enlarges what the parts within it do.
    """
    rows = [row for row in comparison.parts if row.gain is not None and _drifts(row)]
    inner = [
        row
        for row in rows
        if not any(other is not row and _lies_in(other.part, row.part) for other in rows)
    ]
    if not inner:
        return ""
    most = max(inner, key=lambda row: row.gain or 0.0)
    reaches, ends = ratio_text(most.interface.ratio), ratio_text(most.end_to_end.ratio)
    return (
        f"drift: end to end differs though every part before is right alone; amplified "
        f"{gain_text(most.gain or 0.0)} by {part_name(most.ours)} ({reaches} in, {ends} out)"
    )


def _drifts(row: PartRow) -> bool:
    return row.interface.verdict.agrees and row.end_to_end.verdict is Verdict.DIFFERENT


def _lies_in(part: str, outer: str) -> bool:
    return not outer or part.startswith(f"{outer}.")


def badness(judgement: Judgement) -> tuple[int, float]:
    """Order judgements from best to worst; NaN is as bad as infinity."""
    ratio = judgement.ratio
    if ratio is None:
        ratio = 0.0
    return BEST_FIRST.index(judgement.verdict), math.inf if math.isnan(ratio) else ratio


@dataclass(frozen=True, kw_only=True, slots=True)
class RungLine:
    """One rung in one line: how many items, how many agree, and the worst of them."""

    rung: Rung
    agreeing: int
    total: int
    worst: str
    """Empty when all items are equal, since none is worse then."""
    judgement: Judgement

    @property
    def agrees(self) -> bool:
        """Whether every item of the rung agrees."""
        return self.agreeing == self.total


def rung_lines(comparison: Comparison) -> tuple[RungLine, ...]:
    """Sum up each rung that was compared, in the order in which the ladder is climbed."""
    forward = [
        RungRow(rung=Rung.FORWARD, item=part_name(row.ours or row.part), judgement=row.local)
        for row in comparison.parts
        if row.through is None
    ]
    lines = []
    for rung in Rung:
        rows = [row for row in (*forward, *comparison.rungs) if row.rung is rung]
        if rows:
            lines.append(_line(rung, rows))
    return tuple(lines)


def _line(rung: Rung, rows: list[RungRow]) -> RungLine:
    worst = max(rows, key=lambda row: badness(row.judgement))
    return RungLine(
        rung=rung,
        agreeing=sum(row.judgement.verdict.agrees for row in rows),
        total=len(rows),
        worst="" if worst.judgement.verdict is Verdict.EQUAL else worst.item,
        judgement=worst.judgement,
    )


def not_compared(comparison: Comparison) -> tuple[Rung, ...]:
    """Name the rungs of which the comparison says nothing."""
    seen = {line.rung for line in rung_lines(comparison)}
    return tuple(rung for rung in Rung if rung not in seen)


def coverage_text(comparison: Comparison) -> str:
    """Say how many parts of the reference were compared; why not, stands in `unmatched`."""
    told = [note for note in comparison.notes if is_coverage(note)]
    if told:
        excused = sum(note.startswith("excused: ") for note in comparison.notes)
        return f"coverage: {told[0]}{f', {excused} are excused' if excused else ''}"
    rows = {row.part for row in comparison.parts}
    gaps = [text for text in comparison.unmatched if named_in(text) not in rows]
    if not rows and not gaps:
        return ""
    matched = sum(row.local.verdict is not Verdict.MISSING for row in comparison.parts)
    return f"coverage: {matched} of {len(rows) + len(gaps)} parts of the reference are compared"


def folded(notes: Iterable[str]) -> tuple[str, ...]:
    """Say once what is said of every layer: `layers.0.drop` and `layers.1.drop` fold into one."""
    seen: dict[str, list[str]] = {}
    for note in notes:
        if not is_coverage(note):
            seen.setdefault(_NUMBER.sub(".{i}", note), []).append(note)
    return tuple(
        one[0] if len(one) == 1 else f"{key} ({len(one)} times)" for key, one in seen.items()
    )


def is_coverage(note: str) -> bool:
    """Whether a note of a comparison is its account of the parts."""
    return note.endswith(" parts of the reference are compared")


def named_in(unmatched: str) -> str:
    """Give the part that an `unmatched` text is about: `norm (LayerNorm): no row names it`."""
    return unmatched.partition(":")[0].partition(" (")[0].strip()


def headline(comparison: Comparison) -> str:
    """Say the whole comparison in one sentence."""
    lines = rung_lines(comparison)
    if not lines:
        return "nothing was compared"
    items = sum(line.total for line in lines)
    wrong = items - sum(line.agreeing for line in lines)
    if comparison.agrees:
        return f"agrees: all {items} items of {_rungs(len(lines))}"
    if wrong:
        broken = [line.rung.value for line in lines if not line.agrees]
        return f"diverges: {wrong} of {items} items, in {_listed(broken)}"
    return f"agrees on {items} items, but {len(comparison.unmatched)} parts are not matched"


def _rungs(count: int) -> str:
    return "1 rung" if count == 1 else f"{count} rungs"


def _listed(words: Iterable[str]) -> str:
    *front, last = words
    return f"{', '.join(front)} and {last}" if front else last
