"""Let the README show what the files say."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.edit import Edit, Fix
from scaffold.check.facts.outcomes import (
    BEGIN,
    END,
    declared,
    line_with,
    measured,
    results_table,
    rows,
)
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

README = PurePosixPath("README.md")


@rule("RES004", "readme-table-is-old", "P45", "P56", fixable=Fixable.SAFE)
def readme_table_is_old(repository: Repository) -> Iterator[Found]:
    """The results table of the README is not what the targets and measured values give.

    Why: a number in a README that no file holds was typed by hand.

    Do: `make results`.
    """
    text = repository.text(README)
    targets = rows(repository, declared(repository), "targets")
    if text is None or not targets:
        return
    if BEGIN not in text or END not in text:
        if repository.manifest:
            yield Found(where=README, because=f"has no place for the results: {BEGIN} and {END}")
        return
    try:
        wanted = results_table(targets, rows(repository, measured(repository), "measured"))
    except (KeyError, TypeError, ValueError):
        return
    before, rest = text.split(BEGIN, 1)
    there = rest.split(END, 1)[0]
    if there.strip() != wanted:
        start = len((before + BEGIN).encode())
        mark = repository.content(README)
        start += 3 if mark is not None and mark.startswith(b"\xef\xbb\xbf") else 0
        edit = Edit(
            path=README,
            start=start,
            end=start + len(there.encode()),
            text=f"\n{wanted}\n".encode(),
        )
        yield Found(
            where=README,
            line=line_with(repository, README, BEGIN),
            because="its results are not those of results/",
            fix=Fix(says="write the table", changes=(edit,)),
        )
