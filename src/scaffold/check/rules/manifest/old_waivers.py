"""Let a waiver end on its day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import Edit, Fix
from scaffold.check.facts.manifests import PATH
from scaffold.check.rule import Found, rule
from scaffold.check.rules.manifest.half_waivers import _begins
from scaffold.check.waivers import expiry, lacking
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("MAN013", "waiver-expired", "P48", "P63", level=Level.WARNING, fixable=Fixable.SAFE)
def waiver_expired(repository: Repository) -> Iterator[Found]:
    """A waiver has ended; what it waived counts again.

    Why: it was accepted for a while, and the while is over.

    Do: mend what it speaks of, or agree with its owner on another day.
    """
    rows = repository.manifest.get("waiver", [])
    begins = _begins(repository)
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        ends = expiry(row)
        if not lacking(row) and ends is not None and ends < repository.today:
            line = begins[number] if number < len(begins) else None
            said = f"the waiver of {row['rule']} by {row['owner']} ended on {ends.isoformat()}"
            yield Found(where=PATH, line=line, because=said, fix=_without(repository, line))


def _without(repository: Repository, begin: int | None) -> Fix | None:
    """Take the rows of a waiver out, down to the next table or the first line of another kind."""
    content = repository.content(PATH)
    if content is None or begin is None:
        return None
    lines = content.split(b"\n")
    end = begin
    while end < len(lines) and (b"=" in lines[end]) and not lines[end].lstrip().startswith(b"["):
        end += 1
    start = sum(len(line) + 1 for line in lines[: begin - 1])
    stop = min(sum(len(line) + 1 for line in lines[:end]), len(content))
    edit = Edit(path=PATH, start=start, end=stop, text=b"")
    return Fix(says="take it out, since it waives nothing", changes=(edit,))
