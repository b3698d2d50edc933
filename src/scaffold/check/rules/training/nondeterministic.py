"""Make determinism one switch that somebody has set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import as_unsafe
from scaffold.check.facts.yamls import insert_line, line_of
from scaffold.check.rule import Found, rule
from scaffold.check.rules.training.implicit_trainers import trainers
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("TRN003", "determinism-not-said", "P12", level=Level.WARNING, fixable=Fixable.UNSAFE)
def determinism_not_said(repository: Repository) -> Iterator[Found]:
    """A trainer's configuration does not say whether it is deterministic.

    Why: two runs of one seed that differ cannot be compared with anything.

    Do: write `deterministic: true`, or `false` with the reason.
    """
    for path, content in trainers(repository):
        if "deterministic" not in content:
            at = line_of(repository, path, "_target_") or 0
            fix = insert_line(repository, path, at, "deterministic: true", "be deterministic")
            because = "does not say whether it is deterministic"
            yield Found(where=path, line=at, because=because, fix=as_unsafe(fix))
