"""Let every link of a page lead somewhere."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scaffold.check.facts.documents import prose
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_LINK = re.compile(r"(?<!\\)\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'][^)]*)?\)")
_LONGEST = 5_000
"""Characters of a line that a person wrote."""
_ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|#|/|\{|\$|@|\()", re.IGNORECASE)


@rule("DOC008", "link-leads-nowhere", "P56", level=Level.WARNING)
def link_leads_nowhere(repository: Repository) -> Iterator[Found]:
    """A page links a file of the repository that is not there.

    Why: the page was written for a layout that is gone.

    Do: name the file's place of today.
    """
    for path in repository.files:
        if path.suffix != ".md" or "node_modules" in path.parts:
            continue
        for number, line in prose(repository, path):
            if "](" not in line or len(line) > _LONGEST:
                continue
            for found in _LINK.finditer(re.sub(r"`[^`]*`", "", line)):
                target = unquote(found[1].partition("#")[0].partition("?")[0])
                if not target or _ELSEWHERE.match(found[1]):
                    continue
                if not _is_there(repository, path.parent, target):
                    yield Found(where=path, line=number, because=f"{found[1]} is not there")


def _is_there(repository: Repository, folder: PurePosixPath, target: str) -> bool:
    parts: list[str] = list(folder.parts)
    for part in PurePosixPath(target).parts:
        if part == "..":
            if not parts:
                return True
            parts.pop()
        elif part != ".":
            parts.append(part)
    joined = "/".join(parts)
    return not joined or joined in repository.entries or repository.has_folder(joined)
