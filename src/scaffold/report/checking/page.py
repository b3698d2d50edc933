"""Write a report as one HTML page that asks nothing of a network."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.core.findings import Report, Told


def dumps(report: Report, *, told: Mapping[str, Told], title: str) -> str:
    """Write the page: findings by rule, what waits for a gate, waivers, the baseline."""
    from jinja2 import Environment  # noqa: PLC0415 - no other form pays for it

    source = files("scaffold.report.checking").joinpath("page.html.jinja")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    by_rule = {
        code: [one for one in report.findings if one.code == code]
        for code in sorted({one.code for one in report.findings})
    }
    return environment.from_string(source.read_text(encoding="utf-8")).render(
        report=report, by_rule=by_rule, told=told, title=title
    )
