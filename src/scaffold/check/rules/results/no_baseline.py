"""Reach the baseline before the improvement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import as_unsafe
from scaffold.check.facts.outcomes import declared, rows
from scaffold.check.facts.yamls import line_of, on_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("RES002", "no-baseline", "P09", fixable=Fixable.UNSAFE)
def no_baseline(repository: Repository) -> Iterator[Found]:
    """There are targets, and none is the model before any change.

    Why: "X with a trick" that misses its number may be X that was never reached.

    Do: give X a row of its own with `baseline: true`.
    """
    path = declared(repository)
    targets = rows(repository, path, "targets")
    if targets and not any(row.get("baseline") is True for row in targets):
        fix = None
        if len(targets) == 1 and (line := line_of(repository, path, "baseline")):
            old, new = "baseline: false", "baseline: true"
            fix = as_unsafe(on_line(repository, path, line, old, new, "call it the baseline"))
        yield Found(where=path, because="no target is a baseline", fix=fix)
