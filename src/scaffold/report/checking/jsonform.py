"""Write a report as JSON; the schema is `report/schemas/findings.schema.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaffold.core.findings import Finding, Report

SCHEMA = 1
"""The version of the JSON document."""


def dumps(report: Report) -> str:
    """Write a report as JSON: the same report gives the same bytes."""
    document = {
        "kind": "findings",
        "schema": SCHEMA,
        "clean": report.clean,
        "rules": report.rules,
        "files": report.files,
        "findings": [_row(finding) for finding in report.findings],
        "waived": [
            {
                **_row(one.finding),
                "waiver": {"reason": one.reason, "owner": one.owner, "expires": one.expires},
            }
            for one in report.waived
        ],
        "known": [_row(finding) for finding in report.known],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "rule": finding.rule,
        "level": finding.level.value,
        "where": finding.where.as_posix(),
        "line": finding.line,
        "because": finding.because,
        "remedy": finding.remedy,
        "practices": list(finding.practices),
        "gate": finding.gate,
        "fix": finding.fix.value,
    }
