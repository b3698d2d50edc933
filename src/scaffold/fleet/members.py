"""Say which repositories a fleet has: a file that lists them, or a folder that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.house.lock import LOCK

if TYPE_CHECKING:
    from pathlib import Path

_DEEPEST = 3
"""Folders below the one that is named, in which repositories are looked for."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Member:
    """One repository of a fleet."""

    name: str
    """How it is shown: its path below the folder, or as the list has it."""
    root: Path


def members(source: Path) -> tuple[Member, ...]:
    """Give the repositories of a fleet, by name.

    Args:
        source: A text file with one path a line (`#` begins a comment; paths are relative to the
            file), or a folder whose repositories are those with a lock.
    """
    if source.is_dir():
        found = [Member(name=str(root.relative_to(source)), root=root) for root in _below(source)]
    elif source.is_file():
        found = list(_listed(source))
    else:
        raise ScaffoldError(
            "is neither a file that lists repositories nor a folder that holds them",
            where=str(source),
            remedy="name a text file with one path a line, or a folder",
        )
    if not found:
        raise ScaffoldError(
            "has no repository",
            where=str(source),
            remedy=f"a repository of a fleet has a {LOCK}",
        )
    return tuple(sorted(found))


def _listed(source: Path) -> list[Member]:
    try:
        lines = source.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ScaffoldError(
            f"cannot be read: {error}", where=str(source), remedy="write one path a line"
        ) from error
    names = [line.partition("#")[0].strip() for line in lines]
    return [
        Member(name=name, root=(source.parent / name).resolve())
        for name in dict.fromkeys(names)
        if name
    ]


def _below(folder: Path) -> list[Path]:
    found: list[Path] = []
    waiting = [(folder, 0)]
    while waiting:
        at, depth = waiting.pop()
        if (at / LOCK).is_file() and at != folder:
            found.append(at)
            continue
        if depth < _DEEPEST:
            waiting += [
                (child, depth + 1)
                for child in at.iterdir()
                if child.is_dir() and not child.is_symlink() and not child.name.startswith(".")
            ]
    return found
