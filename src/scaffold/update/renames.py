"""Find which file was renamed to which, by its content: exactly, else by the lines in common."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from scaffold.house.plan import File

ALIKE = 0.5
"""The share of bytes in common lines from which on two files count as one, as in git."""
MOST = 400
"""Pairs that are compared line by line; beyond, only files that are equal are matched."""
_LEAST = 2
"""Lines that a file must have to be recognised by them."""


def renames(
    gone: Mapping[PurePosixPath, File], new: Mapping[PurePosixPath, File]
) -> dict[PurePosixPath, PurePosixPath]:
    """Match files that are gone with files that are new; each at most once.

    Args:
        gone: What is no longer at its place, with what it held.
        new: What stands at places that held nothing.
    """
    found: dict[PurePosixPath, PurePosixPath] = {}
    free = dict(new)
    for path, file in gone.items():
        same = [one for one, other in free.items() if other.content == file.content]
        if same and file.content.strip():
            best = max(same, key=lambda one: (one.name == path.name, str(one)))
            found[path] = best
            del free[best]
    left = {path: file for path, file in gone.items() if path not in found}
    if not left or not free or len(left) * len(free) > MOST:
        return found
    lines = {path: _lines(file) for path, file in (*left.items(), *free.items())}
    scored = sorted(
        (
            (_alike(lines[old], lines[one]), old.name == one.name, str(old), str(one), old, one)
            for old in left
            for one in free
            if old.suffix == one.suffix
        ),
        reverse=True,
    )
    for score, _, _, _, old, one in scored:
        if score >= ALIKE and old not in found and one in free:
            found[old] = one
            del free[one]
    return found


def _lines(file: File) -> Counter[bytes]:
    return Counter(line.strip() for line in file.content.splitlines() if line.strip())


def _alike(one: Counter[bytes], other: Counter[bytes]) -> float:
    if min(one.total(), other.total()) < _LEAST:
        return 0.0
    size = max(_weight(one), _weight(other))
    return _weight(one & other) / size if size else 0.0


def _weight(lines: Counter[bytes]) -> int:
    return sum((len(line) + 1) * count for line, count in lines.items())
