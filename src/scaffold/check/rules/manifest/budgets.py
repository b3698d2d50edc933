"""Decide beforehand what the work may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.manifests import complaint, restored
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_WANTED = ("days", "gpu_hours", "runs")


@rule("MAN009", "no-budget", "P07", level=Level.WARNING, fixable=Fixable.SAFE)
def no_budget(repository: Repository) -> Iterator[Found]:
    """The budget has no number for days, GPU hours or runs.

    Why: nobody decides to stop in the middle.

    Do: estimate it in `docs/plan.md`, and write the numbers under [budget].
    """
    budget = repository.section("budget")
    for key in _WANTED if repository.manifest else ():
        value = budget.get(key)
        if not isinstance(value, (int, float)) or isinstance(value, bool) or value < 0:
            fix = restored(repository, "budget", key)
            yield complaint(repository, "budget", key, f"budget.{key} is no number", fix)
