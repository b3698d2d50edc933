"""Keep what was found of each repository, one line each, so that a run that was stopped goes on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from scaffold.check.listing import ask_git
from scaffold.house.lock import LOCK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What one verb found of one repository."""

    name: str
    verb: str
    state: str
    """What was looked at: a hash over commit, changes, lock and house."""
    error: str = ""
    """Why nothing could be found, with its place and remedy; empty where something could."""
    house: str = ""
    version: str = ""
    gate: str = ""
    findings: dict[str, int] = field(default_factory=dict)
    """How many by rule, notes left out."""
    waived: list[list[str]] = field(default_factory=list)
    """Rule, owner, expiry."""
    verdicts: dict[str, int] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    after: str = ""
    """The version that an update leads to."""
    branch: str = ""
    """The branch on which an update lies."""


class Results:
    """A file of rows; later rows of a repository stand for earlier ones."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def rows(self) -> dict[tuple[str, str], Row]:
        """Give the last row of every repository and verb; what cannot be read is left out."""
        return {(row.name, row.verb): row for row in self.history()}

    def history(self) -> Iterator[Row]:
        """Give every row, oldest first."""
        if not self._path.is_file():
            return
        with self._path.open(encoding="utf-8") as file:
            for line in file:
                row = _row(line)
                if row is not None:
                    yield row

    def add(self, row: Row) -> None:
        """Keep one row, on disk at once."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"schema": SCHEMA, **asdict(row)}, sort_keys=True) + "\n")


def _row(line: str) -> Row | None:
    """Read a row; the last line of a run that was killed may be half a one."""
    try:
        content: dict[str, Any] = json.loads(line)
        if content.pop("schema") != SCHEMA:
            return None
        return Row(**content)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def state_of(root: Path, *more: str) -> str:
    """Hash what an answer depends on: the commit, what is not committed, the lock, and more."""
    digest = blake2b(digest_size=12)
    said = (ask_git(root, "rev-parse", "HEAD"), ask_git(root, "status", "--porcelain"))
    lock = root / LOCK
    known = lock.read_bytes() if lock.is_file() and not lock.is_symlink() else b""
    for part in (*(text or "" for text in said), *more):
        digest.update(f"{part}\0".encode("utf-8", "surrogateescape"))
    digest.update(known)
    return digest.hexdigest()
