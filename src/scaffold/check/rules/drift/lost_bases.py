"""Keep what an update merges from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import Create, Fix
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level
from scaffold.house.base import base_of
from scaffold.house.lock import digest
from scaffold.house.table import Owner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("DRF003", "merge-base-lost", "P15", level=Level.WARNING, fixable=Fixable.SAFE)
def merge_base_lost(repository: Repository) -> Iterator[Found]:
    """The merge base of a shared file is missing, or was changed.

    Why: an update would take the house's old text for yours, or yours for the house's.

    Do: restore `.scaffold/base/` from history. Where the file itself is unchanged, `--fix` copies
    it.
    """
    if repository.lock is None:
        return
    for path, locked in repository.lock.files.items():
        if locked.owner is not Owner.BOTH:
            continue
        base = repository.base(path)
        if base is not None and digest(base) == locked.hash:
            continue
        content = repository.content(path)
        if base is None and content is not None and b"\0" in content:
            continue
        fix = None
        if base is None and content is not None and digest(content) == locked.hash:
            create = Create(path=base_of(path), content=content)
            fix = Fix(says="copy it", changes=(create,))
        said = "is not there" if base is None else "was changed"
        yield Found(where=base_of(path), because=said, fix=fix)
