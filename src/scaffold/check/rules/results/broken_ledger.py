"""Keep a ledger that can be read years later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.outcomes import LEDGER, runs
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_WANTED = ("date", "commit", "config", "seed", "note", "metrics", "environment")


@rule("RES005", "ledger-line-broken", "P47", "P11")
def ledger_line_broken(repository: Repository) -> Iterator[Found]:
    """A line of the ledger is no JSON, or lacks when, what, with what and what came out.

    Why: the run that cannot be placed is the one that somebody will ask about.

    Do: lines are added by the training and never changed; restore the file from history.
    """
    for number, entry in runs(repository):
        if not isinstance(entry, dict):
            yield Found(where=LEDGER, line=number, because="is no JSON object")
        elif absent := [key for key in _WANTED if entry.get(key) in (None, "", {})]:
            yield Found(where=LEDGER, line=number, because=f"lacks {', '.join(absent)}")
