"""Keep large files out of the history, which nobody can make smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level
from scaffold.house.tree import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

LARGEST = 5_000_000
"""Bytes; what is larger belongs to a release, a hub or an object store."""
_MEGABYTE = 1_000_000


@rule("HYG003", "large-file", "P62", "P42", level=Level.WARNING)
def large_file(repository: Repository) -> Iterator[Found]:
    """A file is larger than 5 MB.

    Why: every clone carries every version of it for good.

    Do: publish it as a release or on a hub, with its hash in the manifest.
    """
    for entry in repository.tree.entries:
        kept = repository.tracked is None or str(entry.path) in repository.tracked
        if kept and entry.kind is Kind.FILE and entry.size > LARGEST:
            size = round(entry.size / _MEGABYTE)
            yield Found(where=entry.path, because=f"has {size} MB")
