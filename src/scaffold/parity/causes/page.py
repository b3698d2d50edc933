"""Write the page that lists every hypothesis, from the registry."""

from __future__ import annotations

from itertools import groupby

from scaffold.parity.causes.registry import Hypothesis, hypotheses


def page() -> str:
    """Return the page in Markdown: one table per family."""
    every = hypotheses()
    lines = [
        "# Hypotheses about a cause",
        "",
        (
            f"On the first part that differs, {len(every)} hypotheses are run against what the"
            " reference gave on every probe. One fits when the part, changed in that one way, is"
            " another rounding of the reference; what fits alike is reported as a group."
        ),
    ]
    for family, some in groupby(every, key=lambda one: one.family):
        lines += ["", f"## {family}", "", "| hypothesis | what is wrong in ours | rung | rows |"]
        lines += ["| --- | --- | --- | --- |", *(_row(one) for one in some)]
    return "\n".join(lines) + "\n"


def _row(one: Hypothesis) -> str:
    rungs = ", ".join(one.rungs)
    return f"| `{one.name}` | {one.says} | {rungs} | {', '.join(one.rows)} |"
