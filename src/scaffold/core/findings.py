"""Hold what a check found, without knowing how it was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePosixPath


class Level(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Fixable(StrEnum):
    """Whether a fix is known, and whether it could change what the repository computes."""

    NO = "no"
    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One verdict of one rule about one place."""

    code: str
    level: Level
    where: PurePosixPath
    because: str
    remedy: str = ""
    line: int | None = None
    rule: str = ""
    """The rule's name in words, e.g. `implicit-default`."""
    practices: tuple[str, ...] = ()
    gate: str = ""
    """The gate that it keeps shut, where it is an error at that gate only."""
    fix: Fixable = Fixable.NO


@dataclass(frozen=True, kw_only=True, slots=True)
class Waived:
    """A finding that the manifest accepts for a while."""

    finding: Finding
    reason: str
    owner: str
    expires: str
    """An ISO date."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a rule says of itself, for reports that explain."""

    code: str
    name: str
    family: str
    level: Level
    says: str
    why: str
    remedy: str
    practices: tuple[str, ...]
    fixable: Fixable


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a verb found, in the order in which a reader wants it."""

    findings: tuple[Finding, ...] = ()
    waived: tuple[Waived, ...] = ()
    known: tuple[Finding, ...] = ()
    """Findings that a baseline holds: they were there before anybody asked."""
    rules: int = 0
    """How many rules were evaluated."""
    files: int = 0
    """How many files were there to be looked at."""

    @property
    def clean(self) -> bool:
        """Whether nothing above a note was found."""
        return all(finding.level is Level.NOTE for finding in self.findings)
