"""Keep the reference outside of what is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.check.rules.structure.import_direction import imported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_OUTSIDE = ("reference", "tests")


@rule("STR002", "reference-is-imported", "P19")
def reference_is_imported(repository: Repository) -> Iterator[Found]:
    """Code in `src/` imports `reference/` or `tests/`.

    Why: a reimplementation that runs the reference is proved equal to itself; and the reference's
    licence and environment come along.

    Do: let only recorded tensors cross, through `goldens/`.
    """
    if not repository.manifest:
        return
    for source in repository.own:
        for line, module in imported(source, repository.package):
            first = module.split(".")[0]
            if first in _OUTSIDE and repository.has_folder(first):
                yield Found(where=source.path, line=line, because=f"imports {first}/")
