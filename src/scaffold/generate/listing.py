"""Show a repository as a tree, with a line of purpose per path."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_GAP = 2


def tree_lines(
    paths: Iterable[PurePosixPath], purposes: Mapping[PurePosixPath, str]
) -> tuple[str, ...]:
    """Draw paths as a tree; folders come first, and purposes stand in one column."""
    everything = {part for path in paths for part in (path, *path.parents)} - {PurePosixPath()}
    folders = {path.parent for path in everything}
    drawn = list(_drawn(PurePosixPath(), everything, folders, ""))
    width = max((len(text) for text, _ in drawn), default=0) + _GAP
    return tuple(
        f"{text:<{width}}{purpose}".rstrip()
        for text, purpose in ((text, purposes.get(path, "")) for text, path in drawn)
    )


def _drawn(
    at: PurePosixPath, paths: set[PurePosixPath], folders: set[PurePosixPath], indent: str
) -> Iterable[tuple[str, PurePosixPath]]:
    inside = sorted(
        (path for path in paths if path.parent == at),
        key=lambda path: (path not in folders, path.name),
    )
    for path in inside:
        last = path == inside[-1]
        name = f"{path.name}/" if path in folders else path.name
        yield f"{indent}{'└── ' if last else '├── '}{name}", path
        if path in folders:
            yield from _drawn(path, paths, folders, indent + ("    " if last else "│   "))
