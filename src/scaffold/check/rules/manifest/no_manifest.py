"""Have one manifest to be checked against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.manifests import PATH
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("MAN001", "no-manifest", "P01", level=Level.NOTE)
def no_manifest(repository: Repository) -> Iterator[Found]:
    """The repository has no `reengineering.toml`.

    Why: what is reengineered, from what and how far is not written where a program can read it,
    so that only the rules that need no house are applied.

    Do: `scaffold new` writes one; in a repository that is there already, begin with the tables
    [project], [reference], [budget] and [stop].
    """
    if not repository.has(PATH) and repository.lock is None:
        yield Found(where=PATH, because="is not there; rules of a house were not applied")
