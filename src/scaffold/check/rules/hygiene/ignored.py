"""Let git ignore what every Python project makes."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.edit import Create, Fix
from scaffold.check.facts.documents import append
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

IGNORE = PurePosixPath(".gitignore")
WANTED = "__pycache__/"
WAYS = frozenset(
    {
        *("__pycache__", "__pycache__/", "**/__pycache__/", "**/__pycache__", "*__pycache__*"),
        *("*.py[cod]", "*.pyc", "*.py[co]", "*.pyc*", "*.py[codz]", "**/*.pyc", "*.pyc/"),
    }
)
"""The ways to write it."""


@rule("HYG005", "caches-not-ignored", "P62", level=Level.WARNING, fixable=Fixable.SAFE)
def caches_not_ignored(repository: Repository) -> Iterator[Found]:
    """`.gitignore` does not name the caches that Python writes.

    Why: the next `git add .` takes them along.

    Do: add the line.
    """
    if not any(path.suffix == ".py" for path in repository.files):
        return
    if not repository.has(IGNORE):
        create = Create(path=IGNORE, content=f"{WANTED}\n".encode())
        fix = Fix(says="begin it", changes=(create,))
        yield Found(where=IGNORE, because="is not there", fix=fix)
    elif WAYS.isdisjoint(line.strip() for line in repository.lines(IGNORE)):
        added = append(repository, IGNORE, f"{WANTED}\n", f"ignore {WANTED}")
        yield Found(where=IGNORE, because=f"does not name {WANTED}", fix=added)
