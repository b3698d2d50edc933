"""Write a report as one HTML page that asks nothing of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.report.html import filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.core.findings import Report, Told


def dumps(report: Report, *, told: Mapping[str, Told], title: str) -> str:
    """Write the page: findings by rule, what waits for a gate, waivers, the baseline."""
    by_rule = {
        code: [one for one in report.findings if one.code == code]
        for code in sorted({one.code for one in report.findings})
    }
    return filled(
        __package__, "page.html.jinja", report=report, by_rule=by_rule, told=told, title=title
    )
