"""Show the findings of any verb as lines of text or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scaffold.core.findings import Level

if TYPE_CHECKING:
    from scaffold.core.findings import Finding, Report

SCHEMA = 1
"""The version of the JSON document."""


def plain(report: Report) -> str:
    """Write one finding per line, its remedy under it, and a last line that counts them."""
    return "\n".join((*(_text(finding) for finding in report.findings), _count(report))) + "\n"


def _text(finding: Finding) -> str:
    place = str(finding.where) if finding.line is None else f"{finding.where}:{finding.line}"
    line = f"{place}: {finding.level} {finding.code} {finding.because}"
    return f"{line}\n  try: {finding.remedy}" if finding.remedy else line


def _count(report: Report) -> str:
    counts = [(sum(item.level is level for item in report.findings), level) for level in Level]
    named = [f"{count} {level}{'s' * (count != 1)}" for count, level in counts if count]
    return ", ".join(named) or "no findings"


def dumps(report: Report) -> str:
    """Write a report as JSON: the same report gives the same bytes."""
    document = {
        "kind": "findings",
        "schema": SCHEMA,
        "clean": report.clean,
        "findings": [
            {
                "code": finding.code,
                "level": finding.level.value,
                "where": finding.where.as_posix(),
                "line": finding.line,
                "because": finding.because,
                "remedy": finding.remedy,
            }
            for finding in report.findings
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
