"""Run the rules over a repository, and tell what counts from what is waived or known."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.baseline import BASELINE, read
from scaffold.check.baseline import split as split_known
from scaffold.check.claims import claimed, reaches
from scaffold.check.policy import Policy
from scaffold.check.repository import Repository
from scaffold.check.rule import Found
from scaffold.check.waivers import split as split_waived
from scaffold.check.waivers import waivers
from scaffold.core.findings import Finding, Fixable, Level, Report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from scaffold.check.edit import Fix
    from scaffold.check.listing import Listing
    from scaffold.check.rule import Rule

UNABLE = "the rule could not be evaluated:"

_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is checked: which rules, how strictly, up to which gate."""

    rules: tuple[Rule, ...]
    today: date
    policy: Policy = field(default_factory=Policy)
    only: frozenset[str] = frozenset()
    """Ids or prefixes of ids; empty for all."""
    gate: str = ""
    """Rules that wait for a gate count up to this one; empty for what the manifest claims."""
    baseline: bool = True
    """Whether what the baseline holds is left out."""

    @property
    def chosen(self) -> tuple[Rule, ...]:
        """The rules that are run."""
        return tuple(rule for rule in self.rules if self._wants(rule))

    def _wants(self, rule: Rule) -> bool:
        off = rule.id in self.policy.levels and self.policy.levels[rule.id] is None
        asked = not self.only or any(rule.id.startswith(one) for one in self.only)
        return asked and not off


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What was found, and how each finding is mended where that is known."""

    report: Report
    fixes: tuple[tuple[Finding, Fix], ...]


def check(found: Listing, asked: Asked) -> Checked:
    """Hold a repository against the rules."""
    return look(Repository(found, policy=asked.policy, today=asked.today), asked)


def look(repository: Repository, asked: Asked) -> Checked:
    """Run the rules over a repository that may not be written yet."""
    gate = asked.gate or claimed(repository.manifest)
    pairs = sorted(_found(repository, asked, gate), key=_place)
    fixes = {id(finding): fix for finding, fix in pairs if fix is not None}
    fresh, waived = split_waived(
        [finding for finding, _ in pairs], waivers(repository.manifest), asked.today
    )
    text = repository.text(str(BASELINE)) if asked.baseline else None
    fresh, known = split_known(fresh, read(text, where=str(BASELINE)))
    report = Report(
        findings=tuple(fresh),
        waived=tuple(waived),
        known=tuple(known),
        rules=len(asked.chosen),
        files=len(repository.files),
    )
    mended = ((finding, fixes[id(finding)]) for finding in fresh if id(finding) in fixes)
    return Checked(report=report, fixes=tuple(mended))


def _found(repository: Repository, asked: Asked, gate: str) -> Iterator[tuple[Finding, Fix | None]]:
    for rule in asked.chosen:
        for found in _looked(rule, repository):
            yield _finding(rule, found, _level(rule, found, asked.policy, gate)), found.fix


def _looked(rule: Rule, repository: Repository) -> Iterator[Found]:
    """Run one rule; one that stumbles says so, and the others are run all the same."""
    try:
        yield from rule.look(repository)
    except Exception as error:  # noqa: BLE001 - a stranger's file, or a rule of a package
        yield Found(
            where=PurePosixPath(),
            because=f"{UNABLE} {type(error).__name__}: {error}",
            remedy="report it with the file that it stumbled over",
        )


def _level(rule: Rule, found: Found, policy: Policy, gate: str) -> Level:
    level = policy.levels.get(rule.id) or rule.level
    awaited = found.gate or rule.gate
    waits = bool(awaited) and not reaches(gate, awaited)
    return Level.NOTE if waits else level


def _finding(rule: Rule, found: Found, level: Level) -> Finding:
    fixable = Fixable.NO
    if found.fix is not None:
        fixable = Fixable.SAFE if found.fix.safe else Fixable.UNSAFE
    return Finding(
        code=rule.id,
        level=level,
        where=found.where,
        because=found.because,
        remedy=found.remedy or rule.remedy,
        line=found.line,
        rule=rule.name,
        practices=rule.practices,
        gate=found.gate or rule.gate,
        fix=fixable,
    )


def _place(pair: tuple[Finding, Fix | None]) -> tuple[int, str, int, str, str]:
    finding = pair[0]
    place = (str(finding.where), finding.line or 0, finding.code, finding.because)
    return (_ORDER[finding.level], *place)
