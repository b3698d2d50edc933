"""Let what is locked be what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.packages import LOCK, allows, dependencies, locked
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("ENV003", "lock-against-bounds", "P10")
def lock_against_bounds(repository: Repository) -> Iterator[Found]:
    """`requirements.lock` names a version that `pyproject.toml` forbids.

    Why: one of the two was never installed; the tests ran with the other.

    Do: run `make lock`, or widen the bound after a test.
    """
    known = {entry.name: entry for entry in locked(repository, LOCK)}
    for wanted in dependencies(repository):
        entry = known.get(wanted.name)
        if entry is None or not entry.pinned or not wanted.specifier:
            continue
        if not allows(wanted.specifier, entry.pinned):
            yield Found(
                where=LOCK,
                line=entry.line,
                because=f"{entry.name} {entry.pinned} is not {wanted.specifier}",
            )
