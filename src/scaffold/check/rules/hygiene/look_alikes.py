"""Give every path a name that every file system can tell from the others."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from scaffold.check.repository import Repository


@rule("HYG006", "names-differ-in-case", "P62")
def names_differ_in_case(repository: Repository) -> Iterator[Found]:
    """Two paths differ in capital letters only.

    Why: on macOS and Windows one of the two replaces the other.

    Do: rename one.
    """
    alike: dict[str, list[PurePosixPath]] = defaultdict(list)
    for path in repository.files:
        alike[str(path).casefold()].append(path)
    for paths in alike.values():
        for path in paths[1:]:
            yield Found(where=path, because=f"differs from {paths[0]} in case only")
