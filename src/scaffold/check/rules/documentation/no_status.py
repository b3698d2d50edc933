"""Let every page say how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.documents import STATUSES, pages, set_front, status
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("DOC001", "page-without-status", "P63", "P08", fixable=Fixable.SAFE)
def page_without_status(repository: Repository) -> Iterator[Found]:
    """A page of `docs/` has no status, or one that is none of stub, draft, done.

    Why: a template that nobody filled in reads like an answer.

    Do: write `status: stub`, `draft` or `done` between dashes at its top.
    """
    if not repository.manifest:
        return
    for path in pages(repository):
        said = status(repository, path)
        if said not in STATUSES:
            fix = set_front(repository, path, "status", "draft" if said else "stub", "say so")
            because = f"its status is {said!r}" if said else "has no status"
            yield Found(where=path, line=1, because=because, fix=fix)
