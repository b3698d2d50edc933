"""Read the waivers of the manifest: a rule, perhaps a place, a reason, an owner, an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from scaffold.core.findings import Waived

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scaffold.core.findings import Finding

KEYS = ("rule", "reason", "owner", "expires")


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiver:
    """A finding, or all of a rule, or a gate, that is accepted until a day."""

    rule: str
    path: str
    """A pattern as of the shell; `*` is everywhere."""
    reason: str
    owner: str
    expires: date

    def covers(self, finding: Finding) -> bool:
        """Whether it speaks of a finding."""
        same = self.rule in (finding.code, finding.rule) or self.rule == finding.gate
        return same and fnmatchcase(str(finding.where), self.path)


def waivers(manifest: Mapping[str, Any]) -> tuple[Waiver, ...]:
    """Give the waivers that are complete; the others are for a rule to complain about."""
    rows = manifest.get("waiver", [])
    rows = rows if isinstance(rows, list) else []
    return tuple(_waiver(row) for row in rows if not lacking(row))


def lacking(row: object) -> tuple[str, ...]:
    """Name the keys that a row lacks or has wrong."""
    if not isinstance(row, dict):
        return KEYS
    wrong = [key for key in KEYS[:3] if not isinstance(row.get(key), str) or not row[key].strip()]
    if _day(row.get("expires")) is None:
        wrong.append("expires")
    return tuple(wrong)


def expiry(row: object) -> date | None:
    """Give the day on which a row ends, where it says one."""
    return _day(row.get("expires")) if isinstance(row, dict) else None


def split(
    findings: Iterable[Finding], given: tuple[Waiver, ...], today: date
) -> tuple[list[Finding], list[Waived]]:
    """Tell what is waived today from what is not."""
    live = [waiver for waiver in given if waiver.expires >= today]
    kept: list[Finding] = []
    waived: list[Waived] = []
    for finding in findings:
        waiver = next(_covering(finding, live), None)
        if waiver is None:
            kept.append(finding)
        else:
            waived.append(
                Waived(
                    finding=finding,
                    reason=waiver.reason,
                    owner=waiver.owner,
                    expires=waiver.expires.isoformat(),
                )
            )
    return kept, waived


def _covering(finding: Finding, live: list[Waiver]) -> Iterator[Waiver]:
    return (waiver for waiver in live if waiver.covers(finding))


def _waiver(row: Mapping[str, Any]) -> Waiver:
    path = row.get("path", "*")
    return Waiver(
        rule=row["rule"],
        path=path if isinstance(path, str) else "*",
        reason=row["reason"],
        owner=row["owner"],
        expires=_day(row["expires"]) or date.min,
    )


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
