"""Write the status of a repository as one HTML page: gates, classes, and a burn-down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.report.html import filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

WIDTH, HEIGHT = 600, 180
"""In the drawing's own units; the page stretches it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BurnDown:
    """A line of steps from the first commit to the last: how many classes were left."""

    points: str
    """Of an SVG polyline, in `WIDTH` by `HEIGHT`."""
    first: str
    last: str
    """The days at both ends."""
    most: int
    left: int


def dumps(document: Mapping[str, Any], marks: Sequence[tuple[datetime, int]], *, title: str) -> str:
    """Write the page.

    Args:
        document: What `scaffold status --format json` says.
        marks: For each commit that changed it, when, and how many classes were left to write.
        title: The name of the repository.
    """
    counts = {name: count for name, count in document["counts"].items() if count}
    return filled(
        __package__,
        "status.html.jinja",
        document=document,
        counts=counts,
        total=len(document["classes"]),
        gates=[one for one in document.get("gates", []) if one["state"] != "not asked"],
        burndown=burn_down(marks),
        size=(WIDTH, HEIGHT),
        title=title,
    )


def burn_down(marks: Sequence[tuple[datetime, int]]) -> BurnDown | None:
    """Lay the line out; None where there is no commit, so nothing to draw."""
    if not marks:
        return None
    begin, end = marks[0][0], marks[-1][0]
    long = (end - begin).total_seconds() or 1.0
    most = max(left for _, left in marks) or 1
    points: list[str] = []
    before = marks[0][1]
    for when, left in marks:
        x = WIDTH * (when - begin).total_seconds() / long
        points += [f"{x:.1f},{HEIGHT * (1 - level / most):.1f}" for level in (before, left)]
        before = left
    points.append(f"{WIDTH},{HEIGHT * (1 - before / most):.1f}")
    return BurnDown(
        points=" ".join(points),
        first=begin.date().isoformat(),
        last=end.date().isoformat(),
        most=most,
        left=before,
    )
