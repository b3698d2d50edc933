"""Say how to cite the work, and what it reimplements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.yamls import insert_line
from scaffold.check.rule import Found, rule
from scaffold.check.rules.release.two_licences import CITATION
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_WANTED = ("cff-version", "message", "title", "authors")
_KNOWN = {
    "cff-version": "cff-version: 1.2.0",
    "message": "message: Cite this repository and the reference that it reimplements.",
}


@rule("REL005", "citation-incomplete", "P60", fixable=Fixable.SAFE)
def citation_incomplete(repository: Repository) -> Iterator[Found]:
    """`CITATION.cff` lacks a field that its format asks for, or is no YAML.

    Why: the button "cite this repository" then shows nothing.

    Do: fill it in.
    """
    if not repository.has(CITATION):
        return
    content = repository.yaml(CITATION)
    if not isinstance(content, dict):
        yield Found(where=CITATION, because="cannot be read")
        return
    for key in _WANTED:
        if content.get(key) in (None, "", []):
            known = _KNOWN.get(key) if key not in content else None
            fix = insert_line(repository, CITATION, 0, known, "write it") if known else None
            yield Found(where=CITATION, because=f"lacks {key}", fix=fix)
