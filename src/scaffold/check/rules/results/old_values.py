"""Let a result be of the code that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.outcomes import line_with, measured, rows
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_DECIDES = ("models", "losses", "data", "optim")


@rule("RES007", "result-older-than-code", "P54", "P59", gate="G8")
def result_older_than_code(repository: Repository) -> Iterator[Found]:
    """A value was measured on a commit before the last change of model, loss, data or optimizer.

    Why: the number is of a model that is no longer there.

    Do: run `experiment=reproduce` again, on a commit that is pushed.
    """
    path = measured(repository)
    values = rows(repository, path, "measured")
    paths = [f"{repository.package}/{name}" for name in _DECIDES]
    last = repository.history.last_change(*paths, "configs") if values else None
    for row in values:
        commit = str(row.get("commit", ""))
        line = line_with(repository, path, commit)
        target = row.get("target")
        if not repository.history.knows(commit):
            if repository.tracked is not None:
                said = f"{target} was measured on {commit or 'no commit'}, which is not known"
                yield Found(where=path, line=line, because=said)
        elif last is not None and not repository.history.contains(commit, last):
            said = f"{target} was measured before {last[:12]} changed what it speaks of"
            yield Found(where=path, line=line, because=said)
