"""List the pages that a person still has to write, by the gate that waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.claims import GATES
from scaffold.check.facts.documents import front, pages
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_LAST = "G11"


@rule("DOC003", "page-not-done", "P08", "P63", "P03", "P16")
def page_not_done(repository: Repository) -> Iterator[Found]:
    """A page is a stub or a draft, and the gate in its front matter waits for it.

    Why: what was understood is written when it is understood, or never.

    Do: finish it, and set its status to `done`. Until its gate is asked for this is a note.
    """
    if not repository.manifest:
        return
    for path in pages(repository):
        values = front(repository, path).values
        said = values.get("status")
        gate = values.get("gate")
        if said in ("stub", "draft"):
            waits = gate if gate in GATES else _LAST
            yield Found(where=path, line=1, because=f"is a {said}", gate=str(waits))
