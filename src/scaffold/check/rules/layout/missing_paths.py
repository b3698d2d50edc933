"""Let everything be where the house puts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import Create, Fix
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable
from scaffold.house.table import Owner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("LAY001", "path-is-missing", "P15", "P21", "P22", "P23", "P24", "P25", fixable=Fixable.SAFE)
def path_is_missing(repository: Repository) -> Iterator[Found]:
    """A file of the house's layout is not there.

    Why: whoever knows one repository of the house looks for it in the same place in every other.

    Do: put it back; `scaffold check --fix` does so from `.scaffold/base/` where it was merged
    last. A file that is gone for good is waived.
    """
    if repository.lock is None:
        return
    for path, locked in repository.lock.files.items():
        if repository.has(path):
            continue
        base = repository.base(path) if locked.owner is Owner.BOTH else None
        fix = None
        if base is not None:
            fix = Fix(says="put it back", changes=(Create(path=path, content=base),))
        yield Found(where=path, because="is part of the layout and not there", fix=fix)
