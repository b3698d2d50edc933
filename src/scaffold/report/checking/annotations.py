"""Write findings as the annotations of a continuous integration: GitHub's, GitLab's."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from scaffold.core.findings import Level

if TYPE_CHECKING:
    from scaffold.core.findings import Finding, Report

_GITHUB = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
_GITLAB = {Level.ERROR: "major", Level.WARNING: "minor", Level.NOTE: "info"}


def github(report: Report) -> str:
    """Write one workflow command per finding, which GitHub shows beside the line."""
    return "".join(_command(finding) for finding in report.findings)


def gitlab(report: Report) -> str:
    """Write a Code Quality report, which GitLab shows in the merge request."""
    rows = [
        {
            "description": f"{finding.because}; {finding.remedy}",
            "check_name": f"{finding.code} {finding.rule}",
            "fingerprint": sha256(
                f"{finding.code}\0{finding.where}\0{finding.because}\0{finding.line}".encode()
            ).hexdigest(),
            "severity": _GITLAB[finding.level],
            "location": {
                "path": finding.where.as_posix(),
                "lines": {"begin": finding.line or 1},
            },
        }
        for finding in report.findings
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def _command(finding: Finding) -> str:
    place = f"file={_property(finding.where.as_posix())},line={finding.line or 1}"
    title = _property(f"{finding.code} {finding.rule}")
    said = _data(f"{finding.because}\ntry: {finding.remedy}" if finding.remedy else finding.because)
    return f"::{_GITHUB[finding.level]} {place},title={title}::{said}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
