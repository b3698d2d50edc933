"""Add to the ledger, and change nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.outcomes import LEDGER, runs
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("RES006", "ledger-goes-back", "P47")
def ledger_goes_back(repository: Repository) -> Iterator[Found]:
    """A line of the ledger is older than the line before it.

    Why: a ledger is only added to; a line that was put in between was put in afterwards.

    Do: restore the file from history.
    """
    latest = ""
    for number, entry in runs(repository):
        date = entry.get("date") if isinstance(entry, dict) else None
        if not isinstance(date, str):
            continue
        if date < latest:
            yield Found(where=LEDGER, line=number, because=f"{date} follows {latest}")
        latest = max(latest, date)
