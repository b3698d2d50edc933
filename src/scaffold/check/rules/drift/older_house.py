"""Say when the house has moved on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level
from scaffold.house.lock import LOCK
from scaffold.house.shipped import shelf
from scaffold.house.table import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("DRF005", "house-has-moved-on", "P15", level=Level.NOTE)
def house_has_moved_on(repository: Repository) -> Iterator[Found]:
    """The repository is of another version of its house than the one that ships.

    Why: what the house learnt since then is missing here.

    Do: `scaffold plan` shows what an update would bring.
    """
    if repository.lock is None or "/" in repository.lock.house:
        return
    shipped = version_of(shelf() / repository.lock.house)
    if shipped and shipped != repository.lock.version:
        said = f"is of {repository.lock.house} {repository.lock.version}; {shipped} ships"
        yield Found(where=LOCK, because=said)
