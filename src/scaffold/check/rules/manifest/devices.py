"""Think of every device before the first line is written."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.documents import table
from scaffold.check.facts.yamls import insert_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

FEASIBILITY = PurePosixPath("docs/feasibility.md")
PORTABILITY = PurePosixPath("docs/portability.md")


@rule("MAN014", "device-not-thought-of", "P06", "P51", level=Level.WARNING, fixable=Fixable.SAFE)
def device_not_thought_of(repository: Repository) -> Iterator[Found]:
    """A device of the manifest has no column in the feasibility table, or no row of portability.

    Why: one operation that a device lacks has cost teams six weeks.

    Do: add the column, and a row that says `pass`, `fail` or `untested`.
    """
    devices = repository.section("devices")
    lists = [devices.get(key) for key in ("required", "wanted")]
    named = [str(one) for one_list in lists if isinstance(one_list, list) for one in one_list]
    operations = table(repository, FEASIBILITY)
    rows = table(repository, PORTABILITY)
    ways = " ".join(" ".join(row.values()) for _, row in rows).lower()
    for device in named:
        if operations and device.lower() not in operations[0][1]:
            yield Found(where=FEASIBILITY, because=f"has no column for {device}")
        if ways and device.lower() not in ways:
            text = f"| {device} | untested | |"
            fix = insert_line(repository, PORTABILITY, rows[-1][0], text, "call it untested")
            yield Found(where=PORTABILITY, because=f"has no row for {device}", fix=fix)
