"""Hold a claim to as many seeds as its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.outcomes import declared, line_with, measured, name_of, rows
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_WANTED = ("hardware", "seconds")


@rule("RES008", "measured-on-too-little", "P49", level=Level.WARNING, gate="G8")
def measured_on_too_little(repository: Repository) -> Iterator[Found]:
    """A value was measured on fewer seeds than its target rests on, or does not say where.

    Why: one lucky seed reaches what three do not.

    Do: run the seeds, or write in the report which budget forbids it and waive this.
    """
    targets = {name_of(row, "id"): row for row in rows(repository, declared(repository), "targets")}
    path = measured(repository)
    for row in rows(repository, path, "measured"):
        line = line_with(repository, path, row.get("target"))
        wanted = targets.get(name_of(row, "target"), {}).get("n_seeds", 1)
        seeds = row.get("seeds")
        count = len(seeds) if isinstance(seeds, list) else 0
        if isinstance(wanted, int) and count < wanted:
            said = f"{row.get('target')} has {count} seed(s), its target {wanted}"
            yield Found(where=path, line=line, because=said)
        if absent := [key for key in _WANTED if row.get(key) in (None, "")]:
            said = f"{row.get('target')} lacks {', '.join(absent)}"
            yield Found(where=path, line=line, because=said)
