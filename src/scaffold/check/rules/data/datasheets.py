"""Answer the seven questions about the data."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.documents import append, headings
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

SHEET = PurePosixPath("docs/datasheet.md")
HEADINGS = (
    *("Motivation", "Composition", "Collection process", "Preprocessing"),
    *("Uses", "Distribution", "Maintenance"),
)
"""Of *Datasheets for Datasets* (Gebru et al. 2021)."""


@rule("DAT001", "datasheet-incomplete", "P41", fixable=Fixable.SAFE)
def datasheet_incomplete(repository: Repository) -> Iterator[Found]:
    """The datasheet lacks one of its seven headings.

    Why: which of two splits, which labels and what was filtered out are nowhere else.

    Do: answer it; `--fix` adds the heading with a mark to be filled in.
    """
    if not repository.has(SHEET):
        return
    known = {title.lower() for _, title in headings(repository, SHEET)}
    for title in HEADINGS:
        if title.lower() not in known:
            fix = append(repository, SHEET, f"\n## {title}\n\nTBD\n", "begin it")
            yield Found(where=SHEET, because=f"has no heading {title}", fix=fix)
