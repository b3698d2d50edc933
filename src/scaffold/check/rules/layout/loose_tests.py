"""Let the folder of a test say which kind of evidence it is."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.edit import Create, Delete, Fix
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_UNIT = "tests/unit"


@rule("LAY004", "test-outside-the-tiers", "P61", "P25", level=Level.WARNING, fixable=Fixable.UNSAFE)
def test_outside_the_tiers(repository: Repository) -> Iterator[Found]:
    """A test lies beside the tiers `unit`, `parity`, `sanity`, `integration`.

    Why: no tier of the continuous integration runs it; and a sign of life counts as evidence.

    Do: move it to its tier.
    """
    if not repository.has_folder(_UNIT):
        return
    for path in repository.under("tests", ".py"):
        if len(path.parts) == 2 and path.name.startswith("test_"):  # noqa: PLR2004 - tests/x.py
            content = repository.content(path)
            moved = PurePosixPath(_UNIT, path.name)
            fix = None
            if content is not None and not repository.has(moved):
                changes = (Create(path=moved, content=content), Delete(path=path))
                fix = Fix(says=f"move it to {_UNIT}/", changes=changes, safe=False)
            yield Found(where=path, because="is in no tier", fix=fix)


test_outside_the_tiers.__test__ = False  # type: ignore[attr-defined]
