"""Leave to the house what is the house's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level
from scaffold.house.lock import digest
from scaffold.house.table import Owner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("DRF001", "house-file-changed", "P15", level=Level.WARNING)
def house_file_changed(repository: Repository) -> Iterator[Found]:
    """A file that belongs to the house was changed here.

    Why: an update of the house replaces it; and whatever it fixes is missing in the other
    repositories.

    Do: take the change to the house's template, or put the file back from history.
    """
    if repository.lock is None:
        return
    for path, locked in repository.lock.files.items():
        if locked.owner is not Owner.TEMPLATE:
            continue
        content = repository.content(path)
        if content is not None and digest(content) != locked.hash:
            yield Found(where=path, because="is the house's, and was changed here")
