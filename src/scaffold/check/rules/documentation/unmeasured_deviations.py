"""Measure what was changed on purpose."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.documents import table
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

DEVIATIONS = PurePosixPath("docs/deviations.md")
_EMPTY = ("", "-", "tbd", "todo", "?", "unknown")


@rule("DOC006", "deviation-not-measured", "P48", "P05", gate="G6")
def deviation_not_measured(repository: Repository) -> Iterator[Found]:
    """A deviation has no reason or no measured effect.

    Why: a change that was not measured is the first suspect when the number is missed.

    Do: measure it with everything else held constant, and write the effect down.
    """
    for line, row in table(repository, DEVIATIONS):
        absent = [
            key
            for key in ("what", "why", "measured effect")
            if row.get(key, "").strip().lower() in _EMPTY
        ]
        if absent:
            said = f"{row.get('id') or 'a row'} lacks {', '.join(absent)}"
            yield Found(where=DEVIATIONS, line=line, because=said)
