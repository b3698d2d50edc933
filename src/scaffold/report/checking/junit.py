"""Write a report as JUnit XML: one test case per rule, failed where it found something."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.core.findings import Finding, Report, Told


def dumps(report: Report, *, told: Mapping[str, Told]) -> str:
    """Write a report; notes fail nothing, waived findings are skipped cases."""
    waived = {one.finding.code: one for one in report.waived}
    cases: list[str] = []
    failed = skipped = 0
    for code in sorted(told):
        found = [one for one in report.findings if one.code == code and one.level is not Level.NOTE]
        inside = ""
        if found:
            failed += 1
            said = f"{len(found)} finding{'s' * (len(found) != 1)}"
            text = escape("\n".join(_line(one) for one in found))
            inside = f"<failure message={quoteattr(said)}>{text}</failure>"
        elif code in waived:
            skipped += 1
            inside = f"<skipped message={quoteattr(f'waived: {waived[code].reason}')}/>"
        named = f"name={quoteattr(f'{code} {told[code].name}')}"
        cases.append(
            f"  <testcase classname={quoteattr(told[code].family)} {named}>{inside}</testcase>"
        )
    counts = f'tests="{len(cases)}" failures="{failed}" skipped="{skipped}" errors="0"'
    body = "\n".join(cases)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites {counts}>\n'
        f'<testsuite name="scaffold check" {counts}>\n{body}\n</testsuite>\n</testsuites>\n'
    )


def _line(finding: Finding) -> str:
    place = f"{finding.where}:{finding.line}" if finding.line else str(finding.where)
    return f"{place}: {finding.because}\n  try: {finding.remedy}"
