"""Give every waiver a reason, an owner and an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.manifests import PATH
from scaffold.check.rule import Found, rule
from scaffold.check.waivers import lacking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("MAN012", "waiver-incomplete", "P48", "P63")
def waiver_incomplete(repository: Repository) -> Iterator[Found]:
    """A waiver lacks its rule, its reason, its owner or its end, and waives nothing.

    Why: a waiver without an end is a rule that was switched off.

    Do: fill it in; `expires` is a date.
    """
    rows = repository.manifest.get("waiver", [])
    begins = _begins(repository)
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        if absent := lacking(row):
            line = begins[number] if number < len(begins) else None
            yield Found(where=PATH, line=line, because=f"a waiver lacks {', '.join(absent)}")


def _begins(repository: Repository) -> list[int]:
    lines = repository.lines(PATH)
    return [n for n, line in enumerate(lines, start=1) if line.strip().startswith("[[waiver]]")]
