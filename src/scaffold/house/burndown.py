"""Follow how far a reference was rewritten from commit to commit, by the table of parts in git."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.house.git import run
from scaffold.house.parts import PARTS, Status

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """How many classes were written at one commit, of how many."""

    commit: str
    when: datetime
    written: int
    classes: int

    @property
    def left(self) -> int:
        """How many were still the reference's own."""
        return self.classes - self.written


def burndown(root: Path) -> tuple[Mark, ...]:
    """Give a mark for every commit that changed the table of parts, the oldest first.

    Nothing where git knows nothing of it; a commit whose table cannot be read has no mark.
    """
    try:
        log = run(root, "log", "--reverse", "--format=%H %cI", "--", PARTS)
        rows = [line.partition(" ")[::2] for line in log.stdout.decode().splitlines()]
        asked = "".join(f"{commit}:./{PARTS}\n" for commit, _ in rows)
        found = run(root, "cat-file", "--batch", given=asked.encode()).stdout if rows else b""
    except ScaffoldError:
        return ()
    tables = _contents(found, len(rows))
    pairs = zip(rows, tables, strict=True)
    marks = (_mark(commit, when, table) for (commit, when), table in pairs)
    return tuple(mark for mark in marks if mark is not None)


def _contents(answer: bytes, count: int) -> list[bytes]:
    """Take git's answer apart: a line with the size, the content, a line feed; or `... missing`."""
    found: list[bytes] = []
    for _ in range(count):
        head, _, answer = answer.partition(b"\n")
        words = head.split()
        size = int(words[-1]) if words and words[-1].isdigit() else 0
        found.append(answer[:size])
        answer = answer[size + 1 :] if size else answer
    return found


def _mark(commit: str, when: str, table: bytes) -> Mark | None:
    try:
        rows = tomllib.loads(table.decode("utf-8"))["part"]
        states = [row["status"] for row in rows]
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError):
        return None
    return Mark(
        commit=commit,
        when=datetime.fromisoformat(when),
        written=states.count(Status.WRITTEN),
        classes=len(states),
    )
