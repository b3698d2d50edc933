"""Lock everything that the package needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.packages import LOCK, PYPROJECT, dependencies, locked, optional
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_OURS = "refscaffold"


@rule("ENV002", "dependency-not-locked", "P10", level=Level.WARNING)
def dependency_not_locked(repository: Repository) -> Iterator[Found]:
    """A dependency of the package has no entry in `requirements.lock`.

    Why: its version is whatever the day gives. What is an extra as well, and came in by a choice,
    may be missing: the lock holds what the tests need.

    Do: run `make lock`.
    """
    if not repository.has(LOCK):
        return
    known = {entry.name for entry in locked(repository, LOCK)}
    extras = optional(repository)
    for wanted in dependencies(repository):
        if wanted.pinned:
            continue
        if wanted.name not in known and wanted.name not in {_OURS, *extras}:
            yield Found(
                where=PYPROJECT, line=wanted.line, because=f"{wanted.name} is not in {LOCK}"
            )
