"""Know which house a repository is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.manifests import PATH
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level
from scaffold.house.lock import LOCK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("DRF002", "lock-unreadable", "P15", level=Level.WARNING)
def lock_unreadable(repository: Repository) -> Iterator[Found]:
    """The lock of a repository that has a manifest is missing, or cannot be read.

    Why: without it nobody knows which files are the house's, and no update can merge.

    Do: restore `.scaffold/lock.json` from history.
    """
    if repository.has(PATH) and repository.lock is None and repository.has_folder("docs"):
        there = repository.has(LOCK)
        yield Found(where=LOCK, because="cannot be read" if there else "is not there")
