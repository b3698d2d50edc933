"""Find keys in a YAML text, and change or add one value on its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.edit import Edit, Fix

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from scaffold.check.repository import Repository


def line_of(repository: Repository, path: PurePosixPath | str, key: str) -> int | None:
    """Give the first line on which a key stands, at whatever depth."""
    wanted = re.compile(rf"\s*(?:-\s+)?[\"']?{re.escape(key)}[\"']?\s*:")
    for number, line in enumerate(repository.lines(path), start=1):
        if wanted.match(line):
            return number
    return None


def on_line(
    repository: Repository, path: PurePosixPath, number: int, old: str, new: str, says: str
) -> Fix | None:
    """Put one text in the place of another on one line."""
    content = repository.content(path)
    if content is None:
        return None
    lines = content.split(b"\n")
    at = lines[number - 1].find(old.encode())
    if at < 0:
        return None
    start = sum(len(line) + 1 for line in lines[: number - 1]) + at
    edit = Edit(path=path, start=start, end=start + len(old.encode()), text=new.encode())
    return Fix(says=says, changes=(edit,))


def insert_line(
    repository: Repository, path: PurePosixPath, after: int, text: str, says: str
) -> Fix | None:
    """Add lines after a line; 0 is the beginning."""
    content = repository.content(path)
    if content is None or b"\r" in content:
        return None
    lines = content.split(b"\n")
    start = min(sum(len(line) + 1 for line in lines[:after]), len(content))
    joint = b"\n" if start and not content[:start].endswith(b"\n") else b""
    edit = Edit(path=path, start=start, end=start, text=joint + text.encode() + b"\n")
    return Fix(says=says, changes=(edit,))


def without_line(repository: Repository, path: PurePosixPath, number: int, says: str) -> Fix | None:
    """Take one line out."""
    content = repository.content(path)
    if content is None:
        return None
    lines = content.split(b"\n")
    start = sum(len(line) + 1 for line in lines[: number - 1])
    end = min(start + len(lines[number - 1]) + 1, len(content))
    return Fix(says=says, changes=(Edit(path=path, start=start, end=end, text=b""),))
