"""Leave out of a repository what programs make again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import Delete, Fix
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from scaffold.check.repository import Repository

_FOLDERS = frozenset(
    {"__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".mypy_cache", ".ruff_cache"}
)
_SUFFIXES = frozenset({".pyc", ".pyo", ".log", ".sqlite", ".swp", ".orig", ".rej", ".tmp"})
_NAMES = frozenset({".DS_Store", "Thumbs.db", "wget-log", "nohup.out", ".coverage"})
_AGAIN = frozenset({".pyc", ".pyo"})


@rule("HYG001", "made-file-is-kept", "P62", fixable=Fixable.SAFE)
def made_file_is_kept(repository: Repository) -> Iterator[Found]:
    """A cache, a log or another file that a program makes is part of the repository.

    Why: it changes without anybody changing anything, and shows private paths and host names.

    Do: remove it, and let `.gitignore` name it.
    """
    for path in repository.files:
        if repository.tracked is not None and str(path) not in repository.tracked:
            continue
        if _is_made(path):
            again = path.suffix in _AGAIN or bool(_FOLDERS.intersection(path.parts))
            fix = Fix(says="remove it", changes=(Delete(path=path),), safe=again)
            yield Found(where=path, because="is made by a program", fix=fix)


def _is_made(path: PurePosixPath) -> bool:
    by_name = path.name in _NAMES or path.suffix in _SUFFIXES
    return by_name or bool(_FOLDERS.intersection(path.parts))
