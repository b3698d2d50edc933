"""Say what an update does with one file, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from scaffold.house.plan import File


class Verdict(StrEnum):
    """What becomes of a file."""

    TAKEN = "taken"
    """The house changed it, you did not: the house's text."""
    KEPT = "kept"
    """You changed it, the house did not: yours stays."""
    SAME = "same"
    """Both made the same change."""
    MERGED = "merged"
    """Both changed it, in different places: both changes are in it."""
    ADDED = "added"
    """New in the house."""
    REMOVED = "removed"
    """The house gave it up, and you had not changed it."""
    MOVED = "moved"
    """The house or you renamed it; the changes of both went along."""
    LEFT = "left to you"
    """The file is yours; what the house changed in it was not brought in."""
    GONE = "stays deleted"
    """You deleted it, and the house did not change it."""
    CONFLICT = "conflict"
    """Both changed the same place, or one deleted what the other changed: you decide."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """What the index of git holds of a conflict: the common text, yours, the house's."""

    base: File | None
    ours: File | None
    theirs: File | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One file of a plan."""

    path: PurePosixPath
    """Where it lies afterwards."""
    verdict: Verdict
    reason: str
    result: File | None
    """What it holds afterwards; None for nothing."""
    before: PurePosixPath | None = None
    """Where it lay in the repository, where that is another place."""
    stages: Stages | None = None
    how: str = ""
    """By what it was merged: `toml`, `yaml`, `json`, `lines`."""

    @property
    def removes(self) -> PurePosixPath | None:
        """The place where nothing lies afterwards, where something lay."""
        if self.before is not None:
            return self.before
        return self.path if self.verdict is Verdict.REMOVED else None
