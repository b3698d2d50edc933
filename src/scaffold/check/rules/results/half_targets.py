"""Say what must be reached, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.outcomes import declared, line_with, rows
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_WANTED = ("metric", "split", "value", "tolerance", "source", "n_seeds", "baseline")


@rule("RES001", "target-incomplete", "P45")
def target_incomplete(repository: Repository) -> Iterator[Found]:
    """A target lacks its value, metric, split, source, tolerance or number of seeds.

    Why: a value without a source is a wish, and without a tolerance nothing is ever reached.

    Do: fill the row in; `source` names a table, a page or a log.
    """
    path = declared(repository)
    for row in rows(repository, path, "targets"):
        absent = [key for key in _WANTED if row.get(key) in (None, "")]
        name = row.get("id")
        if not isinstance(name, str):
            absent.insert(0, "id")
        if absent:
            line = line_with(repository, path, f"id: {name}")
            said = f"the target {name or 'without a name'} lacks {', '.join(absent)}"
            yield Found(where=path, line=line, because=said)
