"""Keep the list of stopped gradients as long as the code has stops."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.edit import as_unsafe
from scaffold.check.facts.documents import table
from scaffold.check.facts.yamls import without_line
from scaffold.check.rule import Found, rule
from scaffold.check.rules.structure.stopped_gradients import PAGE, TAG
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("STR006", "stop-without-code", "P22", level=Level.WARNING, fixable=Fixable.UNSAFE)
def stop_without_code(repository: Repository) -> Iterator[Found]:
    """A row of `docs/gradient_flow.md` speaks of a stop that no code has.

    Why: the stop was lost on the way, which no forward comparison sees; or the page is old.

    Do: put the stop back, or take the row out.
    """
    rows = table(repository, PAGE)
    if not rows:
        return
    tags = {
        found[1]
        for source in repository.own
        for line in source.lines
        if (found := TAG.search(line))
    }
    for line, row in rows:
        name = row.get("id", "")
        if name.startswith("SG-") and name not in tags:
            path = PurePosixPath(PAGE)
            fix = as_unsafe(without_line(repository, path, line, "take the row out"))
            yield Found(where=path, line=line, because=f"no code carries {name}", fix=fix)
