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


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One verdict of one rule about one place."""

    code: str
    level: Level
    where: PurePosixPath
    because: str
    remedy: str = ""
    line: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a verb found, in the order in which a reader wants it."""

    findings: tuple[Finding, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nothing above a note was found."""
        return all(finding.level is Level.NOTE for finding in self.findings)
