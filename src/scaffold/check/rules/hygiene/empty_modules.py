"""Keep no module that holds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import Delete, Fix
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("HYG010", "empty-module", "P62", level=Level.WARNING, fixable=Fixable.UNSAFE)
def empty_module(repository: Repository) -> Iterator[Found]:
    """A Python file has no content at all.

    Why: its name promises something; a test file without a test is green for ever.

    Do: remove it, or write what its name says. `__init__.py` may be empty.
    """
    for path in repository.files:
        entry = repository.entries[str(path)]
        if path.suffix == ".py" and entry.size == 0 and path.name != "__init__.py":
            fix = Fix(says="remove it", changes=(Delete(path=path),), safe=False)
            yield Found(where=path, because="is empty", fix=fix)
