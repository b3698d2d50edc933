"""Let a lock name versions, to the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.packages import locked
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("ENV001", "lock-is-open", "P10")
def lock_is_open(repository: Repository) -> Iterator[Found]:
    """An entry of a lock file does not name one version.

    Why: the same lock gives another environment next month, and with it other numbers.

    Do: write `==`, or the hash of the file; `make lock` does.
    """
    for path in repository.files:
        if path.name != "requirements.lock":
            continue
        for entry in locked(repository, path):
            address = "@" in entry.text and "sha256=" in entry.text
            if not entry.pinned and not address:
                yield Found(where=path, line=entry.line, because=f"{entry.name} has no version")
