"""Map every weight once."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("PAR010", "map-is-ambiguous", "P18", "P53")
def map_is_ambiguous(repository: Repository) -> Iterator[Found]:
    """The weight map is missing, or maps one part of theirs twice.

    Why: which of the two counts depends on their order.

    Do: run `scaffold map`, which finds and proves it.
    """
    named = repository.section("parity").get("map")
    if not isinstance(named, str) or ".." in PurePosixPath(named).parts:
        return
    path = PurePosixPath(named)
    if not repository.has(path):
        yield Found(where=path, because="is the weight map and not there")
        return
    rows = repository.toml(path).get("part", [])
    theirs = Counter(
        row["theirs"]
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and isinstance(row.get("theirs"), str)
    )
    for name, count in theirs.items():
        if count > 1:
            line = next(
                (n for n, text in enumerate(repository.lines(path), 1) if f'"{name}"' in text), None
            )
            yield Found(where=path, line=line, because=f"maps {name or 'the model'} {count} times")
