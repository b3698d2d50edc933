"""Write what came of the pairs as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]

HEAD = """\
# Weight maps, found by replay

What `scaffold map` makes of independent implementations of one architecture, of the same ones with
shuffled names and other nesting, and of pairs that are not the same model. Written by
`make bench-maps`; random weights, small sizes that keep every kind of part.

*Right*: the map was proved, and a second, independent set of weights, carried through the written
file, gives the same outputs on new inputs in float64 (column "apart", relative to the norm; the
limit is 1e-9). *Silently wrong* would be a proved map that fails there.
"""
KINDS = {
    "independent": "Independent implementations",
    "shuffled": "Names shuffled, layers nested otherwise",
    "different": "Not the same model",
}


def summary(rows: list[Row]) -> str:
    """Count the verdicts."""
    counts = Counter(row["verdict"] for row in rows)
    wrong = counts.pop("silently wrong", 0)
    said = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    return f"{len(rows)} pairs: {said}; silently wrong: {wrong}"


def line(row: Row) -> str:
    """Say what came of one pair."""
    apart = "" if row["distance"] is None else f", apart {row['distance']:.1e}"
    said = f" ({row['said']})" if row["said"] else ""
    return f"{row['name']}: {row['verdict']}{apart}, {row['seconds']:.0f} s{said}"


def page(rows: list[Row], missing: list[str]) -> str:
    """Write the page; what was not measured is named."""
    parts = [HEAD, f"**{summary(rows)}.**\n"]
    if missing:
        parts.append(f"Not measured yet: {', '.join(missing)}.\n")
    for kind, title in KINDS.items():
        of_kind = [row for row in rows if row["kind"] == kind]
        if of_kind:
            parts.append(f"## {title}\n\n{_table(of_kind)}")
    return "\n".join(parts)


def _table(rows: list[Row]) -> str:
    lines = [
        "| theirs in ours | verdict | apart | tensors by operator, or the refusal | trials | s |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        apart = "" if row["distance"] is None else f"{row['distance']:.0e}"
        told = (row["said"] or row["operators"]).replace("|", "\\|").replace("\n", " ")
        lines.append(
            f"| {row['name']} | {row['verdict']} | {apart} | {told[:300]} | {row['trials']} "
            f"| {row['seconds']:.0f} |"
        )
    return "\n".join(lines) + "\n"
