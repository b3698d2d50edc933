"""Write the page that shows the benchmark."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from benchmarks.defects.score import Score, Spread, found_at, score, scores
from benchmarks.defects.split import Half, Novelty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Rows = list[dict[str, Any]]

OURS = "scaffold"

_TITLE = "# Who finds planted defects\n"

_RESTRICTED = """> This is a part of the benchmark ({restricted}), and not its result.
"""

_HEAD = """{count} cases: {defects} defects of {operators} kinds and {harmless} harmless runs of
{rewrites} kinds of rewrite, in {pairs} architectures, {libraries} of them from timm, torchvision
and transformers; {drawn}. Each defect moves the output of some probe in float64 by more than 1e-6
of its norm; each rewrite moves none by more than 1e-12. Made by `make bench-defects`.

Every method gets the same weights, probes and part names in the same run. It is right about the
place when it names the changed part, or for glue the part around it. A cause is right when its row
of the catalogue is the defect's, or when the two sentences mean the same (`causes.py`, decided
before any run). Where a peer compares no parts, its place is the first part whose live output
differs by its rule. The brackets of shares are Wilson's 95 % intervals, those of seconds and
megabytes the fifth and the ninety-fifth hundredth; megabytes are what an answer adds to the
process, or the largest process that it starts. Slow peers answer a share of the cases that a hash
draws: the column `cases` says how many. A refusal is no detection.

## What was calibrated on what

Limits, hypotheses and the list of synonymous causes were made while looking at the **old**
architectures under the **old** operators: a first set, and a second one that was held out until its
results were looked at. The **new** ones are half of a third set, written without a look at the
engine or at results; the half was drawn by a hash, and no single result of it was looked at. A
case is held out when its architecture is new, or its
operator, or both. What means a new defect was decided before the engine was run on any.
"""

_COLUMNS = (
    "method",
    "cases",
    "detected",
    "exact part",
    "in the top 3",
    "cause right",
    "cause wrong",
    "false alarms",
    "refused",
    "seconds a case",
    "MB a case",
)
_ROW = "| " + " | ".join(["{}"] * len(_COLUMNS)) + " |"


def page(rows: Rows, *, restricted: str, drawn: int) -> str:
    """Write the whole page from rows of results.

    Args:
        rows: The results of all methods.
        restricted: How the run was less than the whole; empty when it was not.
        drawn: Of how many couples of operator and architecture one was drawn.
    """
    held_out, old = _half(rows, Half.HELD_OUT), _half(rows, Half.CALIBRATION)
    ours = [row for row in held_out if row["method"] == OURS]
    blocks = [
        _TITLE,
        _RESTRICTED.format(restricted=restricted) if restricted else "",
        _head(rows, drawn),
        _section("Held out", scores(held_out)),
        _section("scaffold, by what is new", _by(ours, "novelty", map(str, Novelty))),
        _section("scaffold, by architecture", _by(ours, "pair", sorted({r["pair"] for r in ours}))),
        _section("For calibration", scores(old)),
        _recording(rows),
        _wrong(ours),
    ]
    return "\n".join(block for block in blocks if block)


def _head(rows: Rows, drawn: int) -> str:
    cases = {row["id"]: row for row in rows}.values()
    kinds = Counter(row["kind"] for row in cases)
    every = "every couple of operator and architecture"
    return _HEAD.format(
        count=len(cases),
        defects=kinds["defect"],
        operators=len({row["operator"] for row in cases if row["kind"] == "defect"}),
        harmless=len(cases) - kinds["defect"],
        rewrites=len({row["operator"] for row in cases if row["kind"] == "rewrite"}),
        pairs=len({row["pair"] for row in cases}),
        libraries=len({row["pair"] for row in cases if "-" in row["pair"]}),
        drawn=every if drawn == 1 else f"one in {drawn} of {every}, drawn by a hash",
    )


def _half(rows: Rows, half: Half) -> Rows:
    return [row for row in rows if row["half"] == half]


def _by(rows: Rows, column: str, names: Iterable[str]) -> tuple[Score, ...]:
    """Score one method over the rows of each name; names without rows are left out."""
    found = ((name, [row for row in rows if row[column] == name]) for name in names)
    return tuple(score(name, some) for name, some in found if some)


def _section(title: str, found: tuple[Score, ...]) -> str:
    return f"## {title}\n\n{table(found)}" if found else ""


def table(found: Iterable[Score]) -> str:
    """Write one table, a line for each score."""
    lines = [_ROW.format(*_COLUMNS), _ROW.format(*["---"] * len(_COLUMNS))]
    for one in found:
        cells = (
            one.method,
            one.cases,
            one.detected,
            one.exact,
            one.top,
            one.cause_right if one.cause_right.hits or one.cause_wrong.hits else "-",
            one.cause_wrong if one.cause_right.hits or one.cause_wrong.hits else "-",
            one.false_alarms,
            one.refused.hits,
            one.seconds.said(2),
            one.megabytes.said(0),
        )
        lines.append(_ROW.format(*map(str, cells)))
    return "\n".join(lines) + "\n"


def _recording(rows: Rows) -> str:
    """Say what recording theirs costs, once for an architecture and not in the seconds above."""
    once = {row["pair"]: row["recording"] for row in rows if row.get("recording")}
    if not once:
        return ""
    return (
        "Recording a reference is not in these seconds, since it is done once: "
        f"{Spread.of(once.values()).said(1)} seconds in {len(once)} architectures.\n"
    )


def _wrong(ours: Rows) -> str:
    """List what scaffold itself got wrong among the held-out cases."""
    lists: tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...] = (
        ("missed", lambda row: row["kind"] == "defect" and not row["differs"]),
        ("false alarm", lambda row: row["kind"] != "defect" and row["differs"]),
        ("another place", lambda row: row["differs"] and _elsewhere(row)),
    )
    lines = [
        f"- {name}: `{row['id']}`" + (f", named `{row['places'][0]}`" if row["places"] else "")
        for name, wrong in lists
        for row in ours
        if wrong(row)
    ]
    if not ours:
        return ""
    found = lines or ["Nothing was missed, nothing called wrong, no place was another."]
    return "\n".join(["## What scaffold got wrong", "", *found]) + "\n"


def _elsewhere(row: dict[str, Any]) -> bool:
    return row["kind"] == "defect" and not found_at(row, 1)
