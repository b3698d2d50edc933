"""Settle every conflict between paper, code, configuration and weights."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.documents import table
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

LEDGER = PurePosixPath("docs/discrepancies.md")
_WANTED = ("id", "topic", "paper", "code", "chosen", "evidence", "state")


@rule("DOC005", "conflict-not-settled", "P04", "P05", gate="G8")
def conflict_not_settled(repository: Repository) -> Iterator[Found]:
    """A row of the discrepancies is open, or leaves out what was chosen and on which evidence.

    Why: a reference that says two things was reproduced in at most one of them.

    Do: decide, write why, and close the row.
    """
    for line, row in table(repository, LEDGER):
        absent = [key for key in _WANTED if not row.get(key)]
        if absent:
            said = f"{row.get('id') or 'a row'} lacks {', '.join(absent)}"
            yield Found(where=LEDGER, line=line, because=said)
        elif row["state"].lower() not in ("closed", "settled", "done"):
            yield Found(where=LEDGER, line=line, because=f"{row['id']} is {row['state']}")
