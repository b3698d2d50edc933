"""Write what came out of the zoo as a page."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.zoo.models import Entry

BUDGET = 16_000
"""Kilobytes of goldens that may be committed around a reference."""
HEAD = """\
# A repository around many models

For each model: `scaffold new --defaults --reference SPEC`, then ruff, mypy and the whole suite of
what was made: every part agrees on every rung, training runs, resumes and is equal to the bit.
Models come with random weights; a twin is found where they are large. Made by `make zoo`.

"""


def page(rows: Sequence[tuple[Entry, dict[str, Any]]]) -> str:
    """Give the page: the share by source, then one line a model."""
    lines = ["| source | models | pass everything |", "| --- | --- | --- |"]
    for source in ("timm", "torchvision", "transformers"):
        of = [row for entry, row in rows if entry.source == source]
        lines.append(f"| {source} | {len(of)} | {sum(row['passes'] for row in of)} |")
    good = sum(row["passes"] for _, row in rows)
    made = [row for _, row in rows if row["made"]]
    seconds = median(row["seconds"] for row in made)
    size = median(row["kilobytes"] for row in made) / 1000
    large = sum(row["kilobytes"] > BUDGET for row in made)
    lines += [
        f"| all | {len(rows)} | {good} ({good / len(rows):.1%}) |",
        "",
        f"Made in {seconds:.0f} s (median, two at a time on two cores); goldens take",
        f"{size:.1f} MB (median; {large} of {len(made)} beyond 16 MB).",
        "",
        "| model | items that agree | goldens, MB | what failed |",
        "| --- | --- | --- | --- |",
    ]
    for entry, row in rows:
        agree = " of ".join(row.get("items") or ()) or "none"
        size = f"{row['kilobytes'] / 1000:.1f}" if row["made"] else ""
        why = "" if row["passes"] else row["why"].replace("|", "/")[:200]
        words = " ".join((entry.spec.rpartition("/")[2], *entry.arguments))[:90]
        lines.append(f"| `{words}` | {agree} | {size} | {why} |")
    return HEAD + "\n".join(lines) + "\n"
