"""Write a report as SARIF 2.1.0, which code scanning and editors read."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.core.findings import Finding, Report, Told

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "REPOSITORY"


def dumps(report: Report, *, told: Mapping[str, Told], version: str) -> str:
    """Write a report with every rule that was evaluated, waived findings as suppressed results."""
    codes = sorted(told)
    index = {code: number for number, code in enumerate(codes)}
    results = [_result(one, index) for one in report.findings]
    for waived in report.waived:
        said = f"{waived.reason} ({waived.owner}, until {waived.expires})"
        suppressed = {"kind": "external", "status": "accepted", "justification": said}
        results.append(_result(waived.finding, index) | {"suppressions": [suppressed]})
    results.extend(
        _result(finding, index) | {"baselineState": "unchanged"} for finding in report.known
    )
    run = {
        "tool": {
            "driver": {
                "name": "scaffold check",
                "semanticVersion": version,
                "rules": [_rule(told[code]) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The repository that was checked."}}},
        "results": results,
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(told: Told) -> dict[str, Any]:
    return {
        "id": told.code,
        "name": "".join(word.capitalize() for word in told.name.split("-")),
        "shortDescription": {"text": told.says},
        "fullDescription": {"text": told.why},
        "help": {"text": told.remedy},
        "defaultConfiguration": {"level": told.level.value},
        "properties": {"tags": [told.family, *told.practices], "fix": told.fixable.value},
    }


def _result(finding: Finding, index: Mapping[str, int]) -> dict[str, Any]:
    place: dict[str, Any] = {
        "artifactLocation": {"uri": quote(finding.where.as_posix()), "uriBaseId": ROOT}
    }
    if finding.line is not None:
        place["region"] = {"startLine": finding.line}
    known = f"{finding.code}\0{finding.where}\0{finding.because}"
    rule = {"ruleIndex": index[finding.code]} if finding.code in index else {}
    return {
        "ruleId": finding.code,
        **rule,
        "level": finding.level.value,
        "message": {"text": f"{finding.because}. {finding.remedy}".strip()},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"finding/v1": sha256(known.encode()).hexdigest()[:32]},
    }
