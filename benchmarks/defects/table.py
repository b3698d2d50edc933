"""Write the page that shows the benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.defects.case import Kind
from benchmarks.defects.score import Score, scores

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.defects.case import Case

_HEAD = """# Who finds planted defects

{count} cases: {defects} defects of {operators} kinds and {harmless} harmless runs of {rewrites}
kinds of rewrite, in {pairs} architectures ({libraries} of them from timm, torchvision and
transformers). Each defect moves the output of some probe in float64 by more than 1e-6 of its norm;
each rewrite moves none by more than 1e-12. Made by `make bench-defects`.

Operators and architectures are split by a fixed hash into a half to calibrate on and a half that is
scored. The brackets are Wilson's 95 % intervals. Every method gets the same weights, probes and
part names in the same run; it is right about the place when it names the changed part, or for glue
the part around it. A cause is right when its row of the catalogue is the defect's. The peers'
place is the first part whose live output differs by their rule.
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
    "peak MB",
)
_ROW = "| " + " | ".join(["{}"] * len(_COLUMNS)) + " |"


def page(rows: list[dict[str, Any]], cases: list[Case]) -> str:
    """Give the whole page."""
    defects = [case for case in cases if case.kind is Kind.DEFECT]
    harmless = [case for case in cases if case.kind is not Kind.DEFECT]
    head = _HEAD.format(
        count=len(cases),
        defects=len(defects),
        operators=len({case.operator for case in defects}),
        harmless=len(harmless),
        rewrites=len({case.operator for case in harmless if case.kind is Kind.REWRITE}),
        pairs=len({case.pair.name for case in cases}),
        libraries=len({case.pair.name for case in cases if "-" in case.pair.name}),
    )
    halves = [
        ("The half that is scored", [row for row in rows if row["scored"]]),
        ("The half for calibration", [row for row in rows if not row["scored"]]),
    ]
    tables = [f"## {title}\n\n{_table(scores(found))}" for title, found in halves if found]
    return "\n".join([head, *tables, _misses(rows)])


def _table(found: Iterable[Score]) -> str:
    lines = [
        _ROW.format(*_COLUMNS),
        _ROW.format(*["---"] * len(_COLUMNS)),
    ]
    for score in found:
        cells = (
            score.method,
            score.cases,
            score.detected,
            score.exact,
            score.top,
            score.cause_right if score.cause_right.hits or score.cause_wrong.hits else "-",
            score.cause_wrong if score.cause_right.hits or score.cause_wrong.hits else "-",
            score.false_alarms,
            score.refused.hits,
            f"{score.seconds:.2f}",
            f"{score.megabytes:.0f}",
        )
        lines.append(_ROW.format(*map(str, cells)))
    return "\n".join(lines) + "\n"


def _misses(rows: list[dict[str, Any]]) -> str:
    """List what scaffold itself missed or called wrong, in the half that is scored."""
    ours = [row for row in rows if row["method"] == "scaffold" and row["scored"]]
    missed = [row["id"] for row in ours if row["kind"] == "defect" and not row["differs"]]
    alarms = [row["id"] for row in ours if row["kind"] != "defect" and row["differs"]]
    lines = ["## What scaffold got wrong", ""]
    lines += [f"- missed: `{name}`" for name in missed]
    lines += [f"- false alarm: `{name}`" for name in alarms]
    return (
        "\n".join(
            lines if missed or alarms else [*lines, "Nothing was missed, nothing called wrong."]
        )
        + "\n"
    )
