"""Call a page done when it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.facts.documents import pages, prose, set_front, status
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

PLACEHOLDER = re.compile(
    r"\b(?:TODO|TBD|FIXME|XXX|FILL(?: ME)?(?: IN)?)\b|\[More Information Needed\]|<fill[^>]*>"
)


@rule("DOC002", "done-with-placeholders", "P63", fixable=Fixable.SAFE)
def done_with_placeholders(repository: Repository) -> Iterator[Found]:
    """A page that calls itself done holds a placeholder.

    Why: gates count what is done.

    Do: fill it in, or call the page a draft.
    """
    for path in pages(repository):
        if status(repository, path) != "done":
            continue
        for number, line in prose(repository, path):
            if found := PLACEHOLDER.search(line.replace("`", "")):
                fix = set_front(repository, path, "status", "draft", "call it a draft")
                yield Found(
                    where=path, line=number, because=f"is done and says {found[0]}", fix=fix
                )
                break
