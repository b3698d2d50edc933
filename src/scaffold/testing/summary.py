"""Sum up the parity tests of a run: the first divergence in dataflow order, and the coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from scaffold.core.comparison import Rung

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pytest

    from scaffold.testing.item import ParityItem

_LADDER = [rung.value for rung in Rung]


class Mark(TypedDict):
    """What a report carries of a parity test: plain values, because xdist sends it over a wire."""

    rung: str
    name: str
    order: int
    first: str
    """Empty when the test passed; otherwise where its rung went wrong first, as far as known."""
    silence: str
    """Why there was nothing to compare, where that is no finding."""


def mark(item: ParityItem, failure: BaseException | None) -> Mark:
    """Describe the parity item behind a report."""
    first = ""
    if failure is not None:
        first = item.first() or f"first failure: {failure}"
    return Mark(
        rung=item.rung.value,
        name=item.name,
        order=item.order,
        first=first,
        silence=item.silence,
    )


def shortened(report: pytest.TestReport, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Show a divergence as its message alone, in full and in the one-line summary."""
    shown = excinfo.getrepr(style="value")
    if shown.reprcrash is not None:
        shown.reprcrash.message = str(excinfo.value)
    report.longrepr = shown


def lines(marks: Sequence[Mark]) -> Iterable[str]:
    """Write the summary of a run from the marks of its reports."""
    silent = {one["rung"]: one["silence"] for one in marks if one["silence"]}
    marks = [one for one in marks if not one["silence"]]
    failed = sorted(
        (one for one in marks if one["first"]),
        key=lambda one: (_LADDER.index(one["rung"]), one["order"]),
    )
    if failed:
        yield from failed[0]["first"].splitlines()
        yield ""
    yield f"parity: {len(marks) - len(failed)} of {len(marks)} items agree"
    for rung in _LADDER:
        of_rung = [one for one in marks if one["rung"] == rung]
        if of_rung:
            yield f"  {rung:<10} {sum(not one['first'] for one in of_rung)} of {len(of_rung)}"
        elif rung in silent:
            yield f"  {rung:<10} {silent[rung]}"
