"""Keep goldens small enough to be committed."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.bundles import bundles
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level
from scaffold.house.manifest import BUDGET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("PAR003", "goldens-over-budget", "P27", "P42", level=Level.NOTE)
def goldens_over_budget(repository: Repository) -> Iterator[Found]:
    """The committed goldens have more bytes than the budget allows.

    Why: every update of them stays in every clone for good.

    Do: record a narrower twin, or raise `parity.budget` on purpose.
    """
    said = repository.section("parity").get("budget", BUDGET)
    budget = said if isinstance(said, int) and not isinstance(said, bool) else BUDGET
    folders = {str(bundle.folder) for bundle in bundles(repository)}
    total = sum(
        entry.size
        for name, entry in repository.entries.items()
        if name.rpartition("/")[0] in folders
    )
    if total > budget:
        because = f"have {total:,} bytes, and the budget is {budget:,}"
        yield Found(where=PurePosixPath("goldens"), because=because)
