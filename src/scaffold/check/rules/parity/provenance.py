"""Know where goldens come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.bundles import bundles
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_WANTED = ("command", "files", "machine", "versions", "weights")


@rule("PAR004", "goldens-of-unknown-origin", "P27", "P11")
def goldens_of_unknown_origin(repository: Repository) -> Iterator[Found]:
    """A bundle does not say by which command, from which files, where and with what it was made.

    Why: a golden that nobody can record again is an opinion.

    Do: record it with `scaffold record`, which writes all of it.
    """
    for bundle in bundles(repository):
        if absent := [key for key in _WANTED if not bundle.provenance.get(key)]:
            yield Found(where=bundle.path, because=f"its provenance lacks {', '.join(absent)}")
