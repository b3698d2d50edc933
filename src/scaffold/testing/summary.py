"""Sum up the parity tests of a run: the first divergence in dataflow order, and the coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from scaffold.core.comparison import Rung
from scaffold.testing.divergence import ParityDivergence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pytest

    from scaffold.testing.item import ParityItem

_LADDER = [rung.value for rung in Rung]
_OWN_STYLES = ("auto", "short")
"""Traceback styles that a message without a traceback may replace; others were asked for."""


class Mark(TypedDict):
    """What a report carries of a parity test: plain values, because xdist sends it over a wire."""

    rung: str
    name: str
    order: int
    failed: bool
    first: str


def mark(item: ParityItem, *, failed: bool) -> Mark:
    """Describe the parity item behind a report."""
    return Mark(
        rung=item.rung.value,
        name=item.name,
        order=item.order,
        failed=failed,
        first=item.first() if failed else "",
    )


def shortened(
    report: pytest.TestReport, call: pytest.CallInfo[None], config: pytest.Config
) -> None:
    """Show a divergence as its message alone, unless the user asked for tracebacks."""
    if call.excinfo is None or not call.excinfo.errisinstance(ParityDivergence):
        return
    if config.getoption("tbstyle") in _OWN_STYLES and not config.getoption("fulltrace"):
        report.longrepr = call.excinfo.getrepr(style="value")


def lines(marks: Sequence[tuple[Mark, str]]) -> Iterable[str]:
    """Write the summary of a run, from the marks and the failure texts of its reports."""
    failed = sorted(
        (pair for pair in marks if pair[0]["failed"]),
        key=lambda pair: (_LADDER.index(pair[0]["rung"]), pair[0]["order"]),
    )
    if failed:
        first, text = failed[0]
        yield from (first["first"] or f"first divergence: {_message(text)}").splitlines()
        yield ""
    yield f"parity: {len(marks) - len(failed)} of {len(marks)} items agree"
    for rung in _LADDER:
        of_rung = [one for one, _ in marks if one["rung"] == rung]
        if of_rung:
            agreeing = sum(not one["failed"] for one in of_rung)
            yield f"  {rung:<10} {agreeing} of {len(of_rung)}"


def _message(text: str) -> str:
    """Keep the message of a failure, without the name of its exception."""
    return text.partition(f"{ParityDivergence.__name__}: ")[2] or text
