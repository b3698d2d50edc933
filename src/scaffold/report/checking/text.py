"""Show findings on a terminal: place, source line, what, what to do; why once per rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import PurePosixPath

    from scaffold.core.findings import Finding, Report, Told

    Lines = Callable[[PurePosixPath], Sequence[str]]

_LONGEST = 110


def plain(
    report: Report, *, lines: Lines | None = None, told: Mapping[str, Told] | None = None
) -> str:
    """Write a report for a person.

    Args:
        report: What was found.
        lines: Gives the lines of a file, for excerpts; without it there are none.
        told: What each rule says of itself, by its code; without it no reasons are given.
    """
    parts: list[str] = []
    reasoned: set[str] = set()
    waiting = [one for one in report.findings if one.level is Level.NOTE and one.gate]
    for finding in report.findings:
        if finding in waiting:
            continue
        parts += _shown(finding, lines)
        rule = (told or {}).get(finding.code)
        if rule is not None and finding.code not in reasoned:
            parts.append(f"  why: {rule.why} ({', '.join(rule.practices)})")
        reasoned.add(finding.code)
        parts += _remedy(finding)
    parts += _by_gate(waiting)
    return "\n".join((*parts, *_summary(report))) + "\n"


def _shown(finding: Finding, lines: Lines | None) -> list[str]:
    place = str(finding.where) if finding.line is None else f"{finding.where}:{finding.line}"
    shown = [f"{place}: {finding.level} {finding.code} {finding.because}"]
    if lines is not None and finding.line is not None:
        source = lines(finding.where)
        if finding.line <= len(source) and source[finding.line - 1].strip():
            text = source[finding.line - 1].rstrip()
            cut = f"{text[:_LONGEST]}..." if len(text) > _LONGEST else text
            shown.append(f"  {finding.line:>5} | {cut}")
    return shown


def _remedy(finding: Finding) -> list[str]:
    if not finding.remedy:
        return []
    by_itself = {Fixable.SAFE: " [--fix]", Fixable.UNSAFE: " [--fix --unsafe]", Fixable.NO: ""}
    return [f"  try: {finding.remedy}{by_itself[finding.fix]}"]


def _by_gate(waiting: list[Finding]) -> list[str]:
    if not waiting:
        return []
    gates = list(dict.fromkeys(finding.gate for finding in waiting))
    gates.sort(key=_order)
    parts = ["", "still to be done, by the gate that waits for it:"]
    for gate in gates:
        parts.extend(
            f"  {gate:<4} {finding.where}: {finding.because} ({finding.code})"
            for finding in waiting
            if finding.gate == gate
        )
    return [*parts, ""]


def _order(gate: str) -> tuple[int, str]:
    digits = "".join(letter for letter in gate if letter.isdigit())
    return int(digits or 0), gate


def _summary(report: Report) -> list[str]:
    counts = [(sum(item.level is level for item in report.findings), level) for level in Level]
    named = [f"{count} {level}{'s' * (count != 1)}" for count, level in counts if count]
    looked = f"; {report.rules} rules, {report.files} files" if report.rules else ""
    parts = [(", ".join(named) or "no findings") + looked]
    for owner, count in sorted(Counter(one.owner for one in report.waived).items()):
        ends = min(one.expires for one in report.waived if one.owner == owner)
        parts.append(f"{count} waived by {owner}, the first until {ends}")
    if report.known:
        parts.append(f"{len(report.known)} known to the baseline")
    safe = sum(one.fix is Fixable.SAFE for one in report.findings)
    unsafe = sum(one.fix is Fixable.UNSAFE for one in report.findings)
    if safe or unsafe:
        more = f", {unsafe} more with --fix --unsafe" if unsafe else ""
        parts.append(f"{safe} can be mended with --fix{more}")
    return parts
